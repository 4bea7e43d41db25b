use std::borrow::Cow;
use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{Charge, Results, Split};
use crate::record::Cost;
use crate::report::text::{grouped, plural};

/// What a run keeps of an earlier one. Its counts and sums hold it; it was paid for then.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Resumed<'a> {
    /// The run that is resumed. An iteration that it kept itself names the run before.
    pub run: Cow<'a, str>,
    /// Iterations that are kept.
    #[serde(default)]
    pub iterations: u64,
    /// Their tokens and money, over all attempts.
    #[serde(default)]
    pub spend: Split,
}

impl Resumed<'_> {
    /// `12 of 20 iterations are kept from run nightly, which paid $0.0500 of the cost`
    pub(in crate::report) fn text(&self, planned: u64) -> String {
        let Charge { cost_pico_usd, unpriced, .. } = self.spend.total();
        let bound = if unpriced > 0 { "≥ " } else { "" };
        let paid = cost_pico_usd.map(|pico| format!(", which paid {bound}{} of the cost", Cost::from_pico_usd(pico)));
        let (kept, planned) = (grouped(self.iterations), plural(planned, "iteration"));
        let verb = if self.iterations == 1 { "is" } else { "are" };
        format!("{kept} of {planned} {verb} kept from run {}{}", self.run, paid.unwrap_or_default())
    }
}

impl Results<'_> {
    /// The runs that iterations are kept from.
    pub(crate) fn kept_from(&self) -> HashSet<String> {
        let iterations = self.tests.iter().flat_map(|test| &test.iterations);
        iterations.filter_map(|iteration| iteration.kept_from.as_deref().map(str::to_owned)).collect()
    }
}
