//! The options of a provider, on each wire.

use aitest_agent::{Agent, AgentError, Provider, ReasoningEffort};
use serde_json::{Value, json};

use super::{Fixture, all};
use crate::http::{ModelServer, Reply, Request};

async fn asked(fixture: &Fixture, options: impl FnOnce(Provider) -> Provider) -> Request {
    let model = ModelServer::start([Reply::status("200 OK", "", fixture.answer)]).await;
    let result = Agent::new(options(fixture.provider(&model.address))).run("go").await;
    assert!(result.unwrap_or_else(|error| panic!("{error}")).success, "{}", fixture.name);
    model.requests().remove(0)
}

fn named(provider: &str) -> Fixture {
    let mut fixtures = all().into_iter();
    fixtures.find(|fixture| fixture.name.split('/').next() == Some(provider)).unwrap()
}

#[tokio::test]
async fn sampling() {
    for fixture in all() {
        let provider = fixture.name.split('/').next().unwrap();
        let takes_a_seed = provider != "anthropic";
        let body = asked(&fixture, |provider| {
            let provider = provider.temperature(0.5).top_p(0.9).max_tokens(100);
            if takes_a_seed { provider.seed((1 << 40) + 7) } else { provider }
        });
        let body = body.await.body;
        let (place, top_p, limit, seed) = match provider {
            "gemini" => (&body["generationConfig"], "topP", "maxOutputTokens", "seed"),
            "mistral" => (&body, "top_p", "max_tokens", "random_seed"),
            "openai" | "azure" | "groq" | "xai" => (&body, "top_p", "max_completion_tokens", "seed"),
            _ => (&body, "top_p", "max_tokens", "seed"),
        };
        assert_eq!(
            (&place["temperature"], &place[top_p], &place[limit]),
            (&json!(0.5), &json!(0.9), &json!(100)),
            "{provider}"
        );
        assert_eq!(place[seed], if takes_a_seed { json!(7) } else { Value::Null }, "{provider}");
    }
}

#[tokio::test]
async fn nothing_is_sent_that_was_not_asked_for() {
    for fixture in all() {
        let body = asked(&fixture, |provider| provider).await.body;
        let fields = body.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
        match fixture.name.split('/').next().unwrap() {
            "gemini" => assert_eq!(fields, ["contents"]),
            "anthropic" => assert_eq!(fields, ["max_tokens", "messages", "model"]),
            _ => assert_eq!(fields, ["messages", "model"], "{}", fixture.name),
        }
    }
}

#[tokio::test]
async fn reasoning_effort() {
    use ReasoningEffort::{Low, Off, XHigh};
    for (provider, effort, expected) in [
        ("openai", Low, json!({ "reasoning_effort": "low" })),
        ("openai", Off, json!({ "reasoning_effort": "none" })),
        ("mistral", XHigh, json!({ "reasoning_effort": "xhigh" })),
        ("openrouter", XHigh, json!({ "reasoning": { "effort": "xhigh" } })),
        ("deepseek", Off, json!({ "thinking": { "type": "disabled" } })),
        ("deepseek", Low, json!({ "reasoning_effort": "low" })),
        ("anthropic", Low, json!({ "thinking": { "type": "adaptive" }, "output_config": { "effort": "low" } })),
        ("gemini", Low, json!({ "generationConfig": { "thinkingConfig": { "thinkingLevel": "low" } } })),
        ("gemini", Off, json!({ "generationConfig": { "thinkingConfig": { "thinkingLevel": "minimal" } } })),
    ] {
        let body = asked(&named(provider), |provider| provider.reasoning_effort(effort)).await.body;
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&body[field], value, "{provider} {effort:?}");
        }
    }
    let old = Fixture { name: "gemini/gemini-2.5-flash", ..named("gemini") };
    let body = asked(&old, |provider| provider.reasoning_effort(Off)).await.body;
    assert_eq!(body["generationConfig"]["thinkingConfig"], json!({ "thinkingBudget": 0 }));
    let old = Fixture { name: "anthropic/claude-sonnet-4-5", ..named("anthropic") };
    let body = asked(&old, |provider| provider.reasoning_effort(Low)).await.body;
    assert_eq!(body["thinking"], json!({ "type": "enabled", "budget_tokens": 2048 }));
    assert_eq!(body["max_tokens"], 32_000);
}

#[tokio::test]
async fn extra_fields_are_written_last() {
    for fixture in all() {
        let body = asked(&fixture, |provider| {
            provider.temperature(0.5).extra_body("zeta", json!({ "y": [1] })).extra_body("temperature", 2)
        });
        let body = body.await.body;
        assert_eq!((&body["zeta"], &body["temperature"]), (&json!({ "y": [1] }), &json!(2)), "{}", fixture.name);
    }
}

#[tokio::test]
async fn extra_headers() {
    for fixture in all() {
        let request =
            asked(&fixture, |provider| provider.header("X-Team", "blue").header("x-gateway-key", "gk-1234567"));
        let head = request.await.head.to_ascii_lowercase();
        assert!(head.contains("x-team: blue\r\n") && head.contains("x-gateway-key: gk-1234567\r\n"), "{head}");
    }
    for (name, value, message) in [
        ("no name", "v", "`no name` is no name of a header: write letters, digits and `-`"),
        ("x-a", "a\nb", "the value of the header `x-a` cannot stand in a header"),
    ] {
        let provider = Provider::compatible("http://127.0.0.1:9/v1", "m").header(name, value);
        let error = Agent::new(provider).run("go").await.unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[tokio::test]
async fn the_value_of_a_secret_header_is_never_shown() {
    let body = r#"{ "error": { "message": "header was Bearer sk-hidden-123, x-team blue-team-1" } }"#;
    let model = ModelServer::start([Reply::status("400 Bad Request", "", body)]).await;
    let provider =
        model.provider().header("Proxy-Authorization", "Bearer sk-hidden-123").header("x-team", "blue-team-1");
    let error = Agent::new(provider).run("go").await.unwrap_err().to_string();
    assert!(!error.contains("sk-hidden-123") && error.contains("blue-team-1"), "{error}");
}

#[tokio::test]
async fn anthropic_has_no_seed() {
    match Agent::new(Provider::new("anthropic/claude-opus-5").seed(1)).run("go").await.unwrap_err() {
        AgentError::Provider(error) => assert_eq!(
            error.to_string(),
            "anthropic/claude-opus-5 takes no seed: Anthropic's messages have none; leave `seed` out for this model"
        ),
        other => panic!("{other}"),
    }
}
