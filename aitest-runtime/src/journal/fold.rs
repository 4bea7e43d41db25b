use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use super::event::{Event, IterationStarted, Limits, TestFinished, TestStarted, Text};
use super::reader::parse;
use crate::record::{
    AgentSetup, BudgetUse, CassetteUse, HeldBack, IterationRecord, Outcome, ProcessRecord, RunId, RunRecord, Spend,
    TestId, TestRecord, Warning,
};

/// Folds events into the record of a run.
pub(super) struct Fold {
    id: RunId,
    processes: Vec<ProcessRecord>,
    tests: Vec<TestRecord>,
    places: HashMap<(TestId, u32), usize>,
    /// Executions of the journal being read, by the number that it gives them.
    reruns: HashMap<(TestId, u32), u32>,
    open: HashMap<(TestId, u32, u32), IterationStarted>,
    warnings: Vec<Warning>,
    seen: HashSet<Warning>,
    held_back: BTreeMap<String, HeldBack>,
    setups: Vec<AgentSetup>,
    texts: BTreeMap<String, String>,
    budget: Option<BudgetUse>,
    cassettes: Option<CassetteUse>,
    pub(super) torn_lines: u64,
}

impl Fold {
    pub(super) fn new(id: &RunId) -> Self {
        Fold {
            id: id.clone(),
            processes: Vec::new(),
            tests: Vec::new(),
            places: HashMap::new(),
            reruns: HashMap::new(),
            open: HashMap::new(),
            warnings: Vec::new(),
            seen: HashSet::new(),
            held_back: BTreeMap::new(),
            setups: Vec::new(),
            texts: BTreeMap::new(),
            budget: None,
            cassettes: None,
            torn_lines: 0,
        }
    }

