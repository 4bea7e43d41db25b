//! The attribute answers everything with code, never with a panic of the compiler.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use proptest::prelude::*;

const NAMES: [&str; 27] = [
    "iterations",
    "min_pass_rate",
    "max_errored",
    "concurrency",
    "timeout",
    "agents",
    "runtime",
    "title",
    "crate",
    "confidence",
    "gate",
    "flaky",
    "until",
    "stop",
    "session",
    "models",
    "agent",
    "cases",
    "fn",
    "async",
    "self",
    "mod",
    "iteration",
    "_",
    "test",
    "should_panic",
    "cfg_attr",
];
const TEXTS: [&str; 17] = [
    "",
    "90s",
    "1h1h",
    "ms",
    "9",
    "80%",
    "%",
    "999999999999999999999h",
    "multi",
    " ",
    "ä%",
    "0.5%",
    "p95(ä) <= 2s",
    "pass^5>=80%",
    "2026-02-30",
    "sprt(p0=",
    "mean(cost) < $ä",
];

/// Token streams near to what the attribute reads.
fn tokens() -> impl Strategy<Value = TokenStream> {
    let leaf = prop_oneof![
        4 => proptest::sample::select(&NAMES[..]).prop_map(|name| TokenTree::from(Ident::new(name, Span::call_site()))),
        4 => proptest::sample::select(&['=', ',', ':', '-', '&', '#', '!', '%', '<', '>'][..])
            .prop_map(|c| Punct::new(c, Spacing::Alone).into()),
        2 => any::<u64>().prop_map(|value| Literal::u64_unsuffixed(value).into()),
        1 => any::<u8>().prop_map(|value| Literal::u8_suffixed(value).into()),
        1 => (0.0..1e9f64).prop_map(|value| Literal::f64_unsuffixed(value).into()),
        2 => proptest::sample::select(&TEXTS[..]).prop_map(|text| Literal::string(text).into()),
        1 => ".{0,8}".prop_map(|text| Literal::string(&text).into()),
    ];
    let tree = leaf.prop_recursive(3, 24, 6, |inner| {
        const DELIMITERS: [Delimiter; 4] =
            [Delimiter::Parenthesis, Delimiter::Bracket, Delimiter::Brace, Delimiter::None];
        (proptest::sample::select(&DELIMITERS[..]), proptest::collection::vec(inner, 0..6))
            .prop_map(|(delimiter, trees)| Group::new(delimiter, trees.into_iter().collect()).into())
    });
    proptest::collection::vec(tree, 0..12).prop_map(|trees: Vec<TokenTree>| trees.into_iter().collect())
}

/// `name = value`, in any number: what reaches the values' readers.
fn arguments() -> impl Strategy<Value = TokenStream> {
    let one = (proptest::sample::select(&NAMES[..13]), tokens()).prop_map(|(name, value)| {
        let name = Ident::new(name, Span::call_site());
        quote::quote!(#name = #value,)
    });
    proptest::collection::vec(one, 0..4).prop_map(|all| all.into_iter().collect())
}

fn function() -> TokenStream {
    "async fn balance(agent: Agent, it: &Iteration) {}".parse().unwrap()
}

proptest! {
    #[test]
    fn any_arguments_leave_code_that_parses(arguments in prop_oneof![tokens(), arguments()]) {
        let code = crate::rewrite(arguments, function());
        prop_assert!(syn::parse2::<syn::File>(code.clone()).is_ok(), "{code}");
    }

    #[test]
    fn any_item_is_answered(item in tokens()) {
        crate::rewrite(TokenStream::new(), item);
    }

    #[test]
    fn any_arguments_of_a_session_leave_code_that_parses(arguments in prop_oneof![tokens(), arguments()]) {
        let module = "mod savings { fn agent() {} #[step] fn asks(s: &mut Session) {} }".parse().unwrap();
        let code = crate::rewrite(quote::quote!(session, #arguments), module);
        prop_assert!(syn::parse2::<syn::File>(code.clone()).is_ok(), "{code}");
    }

    #[test]
    fn any_part_of_a_session_is_answered(attribute in tokens(), item in tokens()) {
        let module = quote::quote!(mod savings { #[step #attribute] fn asks(s: &mut Session) {} #item });
        crate::rewrite(quote::quote!(session), module);
    }

    #[test]
    fn any_attribute_of_the_function_is_answered(attribute in tokens()) {
        let function = function();
        crate::rewrite(TokenStream::new(), quote::quote!(#[test_log::test(#attribute)] #[should_panic(#attribute)] #function));
    }
}
