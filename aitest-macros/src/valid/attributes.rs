//! The function's other attributes: what each is for, and so where it belongs.
//!
//! `#[cfg]` and `#[cfg_attr]` are the compiler's: it reads them before it expands any attribute of the function.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Token};

use crate::ast::{Attributes, Place, ShouldPanic};
use crate::errors::Errors;

/// Sorts the attributes.
pub(super) fn sort(attributes: &[Attribute], errors: &mut Errors) -> Attributes {
    let mut sorted = Attributes::default();
    for attribute in attributes.iter().cloned() {
        match role(&attribute) {
            Role::Placed(place) => sorted.placed.push((place, attribute)),
            Role::Maker => sorted.makers.push(attribute),
            Role::ShouldPanic => {
                let read = errors.ok(should_panic(&attribute.meta));
                sorted.should_panic = read.unwrap_or_default();
            }
            Role::Aitest => errors.on(&attribute.meta, "`#[aitest]` stands here twice: remove one"),
            Role::Supplier => {}
        }
    }
    if let Some(attribute) = supplier(attributes) {
        errors.on(
            attribute.path(),
            "write `#[rstest]` and what belongs to it above `#[aitest]`, so that every iteration gets fresh fixtures",
        );
    }
    sorted.docs = docs(attributes);
    sorted
}

/// The attribute of rstest that stands below `#[aitest]`, if any.
pub(super) fn supplier(attributes: &[Attribute]) -> Option<&Attribute> {
    let is = |attribute: &&Attribute| matches!(role(attribute), Role::Supplier);
    attributes.iter().find(|attribute| last(attribute) == "rstest").or_else(|| attributes.iter().find(is))
}

/// Whether the attribute may stand on a function that is no test.
pub(crate) fn survives(attribute: &Attribute) -> bool {
    matches!(role(attribute), Role::Placed(place) if place != Place::Test || attribute.path().is_ident("doc"))
}

/// Where the attribute belongs on a test; `None` for one that makes tests or supplies them.
pub(super) fn place(attribute: &Attribute) -> Option<Place> {
    match role(attribute) {
        Role::Placed(place) => Some(place),
        _ => None,
    }
}

/// Whether the attribute polls an async test on a runtime of its own.
///
/// The built-in `#[test]` cannot, and `#[test_log::test]` does only through an attribute given in its arguments.
pub(super) fn brings_runtime(maker: &Attribute) -> bool {
    if is_test_log(maker) {
        return maker.meta.require_list().is_ok_and(|list| mentions_test(list.tokens.clone()));
    }
    !is_builtin(maker)
}

/// The built-in `#[test]`, by any of its paths.
pub(crate) fn is_builtin(maker: &Attribute) -> bool {
    let path: Vec<String> = maker.path().segments.iter().map(|segment| segment.ident.to_string()).collect();
    match path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["test"] => true,
        [root, "prelude", _, "test"] => root == "core" || root == "std",
        _ => false,
    }
}

pub(super) fn is_test_log(maker: &Attribute) -> bool {
    maker.path().segments.first().is_some_and(|segment| segment.ident == "test_log")
}

fn mentions_test(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| matches!(token, TokenTree::Ident(ident) if ident == "test"))
}

enum Role {
    Placed(Place),
    Maker,
    ShouldPanic,
    Supplier,
    Aitest,
}

fn role(attribute: &Attribute) -> Role {
    let path = attribute.path();
    let last = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    let only = path.segments.len() == 1;
    match last.as_str() {
        "cfg" if only => Role::Placed(Place::Cfg),
        "should_panic" if only => Role::ShouldPanic,
        "allow" if only => Role::Placed(Place::Allow),
        "expect" | "warn" | "deny" | "forbid" if only => Role::Placed(Place::Lint),
        "doc" | "ignore" | "deprecated" if only => Role::Placed(Place::Test),
        // A lock around each iteration would wait for itself as soon as two are in flight.
        "serial" | "parallel" | "file_serial" | "file_parallel" => Role::Placed(Place::Test),
        "aitest" => Role::Aitest,
        "test" if path.segments.first().is_some_and(|segment| segment.ident == "aitest") => Role::Aitest,
        "test" => Role::Maker,
        "rstest" | "case" | "values" => Role::Supplier,
        _ => Role::Placed(Place::Body),
    }
}

fn should_panic(meta: &Meta) -> syn::Result<ShouldPanic> {
    let accepted =
        "unknown form of `should_panic`: accepted are `#[should_panic]` and `#[should_panic(expected = \"…\")]`";
    let wrong = |_| syn::Error::new_spanned(meta, accepted);
    match meta {
        Meta::Path(_) => Ok(ShouldPanic::Yes),
        Meta::NameValue(pair) => {
            syn::parse2::<LitStr>(pair.value.to_token_stream()).map(ShouldPanic::With).map_err(wrong)
        }
        Meta::List(list) => {
            let expected = |input: syn::parse::ParseStream<'_>| {
                let name: syn::Ident = input.parse()?;
                input.parse::<Token![=]>()?;
                let text: LitStr = input.parse()?;
                input.parse::<Option<Token![,]>>()?;
                if name == "expected" { Ok(text) } else { Err(input.error("expected")) }
            };
            expected.parse2(list.tokens.clone()).map(ShouldPanic::With).map_err(wrong)
        }
    }
}

fn docs(attributes: &[Attribute]) -> String {
    let lines =
        attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).filter_map(|attribute| match &attribute
            .meta
        {
            Meta::NameValue(pair) => text(&pair.value),
            _ => None,
        });
    let lines: Vec<String> = lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned()).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(lit), .. }) => Some(lit.value()),
        _ => None,
    }
}

fn last(attribute: &Attribute) -> String {
    attribute.path().segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}
