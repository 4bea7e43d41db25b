use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ReturnType, Signature};

use crate::ast::{Case, Start, Test};

/// `async`, where the test is polled by another attribute's runtime.
pub(super) fn asyncness(start: Start) -> Option<TokenStream> {
    (start == Start::Within).then(|| quote!(async))
}

/// The call that runs the iterations. The engine owns the `Iteration` and lends it to the body.
pub(super) fn statement(test: &Test<'_>, case: Option<&Case>) -> TokenStream {
    let span = returned(test);
    let root = test.arguments.root(span);
    let body = match case {
        Some(case) => with_case(test, case),
        None => alone(test),
    };
    let (run, wait) = match test.start {
        Start::Async => (quote_spanned!(span=> run_async), None),
        Start::Within => (quote_spanned!(span=> run_within), Some(quote!(.await))),
        Start::Sync => (quote_spanned!(span=> run_sync), None),
    };
    quote_spanned!(span=> #root::__private::#run(&__AITEST_SPEC, #body) #wait;)
}

fn alone(test: &Test<'_>) -> TokenStream {
    let ident = &test.function.signature.ident;
    let span = returned(test);
    let Some(place) = test.parameters.iteration else { return quote_spanned!(span=> |_| #ident()) };
    let lent = lent(place);
    match test.start {
        Start::Sync => quote_spanned!(span=> |__aitest_it| #ident(#lent)),
        Start::Async | Start::Within => quote_spanned!(span=> |__aitest_it| async move { #ident(#lent).await }),
    }
}

/// Each iteration builds its case afresh.
fn with_case(test: &Test<'_>, case: &Case) -> TokenStream {
    let span = returned(test);
    let root = test.arguments.root(span);
    let ident = &test.function.signature.ident;
    let path = &case.path;
    let argument = quote_spanned!(local(test.parameters.case.unwrap_or_else(Span::call_site))=> __aitest_case);
    let lent = test.parameters.iteration.map(lent);
    let (resolved, call, open) = match test.start {
        Start::Sync => (
            quote_spanned!(span=> #root::__private::block_on((&&&&__aitest_case).kind().resolve(__aitest_case))),
            quote_spanned!(span=> #ident(#argument, #lent)),
            None,
        ),
        Start::Async | Start::Within => (
            quote_spanned!(span=> (&&&&__aitest_case).kind().resolve(__aitest_case).await),
            quote_spanned!(span=> #ident(#argument, #lent).await),
            Some(quote!(async move)),
        ),
    };
    quote_spanned! {span=>
        |__aitest_it| #open {
            use #root::__private::{FuturePlainKind as _, FutureResultKind as _, PlainKind as _, ResultKind as _};
            let __aitest_case = #root::__private::Case(#path());
            match #resolved {
                ::core::result::Result::Ok(__aitest_case) => #root::__private::CaseBody::Ran(#call),
                ::core::result::Result::Err(__aitest_error) => {
                    #root::__private::case_failed(&__aitest_it, __aitest_error)
                }
            }
        }
    }
}

/// An error about the iteration's type points at the parameter.
fn lent(place: Span) -> TokenStream {
    quote_spanned!(local(place)=> &__aitest_it)
}

/// An error about what the body returns points at the return type.
fn returned(test: &Test<'_>) -> Span {
    let Signature { ident, output, .. } = &test.function.signature;
    local(match output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => ident.span(),
    })
}

/// The place of `span` in messages, with names that the user's code cannot see.
fn local(span: Span) -> Span {
    span.resolved_at(Span::mixed_site())
}
