use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use aitest_runtime::host::{self, Iteration};

use super::log::{Log, RecordedRequest};
use super::reply::Reply;
use super::script::{Rule, Script};
use super::server;
use crate::address::Address;

/// A model that says what a script says, behind a real HTTP server on loopback.
///
/// Served are `POST {base_url}/chat/completions`, whole or streamed, and `GET {base_url}/models`, in OpenAI's format;
/// any model name is accepted in a request, and the reply names the script's. All models of a process share one
/// server, started by the first [`base_url`](ScriptedModel::base_url).
///
/// A handle: cheap to clone, and the model is served until the last clone is dropped. A changed clone is another
/// model with its own requests.
///
/// ```
/// use std::time::Duration;
/// # use aitest_agent as aitest;
/// use aitest::testing::{Reply, ScriptedModel};
///
/// let model = ScriptedModel::named("scripted-1")
///     .on("weather", [Reply::times(1, Reply::status(500)).then(Reply::text("Sunny."))])
///     .otherwise([Reply::text("I only know the weather.")])
///     .latency(Duration::from_millis(20));
/// // my_agent(&model.base_url()).ask("How is the weather?")
/// assert!(model.requests().is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct ScriptedModel(Arc<Served>);

impl ScriptedModel {
    /// A model called `name` that answers everything with status 400, until it is told what to say.
    pub fn named(name: impl Into<String>) -> Self {
        Served::of(Script { name: name.into(), ..Script::default() })
    }

    /// What it says turn by turn when the prompt contains `text`, in upper or lower case.
    ///
    /// The prompt is the newest user message that any rule matches; of several rules that match it, the first given
    /// holds. The turn is the number of the model's messages after the prompt; after the last turn, the last one is
    /// repeated.
    #[must_use]
    pub fn on(self, text: impl AsRef<str>, turns: impl IntoIterator<Item = Reply>) -> Self {
        let rule = Rule { contains: text.as_ref().to_lowercase(), turns: turns.into_iter().collect() };
        self.edit(|script| script.rules.push(rule))
    }

    /// What it says turn by turn, whatever the prompt, when the system prompt contains `text`, in upper or lower case. It
    /// holds before [`on`](ScriptedModel::on); of several that match, the first given. The turn is the number of the
    /// model's messages after the newest prompt.
    #[must_use]
    pub fn on_system_prompt(self, text: impl AsRef<str>, turns: impl IntoIterator<Item = Reply>) -> Self {
        let rule = Rule { contains: text.as_ref().to_lowercase(), turns: turns.into_iter().collect() };
        self.edit(|script| script.told.push(rule))
    }

    /// What it says turn by turn when no rule matches.
    #[must_use]
    pub fn otherwise(self, turns: impl IntoIterator<Item = Reply>) -> Self {
        let turns = turns.into_iter().collect();
        self.edit(|script| script.fallback = turns)
    }

    /// Waits before every reply.
    #[must_use]
    pub fn latency(self, latency: Duration) -> Self {
        self.edit(|script| script.latency = latency)
    }

    /// Requests without `Authorization: Bearer KEY` or `api-key: KEY` get status 401.
    #[must_use]
    pub fn require_key(self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.edit(|script| script.key = Some(key))
    }

    /// The seed of draws outside a test, 0 without it. Inside a test the iteration's seed holds.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        self.edit(|script| script.seed = seed)
    }

    /// The name given.
    pub fn name(&self) -> &str {
        &self.0.script.name
    }

    /// The key that requests need, if any.
    pub fn required_key(&self) -> Option<&str> {
        self.0.script.key.as_deref()
    }

    /// `http://127.0.0.1:PORT/MODEL/ITERATION/v1`: what an OpenAI client takes as its base URL.
    ///
    /// It carries the current iteration, so ask for it in the test's body, in each iteration. When the server cannot
    /// be started, a warning says why and the URL has port 0, where nothing listens.
    pub fn base_url(&self) -> String {
        let port = server::port().unwrap_or_else(|error| {
            host::warn("scripted_model_server", &format!("the server of scripted models could not start: {error}"));
            0
        });
        format!(
            "http://127.0.0.1:{port}/{}/{}/v1",
            self.0.id,
            Address::of(Iteration::current().as_ref(), self.0.script.seed)
        )
    }

    /// The requests of the current iteration and attempt, oldest first; outside a test those made outside a test.
    ///
    /// The model keeps its newest 1,000 requests, and no more than 16 MiB.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        let current = Address::of(Iteration::current().as_ref(), self.0.script.seed).iteration;
        self.0.log().requests().filter(|request| request.iteration() == current).cloned().collect()
    }

    /// The requests of all iterations, as they came in.
    pub fn all_requests(&self) -> Vec<RecordedRequest> {
        self.0.log().requests().cloned().collect()
    }

    fn edit(mut self, change: impl FnOnce(&mut Script)) -> Self {
        let mut script = match Arc::get_mut(&mut self.0) {
            Some(unshared) => std::mem::take(&mut unshared.script),
            None => self.0.script.clone(),
        };
        change(&mut script);
        Served::of(script)
    }
}

/// A script with its place on the server.
#[derive(Debug)]
pub(super) struct Served {
    id: u64,
    pub(super) script: Script,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Registry {
    last: u64,
    models: HashMap<u64, Weak<Served>>,
}

static REGISTRY: LazyLock<Mutex<Registry>> = LazyLock::new(Mutex::default);

impl Served {
    fn of(script: Script) -> ScriptedModel {
        let mut registry = lock(&REGISTRY);
        registry.last += 1;
        let id = registry.last;
        let served = Arc::new(Served { id, script, log: Mutex::default() });
        registry.models.insert(id, Arc::downgrade(&served));
        ScriptedModel(served)
    }

    /// The model with this number, while someone holds it.
    pub(super) fn find(id: u64) -> Option<Arc<Self>> {
        lock(&REGISTRY).models.get(&id)?.upgrade()
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        lock(&REGISTRY).models.remove(&self.id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_served_while_someone_holds_it() {
        let model = ScriptedModel::named("m");
        let id = model.0.id;
        let clone = model.clone();
        drop(model);
        assert!(Served::find(id).is_some());
        drop(clone);
        assert!(Served::find(id).is_none());
    }

    #[test]
    fn a_changed_clone_is_another_model() {
        let model = ScriptedModel::named("m").otherwise([Reply::text("a")]);
        let other = model.clone().on("x", [Reply::text("b")]);
        assert_ne!(model.0.id, other.0.id);
        assert!(model.0.script.rules.is_empty());
        assert_eq!(other.0.script.fallback, model.0.script.fallback);
    }
}
