//! The documentation says what holds: settings, links, the README's code and its terminal block.

use std::path::{Path, PathBuf};
use std::process::Command;

use aitest_runtime::config::SETTINGS;

use crate::cargo::Cargo;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(page: &str) -> String {
    std::fs::read_to_string(root().join(page)).unwrap()
}

/// The rows between the `<!-- settings -->` marks of a page, without the table's head.
fn rows(page: &str) -> Vec<Vec<String>> {
    let text = read(page);
    let section = text.split("<!-- settings -->").nth(1).expect("the table stands between `<!-- settings -->` marks");
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

fn code(name: Option<&str>) -> String {
    name.map_or_else(|| "–".to_owned(), |name| format!("`{name}`"))
}

#[test]
fn the_reference_page_has_exactly_the_settings() {
    let expected: Vec<Vec<String>> = SETTINGS
        .iter()
        .map(|setting| {
            let names = [setting.variable, setting.key, setting.argument].map(code);
            let [variable, key, argument] = names;
            [setting.name.to_owned(), variable, key, argument, setting.default.to_owned(), setting.meaning.to_owned()]
                .into()
        })
        .collect();
    assert_eq!(rows("docs/configuration.md"), expected);
}

/// It shows those of the first day, in the table's order.
#[test]
fn the_readme_s_settings_are_in_the_table() {
    let mut table = SETTINGS.iter().map(|setting| {
        let [variable, key, argument] = [setting.variable, setting.key, setting.argument].map(code);
        vec![variable, key, argument, setting.default.to_owned()]
    });
    let rows = rows("README.md");
    assert!(rows.len() >= 10, "{rows:?}");
    for mut row in rows {
        let meaning = row.pop().unwrap();
        assert!(!meaning.is_empty());
        assert!(table.any(|setting| setting == row), "{row:?} is not the table's, or out of its order");
    }
}

#[test]
fn the_readme_is_at_most_150_lines() {
    assert!(read("README.md").lines().count() <= 150);
}

/// The compiler's message about an unknown argument lists the accepted ones.
#[test]
fn every_argument_of_the_attribute_is_documented() {
    let message = read("tests/ui/fail/arguments.stderr");
    let (_, accepted) = message.split_once("accepted are ").unwrap();
    let accepted: Vec<&str> = accepted.lines().next().unwrap().split(", ").map(|name| name.trim_matches('`')).collect();
    assert!(accepted.contains(&"iterations"), "{accepted:?}");
    let (reference, attribute) = (read("docs/configuration.md"), read("src/lib.rs"));
    for name in accepted {
        assert!(reference.contains(&format!("`{name}` |")), "docs/configuration.md has no row for `{name}`");
        let forms = [format!("/// | `{name} = "), format!("/// | `{name}` |")];
        assert!(forms.iter().any(|form| attribute.contains(form)), "the attribute's page has no row for `{name}`");
    }
}

/// The targets of `[text](target)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|after| after.split(')').next())
}

#[test]
fn relative_links_lead_to_files() {
    let mut pages: Vec<PathBuf> = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(|page| root().join(page)).into();
    let docs = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    pages.extend(docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    let mut checked = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in links(&text).filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let file = page.with_file_name(link.split('#').next().unwrap());
            assert!(file.exists(), "{} links to {link}, which does not exist", page.display());
            checked += 1;
        }
    }
    assert!(checked >= 8, "only {checked} links were found");
}

/// The blocks of code in `language`.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).filter_map(|after| after.split("```").next()).collect()
}

/// Names of models in `text`: `openai/gpt-5-mini`.
fn models(text: &str) -> Vec<&str> {
    let providers = ["anthropic", "azure", "deepseek", "gemini", "groq", "mistral", "openai", "xai"];
    let is_name = |c: char| c.is_ascii_alphanumeric() || "/-.:".contains(c);
    let words = text.split(|c: char| !is_name(c)).map(|word| word.trim_matches(['.', ':', '/', '-']));
    words
        .filter(|word| {
            word.split_once('/').is_some_and(|(provider, model)| {
                providers.contains(&provider) && model.contains('-') && model.contains(|c: char| c.is_ascii_digit())
            })
        })
        .collect()
}

#[test]
fn every_model_that_is_named_has_a_price() {
    let mut pages: Vec<PathBuf> = vec![root().join("README.md"), root().join("CHANGELOG.md")];
    for folder in ["docs", "src", "examples/banking/tests", "examples/banking/tests/model"] {
        let entries = std::fs::read_dir(root().join(folder)).into_iter().flatten();
        pages.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()));
    }
    let usage = aitest_runtime::record::TokenUsage::new(1_000, 1_000);
    let mut named = 0;
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for model in models(&text) {
            named += 1;
            assert!(aitest_runtime::price::cost_of(model, &usage).is_some(), "{model} in {}", page.display());
        }
    }
    assert!(named > 3, "{named}");
}

/// Each block as a module of its own.
fn modules(blocks: &[&str]) -> String {
    assert!(!blocks.is_empty());
    let module = |(place, block): (usize, &&str)| format!("mod block_{place} {{\n{block}}}\n");
    blocks.iter().enumerate().map(module).collect()
}

