use insta::assert_snapshot;

use super::fixture::{Given, give, process, rich, run, setting, test, warning};
use crate::record::{Assertion, Attachment, Omitted, Retry, Role, RunRecord, ToolImage, Turn};
use crate::report::{Results, write_html, write_json};

fn html(run: &RunRecord) -> String {
    let mut out = Vec::new();
    write_html(&Results::from_run(run), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The page without its style sheet.
fn page(run: &RunRecord) -> String {
    let html = html(run);
    let (head, rest) = html.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    let hash = head.split("'sha256-").nth(1).unwrap().split('\'').next().unwrap();
    format!("{}{body}", head.replace(hash, "…"))
}

#[test]
fn a_small_run() {
    assert_snapshot!(page(&run(vec![
        test("transfer", "ppf").title("Moves money between accounts").min_pass_rate("60").build(),
        test("balance", "p").no_agent().build(),
    ])));
}

#[test]
fn what_a_test_shows() {
    let page = page(&rich());
    for text in [
        "<h1>Of 8 tests: 1 failed, 2 flaky, 1 errored; 1 threshold missed.</h1>",
        "3/5 iterations passed — 60 %",
        "Result: 3/5 iterations passed (60 %) — flagged as flaky.",
        "Result: 0/5 iterations passed (0 %) — flagged as broken.",
        "Result: not evaluated, no iteration was graded (5 errored, not counted).",
        "[23–88 %]",
        "≥ 60 % met",
        "iterations 5 from AITEST_ITERATIONS",
        "tests/banking.rs:61:5",
        "banking::transfer\n             at tests/banking.rs:61:5",
        "429 Too Many Requests; sent again after 1.2 s",
        "balance before: 1500.00",
        "date,amount\n2026-11-01,200",
        "account `checking` is locked",
        "attempt 1",
        "built-in table of 2026-10-01",
        "no price for model `scripted/bank-large`",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn assertions_and_images_of_tools_are_listed() {
    let mut test = test("transfer", "f").build();
    let record = test.iterations.get_mut(&1).unwrap();
    for (passed, expected) in [(true, "`get_balance` is called"), (false, "`transfer` is called with {\"n\":1}")] {
        let location = Some("tests/banking.rs:7:5".to_owned());
        record.assertions.push(Assertion { expected: expected.to_owned(), passed, actual: String::new(), location });
    }
    let images = &mut record.turns[2].calls[0].images;
    images.push(ToolImage { blob: Some("ab12".to_owned()), ..ToolImage::new("image/png", Some(vec![0; 1234])) });
    images.push(ToolImage::new("image/<b>", None));
    let page = page(&run(vec![test]));
    for text in [
        "<span class=\"kind\">held</span> `get_balance` is called <span class=\"muted small\">tests/banking.rs:7:5</span>",
        "<span class=\"kind\">failed</span> `transfer` is called with {&#34;n&#34;:1}",
        "image image/png, 1,234 bytes, in the run's blobs/ab12",
        "image image/&#60;b&#62;, not decodable, not kept",
    ] {
        assert!(page.contains(&text.replace('\'', "&#39;")), "{text}\n{page}");
    }
}

#[test]
fn the_run_facts_hold_what_agents_were_given() {
    let mut run = run(vec![test("transfer", "p").build()]);
    let long = "long ".repeat(200).leak();
    let mut given = Given { name: Some("<teller>"), skill: Some(long), ..Given::teller() };
    given.tools[0].1 = long;
    give(&mut run, "transfer", &given);
    let page = page(&run);
    for text in [
        "<dt>Agents</dt><dd><p>&#60;teller&#62;: scripted/bank-1 · system prompt 03d11bbc · skill terse ",
        " · max_turns 10</p></dd>",
        "<summary>Tools of bank <span class=\"muted\">",
        "<summary>Skill terse <span class=\"muted\">1,000 characters</span>",
    ] {
        assert!(page.contains(text), "{text}\n{page}");
    }
}

#[test]
fn what_a_model_thought_is_folded_above_what_it_said() {
    let mut test = test("transfer", "p").build();
    test.iterations.get_mut(&1).unwrap().turns[2].reasoning = Some("First the <balance>.".to_owned());
    let run = run(vec![test]);
    let folded = "<details class=\"trace\"><summary>Reasoning</summary><pre tabindex=\"0\">First the \
                  &#60;balance&#62;.</pre></details>";
    assert!(page(&run).contains(folded));
    let mut json = Vec::new();
    write_json(&Results::from_run(&run), &mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let turns = &json["tests"][0]["iterations"][0]["turns"];
    assert_eq!(turns[2]["reasoning"], "First the <balance>.");
    assert!(turns[3].get("reasoning").is_none(), "no text of a provider that shows none");
}

#[test]
fn states_have_their_sentence() {
    let unfinished = || {
        let mut run = run(vec![test("a", "pp").build(), test("b", "p.").unfinished().build()]);
        run.processes[0].finished_at_ms = None;
        run
    };
    let gated = || {
        let mut run = run(vec![test("a", "ppppf").build()]);
        run.processes[0].min_pass_rate = Some("90".parse().unwrap());
        run
    };
    for (run, sentence, tone) in [
        (run(Vec::new()), "No aitest test ran.", "unknown"),
        (run(vec![test("a", "p").build()]), "The test passed.", "good"),
        (run(vec![test("a", "pp").build(), test("b", "pp").build()]), "All 2 tests passed.", "good"),
        (run(vec![test("a", "pf").min_pass_rate("50").build()]), "Of 1 test: 1 flaky; every threshold is met.", "warn"),
        (run(vec![test("a", "pf").build()]), "Of 1 test: 1 flaky; 1 threshold missed.", "bad"),
        (run(vec![test("a", "ff").build()]), "Of 1 test: 1 failed; 1 threshold missed.", "bad"),
        (run(vec![test("a", "ee").build()]), "Not evaluated: every iteration errored.", "unknown"),
        (unfinished(), "Of 2 tests: 1 inconclusive.", "unknown"),
        (run(vec![test("a", "pfe").build()]), "Of 1 test: 1 flaky; 1 not judged.", "unknown"),
        (gated(), "Of 1 test: 1 flaky; 1 threshold missed.", "bad"),
    ] {
        let page = page(&run);
        assert!(page.contains(&format!("<h1>{}</h1>", sentence.replace('\'', "&#39;"))), "{sentence}");
        assert!(page.contains(&format!("class=\"tone-{tone}\"")), "{sentence}: {tone}");
    }
    let incomplete = "Incomplete: 1 test and 1 process started and did not finish.";
    assert!(page(&unfinished()).contains(incomplete));
    assert!(page(&unfinished()).contains("1/1 iterations passed — 100 %, 1 not begun"));
    assert!(page(&gated()).contains("run&#39;s gate of 90 % is not met: 4/5 iterations passed (80 %)."));
    assert!(page(&run(vec![test("a", "eee").build()])).contains("not graded"));
    assert!(!page(&run(vec![test("a", "eee").build()])).contains("0 %</"), "what was not graded has no rate");
}

const HOSTILE: &str = "</script></style><img src=x onerror=alert(1)>\"' onmouseover=\"x \u{202e}evil\0\u{1b}[31m&lt;";

/// A run that holds `HOSTILE` in every text.
fn hostile() -> RunRecord {
    let text = || HOSTILE.to_owned();
    let mut test = test("transfer", "pfe").title(HOSTILE).case(HOSTILE).build();
    (test.identity.path, test.identity.package, test.identity.target, test.file) = (text(), text(), text(), text());
    test.settings = vec![setting(HOSTILE, HOSTILE, HOSTILE)];
    test.verdict.as_mut().unwrap().message = text();
    for record in test.iterations.values_mut() {
        record.agents = vec![text()];
        record.final_response = Some(text());
        record.retries = vec![Retry { why: text(), wait_ms: 1 }];
        record.notes = vec![text()];
        record.attachments = vec![Attachment { name: text(), text: text() }];
        if let Some(failure) = &mut record.failure {
            (failure.message, failure.location, failure.backtrace) = (text(), Some(text()), Some(text()));
        }
        for turn in &mut record.turns {
            (turn.text, turn.reasoning) = (text(), Some(text()));
            (turn.finish_reason, turn.served_model) = (Some(text()), Some(text()));
            for call in &mut turn.calls {
                (call.id, call.tool, call.arguments, call.server) = (text(), text(), text(), Some(text()));
                (call.result, call.error) = (Some(text()), Some(text()));
                call.omitted = Some(Omitted { bytes: 7, sha256: text() });
            }
        }
        record.turns.push(Turn::text(Role::System, HOSTILE.repeat(20)));
    }
    let mut process = process();
    process.git.as_mut().unwrap().branch = Some(text());
    process.git.as_mut().unwrap().commit = text();
    (process.package, process.target, process.runner, process.command) = (text(), text(), text(), text());
    (process.host, process.aitest, process.prices) = (text(), text(), text());
    process.settings = vec![setting(HOSTILE, HOSTILE, HOSTILE)];
    let mut other = test.clone();
    (other.id.0, other.identity.case) = (7, Some("other".to_owned()));
    let mut run = run(vec![test, other]);
    run.id.0 = text();
    run.processes = vec![process];
    run.warnings = vec![warning(HOSTILE, HOSTILE)];
    run
}

#[test]
fn nothing_unescaped_leaves_a_template() {
    let page = page(&hostile());
    for raw in ["<img", "</script", "<script", "\" onmouseover", "' onmouseover", "\u{202e}", "\0", "\u{1b}", "&lt;"] {
        assert!(
            !page.contains(raw),
            "{raw:?} stands in {:?}",
            page.find(raw).map(|at| &page[at.saturating_sub(80)..at + 20])
        );
    }
    assert!(page.contains(r"\u{202e}evil\u{0}\u{1b}[31m"), "what cannot be seen is made visible");
    assert_eq!(html(&hostile()).matches("</style>").count(), 1);
}

#[test]
fn the_page_runs_nothing_and_loads_nothing() {
    let html = html(&rich());
    for word in ["<script", "javascript:", "http://", "https://", " src=", "url(", "@import", " on"] {
        let found = html.match_indices(word).map(|(at, _)| &html[at..html.len().min(at + 40)]);
        let found: Vec<_> =
            found.filter(|text| *word != *" on" || text.split(' ').nth(1).unwrap_or("").contains('=')).collect();
        assert!(found.is_empty(), "{found:?}");
    }
    assert!(!html.contains(" style="), "the policy refuses styles in attributes");
    assert!(html.contains("default-src 'none'; style-src 'sha256-"), "{}", &html[..400]);
}

#[test]
fn a_style_sheet_is_the_only_text_that_is_not_escaped() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut safe = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        safe.extend(text.matches("safe").map(|_| path.file_name().unwrap().to_owned()));
    }
    assert_eq!(safe, ["_layout.html"]);
}

#[test]
fn elements_are_closed_and_ids_are_unique() {
    let page = page(&rich());
    for tag in
        ["details", "summary", "div", "section", "table", "tr", "td", "th", "pre", "ol", "li", "dl", "span", "p", "a"]
    {
        let opened = page.matches(&format!("<{tag} ")).count() + page.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let mut ids: Vec<_> = page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let links = page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap());
    for link in links {
        assert!(ids.contains(&link), "nothing has the id {link}");
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn long_prompts_stand_once() {
    let mut run = run(vec![test("a", "pp").build(), test("b", "pp").build()]);
    for record in run.tests.iter_mut().flat_map(|test| test.iterations.values_mut()) {
        record.turns[0].text = format!("Be careful. {} The end.", "x".repeat(600));
    }
    let page = page(&run);
    assert_eq!(page.matches("The end.").count(), 1);
    assert_eq!(page.matches("href=\"#s-0\"").count(), 4);
}

#[test]
fn of_many_iterations_those_that_did_not_pass_come_first() {
    let mut outcomes = "p".repeat(990);
    outcomes.push_str("ffffffffff");
    let page = page(&run(vec![test("transfer", &outcomes).build()]));
    assert_eq!(page.matches("<details class=\"it\"").count(), 200);
    assert!(page.contains("800 more iterations in results.json."));
    let first_row = page.split("<tbody>").nth(2).unwrap();
    assert!(first_row.find(">991<").unwrap() < first_row.find(">1<").unwrap());
    assert!(page.contains("990 passed, 10 failed; a cell stands for 9 iterations"));
}

#[test]
fn a_page_that_would_be_too_large_leaves_out_transcripts_of_passing_iterations() {
    let mut run = run(vec![test("a", "pppf").build(), test("b", "ppp").build()]);
    for record in run.tests.iter_mut().flat_map(|test| test.iterations.values_mut()) {
        record.turns.push(Turn::text(Role::Assistant, format!("long {}", "x".repeat(3_500_000))));
    }
    let page = page(&run);
    assert_eq!(page.matches(">long xx").count(), 3, "the first passing of each test, and the failed one");
    assert_eq!(page.matches("Transcript left out").count(), 4);
    assert!(page.contains("4 transcripts of passing iterations, to keep this page near 20 MB"));
}

/// `cargo test -p aitest-runtime --features html -- --ignored pages_to_look_at`
#[test]
#[ignore = "writes pages into the temporary folder for people to look at"]
fn pages_to_look_at() {
    let folder = std::env::temp_dir().join("aitest-pages");
    std::fs::create_dir_all(&folder).unwrap();
    let many = (0..1000).map(|n| {
        test(&format!("module_{}::test_{n}", n / 50), if n % 40 == 0 { "pppfpppfpp" } else { "pppppppppp" }).build()
    });
    let mut partial = run(vec![test("a", "pp").build(), test("b", "p.").unfinished().build()]);
    partial.processes[0].finished_at_ms = None;
    for (name, run) in [
        ("rich", rich()),
        ("flaky", run(rich().tests[..2].to_vec())),
        ("empty", run(Vec::new())),
        ("one", run(vec![test("balance", "p").title("Tells the checking balance").build()])),
        ("pass", run(vec![test("balance", "pppppppppp").build(), test("deposit", "ppp").build()])),
        ("partial", partial),
        ("hostile", hostile()),
        ("large", run(vec![test("transfer", &"pppppfpppe".repeat(50)).build()])),
        ("many", run(many.collect())),
    ] {
        let began = std::time::Instant::now();
        let html = html(&run);
        println!("{name}: {} kB in {:?}", html.len() / 1000, began.elapsed());
        let began = std::time::Instant::now();
        let mut json = Vec::new();
        write_json(&Results::from_run(&run), &mut json).unwrap();
        println!("{name}.json: {} kB in {:?}", json.len() / 1000, began.elapsed());
        std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
    }
}
