//! The attribute of `aitest`.

use proc_macro::TokenStream;

/// Runs a test N times.
#[proc_macro_attribute]
pub fn aitest(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}
