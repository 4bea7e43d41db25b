use proc_macro2::TokenStream;

use super::{cases, plain};
use crate::ast::{Cases, Test};

/// The test, or one test for each case.
pub(crate) fn test(test: &Test<'_>) -> TokenStream {
    match &test.arguments.cases {
        Some(Cases::Listed(cases)) => cases::expand(test, cases),
        Some(Cases::Function(_)) | None => plain::expand(test),
    }
}
