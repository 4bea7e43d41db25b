//! The server alone, over its real pipes, without a model.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

struct Client {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    last_id: u64,
}

impl Client {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_banking-mcp"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server starts");
        let (stdin, stdout) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let mut client = Client { child, stdin, stdout: BufReader::new(stdout), last_id: 0 };
        let info = json!({"name": "test", "version": "0"});
        let start = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info});
        assert_eq!(client.request("initialize", &start)["result"]["serverInfo"]["name"], "banking-mcp");
        client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        client
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.stdin, "{message}").expect("the server reads");
    }

    fn request(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}));
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("the server answers");
        let reply: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(reply["id"], self.last_id, "{reply}");
        reply
    }

    /// What the tool returned: `Ok` with its JSON, or `Err` with the text of its error.
    fn call(&mut self, tool: &str, arguments: Value) -> Result<Value, String> {
        let reply = self.request("tools/call", &json!({"name": tool, "arguments": arguments}));
        let text = reply["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text in {reply}"));
        if reply["result"]["isError"] == true {
            return Err(text.to_owned());
        }
        Ok(serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}")))
    }
}

#[test]
fn tools_say_what_they_need() {
    let tools = Client::start().request("tools/list", &json!({}))["result"]["tools"].clone();
    let tools = tools.as_array().expect("a list");
    let mut names: Vec<_> = tools.iter().filter_map(|tool| tool["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["deposit", "get_all_balances", "get_balance", "get_transactions", "transfer", "withdraw"]);
    let transfer = tools.iter().find(|tool| tool["name"] == "transfer").expect("listed above");
    assert_eq!(transfer["inputSchema"]["required"], json!(["from", "to", "amount"]));
    assert_eq!(transfer["inputSchema"]["properties"]["amount"]["type"], "number");
}

#[test]
fn money_moves() {
    let mut bank = Client::start();
    assert_eq!(bank.call("get_balance", json!({"account": "checking"})).expect("known")["balance"], "$1,500.00");
    let moved = bank.call("transfer", json!({"from": "checking", "to": "savings", "amount": 200})).expect("covered");
    assert_eq!(moved["from"], json!({"account": "checking", "balance": "$1,300.00"}));
    bank.call("deposit", json!({"account": "checking", "amount": 0.5})).expect("above 0");
    bank.call("withdraw", json!({"account": "savings", "amount": 3200.0})).expect("covered");
    let balances = bank.call("get_all_balances", json!({})).expect("never refused");
    assert_eq!(balances, json!({"checking": "$1,300.50", "savings": "$0.00"}));
    let newest = bank.call("get_transactions", json!({"limit": 1})).expect("never refused");
    let withdrawal = json!({"account": "savings", "change": "-$3,200.00", "balance": "$0.00"});
    assert_eq!(newest, json!({"transactions": [withdrawal]}));
    let all = bank.call("get_transactions", json!({})).expect("never refused");
    assert_eq!(all["transactions"].as_array().map(Vec::len), Some(4));
}

#[test]
fn refusals_are_tool_errors_that_a_model_can_read() {
    let mut bank = Client::start();
    for (tool, arguments, error) in [
        ("get_balance", json!({"account": "gold"}), "there is no account `gold`"),
        ("withdraw", json!({"account": "checking", "amount": 1500.01}), "less than $1,500.01"),
        ("deposit", json!({"account": "checking", "amount": -5}), "dollars above 0"),
        ("transfer", json!({"from": "checking", "to": "checking", "amount": 5}), "two different accounts"),
    ] {
        let refusal = bank.call(tool, arguments).expect_err(tool);
        assert!(refusal.contains(error), "{refusal}");
    }
}

#[test]
fn the_server_ends_with_its_input() {
    let Client { mut child, stdin, .. } = Client::start();
    drop(stdin);
    assert!(child.wait().expect("it was started").success());
}
