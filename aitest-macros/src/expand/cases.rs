use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Attribute;
use syn::ext::IdentExt;

use super::run;
use super::spec::{self, Spec};
use crate::ast::{Case, Function, Place, Start, Test};
use crate::valid::attributes::is_builtin;

/// The function as written, a hidden function for each case that holds the case's path where it was written, and a
/// module of the function's name with one test for each case.
pub(super) fn expand(test: &Test<'_>, cases: &[Case]) -> TokenStream {
    let Function { visibility, signature, body, .. } = test.function;
    let written = test.attributes.placed.iter().filter(|(place, attribute)| is_written(*place, attribute));
    let written = written.map(|(_, attribute)| attribute);
    let around: Vec<_> = test.attributes.of(&[Place::Cfg, Place::Allow]).collect();
    let hidden = cases.iter().map(|case| hidden(test, case, &around));
    let tests = cases.iter().map(|case| one(test, case));
    let module = quiet(&signature.ident);
    quote! {
        #[cfg(test)]
        #(#written)*
        #visibility #signature #body

        #(#hidden)*

        #[cfg(test)]
        #(#around)*
        mod #module {
            #(#tests)*
        }
    }
}

/// `#[ignore]` and its like belong to the tests.
fn is_written(place: Place, attribute: &Attribute) -> bool {
    place != Place::Test || attribute.path().is_ident("doc")
}

fn hidden(test: &Test<'_>, case: &Case, around: &[&Attribute]) -> TokenStream {
    let name = hidden_name(test, case);
    let asyncness = run::asyncness(test.start);
    let spec = spec::item(&Spec::of(test, Some(case)));
    let run = run::statement(test, Some(case));
    quote! {
        #[cfg(test)]
        #(#around)*
        #asyncness fn #name() {
            #spec
            #run
        }
    }
}

fn one(test: &Test<'_>, case: &Case) -> TokenStream {
    let name = quiet(&case.name);
    let hidden = hidden_name(test, case);
    let attributes = test.attributes.of(&[Place::Test]);
    let asyncness = run::asyncness(test.start);
    let wait = (test.start == Start::Within).then(|| quote!(.await));
    let makers: Vec<_> = test.attributes.makers.iter().filter(|maker| !is_builtin(maker)).collect();
    let builtin = makers.is_empty().then(|| quote!(#[::core::prelude::v1::test]));
    quote! {
        #builtin
        #(#makers)*
        #(#attributes)*
        #asyncness fn #name() {
            super::#hidden()#wait;
        }
    }
}

fn hidden_name(test: &Test<'_>, case: &Case) -> Ident {
    format_ident!("__aitest_{}_{}", test.function.signature.ident.unraw(), case.name.unraw(), span = Span::call_site())
}

/// The name at its place, as the macro's: lints about names speak of the user's own item alone.
pub(super) fn quiet(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(name.span().resolved_at(Span::call_site()));
    name
}
