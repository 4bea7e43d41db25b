//! Serves the tests' model, and prints its address.

use aitest::testing::{Reply, ScriptedModel, json};

fn main() {
    let said = Reply::one_of([(60, Reply::text("Sent {result}.")), (40, Reply::text("I could not."))]);
    let model = ScriptedModel::named("teller-2026-11")
        .require_key("sk-teller-0123456789abcdef")
        .on("transfer", [Reply::tool_call("dump", json!({"to": "savings", "token": "sk-teller-0123456789abcdef"})), said])
        .on("overloaded", [Reply::times(1, Reply::status(429).retry_after(1)).then(Reply::text("Now I can."))])
        .on("break", [Reply::times(4, Reply::cut_connection()).then(Reply::text("Connected."))])
        .on("sign in", [Reply::status(401)])
        .on("forbidden", [Reply::status(400).error("content_filter", "filtered")])
        .on("slow", [Reply::hang()])
        .on("Which account", [Reply::text("yes")])
        .on("ask back", [Reply::text("Which account do you mean?")])
        .otherwise([Reply::text("Hello.")]);
    println!("{}", model.base_url());
    loop {
        std::thread::park();
    }
}
