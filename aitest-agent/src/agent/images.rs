use aitest_runtime::host::ToolImage;
use base64::Engine as _;
use base64::engine::DecodePaddingMode::Indifferent;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::provider::Image;

/// Standard base64, padded or not.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(Indifferent));

impl Image {
    /// Its bytes; `None` when what the server sent is no base64.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        BASE64.decode(self.base64.as_bytes()).ok()
    }
}

/// The image for the record.
pub(crate) fn image_record(image: &Image) -> ToolImage {
    ToolImage::new(&image.mime_type, image.bytes())
}
