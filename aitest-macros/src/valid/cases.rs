//! What a test is run with: `agents`, `models` and `cases`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Ident, LitStr, Path, token};

use super::values::{message, wrong};
use crate::ast::{Case, Cases, Value};
use crate::attr::{Argument, split};
use crate::errors::Errors;

/// `agents = [path, …]`
pub(super) fn agents(argument: &Argument, errors: &mut Errors) -> Cases {
    let list = list(argument, "takes the paths of functions, one for each case", errors);
    let read = |(tokens, bracket): Entry| match call(tokens, bracket) {
        Ok(path) => {
            let name = path.segments.last().map(|segment| segment.ident.clone());
            let name = name.ok_or_else(|| Error::new_spanned(&path, "expected the path of a function"))?;
            Ok(Case { name, value: Value::Call(path) })
        }
        Err(error) => Err(error),
    };
    distinct(list.into_iter().map(read), "the last part of a path", errors)
}

/// `models = ["provider/model", …]`
pub(super) fn models(argument: &Argument, errors: &mut Errors) -> Cases {
    let list = list(argument, "takes the names of models as text, one for each case", errors);
    let read = |(tokens, bracket): Entry| -> syn::Result<Case> {
        let expected = "expected a model's name as text: `\"openai/gpt-5-mini\"`";
        if tokens.is_empty() {
            return Err(Error::new(bracket.span.join(), format!("{expected} before `,`")));
        }
        let name: LitStr = syn::parse2(tokens.clone()).map_err(|_| Error::new_spanned(tokens, expected))?;
        let text = name.value();
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() < 2 || parts.iter().any(|part| part.trim().is_empty() || part.contains(char::is_whitespace)) {
            return Err(Error::new(name.span(), "a model is written `provider/model`: `\"openai/gpt-5-mini\"`"));
        }
        Ok(Case { name: test_name(parts[parts.len() - 1], &name), value: Value::Model(name) })
    };
    distinct(list.into_iter().map(read), "the last part of a model's name", errors)
}

/// `cases = path` and `agent = path`
pub(super) fn function(argument: &Argument) -> syn::Result<Path> {
    let tokens = argument.value.clone();
    path(tokens).ok_or_else(|| wrong(argument, "takes the path of a function"))
}

/// What cannot stand together.
pub(super) fn check(arguments: &[Argument], errors: &mut Errors) {
    let lists: Vec<&Argument> =
        arguments.iter().filter(|argument| LISTS.iter().any(|list| argument.name == list)).collect();
    if let [first, more @ ..] = lists.as_slice() {
        for second in more.iter().filter(|second| second.name != first.name) {
            let message =
                format!("`{}` and `{}` both say what the test is run with: remove one", first.name, second.name);
            errors.at(second.name.span(), message);
        }
    }
    let agent = arguments.iter().find(|argument| argument.name == "agent");
    if let Some(agent) = agent.filter(|_| !lists.iter().any(|list| list.name == "models")) {
        errors.at(agent.name.span(), "`agent` makes an agent of each model: add `models = [\"openai/gpt-5-mini\"]`");
    }
}

const LISTS: [&str; 3] = ["agents", "models", "cases"];

/// One entry of a list, and the list's brackets.
type Entry = (TokenStream, token::Bracket);

fn list(argument: &Argument, takes: &str, errors: &mut Errors) -> Vec<Entry> {
    let list = |input: ParseStream<'_>| {
        let content;
        let bracket: token::Bracket = syn::bracketed!(content in input);
        Ok((bracket, content.parse::<TokenStream>()?))
    };
    let Some((bracket, list)) = errors.ok(list.parse2(argument.value.clone()).map_err(|_| wrong(argument, takes)))
    else {
        return Vec::new();
    };
    let entries: Vec<Entry> = split(list).into_iter().map(|tokens| (tokens, bracket)).collect();
    if entries.is_empty() {
        errors.at(bracket.span.join(), message(argument, takes));
    }
    entries
}

/// Each wrong case is an error of its own, and so is a second one of a name.
fn distinct(read: impl Iterator<Item = syn::Result<Case>>, named_by: &str, errors: &mut Errors) -> Cases {
    let mut cases: Vec<Case> = Vec::new();
    for case in read {
        let Some(case) = errors.ok(case) else { continue };
        if cases.iter().any(|other| other.name.unraw() == case.name.unraw()) {
            let name = case.name.unraw();
            let rename = if matches!(case.value, Value::Call(_)) { "rename one" } else { "build one with `agents`" };
            let message = format!("a second case `{name}`: {named_by} names the case, {rename}");
            match &case.value {
                Value::Call(path) => errors.on(path, message),
                Value::Model(model) => errors.on(model, message),
            }
        } else {
            cases.push(case);
        }
    }
    Cases::Listed(cases)
}

fn call(tokens: TokenStream, bracket: token::Bracket) -> syn::Result<Path> {
    if tokens.is_empty() {
        return Err(Error::new(bracket.span.join(), "expected the path of a function before `,`"));
    }
    path(tokens.clone()).ok_or_else(|| match syn::parse2::<Expr>(tokens.clone()) {
        Ok(Expr::Call(call)) => Error::new_spanned(&call, "write the function's path alone: each iteration calls it"),
        Ok(other) => Error::new_spanned(&other, "expected the path of a function"),
        Err(_) => Error::new_spanned(&tokens, "expected the path of a function"),
    })
}

/// A path that may name a function.
fn path(tokens: TokenStream) -> Option<Path> {
    let path: Path = syn::parse2(tokens).ok()?;
    let is_keyword = |name: &Ident| ["self", "Self", "super", "crate", "_"].iter().any(|keyword| name == keyword);
    let names_item = path.segments.last().is_some_and(|segment| !is_keyword(&segment.ident));
    names_item.then_some(path)
}

/// `gpt-5-mini` as the name of a test: `gpt_5_mini`.
fn test_name(model: &str, at: &LitStr) -> Ident {
    let mut name: String =
        model.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) || name.chars().all(|c| c == '_') {
        name.insert(0, '_');
    }
    if name == "_" || syn::parse_str::<Ident>(&name).is_err() {
        name.push('_');
    }
    Ident::new(&name, at.span())
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn a_model_names_its_test() {
        let literal = LitStr::new("", Span::call_site());
        for (model, name) in [
            ("gpt-5-mini", "gpt_5_mini"),
            ("Qwen3:8b", "qwen3_8b"),
            ("4o", "_4o"),
            ("self", "self_"),
            ("match", "match_"),
            ("ö", "__"),
        ] {
            assert_eq!(test_name(model, &literal), name);
        }
    }
}