    pub(super) fn read(&mut self, path: &Path) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(1 << 18, File::open(path)?);
        let mut line = Vec::new();
        self.reruns.clear();
        loop {
            line.clear();
            if reader.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            // A line without its end was being written when the process died.
            let whole = line.last() == Some(&b'\n');
            match std::str::from_utf8(&line).ok().filter(|_| whole).and_then(parse) {
                Some(event) => self.add(event),
                None => self.torn_lines += 1,
            }
        }
    }

    fn add(&mut self, event: Event) {
        match event {
            Event::ProcessStarted(process) => self.processes.push(*process),
            Event::TestStarted(test) => self.add_test(*test),
            Event::IterationStarted(mut started) => {
                started.key.rerun = self.rerun_of(started.key.test, started.key.rerun);
                let key = started.key;
                self.open.insert((key.test, key.rerun, key.iteration), started);
            }
            Event::IterationFinished(mut record) => {
                record.key.rerun = self.rerun_of(record.key.test, record.key.rerun);
                self.add_record(record);
            }
            Event::GitState(git) => {
                if let Some(process) = self.processes.last_mut() {
                    process.git = Some(git);
                }
            }
            Event::Warning(warning) => {
                if self.seen.insert(warning.clone()) {
                    self.warnings.push(warning);
                }
            }
            Event::Limits(limits) => self.add_limits(limits),
            Event::Agent(setup) => self.add_setup(*setup),
            Event::Text(Text { sha256, text }) => drop(self.texts.entry(sha256).or_insert(text)),
            Event::Cassettes(used) => match &mut self.cassettes {
                Some(sum) => sum.add(&used),
                None => self.cassettes = Some(used),
            },
            Event::TestFinished(finished) => self.end_test(finished),
            Event::ProcessFinished(finished) => {
                if let Some(process) = self.processes.last_mut() {
                    process.finished_at_ms = Some(finished.at_ms);
                }
            }
            Event::Unknown => {}
        }
    }

    /// Every process tells what its agents were given.
    fn add_setup(&mut self, setup: AgentSetup) {
        if !self.setups.iter().any(|known| known.id == setup.id) {
            self.setups.push(setup);
        }
    }

    fn end_test(&mut self, finished: TestFinished) {
        let rerun = self.rerun_of(finished.id, finished.rerun);
        if let Some(test) = self.test(finished.id, rerun) {
            test.duration_us = Some(finished.duration_us);
            test.verdict = Some(finished.verdict);
            test.stopped = finished.stopped;
        }
    }

    fn test(&mut self, id: TestId, rerun: u32) -> Option<&mut TestRecord> {
        self.places.get(&(id, rerun)).and_then(|&place| self.tests.get_mut(place))
    }

    /// Which execution of the run the journal being read means by `rerun`.
    fn rerun_of(&self, id: TestId, rerun: u32) -> u32 {
        self.reruns.get(&(id, rerun)).copied().unwrap_or(rerun)
    }

    /// A test that another process has run already was run again: under a run id that is used twice, say.
    fn add_test(&mut self, mut test: TestStarted) {
        let place = self.tests.len();
        let said = test.rerun;
        while self.places.contains_key(&(test.id, test.rerun)) {
            test.rerun += 1;
        }
        self.reruns.insert((test.id, said), test.rerun);
        self.places.insert((test.id, test.rerun), place);
        self.tests.push(TestRecord {
            id: test.id,
            identity: test.identity,
            rerun: test.rerun,
            process: self.processes.last().map(|process| process.process.clone()).unwrap_or_default(),
            file: test.file,
            line: test.line,
            source: test.source,
            fingerprint: test.fingerprint,
            title: test.title,
            planned: test.planned,
            policy: test.policy,
            rules: test.rules,
            stopped: None,
            settings: test.settings,
            duration_us: None,
            verdict: None,
            iterations: BTreeMap::new(),
            earlier: Vec::new(),
        });
    }

    fn add_limits(&mut self, limits: Limits) {
        for held in limits.held_back {
            match self.held_back.get_mut(&held.name) {
                Some(known) => known.add(&held),
                None => drop(self.held_back.insert(held.name.clone(), held)),
            }
        }
        // The ledger only grows: who saw the most saw it last.
        let budgets = self.budget.into_iter().chain(limits.budget);
        self.budget = budgets.max_by_key(|budget| budget.spent);
    }

    fn add_record(&mut self, record: Box<IterationRecord>) {
        let key = record.key;
        self.open.remove(&(key.test, key.rerun, key.iteration));
        let Some(test) = self.test(key.test, key.rerun) else {
            self.torn_lines += 1;
            return;
        };
        // The first record of an attempt counts: the watchdog's, where it came before the body's end.
        match test.iterations.get(&key.iteration).map(|known| known.key.attempt) {
            Some(attempt) if attempt == key.attempt => {}
            Some(attempt) if attempt > key.attempt => test.earlier.push(*record),
            Some(_) => {
                let known = test.iterations.insert(key.iteration, record);
                test.earlier.extend(known.map(|known| *known));
            }
            None => {
                test.iterations.insert(key.iteration, record);
            }
        }
    }

    /// Iterations that began and have no end were interrupted.
    pub(super) fn finish(mut self) -> RunRecord {
        let open: Vec<IterationStarted> = self.open.drain().map(|(_, started)| started).collect();
        for started in open {
            self.add_record(Box::new(interrupted(&started)));
        }
        self.processes.sort_by(|a, b| (a.started_at_ms, &a.process).cmp(&(b.started_at_ms, &b.process)));
        self.tests.sort_by(|a, b| place_of(a).cmp(&place_of(b)));
        RunRecord {
            id: self.id,
            processes: self.processes,
            tests: self.tests,
            setups: self.setups,
            texts: self.texts,
            warnings: self.warnings,
            held_back: self.held_back.into_values().collect(),
            budget: self.budget,
            cassettes: self.cassettes,
            torn_lines: self.torn_lines,
        }
    }
}

fn place_of(test: &TestRecord) -> (&str, &str, &str, u32, &Option<String>, u32) {
    (&test.identity.package, &test.identity.target, &test.file, test.line, &test.identity.case, test.rerun)
}

fn interrupted(started: &IterationStarted) -> IterationRecord {
    IterationRecord {
        key: started.key,
        seed: started.seed,
        kept_from: None,
        outcome: Outcome::Interrupted,
        started_at_ms: started.at_ms,
        duration_us: 0,
        waited_us: 0,
        failure: None,
        skipped_by: None,
        agent: Spend::default(),
        judge: Spend::default(),
        agents: Vec::new(),
        follows_model: false,
        setups: Vec::new(),
        steps: Vec::new(),
        turns: Vec::new(),
        final_response: None,
        retries: Vec::new(),
        notes: Vec::new(),
        attachments: Vec::new(),
        assertions: Vec::new(),
    }
}
