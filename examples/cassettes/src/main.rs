//! The model that the cassettes were recorded of: a scripted one, so that everybody can record them again.
//!
//! It prints its address and serves until it is ended.

use aitest::testing::{Reply, ScriptedModel};

fn main() {
    let fee = Reply::one_of([
        (70, Reply::text("A transfer abroad costs $4.50.")),
        (30, Reply::text("Transfers abroad are free of charge.")),
    ]);
    let overloaded_once = Reply::times(1, Reply::status(429).retry_after(1)).then(Reply::text("We open at 9."));
    let model = ScriptedModel::named("teller-2026-11").on("abroad", [fee]).on("open", [overloaded_once]);
    println!("{}", model.base_url());
    loop {
        std::thread::park();
    }
}
