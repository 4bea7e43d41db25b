use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, OnceLock};

use serde::Serialize;
use serde_json::value::RawValue;

use super::scope::lock;
use crate::hash::{first_64_bits, sha256_hex};
use crate::record::{AgentIdentity, AgentSetup, Fingerprint, ToolSpec};
use crate::redact;

/// Setups that are known at a time: a prompt that is another one in every iteration must not fill the memory.
const MOST_KNOWN: usize = 1_000;

/// What an agent is given beside its system prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Setup {
    /// Its skills: name and text.
    pub skills: Vec<(String, String)>,
    /// The tools offered, in the servers' order.
    pub tools: Vec<ToolSpec>,
    /// What else is asked for, such as `temperature`.
    pub params: BTreeMap<String, String>,
    /// What it is made of, by the names of factors such as `prompt`: its level, by which people know it, and its text.
    pub parts: BTreeMap<String, (String, String)>,
}

/// A setup and those of its texts that were not told before: hash and text.
type SetupSink = Box<dyn Fn(&AgentSetup, &[(String, String)]) + Send + Sync>;

/// Who was given what.
type Key = (AgentIdentity, Option<String>, Setup);

static SINK: OnceLock<SetupSink> = OnceLock::new();
static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

#[derive(Default)]
struct Known {
    /// Hashing every prompt of every iteration with SHA-256 would be felt in the dev profile.
    ids: HashMap<Key, String>,
    told: HashSet<String>,
}

pub(crate) fn set_setup_sink(sink: SetupSink) {
    let _ = SINK.set(sink);
}

/// The id of what `agent` was given. What is new is told to the journal first.
pub(super) fn id_of(agent: &AgentIdentity, system: Option<&str>, setup: Setup) -> String {
    let key = (agent.clone(), system.map(str::to_owned), setup);
    let mut known = lock(&KNOWN);
    let known = known.get_or_insert_default();
    if let Some(id) = known.ids.get(&key) {
        return id.clone();
    }
    let (setup, mut texts) = fingerprints(&key);
    texts.retain(|(sha256, _)| known.told.insert(sha256.clone()));
    if let Some(sink) = SINK.get() {
        sink(&setup, &texts);
    }
    if known.ids.len() >= MOST_KNOWN {
        known.ids.clear();
    }
    known.ids.insert(key, setup.id.clone());
    setup.id
}

/// The setup, and the texts behind its hashes. Secrets are replaced before anything is hashed.
fn fingerprints((agent, system, setup): &Key) -> (AgentSetup, Vec<(String, String)>) {
    let mut texts = Vec::new();
    let mut hashed = |text: &str| {
        let text = redact::redact(text);
        let sha256 = sha256_hex(text.as_bytes());
        texts.push((sha256.clone(), text));
        sha256
    };
    let mut named = |name: &str, text: &str| Fingerprint { name: redact::redact(name), sha256: hashed(text) };
    let mut made = AgentSetup {
        id: String::new(),
        agent: redact::redact(&agent.label()),
        identity: AgentIdentity { name: agent.name.as_deref().map(redact::redact), ..agent.clone() },
        skill_texts: setup.skills.iter().map(|(name, text)| named(name, text)).collect(),
        servers: listings(&setup.tools).iter().map(|(server, listing)| named(server, listing)).collect(),
        system_prompt: system.as_deref().map(&mut hashed),
        params: setup.params.iter().map(|(name, value)| (name.clone(), redact::redact(value))).collect(),
        parts: setup.parts.iter().map(|(factor, (level, text))| (factor.clone(), part(level, text))).collect(),
    };
    // Data of strings alone always has a JSON form.
    let json = serde_json::to_string(&made).unwrap_or_default();
    made.id = format!("{:016x}", first_64_bits(&[&json]));
    (made, texts)
}

/// A part whose text is kept elsewhere, or not at all.
fn part(level: &str, text: &str) -> Fingerprint {
    Fingerprint { name: redact::redact(level), sha256: sha256_hex(redact::redact(text).as_bytes()) }
}

/// One tool of a listing.
#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    description: &'a str,
    schema: &'a RawValue,
}

