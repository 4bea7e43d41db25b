use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use super::run;
use super::spec::{self, Spec};
use crate::ast::{Function, Place, Test};

/// A test of the same name at the same place, around the function as written.
///
/// The function stands inside the test, so that what names things by the function they are in (`insta`, `dbg!` of a
/// type's name) sees its name.
pub(super) fn expand(test: &Test<'_>) -> TokenStream {
    let Function { visibility, signature, body, .. } = test.function;
    let name = &signature.ident;
    let asyncness = run::asyncness(test.start);
    let around = test.attributes.of(&[Place::Cfg, Place::Test, Place::Allow, Place::Lint]);
    let inside = test.attributes.of(&[Place::Body]);
    let makers = makers(&test.attributes.makers);
    let spec = spec::item(&Spec::of(test, None));
    let run = run::statement(test, None);
    quote! {
        #[cfg(test)]
        #makers
        #(#around)*
        #visibility #asyncness fn #name() {
            #(#inside)*
            #signature #body
            #spec
            #run
        }
    }
}

/// What makes a function a test: the attributes that the user gave, or the built-in one.
fn makers(given: &[Attribute]) -> TokenStream {
    match given {
        [] => quote!(#[::core::prelude::v1::test]),
        given => quote!(#(#given)*),
    }
}
