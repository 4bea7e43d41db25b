use super::super::results::{Gate, GateResult};
use super::shown::Shown;

/// One gate of a test.
pub(crate) struct GateRow<'r> {
    pub(crate) rule: Shown<'r>,
    pub(crate) observed: Shown<'r>,
    pub(crate) result: &'static str,
    pub(crate) class: &'static str,
}

impl<'r> GateRow<'r> {
    /// `None` for the threshold, which has words of its own.
    pub(super) fn of(gate: &'r Gate) -> Option<Self> {
        let rule = Shown::from(gate.text.as_deref()?);
        let (result, class) = match gate.result.known() {
            Some(GateResult::Met) => ("met", "pass"),
            Some(GateResult::NotMet) => ("not met", "fail"),
            Some(GateResult::NotEvaluated) => ("not evaluated, so failed", "fail"),
            _ => ("not judged", "muted"),
        };
        Some(GateRow { rule, observed: Shown::from(gate.detail.as_deref().unwrap_or_default()), result, class })
    }
}
