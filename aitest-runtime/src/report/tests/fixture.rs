//! Runs as journals would hold them, made of a few words.

use crate::hash::sha256_hex;
use crate::record::{
    AgentIdentity, AgentSetup, Attachment, Cost, Date, ErrorBudget, Failure, FailureKind, Fingerprint, GitState,
    IterationKey, IterationRecord, KnownFlaky, Outcome, Percent, Policy, ProcessRecord, Retry, Role, Rules, RunId,
    RunRecord, SettingRecord, SkippedBy, Spend, Step, Stopped, StoppedBy, TestGate, TestId, TestIdentity, TestRecord,
    TokenUsage, ToolCall, Turn, Warning,
};
use crate::stats::{Row, TestSummary, evaluate, excuse, judge, with_gates};

/// 2026-11-01T09:30:00Z
pub(super) const START_MS: u64 = 1_793_525_400_000;

/// A run of one finished process.
pub(super) fn run(tests: Vec<TestRecord>) -> RunRecord {
    RunRecord {
        id: RunId("01JDXK".to_owned()),
        processes: vec![process()],
        tests,
        setups: Vec::new(),
        texts: std::collections::BTreeMap::new(),
        warnings: Vec::new(),
        held_back: Vec::new(),
        budget: None,
        cassettes: None,
        torn_lines: 0,
    }
}

pub(super) fn process() -> ProcessRecord {
    ProcessRecord {
        process: "banking-1".to_owned(),
        run: RunId("01JDXK".to_owned()),
        started_at_ms: START_MS,
        finished_at_ms: Some(START_MS + 31_250),
        package: "banking".to_owned(),
        target: "banking".to_owned(),
        runner: "cargo test".to_owned(),
        command: "target/debug/deps/banking-0f3a --test-threads=1".to_owned(),
        built_at_ms: None,
        rerun: 1,
        seed: 42,
        resumes: None,
        report_only: false,
        min_pass_rate: None,
        git: Some(GitState { commit: "9f3c2a1".to_owned(), branch: Some("main".to_owned()), dirty: Some(false) }),
        host: "linux x86_64".to_owned(),
        aitest: "0.1.0".to_owned(),
        prices: "built-in table of 2026-10-01".to_owned(),
        settings: vec![setting("seed", "42", "aitest.toml:1")],
    }
}

pub(super) fn setting(name: &str, value: &str, origin: &str) -> SettingRecord {
    SettingRecord { name: name.to_owned(), value: value.to_owned(), origin: origin.to_owned() }
}

pub(super) fn warning(code: &str, message: &str) -> Warning {
    Warning { code: code.to_owned(), message: message.to_owned() }
}

/// A test whose iterations end as the letters of `outcomes` say: passed, failed, timed out, errored, skipped,
/// interrupted. A dot is an iteration that has not begun.
pub(super) fn test(path: &str, outcomes: &str) -> Builder {
    let line = 10 + path.bytes().map(u32::from).sum::<u32>() % 90;
    let identity = TestIdentity {
        package: "banking".to_owned(),
        target: "test/banking".to_owned(),
        path: path.to_owned(),
        case: None,
        named_when_run: false,
    };
    let planned = u32::try_from(outcomes.len()).unwrap();
    let policy = Policy {
        min_pass_rate: Percent::ALL,
        own_threshold: false,
        max_errored: ErrorBudget::Count(0),
        ..Policy::default()
    };
    Builder {
        outcomes: outcomes.to_owned(),
        agent: Some(AgentIdentity {
            provider: "scripted".to_owned(),
            model: "bank-1".to_owned(),
            ..AgentIdentity::default()
        }),
        finished: true,
        test: TestRecord {
            id: TestId(0),
            identity,
            rerun: 1,
            process: "banking-1".to_owned(),
            file: "tests/banking.rs".to_owned(),
            line,
            source: Some("00f067aa0ba902b7".to_owned()),
            fingerprint: None,
            title: None,
            planned,
            policy,
            rules: Rules::default(),
            stopped: None,
            settings: vec![setting("iterations", &planned.to_string(), "AITEST_ITERATIONS")],
            duration_us: Some(5_000_000),
            verdict: None,
            iterations: std::collections::BTreeMap::new(),
            earlier: Vec::new(),
        },
    }
}

pub(super) struct Builder {
    outcomes: String,
    agent: Option<AgentIdentity>,
    finished: bool,
    pub(super) test: TestRecord,
}

impl Builder {
    pub(super) fn title(mut self, title: &str) -> Self {
        self.test.title = Some(title.to_owned());
        self
    }

