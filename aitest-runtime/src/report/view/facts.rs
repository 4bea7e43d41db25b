use std::collections::HashMap;

use super::super::results::{Agent, Part, Process, Results, Run, Setup, Text};
use super::super::text::{grouped, plural};
use super::numbers::time_text;
use super::shown::Shown;

/// What one needs to run the same again, and to know what the numbers rest on.
pub(crate) struct Facts<'r> {
    pub(crate) pairs: Vec<(&'static str, Shown<'r>)>,
    pub(crate) settings: Vec<Shown<'r>>,
    /// What each agent was given, by fingerprint.
    pub(crate) setups: Vec<Shown<'r>>,
    pub(crate) processes: Vec<ProcessRow<'r>>,
    pub(crate) warnings: Vec<(Shown<'r>, Shown<'r>)>,
    /// Long prompts with their fragments.
    pub(crate) prompts: Vec<Prompt<'r>>,
}

/// One process of the run.
pub(crate) struct ProcessRow<'r> {
    pub(crate) name: Shown<'r>,
    pub(crate) runner: Shown<'r>,
    pub(crate) command: Shown<'r>,
    pub(crate) state: String,
}

/// A long text that transcripts and agents refer to.
pub(crate) struct Prompt<'r> {
    pub(crate) anchor: String,
    /// What it is: `Prompt`, `Skill terse`, `Tools of bank`.
    pub(crate) name: Shown<'r>,
    pub(crate) size: String,
    pub(crate) text: Shown<'r>,
}

impl<'r> Facts<'r> {
    pub(super) fn of(results: &'r Results<'r>, transcripts_left_out: u64) -> Self {
        let run = &results.run;
        Facts {
            pairs: pairs(results, transcripts_left_out),
            settings: run
                .settings
                .iter()
                .map(|setting| Shown::from(format!("{} {} from {}", setting.name, setting.value, setting.origin)))
                .collect(),
            setups: setups(results),
            processes: run.processes.iter().map(process_row).collect(),
            warnings: results
                .warnings
                .iter()
                .map(|warning| (Shown::from(warning.code.as_str()), Shown::from(warning.message.as_str())))
                .collect(),
            prompts: prompts(results),
        }
    }
}

fn pairs<'r>(results: &'r Results<'r>, transcripts_left_out: u64) -> Vec<(&'static str, Shown<'r>)> {
    let run = &results.run;
    let mut pairs = vec![("Run", Shown::from(run.id.as_ref()))];
    pairs.extend(run.seed.map(|seed| ("Seed", Shown::from(seed.to_string()))));
    pairs.extend(run.resumed.as_ref().map(|resumed| ("Resumes", Shown::from(resumed.run.as_ref()))));
    pairs.extend(git(run, usize::MAX).map(|git| ("Git", git)));
    for (label, text) in [("Host", &run.host), ("aitest", &run.aitest), ("Prices", &run.prices)] {
        if !text.is_empty() {
            pairs.push((label, Shown::from(text.as_ref())));
        }
    }
    pairs.extend(run.saved.iter().map(|saved| ("Saved", Shown::from(saved.text()))));
    pairs.extend(run.budget.map(|budget| ("Budget", Shown::from(budget.text()))));
    pairs.extend(run.cassettes.map(|used| ("Cassettes", Shown::from(used.to_string()))));
    pairs.extend(run.held_back.iter().map(|held| ("Limits", Shown::from(held.to_string()))));
    pairs.push(("Format", Shown::from(results.schema.as_ref())));
    if run.torn_lines > 0 {
        let lines = plural(run.torn_lines, "journal line");
        pairs.push(("Unreadable", Shown::from(format!("{lines}: the torn ends of killed processes"))));
    }
    if transcripts_left_out > 0 {
        let text = format!(
            "{} of passing iterations, to keep this page near 20 MB; results.json has them all",
            plural(transcripts_left_out, "transcript")
        );
        pairs.push(("Left out", Shown::from(text)));
    }
    pairs
}

/// `9f3c2a1 on main, with uncommitted changes`
pub(super) fn git<'r>(run: &Run<'_>, hash_digits: usize) -> Option<Shown<'r>> {
    let git = run.git.as_deref()?;
    let branch = git.branch.as_ref().map(|branch| format!(" on {branch}")).unwrap_or_default();
    let dirty = match git.dirty {
        Some(true) => ", with uncommitted changes",
        Some(false) => "",
        None => ", not known whether files differ",
    };
    let commit: String = git.commit.chars().take(hash_digits).collect();
    Some(Shown::from(format!("{commit}{branch}{dirty}")))
}

fn process_row<'r>(process: &'r Process<'r>) -> ProcessRow<'r> {
    let rerun = if process.rerun > 1 { format!("rerun {}, ", process.rerun) } else { String::new() };
    let state = match &process.finished_at {
        Some(finished) => format!("{rerun}{} to {}", time_text(&process.started_at), time_text(finished)),
        None => format!("{rerun}{}, not finished", time_text(&process.started_at)),
    };
    ProcessRow {
        name: Shown::from(format!("{}/{}", process.package, process.target)),
        runner: Shown::from(process.runner.as_ref()),
        command: Shown::from(process.command.as_ref()),
        state,
    }
}

/// `teller: openai/gpt-5-mini · prompt 3f2a9c1d · bank 8c1e02aa · max_turns 10`
fn setups<'r>(results: &'r Results<'r>) -> Vec<Shown<'r>> {
    let of_agent = |agent: &'r Agent<'r>| agent.setups.iter().map(move |setup| setup_text(&agent.name, setup));
    results.agents.iter().flat_map(of_agent).map(Shown::from).collect()
}

fn setup_text(agent: &str, setup: &Setup<'_>) -> String {
    let part = |name: &str, part: &Part<'_>| format!("{name} {}", part.sha256.get(..8).unwrap_or(&part.sha256));
    let mut facts = vec![format!("{agent}: {}/{}", setup.provider, setup.model)];
    facts.extend(setup.system_prompt.iter().map(|prompt| part("system prompt", prompt)));
    facts.extend(setup.skills.iter().map(|skill| part(&format!("skill {}", skill.name), skill)));
    facts.extend(setup.servers.iter().map(|server| part(&tools_of("tools", server), server)));
    facts.extend(setup.params.iter().map(|(name, value)| format!("{name} {value}")));
    facts.join(" · ")
}

/// A recorded request of an own agent names no server.
fn tools_of(tools: &str, server: &Part<'_>) -> String {
    if server.name.is_empty() { tools.to_owned() } else { format!("{tools} of {}", server.name) }
}

fn prompts<'r>(results: &'r Results<'r>) -> Vec<Prompt<'r>> {
    let mut names: HashMap<usize, String> = HashMap::new();
    for setup in results.agents.iter().flat_map(|agent| &agent.setups) {
        let skills = setup.skills.iter().map(|skill| (format!("Skill {}", skill.name), skill));
        let servers = setup.servers.iter().map(|server| (tools_of("Tools", server), server));
        for (name, part) in skills.chain(servers) {
            if let Some(Text::Shared { str }) = &part.text {
                names.entry(*str).or_insert(name);
            }
        }
    }
    let texts = results.strings.iter().enumerate();
    texts.map(|(index, text)| prompt(index, names.remove(&index), text)).collect()
}

fn prompt(index: usize, name: Option<String>, text: &str) -> Prompt<'_> {
    Prompt {
        anchor: format!("s-{index}"),
        name: Shown::from(name.unwrap_or_else(|| "Prompt".to_owned())),
        size: format!("{} characters", grouped(text.chars().count() as u64)),
        text: Shown::from(text),
    }
}