/// What each server offers as one JSON text, by name: the order in which a server lists its tools may be any.
fn listings(tools: &[ToolSpec]) -> Vec<(&str, String)> {
    let mut servers: Vec<(&str, Vec<Listed<'_>>)> = Vec::new();
    for tool in tools {
        let schema = serde_json::from_str(&tool.schema).unwrap_or(RawValue::NULL);
        let listed = Listed { name: &tool.name, description: &tool.description, schema };
        match servers.iter_mut().find(|(server, _)| *server == tool.server) {
            Some((_, tools)) => tools.push(listed),
            None => servers.push((&tool.server, vec![listed])),
        }
    }
    let text = |mut tools: Vec<Listed<'_>>| {
        tools.sort_by(|a, b| a.name.cmp(b.name));
        serde_json::to_string(&tools).unwrap_or_default()
    };
    servers.into_iter().map(|(server, tools)| (server, text(tools))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(server: &str, name: &str, description: &str) -> ToolSpec {
        let (server, name, description) = (server.to_owned(), name.to_owned(), description.to_owned());
        ToolSpec { server, name, description, schema: r#"{"type":"object"}"#.to_owned() }
    }

    fn made(name: Option<&str>, system: Option<&str>, setup: Setup) -> (AgentSetup, Vec<(String, String)>) {
        let agent = AgentIdentity { name: name.map(str::to_owned), model: "m".to_owned(), ..AgentIdentity::default() };
        fingerprints(&(agent, system.map(str::to_owned), setup))
    }

    #[test]
    fn each_part_is_hashed_apart() {
        let tools = vec![tool("bank", "transfer", "moves"), tool("web", "get", "reads"), tool("bank", "balance", "")];
        let skills = vec![("terse".to_owned(), "Be brief.".to_owned())];
        let setup = Setup { skills, tools, ..Setup::default() };
        let (first, texts) = made(None, Some("You are a teller."), setup.clone());
        let names = |of: &[Fingerprint]| of.iter().map(|part| part.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            (names(&first.servers), names(&first.skill_texts)),
            (vec!["bank".into(), "web".into()], vec!["terse".into()])
        );
        let text = |sha256: &str| texts.iter().find(|(known, _)| known == sha256).unwrap().1.as_str();
        assert_eq!(text(first.system_prompt.as_ref().unwrap()), "You are a teller.");
        assert_eq!(text(&first.skill_texts[0].sha256), "Be brief.");
        assert_eq!(
            text(&first.servers[0].sha256),
            r#"[{"name":"balance","description":"","schema":{"type":"object"}},{"name":"transfer","description":"moves","schema":{"type":"object"}}]"#
        );
        let mut other = setup.clone();
        other.tools[0].description = "moves money".to_owned();
        let (second, _) = made(None, Some("You are a teller."), other);
        assert!(first.id != second.id && first.servers[0] != second.servers[0]);
        assert_eq!((&first.servers[1], &first.system_prompt), (&second.servers[1], &second.system_prompt));
        assert!(!first.is_same_agent(&second));
    }

    #[test]
    fn the_order_of_a_listing_and_limits_make_no_other_agent() {
        let setup = |tools: Vec<ToolSpec>, turns: &str| {
            let params = BTreeMap::from([("max_turns".to_owned(), turns.to_owned())]);
            made(Some("teller"), None, Setup { tools, params, ..Setup::default() }).0
        };
        let (a, b) = (tool("bank", "a", ""), tool("bank", "b", ""));
        let (one, two) = (setup(vec![a.clone(), b.clone()], "3"), setup(vec![b, a], "4"));
        assert_eq!(one.servers, two.servers);
        assert!(one.is_same_agent(&two) && one.id != two.id);
    }

    #[test]
    fn secrets_are_replaced_before_they_are_hashed() {
        redact::secret("SETUP_KEY", "setup-secret-4711");
        let tools = vec![tool("bank", "transfer", "uses setup-secret-4711")];
        let skills = vec![("s".to_owned(), "setup-secret-4711".to_owned())];
        let params = BTreeMap::from([("user".to_owned(), "setup-secret-4711".to_owned())]);
        let (setup, texts) = made(
            Some("setup-secret-4711"),
            Some("setup-secret-4711"),
            Setup { skills, tools, params, ..Setup::default() },
        );
        assert!(!format!("{setup:?} {texts:?}").contains("4711"));
    }
}
