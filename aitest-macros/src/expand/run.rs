use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{ReturnType, Signature};

use crate::ast::{Arguments, Case, Cases, Start, Test, Value};

/// `async`, where the test is polled by another attribute's runtime.
pub(super) fn asyncness(start: Start) -> Option<TokenStream> {
    (start == Start::Within).then(|| quote!(async))
}

/// The call that runs the iterations. The engine owns the `Iteration` and lends it to the body.
pub(super) fn statement(test: &Test<'_>, case: Option<&Case>) -> TokenStream {
    let span = returned(test);
    let root = test.arguments.root(span);
    let (run, run_cases, wait) = match test.start {
        Start::Async => (quote_spanned!(span=> run_async), quote_spanned!(span=> run_async_cases), None),
        Start::Within => (
            quote_spanned!(span=> run_within),
            quote_spanned!(span=> run_within_cases),
            Some(quote_spanned!(span=> .await)),
        ),
        Start::Sync => (quote_spanned!(span=> run_sync), quote_spanned!(span=> run_sync_cases), None),
    };
    if let (None, Some(Cases::Function(path))) = (case, &test.arguments.cases) {
        let waits = if test.start == Start::Within { Waits::Await } else { Waits::Block };
        // An error about what the function returns points at its path.
        let place = local(path.span());
        let cases = built(&test.arguments, place, &quote_spanned!(place=> #path()), waits);
        let cases = quote_spanned!(place=> { #cases });
        let body = with_given_case(test);
        return quote_spanned!(span=> #root::__private::#run_cases(&__AITEST_SPEC, #cases, #body) #wait;);
    }
    let body = match case {
        Some(case) => with_case(test, case),
        None => alone(test),
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
    let expression = call(&test.arguments, case, span);
    let (waits, open) = match test.start {
        Start::Sync => (Waits::Block, None),
        Start::Async | Start::Within => (Waits::Await, Some(quote!(async move))),
    };
    let built = built(&test.arguments, span, &expression, waits);
    let body = body(test);
    quote_spanned! {span=>
        |__aitest_it| #open {
            match { #built } {
                ::core::result::Result::Ok(__aitest_case) => #root::__private::CaseBody::Ran(#body),
                ::core::result::Result::Err(__aitest_error) => {
                    #root::__private::case_failed(&__aitest_it, __aitest_error)
                }
            }
        }
    }
}

/// The engine hands in the case.
fn with_given_case(test: &Test<'_>) -> TokenStream {
    let span = returned(test);
    let open = (test.start != Start::Sync).then(|| quote!(async move));
    let body = body(test);
    let it = test.parameters.iteration.map_or_else(|| quote!(_), |_| quote_spanned!(span=> __aitest_it));
    quote_spanned!(span=> |#it, __aitest_case| #open { #body })
}

/// The body, called with its case.
fn body(test: &Test<'_>) -> TokenStream {
    let span = returned(test);
    let ident = &test.function.signature.ident;
    let argument = quote_spanned!(local(test.parameters.case.unwrap_or_else(Span::call_site))=> __aitest_case);
    let lent = test.parameters.iteration.map(lent);
    let wait = (test.start != Start::Sync).then(|| quote_spanned!(span=> .await));
    quote_spanned!(span=> #ident(#argument, #lent) #wait)
}

/// How generated code waits for a case.
#[derive(Clone, Copy)]
pub(super) enum Waits {
    Await,
    Block,
}

/// Statements whose value is the `Result<T, CaseError>` of an expression that is `T`, `Result<T, E>`, or a future of
/// either.
pub(super) fn built(arguments: &Arguments, span: Span, call: &TokenStream, waits: Waits) -> TokenStream {
    let root = arguments.root(span);
    let resolved = quote_spanned!(span=> (&&&&__aitest_case).kind().resolve(__aitest_case));
    let resolved = match waits {
        Waits::Await => quote_spanned!(span=> #resolved.await),
        Waits::Block => quote_spanned!(span=> #root::__private::block_on(#resolved)),
    };
    quote_spanned! {span=>
        use #root::__private::{FuturePlainKind as _, FutureResultKind as _, PlainKind as _, ResultKind as _};
        let __aitest_case = #root::__private::Built(#call);
        #resolved
    }
}

/// The expression that builds a case.
pub(super) fn call(arguments: &Arguments, case: &Case, span: Span) -> TokenStream {
    match &case.value {
        Value::Call(path) => quote_spanned!(span=> #path()),
        Value::Model(name) => {
            let root = arguments.root(span);
            let model = quote_spanned!(span=> #root::__private::Model::new(#name));
            arguments.agent.as_ref().map_or_else(|| model.clone(), |agent| quote_spanned!(span=> #agent(#model)))
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
pub(super) fn local(span: Span) -> Span {
    span.resolved_at(Span::mixed_site())
}