    pub(super) fn case(mut self, case: &str) -> Self {
        self.test.identity.case = Some(case.to_owned());
        self
    }

    pub(super) fn model(mut self, model: &str) -> Self {
        self.agent = Some(AgentIdentity {
            provider: "scripted".to_owned(),
            model: model.to_owned(),
            ..AgentIdentity::default()
        });
        self
    }

    pub(super) fn no_agent(mut self) -> Self {
        self.agent = None;
        self
    }

    pub(super) fn min_pass_rate(mut self, percent: &str) -> Self {
        self.test.policy.min_pass_rate = percent.parse().unwrap();
        self.test.policy.own_threshold = true;
        self
    }

    pub(super) fn max_errored(mut self, count: u32) -> Self {
        self.test.policy.max_errored = ErrorBudget::Count(count);
        self
    }

    pub(super) fn gate(mut self, gate: TestGate) -> Self {
        self.test.rules.gates.push(gate);
        self
    }

    pub(super) fn known_flaky(mut self, until: &str) -> Self {
        self.test.rules.known_flaky = Some(KnownFlaky { reason: "issue 12".to_owned(), until: until.parse().unwrap() });
        self
    }

    pub(super) fn confidence(mut self, percent: &str) -> Self {
        self.test.policy.confidence = Some(percent.parse().unwrap());
        self
    }

    /// What is skipped was left out by a stop rule.
    pub(super) fn stopped(mut self, by: StoppedBy) -> Self {
        let after = self.outcomes.chars().filter(|letter| *letter != 's').count();
        self.test.stopped = Some(Stopped { by, after: u32::try_from(after).unwrap() });
        self
    }

    pub(super) fn rerun(mut self, rerun: u32) -> Self {
        self.test.rerun = rerun;
        self
    }

    pub(super) fn unfinished(mut self) -> Self {
        self.finished = false;
        self
    }

    pub(super) fn build(mut self) -> TestRecord {
        let identity = &self.test.identity;
        let name = format!("{}{}", identity.path, identity.case.as_deref().unwrap_or_default());
        self.test.id = TestId(
            name.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        );
        for (index, letter) in self.outcomes.chars().enumerate() {
            let number = u32::try_from(index + 1).unwrap();
            if let Some(record) = self.iteration(number, letter) {
                self.test.iterations.insert(number, Box::new(record));
            }
        }
        let summary = TestSummary::of(&self.test);
        let rows: Vec<Row> = self.test.counted().map(Row::from).collect();
        let gates: Vec<_> = self.test.rules.gates.iter().map(|gate| (gate, evaluate(gate, &rows))).collect();
        let verdict = with_gates(judge(&summary, &self.test.policy), &gates, &summary);
        let verdict = match &self.test.rules.known_flaky {
            Some(known) => excuse(verdict, known, Date::of_ms(START_MS)),
            None => verdict,
        };
        self.test.verdict = self.finished.then_some(verdict);
        if !self.finished {
            self.test.duration_us = None;
        }
        self.test
    }

    fn iteration(&self, number: u32, letter: char) -> Option<IterationRecord> {
        let outcome = match letter {
            'p' => Outcome::Passed,
            'f' => Outcome::Failed,
            't' => Outcome::TimedOut,
            'e' => Outcome::Errored,
            's' => Outcome::Skipped,
            'i' => Outcome::Interrupted,
            _ => return None,
        };
        let ran = !matches!(outcome, Outcome::Skipped);
        let called = ran && outcome != Outcome::Errored && self.agent.is_some();
        let key = IterationKey { test: self.test.id, rerun: self.test.rerun, iteration: number, attempt: 1 };
        let started_at_ms = START_MS + u64::from(number) * 1000;
        let duration_us = if ran { 900_000 + u64::from(number % 7) * 137_400 } else { 0 };
        Some(IterationRecord {
            key,
            seed: 1000 + u64::from(number),
            kept_from: None,
            outcome,
            started_at_ms,
            duration_us: if outcome == Outcome::TimedOut { 30_000_000 } else { duration_us },
            waited_us: 0,
            failure: failure(outcome, number).filter(|_| outcome != Outcome::Skipped || self.test.stopped.is_none()),
            skipped_by: self
                .test
                .stopped
                .filter(|_| outcome == Outcome::Skipped)
                .map(|stopped| SkippedBy::from(stopped.by)),
            agent: if called { spend(number) } else { Spend::default() },
            judge: Spend::default(),
            agents: if called { self.agent.iter().map(AgentIdentity::label).collect() } else { Vec::new() },
            follows_model: false,
            setups: Vec::new(),
            steps: Vec::new(),
            turns: if called { transcript(outcome == Outcome::Passed) } else { Vec::new() },
            final_response: called.then(|| answer(outcome == Outcome::Passed).to_owned()),
            retries: Vec::new(),
            notes: Vec::new(),
            attachments: Vec::new(),
            assertions: Vec::new(),
        })
    }
}

