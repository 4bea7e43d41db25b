use proc_macro2::TokenStream;

use super::{cases, plain};
use crate::ast::Test;

/// The test, or one test for each case.
pub(crate) fn test(test: &Test<'_>) -> TokenStream {
    match &test.arguments.cases {
        Some(cases) => cases::expand(test, cases),
        None => plain::expand(test),
    }
}
