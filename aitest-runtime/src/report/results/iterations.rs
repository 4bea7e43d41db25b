use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::agents::AgentTable;
use super::numbers::ms;
use super::transcript::Strings;
use super::{Cause, Failure, Iteration, Split};
use crate::record::{self, FailureKind, IterationKey, IterationRecord, RunRecord, TestRecord};
use crate::report::cause::{Group, Seen, group};
use crate::report::time::rfc3339;

/// What the parts of one document share.
pub(super) struct Context<'a, 't> {
    pub(super) agents: &'t AgentTable<'a>,
    causes: &'t CauseTable<'a>,
    strings: Strings<'a>,
}

impl<'a, 't> Context<'a, 't> {
    pub(super) fn new(agents: &'t AgentTable<'a>, causes: &'t CauseTable<'a>) -> Self {
        Context { agents, causes, strings: Strings::default() }
    }

    pub(super) fn into_strings(self) -> Strings<'a> {
        self.strings
    }

    pub(super) fn iteration(
        &mut self,
        test: &TestRecord,
        record: &'a IterationRecord,
        agent: Option<&str>,
    ) -> Iteration<'a> {
        let failure = record.failure.as_ref().map(|failure| self.failure(failure, &record.key));
        let own_agent = AgentTable::name_of(test, record).filter(|name| Some(name.as_ref()) != agent);
        Iteration {
            n: record.key.iteration,
            rerun: record.key.rerun,
            attempt: record.key.attempt,
            kept_from: record.kept_from.as_ref().map(|run| Cow::Borrowed(run.0.as_str())),
            outcome: record.outcome.into(),
            started_at: rfc3339(record.started_at_ms),
            duration_ms: ms(record.duration_us),
            waited_ms: ms(record.waited_us),
            seed: Some(record.seed),
            agent: own_agent.and_then(|name| self.agents.id(&name)),
            steps: Self::steps(record, failure.as_ref()),
            failure,
            spend: Split::from(record),
            retries: Cow::Borrowed(&record.retries),
            notes: Cow::Borrowed(&record.notes),
            turns: record.turns.iter().map(|turn| self.strings.turn(turn)).collect(),
            final_response: record.final_response.as_deref().map(Cow::Borrowed),
            attachments: Cow::Borrowed(&record.attachments),
            assertions: Cow::Borrowed(&record.assertions),
        }
    }

    fn failure(&self, failure: &'a record::Failure, key: &IterationKey) -> Failure<'a> {
        Failure {
            kind: kind_name(failure.kind).into(),
            message: failure.message.as_str().into(),
            location: failure.location.as_deref().map(Cow::Borrowed),
            cause: self.causes.id(key).map(Cow::Owned),
            backtrace: failure.backtrace.as_deref().map(Cow::Borrowed),
        }
    }
}

/// The causes of a run, and which one ended which execution.
pub(super) struct CauseTable<'a> {
    groups: Vec<Group<'a, IterationKey>>,
    index_of: HashMap<IterationKey, usize>,
}

impl<'a> CauseTable<'a> {
    pub(super) fn of(run: &'a RunRecord) -> Self {
        let records = run.tests.iter().flat_map(TestRecord::executions);
        let mut groups = group(records.filter_map(seen));
        groups.sort_by_key(|group| std::cmp::Reverse(iterations(group)));
        let members =
            groups.iter().enumerate().flat_map(|(index, group)| group.members.iter().map(move |key| (*key, index)));
        let index_of = members.collect();
        CauseTable { groups, index_of }
    }

    fn id(&self, key: &IterationKey) -> Option<String> {
        self.index_of.get(key).map(|index| id_text(*index))
    }

    pub(super) fn into_causes(self) -> Vec<Cause<'a>> {
        self.groups.into_iter().enumerate().map(|(index, group)| cause(index, group)).collect()
    }
}

fn cause(index: usize, group: Group<'_, IterationKey>) -> Cause<'_> {
    let tests: BTreeSet<_> = group.members.iter().map(|key| key.test).collect();
    let iterations = iterations(&group);
    Cause {
        id: id_text(index).into(),
        kind: group.kind.into(),
        message: group.message().into(),
        pattern: group.pattern.into(),
        location: group.location.map(Cow::Borrowed),
        iterations,
        tests: tests.into_iter().collect(),
    }
}

/// How many iterations a cause ended, their attempts taken together.
fn iterations(group: &Group<'_, IterationKey>) -> u64 {
    let distinct: BTreeSet<_> = group.members.iter().map(|key| (key.test, key.rerun, key.iteration)).collect();
    distinct.len() as u64
}

fn id_text(index: usize) -> String {
    format!("c{}", index + 1)
}

fn seen(record: &IterationRecord) -> Option<Seen<'_, IterationKey>> {
    let failure = record.failure.as_ref()?;
    Some(Seen {
        kind: kind_name(failure.kind),
        message: &failure.message,
        location: failure.location.as_deref(),
        member: record.key,
    })
}

/// The word of a kind in results, page and terminal.
pub(in crate::report) fn kind_name(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Assert => "assert",
        FailureKind::Judge => "judge",
        FailureKind::Tool => "tool",
        FailureKind::Provider => "provider",
        FailureKind::Panic => "panic",
        FailureKind::Timeout => "timeout",
        FailureKind::Error => "error",
        FailureKind::Infrastructure => "infrastructure",
        FailureKind::Other => "other",
    }
}
