//! The syntax of the arguments: `name = value`, separated by commas.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Token, token};

use crate::errors::Errors;
use crate::valid::arguments;

/// One `name = value`.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    /// Empty for `session` alone.
    pub(crate) value: TokenStream,
}

/// Every argument that can be read. One that cannot leaves an error, and the next ones are read all the same.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Vec<Argument> {
    split(tokens).into_iter().filter_map(|part| errors.ok(argument.parse2(part))).collect()
}

/// Splits at the commas of the outermost level. A comma at the end adds no part.
pub(crate) fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(part.drain(..).collect()),
            token => part.push(token),
        }
    }
    if !part.is_empty() {
        parts.push(part.into_iter().collect());
    }
    parts
}

fn argument(input: ParseStream<'_>) -> syn::Result<Argument> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error(format!("expected `name = value`; accepted are {}", arguments::accepted())));
    }
    let name = input.call(Ident::parse_any)?;
    arguments::check_known(&name)?;
    if name == "session" {
        return match input.is_empty() {
            true => Ok(Argument { name, value: TokenStream::new() }),
            false => Err(input.error("`session` takes no value: write `#[aitest(session)]`")),
        };
    }
    if input.is_empty() {
        return Err(syn::Error::new(name.span(), format!("`{name}` needs a value: {}", arguments::write(&name))));
    }
    if input.peek(token::Paren) || !input.peek(Token![=]) {
        return Err(input.error(format!("expected `=`: {}", arguments::write(&name))));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() {
        return Err(syn::Error::new(name.span(), format!("`{name}` needs a value: {}", arguments::write(&name))));
    }
    Ok(Argument { name, value: input.parse()? })
}
