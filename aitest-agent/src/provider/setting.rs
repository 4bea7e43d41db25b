//! Providers whose model is named by a setting, or by a case.

use aitest_runtime::host;

use super::Provider;
use super::target::Target;

impl Provider {
    /// The model that the setting `model` names, `AITEST_MODEL=anthropic/claude-haiku-4-5` say; where nobody sets it,
    /// `otherwise`. The report says which tests followed the setting.
    ///
    /// What is set on `otherwise` is its own; what is set on the provider that is returned holds for both.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// use aitest::{Agent, Provider};
    ///
    /// let agent = Agent::new(Provider::or("openai/gpt-5-mini").max_tokens(2_000));
    /// ```
    pub fn or(otherwise: impl Into<Provider>) -> Self {
        host::model().map_or_else(|| otherwise.into(), Provider::of_setting)
    }

    fn of_setting(model: String) -> Self {
        Provider::new(model).following()
    }
}

/// The model that the setting `model` names. Where nobody sets it, the first run's error says how to.
impl Default for Provider {
    fn default() -> Self {
        host::model().map_or_else(|| Provider::of(Target::Unset), Provider::of_setting)
    }
}

impl From<host::Model> for Provider {
    fn from(model: host::Model) -> Self {
        Provider::new(model)
    }
}
