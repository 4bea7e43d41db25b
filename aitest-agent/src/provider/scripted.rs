use std::sync::Arc;

use super::Provider;
use super::target::Target;
use crate::testing::ScriptedModel;

impl Provider {
    /// The embedded model, which needs no key and no network. Every run asks it under the address of the current
    /// iteration, and with the key that it requires.
    ///
    /// ```
    /// # use aitest_agent as aitest;
    /// use aitest::testing::{Reply, ScriptedModel};
    /// use aitest::{Agent, Provider};
    ///
    /// let model = ScriptedModel::named("scripted-1").otherwise([Reply::text("4")]);
    /// let agent = Agent::new(Provider::scripted(model));
    /// ```
    pub fn scripted(model: ScriptedModel) -> Self {
        let key = model.required_key().map(Arc::from);
        let name = Arc::from(model.name());
        Provider::of(Target::Hosted {
            provider: "scripted",
            model: name,
            key,
            address: Arc::new(move || model.base_url()),
        })
    }
}
