use std::sync::OnceLock;

static JUDGE_MODEL: Setting = Setting { variable: "AITEST_LLM_MODEL", fixed: OnceLock::new() };
static MODEL: Setting = Setting { variable: "AITEST_MODEL", fixed: OnceLock::new() };

/// A model that a setting names.
struct Setting {
    variable: &'static str,
    fixed: OnceLock<Option<String>>,
}

impl Setting {
    /// The process's, once it began; before that its variable alone.
    fn get(&self) -> Option<String> {
        match self.fixed.get() {
            Some(model) => model.clone(),
            None => std::env::var(self.variable).ok().filter(|model| !model.trim().is_empty()),
        }
    }
}

/// Fixes the models of judges and of agents that name none for the rest of the process. The first call counts.
pub(crate) fn set_models(judge: Option<String>, model: Option<String>) {
    let _ = JUDGE_MODEL.fixed.set(judge);
    let _ = MODEL.fixed.set(model);
}

pub(crate) fn judge_model() -> Option<String> {
    JUDGE_MODEL.get()
}

pub(crate) fn model() -> Option<String> {
    MODEL.get()
}
