use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

use crate::provider::Image;

/// A tool's result as the text that a model reads. What is no text is named with its type and size.
pub(crate) fn text(result: &CallToolResult) -> String {
    if result.content.is_empty() {
        return result.structured_content.as_ref().map(ToString::to_string).unwrap_or_default();
    }
    match result.content.as_slice() {
        [ContentBlock::Text(only)] => only.text.clone(),
        blocks => blocks.iter().map(block).collect::<Vec<_>>().join("\n"),
    }
}

/// The images of a tool's result, in its order.
pub(crate) fn images(result: &CallToolResult) -> Vec<Image> {
    let images = result.content.iter().filter_map(|block| match block {
        ContentBlock::Image(image) => Some(Image::new(&image.mime_type, image.data.as_str())),
        _ => None,
    });
    images.collect()
}

/// One part of a result or a prompt.
pub(crate) fn block(block: &ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text.clone(),
        ContentBlock::Image(image) => binary("image", &image.mime_type, &image.data),
        ContentBlock::Audio(audio) => binary("audio", &audio.mime_type, &audio.data),
        ContentBlock::Resource(resource) => match &resource.resource {
            ResourceContents::TextResourceContents { text, .. } => text.clone(),
            ResourceContents::BlobResourceContents { uri, mime_type, blob, .. } => {
                format!("{uri} {}", binary("resource", mime_type.as_deref().unwrap_or("unknown type"), blob))
            }
            _ => "[resource of an unknown kind]".to_owned(),
        },
        ContentBlock::ResourceLink(link) => format!("[resource {}: {}]", link.name, link.uri),
        _ => "[content of an unknown kind]".to_owned(),
    }
}

/// `base64` holds three bytes in four characters.
fn binary(kind: &str, mime_type: &str, base64: &str) -> String {
    format!("[{kind} {mime_type}, {} bytes]", base64.trim_end_matches('=').len() * 3 / 4)
}
