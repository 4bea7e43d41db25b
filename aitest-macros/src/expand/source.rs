use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

use crate::ast::Function;
use crate::module::{Module, Part};

/// 16 hexadecimal digits that stand for what the function does: its signature and body by their tokens, so that
/// comments, layout and attributes change nothing. FNV-1a: it tells one state of a source from the next, and has to be
/// the same in every build.
pub(super) fn hash(function: &Function) -> String {
    format!("{:016x}", of_function(BASIS, function))
}

/// The same for all items of a session's module.
pub(super) fn hash_of(module: &Module) -> String {
    let hash = module.parts.iter().fold(BASIS, |hash, part| match part {
        Part::Function(function) => of_function(hash, function),
        Part::Other(_, item) => feed(hash, item.clone()),
    });
    format!("{hash:016x}")
}

const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

fn of_function(hash: u64, function: &Function) -> u64 {
    feed(feed(hash, function.signature.to_token_stream()), function.body.stream())
}

fn feed(hash: u64, tokens: TokenStream) -> u64 {
    tokens.into_iter().fold(hash, |hash, token| match token {
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Brace => ("{", "}"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::None => ("", ""),
            };
            bytes(feed(bytes(hash, open), group.stream()), close)
        }
        // Words end with a character that none of them holds.
        TokenTree::Ident(word) => bytes(bytes(hash, &word.to_string()), "\0"),
        TokenTree::Literal(literal) => bytes(bytes(hash, &literal.to_string()), "\0"),
        TokenTree::Punct(punct) => bytes(hash, punct.as_char().encode_utf8(&mut [0; 4])),
    })
}

fn bytes(hash: u64, text: &str) -> u64 {
    text.bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str) -> String {
        hash(&Function::parse(source.parse().unwrap()).unwrap())
    }

    #[test]
    fn a_change_of_what_it_does_is_another_hash() {
        let first = of("fn a() { assert_eq!(1 + 1, 2); }");
        for same in
            ["/// Adds.\n#[ignore]\nfn a() { assert_eq!(1 + 1, 2); }", "fn a ( )\n{ // two\n assert_eq!(1+1,2) ; }"]
        {
            assert_eq!(of(same), first, "{same}");
        }
        for other in [
            "fn b() { assert_eq!(1 + 1, 2); }",
            "fn a() { assert_eq!(1 + 1, 3); }",
            "fn a() { assert_eq!((1 + 1), 2); }",
            "fn a(agent: Agent) { assert_eq!(1 + 1, 2); }",
            "async fn a() { assert_eq!(1 + 1, 2); }",
        ] {
            assert_ne!(of(other), first, "{other}");
        }
        assert_ne!(of("fn a() { a b }"), of("fn a() { ab }"));
        assert_eq!(first, "436da1df9ceaf59c", "the same in every build");
    }
}
