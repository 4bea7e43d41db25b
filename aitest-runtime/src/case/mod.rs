//! What a test is run with: named values, and models.

mod model;
mod value;

pub use model::Model;
pub use value::Case;
