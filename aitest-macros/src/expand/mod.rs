//! The generated code. It names `__private` of the facade and `::core`, and nothing else.

mod cases;
mod plain;
mod run;
mod spec;

use proc_macro2::TokenStream;

use crate::ast::Test;

/// The test, or one test for each case.
pub(crate) fn test(test: &Test<'_>) -> TokenStream {
    match &test.arguments.cases {
        Some(cases) => cases::expand(test, cases),
        None => plain::expand(test),
    }
}
