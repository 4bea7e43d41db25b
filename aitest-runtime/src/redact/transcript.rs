use super::registry::redact_owned;
use crate::record::{ToolCall, ToolImage, Turn};

/// `turn` with the secrets of all its texts replaced.
pub(crate) fn redact_turn(turn: Turn) -> Turn {
    Turn {
        text: redact_owned(turn.text),
        reasoning: turn.reasoning.map(redact_owned),
        calls: turn.calls.into_iter().map(redact_call).collect(),
        finish_reason: turn.finish_reason.map(redact_owned),
        served_model: turn.served_model.map(redact_owned),
        ..turn
    }
}

/// `call` with the secrets of all its texts replaced.
pub(crate) fn redact_call(call: ToolCall) -> ToolCall {
    ToolCall {
        id: redact_owned(call.id),
        server: call.server.map(redact_owned),
        tool: redact_owned(call.tool),
        arguments: redact_owned(call.arguments),
        result: call.result.map(redact_owned),
        error: call.error.map(redact_owned),
        images: call.images.into_iter().map(redact_image).collect(),
        ..call
    }
}

/// What an image shows is not looked at.
fn redact_image(image: ToolImage) -> ToolImage {
    ToolImage { mime_type: redact_owned(image.mime_type), ..image }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Role;
    use crate::redact::secret;

    #[test]
    fn no_text_of_a_turn_keeps_a_secret() {
        const VALUE: &str = "transcript \"secret\" 4711";
        secret("VAULT_TOKEN", VALUE);
        let text = || format!("<{VALUE}>");
        let call = ToolCall {
            id: text(),
            server: Some(text()),
            tool: text(),
            arguments: serde_json::json!({ "pass": VALUE }).to_string(),
            result: Some(text()),
            error: Some(text()),
            ms: 7,
            images: vec![ToolImage::new(text(), None)],
            omitted: None,
        };
        let turn = Turn {
            calls: vec![call],
            reasoning: Some(text()),
            finish_reason: Some(text()),
            served_model: Some(text()),
            ms: 3,
            ..Turn::text(Role::Assistant, text())
        };
        let clean = redact_turn(turn);
        let json = serde_json::to_string(&clean).unwrap();
        assert!(!json.contains("4711"), "{json}");
        assert_eq!(json.matches("[redacted:VAULT_TOKEN]").count(), 11, "{json}");
        assert_eq!((clean.ms, clean.calls[0].ms), (3, 7));
    }
}
