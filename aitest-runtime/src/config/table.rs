/// One setting: what the parser, the reference page and the list of names are made of.
#[derive(Debug)]
pub struct Setting {
    /// Its name in reports, in snake case.
    pub name: &'static str,
    /// Its environment variable.
    pub variable: Option<&'static str>,
    /// Its key in `aitest.toml`; a dot enters a table.
    pub key: Option<&'static str>,
    /// Its argument of `#[aitest(…)]`.
    pub argument: Option<&'static str>,
    /// What holds when nobody sets it.
    pub default: &'static str,
    /// What it means, and its unit and range.
    pub meaning: &'static str,
}

macro_rules! settings {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $variable:expr, $key:expr, $argument:expr, $default:literal, $meaning:literal;)*) => {
        $(pub(crate) const $constant: &Setting = &Setting {
            name: $name, variable: $variable, key: $key, argument: $argument, default: $default, meaning: $meaning,
        };)*
        /// Every setting, in the order of the reference page.
        pub const SETTINGS: &[&Setting] = &[$($constant),*];
    };
}

settings! {
    ITERATIONS = "iterations", Some("AITEST_ITERATIONS"), Some("iterations"), Some("iterations"), "1",
        "Iterations of each test, 1 to 1,000,000.";
    CONCURRENCY = "concurrency", Some("AITEST_CONCURRENCY"), Some("concurrency"), Some("concurrency"), "1",
        "Iterations of one test in flight, 1 to 10,000. The attribute's value is an upper bound for the environment's.";
    TIMEOUT = "timeout", Some("AITEST_TIMEOUT"), Some("timeout"), Some("timeout"), "5m async, none sync",
        "Working time of one iteration: waiting in a limiter, in back-off or for the start of a tool server stops the clock.";
    MAX_WAIT = "max_wait", Some("AITEST_MAX_WAIT"), Some("max_wait"), None, "10m",
        "Waiting time of one iteration; reaching it is errored.";
    THRESHOLD = "threshold", None, None, Some("min_pass_rate"), "100",
        "Percent of graded iterations that must pass for the test to pass.";
    CONFIDENCE = "confidence", Some("AITEST_CONFIDENCE"), Some("confidence"), Some("confidence"), "unset",
        "Percent above 1 and below 100: how surely a test's rate must reach its threshold. A threshold of 100 is judged without it.";
    STOP = "stop", Some("AITEST_STOP"), Some("stop"), Some("stop"), "never",
        "When a test ends early: never, decided, sprt, or sprt(p0 = 80%, p1 = 90%, alpha = 5%, beta = 5%). Not applied in a run with a gate.";
    MIN_PASS_RATE = "min_pass_rate", Some("AITEST_MIN_PASS_RATE"), Some("min_pass_rate"), None, "unset",
        "Percent; the run's gate over all graded iterations. A process below it ends with 101.";
    MAX_IN_FLIGHT = "max_in_flight", Some("AITEST_MAX_IN_FLIGHT"), Some("max_in_flight"), None, "16",
        "Requests in flight to one model of a provider in each process, 1 to 10,000: halved on 429, one more after 20 successes.";
    MAX_COST = "max_cost", Some("AITEST_MAX_COST"), Some("max_cost"), None, "unset",
        "US dollars that all processes of the run may spend together, as $2.50: iterations that no longer fit are skipped.";
    MAX_DURATION = "max_duration", Some("AITEST_MAX_DURATION"), Some("max_duration"), None, "unset",
        "Time from the beginning of the run over all its processes: after it no iteration starts, what is missing is skipped.";
    MAX_ERRORED = "max_errored", Some("AITEST_MAX_ERRORED"), Some("max_errored"), Some("max_errored"), "0",
        "Error budget of a test: a count, or a percentage of the planned iterations.";
    RETRY_ERRORED = "retry_errored", Some("AITEST_RETRY_ERRORED"), Some("retry_errored"), None, "1",
        "Further attempts of an iteration that errored on something transient, 0 to 100.";
    REPORT_ONLY = "report_only", Some("AITEST_REPORT_ONLY"), Some("report_only"), None, "0",
        "1: verdicts are computed and shown, nothing fails by them.";
    BASELINE = "baseline", Some("AITEST_BASELINE"), Some("baseline.file"), None, "unset",
        "Results to compare with: the path of a results.json or a baseline file, or latest, which is each test's newest finished result in an earlier kept run.";
    FAIL_ON_REGRESSION = "fail_on_regression", Some("AITEST_FAIL_ON_REGRESSION"), Some("baseline.fail_on_regression"), None, "0",
        "1: a process with a test that regressed since the baseline ends with 101, and so does one that cannot tell.";
    ONLY = "only", Some("AITEST_ONLY"), None, None, "unset",
        "Exactly these iterations of every selected test, as 7,13; the run is then partial.";
    SEED = "seed", Some("AITEST_SEED"), Some("seed"), None, "from the run id",
        "0 to 18,446,744,073,709,551,615; every iteration's seed is made of it.";
    TRANSCRIPTS = "transcripts", Some("AITEST_TRANSCRIPTS"), Some("transcripts"), None, "full",
        "What iterations keep of what was said: full, failed (of iterations that did not pass), none.";
    CASSETTES = "cassettes", Some("AITEST_CASSETTES"), Some("cassettes"), None, "off",
        "Recorded exchanges with models: off, record, replay (asks nobody), auto (records what is missing). Needs the feature cassette.";
    OUTPUT = "output", Some("AITEST_OUTPUT"), Some("output"), None, "summary",
        "The terminal block: summary, verbose, none.";
    DIR = "dir", Some("AITEST_DIR"), Some("dir"), None, "target/aitest",
        "The folder of all outputs.";
    HTML = "html", Some("AITEST_HTML"), Some("report.html"), None, "report.html in the folder",
        "Path of the HTML report, or off.";
    JSON = "json", Some("AITEST_JSON"), Some("report.json"), None, "results.json in the folder",
        "Path of the results, or off.";
    PRICES = "prices", Some("AITEST_PRICES"), Some("prices"), None, "nearest pricing.toml upward",
        "A file of prices that override the table.";
    MODEL = "model", Some("AITEST_MODEL"), Some("model"), None, "unset",
        "The model of `Provider::default()` and `Provider::or(…)`, as provider/model; one that is fixed in code stays.";
    JUDGE_MODEL = "judge_model", Some("AITEST_LLM_MODEL"), Some("judge.model"), None, "unset",
        "The model that judges answers where a test names none, as provider/model.";
    REDACT = "redact", None, Some("redact"), None, "none",
        "A list of regular expressions; what they match is replaced in every record.";
    RESUME = "resume", Some("AITEST_RESUME"), None, None, "unset",
        "A run whose finished iterations are kept: the new run does what is missing.";
    RUN_ID = "run_id", Some("AITEST_RUN_ID"), None, None, "from nextest or cargo",
        "The run that this process belongs to: letters, digits, - and _.";
}
