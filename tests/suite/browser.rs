//! The report in a real browser: Debian's Chromium, headless, offline. Run by `.ci/run`.

use std::path::Path;
use std::process::Command;

use crate::cargo::Cargo;

fn chromium(page: &Path, arguments: &[&str]) -> (String, String) {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--v=0"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("chromium is installed");
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
#[ignore = "needs chromium"]
fn browser_shows_the_report_without_script_network_or_violation() {
    let run = Cargo::test("plain", &["--no-fail-fast", "--test", "outcomes"]).env("AITEST_ITERATIONS", "3").finish();
    let page = run.dir.path().join("report.html");
    let (dom, log) = chromium(&page, &["--dump-dom"]);
    assert!(dom.contains("2/3 iterations passed"), "{dom}");
    assert!(dom.contains("flagged as flaky"), "{dom}");
    assert!(!log.contains("Content Security Policy") && !log.contains("CONSOLE"), "{log}");
}