fn spend(number: u32) -> Spend {
    let input = 780 + u64::from(number % 5) * 13;
    Spend {
        usage: TokenUsage::new(input, 53),
        cost: Some(Cost::from_pico_usd(input * 250_000 + 53 * 2_000_000)),
        unpriced: 0,
    }
}

fn failure(outcome: Outcome, number: u32) -> Option<Failure> {
    let (kind, message, location) = match outcome {
        Outcome::Failed => (
            FailureKind::Assert,
            "assertion `left == right` failed: the transfer moved the money\n  left: 1500\n right: 1300".to_owned(),
            Some("tests/banking.rs:61:5"),
        ),
        Outcome::TimedOut => (FailureKind::Timeout, "took longer than 30 s".to_owned(), None),
        Outcome::Errored => (
            FailureKind::Provider,
            format!("scripted: 429 Too Many Requests after 4 tries (request {number})"),
            Some("tests/banking.rs:58:40"),
        ),
        Outcome::Interrupted => (FailureKind::Other, "the process ended during this iteration".to_owned(), None),
        Outcome::Passed | Outcome::Skipped => return None,
    };
    let backtrace = (outcome == Outcome::Failed && number < 5)
        .then(|| "   0: banking::transfer\n             at tests/banking.rs:61:5".to_owned());
    Some(Failure { kind, message, location: location.map(str::to_owned), backtrace })
}

fn answer(passed: bool) -> &'static str {
    if passed {
        "I moved $200.00 from checking to savings. Checking is now $1,300.00, savings $3,200.00."
    } else {
        "Your checking balance is $1,500.00. Shall I move $200.00 to savings?"
    }
}

