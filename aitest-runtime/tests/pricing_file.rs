//! A `pricing.toml`, installed: alone in its process, because prices are installed for the whole process.

use std::fs;

use aitest_runtime::price::{cost_of, install, load_overrides, source};
use aitest_runtime::record::TokenUsage;

#[test]
fn a_pricing_file_wins_over_the_table_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let load = |name: &str, text: &str| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        load_overrides(&file).unwrap()
    };
    let usage = TokenUsage::new(1_000_000, 0);
    let cost = |model| cost_of(model, &usage).map(|cost| cost.to_string());

    let table = source();
    install(load("empty.toml", "# no price yet\n"));
    assert_eq!(source(), table);
    assert_eq!((cost("azure/gpt-5-mini"), cost("scripted/teller-1")), (Some("$0.2500".to_owned()), None));

    install(load(
        "pricing.toml",
        "['azure/gpt-5-mini']\ninput = 0.5\noutput = 1\n[teller-1]\ninput = 3\noutput = 1\n['own/free']\ninput = 0\noutput = 0\n",
    ));
    assert_eq!(source(), format!("pricing.toml over {table}"));
    assert_eq!(cost("azure/gpt-5-mini").as_deref(), Some("$0.5000"));
    // The user's price stands for the listed snapshots of the model too.
    assert_eq!(cost("azure/gpt-5-mini-2025-08-07").as_deref(), Some("$0.5000"));
    assert_eq!(cost("openai/gpt-5-mini").as_deref(), Some("$0.2500"));
    assert_eq!(cost("scripted/teller-1").as_deref(), Some("$3.0000"));
    assert_eq!(cost("own/free").as_deref(), Some("$0.0000"));
    assert_eq!(cost("own/other"), None);

    install(load("later.toml", "['azure/gpt-5-mini']\ninput = 9\noutput = 9\n"));
    assert_eq!(cost("azure/gpt-5-mini").as_deref(), Some("$0.5000"));
}
