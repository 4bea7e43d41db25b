use std::sync::Arc;

use super::Model;
use super::exchange::HttpModel;

/// A model that is ready to be asked.
#[derive(Debug)]
pub(crate) enum Connected {
    /// Over HTTP, in one of the wire formats.
    Http(Box<HttpModel>),
    /// By a client of the user's own.
    Custom(Arc<dyn Model>),
}

impl Connected {
    pub(crate) fn as_model(&self) -> &dyn Model {
        match self {
            Connected::Http(model) => &**model,
            Connected::Custom(model) => &**model,
        }
    }

    /// `provider/model`.
    pub(crate) fn label(&self) -> String {
        let model = self.as_model();
        format!("{}/{}", model.provider(), model.model())
    }
}