fn transcript(passed: bool) -> Vec<Turn> {
    let call = |id: &str, tool: &str, arguments: &str, result: &str| ToolCall {
        id: id.to_owned(),
        server: Some("banking".to_owned()),
        tool: tool.to_owned(),
        arguments: arguments.to_owned(),
        result: Some(result.to_owned()),
        error: None,
        ms: 3,
        images: Vec::new(),
        omitted: None,
    };
    let asks = |ms: u64, text: &str, calls: Vec<ToolCall>| Turn {
        ms,
        calls,
        usage: Some(TokenUsage::new(390, 26)),
        finish_reason: Some("tool_calls".to_owned()),
        ..Turn::text(Role::Assistant, text)
    };
    let mut turns = vec![
        Turn::text(Role::System, "You are the assistant of a small bank. Use the tools; never guess a balance."),
        Turn::text(Role::User, "Move 200 dollars from my checking account to savings."),
        asks(412, "", vec![call("k1", "get_balance", r#"{"account":"checking"}"#, r#"{"balance":"1500.00"}"#)]),
    ];
    if passed {
        let arguments = r#"{"from":"checking","to":"savings","amount":"200.00"}"#;
        turns.push(asks(388, "You have enough.", vec![call("k2", "transfer", arguments, r#"{"ok":true}"#)]));
    }
    turns.push(Turn { ms: 240, finish_reason: Some("stop".to_owned()), ..Turn::text(Role::Assistant, answer(passed)) });
    turns
}

/// One run with everything that can be in one: flaky, failed, errored, passing and two-agent tests, retries, notes.
pub(super) fn rich() -> RunRecord {
    let mut transfer = test("transfer", "ppfpt").title("Moves money between accounts").min_pass_rate("60").build();
    let first = transfer.iterations.get_mut(&1).unwrap();
    first.retries.push(Retry { why: "429 Too Many Requests".to_owned(), wait_ms: 1200 });
    first.notes.push("balance before: 1500.00".to_owned());
    first
        .attachments
        .push(Attachment { name: "statement.csv".to_owned(), text: "date,amount\n2026-11-01,200".to_owned() });
    let call = &mut transfer.iterations.get_mut(&3).unwrap().turns[2].calls[0];
    (call.result, call.error) = (None, Some("account `checking` is locked".to_owned()));
    call.arguments = r#"{"account": "checking""#.to_owned();
    let mut earlier = IterationRecord::clone(&transfer.iterations[&2]);
    (earlier.outcome, earlier.failure) = (Outcome::Errored, failure(Outcome::Errored, 2));
    earlier.key.attempt = 1;
    transfer.iterations.get_mut(&2).unwrap().key.attempt = 2;
    transfer.earlier.push(earlier);
    let mut run = run(vec![
        test("balance", "ppppp").title("Tells the checking balance").build(),
        transfer,
        test("deposit", "fffff").title("Deposits what the user says").build(),
        test("statement", "eeeee").title("Lists the last transactions").build(),
        test("several_tools", "ppppe").max_errored(1).build(),
        test("compare", "ppppf").case("quick").model("bank-small").min_pass_rate("60").build(),
        test("compare", "ppppp").case("careful").model("bank-large").build(),
        test("parses_amounts", "ppppp").no_agent().build(),
    ]);
    run.warnings.push(warning("price_unknown", "no price for model `scripted/bank-large`"));
    run
}

/// `test` as a session: what did not pass did not get beyond the second of three steps.
pub(super) fn as_session(mut test: TestRecord) -> TestRecord {
    for record in test.iterations.values_mut() {
        let reached = if record.outcome == Outcome::Passed { 3 } else { 2 };
        let outcome = |index: usize| match index {
            _ if index + 1 < reached => Outcome::Passed,
            _ if index + 1 == reached => record.outcome,
            _ => Outcome::Skipped,
        };
        let step = |(index, name): (usize, &str)| Step {
            name: name.to_owned(),
            outcome: outcome(index),
            duration_us: if outcome(index) == Outcome::Skipped { 0 } else { 1_200_000 },
            first_turn: u32::try_from(index).unwrap(),
            turns: u32::from(outcome(index) != Outcome::Skipped),
        };
        record.steps = ["asks_balance", "saves_half", "remembers"].into_iter().enumerate().map(step).collect();
    }
    test
}

/// What an agent is given, for a test.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) name: Option<&'static str>,
    pub(super) model: &'static str,
    pub(super) system: Option<&'static str>,
    pub(super) skill: Option<&'static str>,
    /// A server's tools: name, description, schema.
    pub(super) tools: Vec<(&'static str, &'static str, &'static str)>,
    pub(super) params: Vec<(&'static str, &'static str)>,
}

impl Given {
    pub(super) fn teller() -> Self {
        Given {
            name: None,
            model: "bank-1",
            system: Some("You are a teller.\nBe brief."),
            skill: None,
            tools: vec![("balance", "Tells a balance", "{}"), ("transfer", "Moves money", r#"{"type":"object"}"#)],
            params: vec![("max_turns", "10")],
        }
    }

    fn listing(&self) -> Option<String> {
        let tool = |(name, description, schema): &(&str, &str, &str)| {
            format!(r#"{{"name":"{name}","description":"{description}","schema":{schema}}}"#)
        };
        let tools = self.tools.iter().map(tool).collect::<Vec<_>>().join(",");
        (!self.tools.is_empty()).then(|| format!("[{tools}]"))
    }
}

/// Gives it to the agent of every iteration of the test at `path`.
pub(super) fn give(run: &mut RunRecord, path: &str, given: &Given) {
    let mut hashed = |text: &str| {
        let sha256 = sha256_hex(text.as_bytes());
        run.texts.insert(sha256.clone(), text.to_owned());
        sha256
    };
    let identity = AgentIdentity {
        name: given.name.map(str::to_owned),
        provider: "scripted".to_owned(),
        model: given.model.to_owned(),
        ..AgentIdentity::default()
    };
    let mut named = |name: &str, text: &str| Fingerprint { name: name.to_owned(), sha256: hashed(text) };
    let mut setup = AgentSetup {
        id: String::new(),
        agent: identity.label(),
        identity,
        skill_texts: given.skill.iter().map(|text| named("terse", text)).collect(),
        servers: given.listing().iter().map(|text| named("bank", text)).collect(),
        system_prompt: given.system.map(&mut hashed),
        params: given.params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        parts: std::collections::BTreeMap::new(),
    };
    setup.id = sha256_hex(format!("{setup:?}").as_bytes())[..16].to_owned();
    let test = run.tests.iter_mut().find(|test| test.identity.path == path).unwrap();
    for record in test.iterations.values_mut() {
        record.setups = vec![setup.id.clone()];
        record.agents = vec![setup.agent.clone()];
    }
    if !run.setups.contains(&setup) {
        run.setups.push(setup);
    }
}
