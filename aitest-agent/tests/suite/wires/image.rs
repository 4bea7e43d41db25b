//! The images of tools' results, where each wire takes them.

use aitest_agent::{Agent, AgentError};
use serde_json::{Value, json};

use super::{Fixture, all};
use crate::http::{ModelServer, Reply};
use crate::server;

/// Tool `a` and tool `b` answer with a text and an image.
const IMAGE: &str =
    r#"reply '{"content":[{"type":"text","text":"a chart"},{"type":"image","data":"aGk=","mimeType":"image/png"}]}'"#;
const TEXT: &str = "a chart\n[image image/png, 2 bytes]";

/// The second request's body.
async fn second(fixture: &Fixture, sent: Option<bool>) -> Value {
    let replies = [fixture.calls, fixture.answer].map(|body| Reply::status("200 OK", "", body));
    let model = ModelServer::start(replies).await;
    let provider = fixture.provider(&model.address);
    let provider = if let Some(sent) = sent { provider.images(sent) } else { provider };
    let result = Agent::new(provider).mcp_server(server::calling(IMAGE)).run("go").await.unwrap();
    assert!(result.success, "{}: {:?}", fixture.name, result.error);
    model.requests()[1].body.clone()
}

fn url() -> Value {
    json!({ "type": "image_url", "image_url": { "url": "data:image/png;base64,aGk=" } })
}

#[tokio::test]
async fn every_provider_gets_them_as_it_takes_them() {
    for fixture in all() {
        let body = second(&fixture, None).await;
        let messages = &body["messages"];
        match fixture.name.split('/').next().unwrap() {
            "anthropic" => {
                let source = json!({ "type": "base64", "media_type": "image/png", "data": "aGk=" });
                let content = json!([{ "type": "text", "text": TEXT }, { "type": "image", "source": source }]);
                assert_eq!([0, 1].map(|place| &messages[2]["content"][place]["content"]), [&content, &content]);
            }
            "gemini" => {
                let parts = json!([{ "inlineData": { "mimeType": "image/png", "data": "aGk=" } }]);
                let responses = &body["contents"][2]["parts"];
                assert_eq!([0, 1].map(|place| &responses[place]["functionResponse"]["parts"]), [&parts, &parts]);
            }
            "mistral" => {
                let content = json!([{ "type": "text", "text": TEXT }, url()]);
                assert_eq!([2, 3].map(|place| &messages[place]["content"]), [&content, &content]);
                assert_eq!(messages.as_array().unwrap().len(), 4);
            }
            "deepseek" => {
                assert!(!body.to_string().contains("aGk="), "it sees none");
                assert_eq!(messages[2]["content"], TEXT);
            }
            _ => {
                assert_eq!([2, 3].map(|place| &messages[place]["content"]), [TEXT, TEXT], "{}", fixture.name);
                assert_eq!(messages[4]["role"], "user", "{}", fixture.name);
                let content = messages[4]["content"].as_array().unwrap();
                assert_eq!(content.iter().filter(|part| **part == url()).count(), 2, "{}", fixture.name);
                let first = content[0]["text"].as_str().unwrap();
                assert!(first.starts_with("Images of the result of `a` (call "), "{first}");
            }
        }
    }
}

#[tokio::test]
async fn a_model_that_sees_none_gets_none() {
    for fixture in all() {
        let body = second(&fixture, Some(false)).await.to_string();
        assert!(!body.contains("aGk=") && body.contains("[image image/png, 2 bytes]"), "{}", fixture.name);
    }
}

#[tokio::test]
async fn a_gemini_of_before_3_reads_them_beside_the_results() {
    let fixture = Fixture { name: "gemini/gemini-2.5-flash", ..super::gemini::fixture() };
    let parts = &second(&fixture, None).await["contents"][2]["parts"];
    let inline = json!({ "inlineData": { "mimeType": "image/png", "data": "aGk=" } });
    assert_eq!([2, 3].map(|place| &parts[place]), [&inline, &inline]);
    assert!(parts[0]["functionResponse"].get("parts").is_none());
}

#[tokio::test]
async fn a_model_that_refuses_them_is_told_to_the_user() {
    let fixture = super::openai::fixture();
    let refused = r#"{ "error": { "message": "Invalid content type. image_url is only supported by certain models.", "type": "invalid_request_error" } }"#;
    let replies = [Reply::status("200 OK", "", fixture.calls), Reply::status("400 Bad Request", "", refused)];
    let model = ModelServer::start(replies).await;
    let agent = Agent::new(fixture.provider(&model.address)).mcp_server(server::calling(IMAGE));
    match agent.run("go").await.unwrap_err() {
        AgentError::Provider(error) => assert!(error.to_string().ends_with(
            "; the request held images of a tool's result: `Provider::images(false)` leaves them out for a model that sees none"
        ), "{error}"),
        other => panic!("{other}"),
    }
}
