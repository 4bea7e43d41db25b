use std::collections::BTreeMap;

use aitest_runtime::host::Setup;

use super::Agent;
use super::toolbox::Toolbox;
use crate::provider::RequestOptions;

impl Agent {
    /// What the agent is given beside its system prompt, for the record.
    pub(crate) fn setup(&self, toolbox: &Toolbox) -> Setup {
        let skills = self.skills.iter().map(|skill| (skill.name.clone(), skill.instructions.clone()));
        let mut params = params(self.provider.request_options());
        params.insert("max_turns".to_owned(), self.max_turns.to_string());
        params.insert("retries".to_owned(), self.retries.to_string());
        if let Some(limit) = self.timeout {
            params.insert("timeout".to_owned(), format!("{} s", limit.as_secs_f64()));
        }
        Setup { skills: skills.collect(), tools: toolbox.specs(), params, parts: self.made_of() }
    }
}

/// What is asked for. The seed is not among it: it may be another one in each iteration.
fn params(options: &RequestOptions) -> BTreeMap<String, String> {
    let named = [
        ("temperature", options.temperature.map(|value| value.to_string())),
        ("top_p", options.top_p.map(|value| value.to_string())),
        ("max_tokens", options.max_tokens.map(|value| value.to_string())),
        ("reasoning_effort", options.reasoning_effort.map(|effort| effort.word().to_owned())),
        ("images", options.images.map(|sent| sent.to_string())),
    ];
    let named = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    named.chain(options.extra_body.iter().map(|(name, value)| (name.clone(), value.to_string()))).collect()
}