/// The page's tests with an agent that asks nobody.
fn own_agent_page() -> String {
    let agent = "async fn my_agent(_base_url: &str, _prompt: &str) -> std::io::Result<String> {\n    \
                 Ok(\"1,500\".to_owned())\n}\n";
    format!("{agent}{}", modules(&blocks(&read("docs/own-agent.md"), "rust")))
}

/// The tests of a page, to be compiled and not run: one of them may find a model or a server on this machine.
fn ignored(page: &str) -> String {
    let code = modules(&blocks(&read(page), "rust"));
    ["#[aitest(", "#[aitest]", "#[tokio::test]"]
        .iter()
        .fold(code, |code, attribute| code.replace(attribute, &format!("#[ignore]\n{attribute}")))
}

/// What the reader of the README has done: a new package with its tests, and no key.
fn new_package() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let readme = read("README.md");
    let [balance, own_agent] = blocks(&readme, "rust")[..] else { panic!("the README has two examples") };
    let agent = "async fn my_agent(_prompt: &str) -> std::io::Result<String> {\n    Ok(\"1,500\".to_owned())\n}\n";
    let manifest = format!(
        "[package]\nname = \"banking-mcp\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dev-dependencies]\naitest = {{ path = {:?}, features = [\"tap\", \"testing\"] }}\n\
         insta = \"1\"\nserde_json = \"1\"\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n",
        root()
    );
    for (file, text) in [
        ("Cargo.toml", &manifest),
        ("src/main.rs", &"fn main() {}\n".to_owned()),
        ("tests/balance.rs", &balance.to_owned()),
        ("tests/own_agent.rs", &format!("{own_agent}\n{agent}")),
        ("tests/results.rs", &modules(&blocks(&read("docs/results.md"), "rust"))),
        ("tests/own_agent_page.rs", &own_agent_page()),
        ("tests/matrix.rs", &modules(&blocks(&read("docs/matrix.md"), "rust"))),
        ("tests/providers.rs", &ignored("docs/providers.md")),
        ("tests/tool_servers.rs", &ignored("docs/tool-servers.md")),
        ("tests/drift.rs", &ignored("docs/drift.md")),
    ] {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn the_readme_s_tests_run_in_a_new_package() {
    let run = Cargo::test(&new_package().display().to_string(), &["--no-fail-fast"]).finish();
    assert_eq!(run.code, Some(101), "{run}");
    assert!(!run.stderr.contains("warning: unused"), "{run}");
    assert!(run.stdout.contains("OPENAI_API_KEY is not set"), "{run}");
    let outcomes = run.outcomes("balance");
    assert_eq!(outcomes.len(), 10, "{run}");
    assert!(outcomes.values().all(|outcome| outcome == "errored"), "a missing key is not the model's fault: {run}");
    assert_eq!(run.outcomes("my_own_agent")[&1], "passed");
    for test in ["knows_the_balance", "tells_what_it_did", "is_tapped", "leads_elsewhere"].iter().enumerate() {
        let test = format!("block_{}::{}", test.0, test.1);
        assert!(run.outcomes(&test).values().all(|outcome| outcome == "passed"), "{test}: {run}");
    }
    let tests = ["ships_to_oslo", "transfers", "saves_half", "savings::session", "reviews", "acts"];
    for (place, test) in tests.iter().enumerate() {
        let test = format!("block_{place}::{test}");
        assert!(run.outcomes(&test).values().all(|outcome| outcome == "errored"), "{test}: {run}");
    }
    for test in ["block_0::transfer", "block_1::transfer", "block_2::answers", "block_3::answers", "block_4::follows"] {
        assert!(run.outcomes(test).values().all(|outcome| outcome == "errored"), "{test}: {run}");
    }
    let servers = ["remote_balance", "old_server", "search", "all_servers", "reports_the_month"];
    for test in ["block_12::answers", "tools_are_as_reviewed"].iter().chain(&servers) {
        assert!(run.stdout.contains(&format!("{test} ... ignored")), "every provider and server has a test: {run}");
    }
}

/// The words of the block from its title to its costs, with times made equal.
fn block(text: &str) -> Vec<String> {
    let lines = text.lines().skip_while(|line| !line.starts_with("aitest: examples"));
    let lines = lines.take_while(|line| !line.starts_with("report:"));
    let is_time =
        |word: &str| word.ends_with('s') && word.trim_start_matches('<').starts_with(|c: char| c.is_ascii_digit());
    lines.flat_map(str::split_whitespace).map(|word| if is_time(word) { "TIME" } else { word }.to_owned()).collect()
}

#[test]
fn the_banking_example_prints_what_the_readme_shows() {
    let readme = read("README.md");
    let shown = blocks(&readme, "text")[0];
    assert!(shown.starts_with("$ AITEST_ITERATIONS=5 cargo test -p banking\n"));
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["AITEST_", "NEXTEST", "BANKING_"].iter().any(|prefix| name.starts_with(prefix)) {
            command.env_remove(&*name);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let output = command
        .args(["test", "-p", "banking", "--test", "banking", "--offline"])
        .current_dir(root())
        .env("AITEST_DIR", folder.path())
        .env("LANG", "C.UTF-8")
        .env_remove("LC_ALL")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stderr);
    assert_eq!(block(&printed), block(shown), "{printed}");
    assert!(output.status.success(), "{printed}");
}
