use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, ReturnType};

use super::cases::quiet;
use super::run::{Waits, built, call, local};
use super::source;
use super::spec::{self, Spec};
use crate::ast::{Case, Cases, Place, Value};
use crate::module::{Module, Session, Step};

/// The module as written, a function in it that runs the steps, and the test `session`, or a module of that name with a
/// test for each case.
///
/// A case's path is written outside the module, so a hidden function beside the module holds it.
pub(crate) fn session(session: &Session<'_>) -> TokenStream {
    let Module { visibility, keyword, name, inner, parts, .. } = session.module;
    let written = session.attributes.placed.iter().filter(|(place, attribute)| {
        *place != Place::Test || attribute.path().is_ident("doc") || attribute.path().is_ident("deprecated")
    });
    let written = written.map(|(_, attribute)| attribute);
    let parts = parts.iter().map(|part| part.without_step(|_| true));
    let alone = session.steps.iter().map(|step| alone(session, step));
    let runner = runner(session);
    let (beside, tests) = match &session.arguments.cases {
        Some(Cases::Listed(cases)) => {
            let beside = cases.iter().filter_map(|case| beside(session, case)).collect();
            (beside, with_cases(session, cases))
        }
        _ => (TokenStream::new(), one(session)),
    };
    quote! {
        #beside

        #[cfg(test)]
        #(#written)*
        #visibility #keyword #name {
            #(#inner)*
            #(#parts)*
            #runner
            #tests
            #(#alone)*
        }
    }
}

/// Runs the steps in every iteration, with the agent that `build` makes.
fn runner(session: &Session<'_>) -> TokenStream {
    let span = Span::mixed_site();
    let root = session.arguments.root(span);
    let names = session.steps.iter().map(|step| step.function.signature.ident.unraw().to_string());
    let steps = session.steps.iter().map(|one| step(session, one));
    quote_spanned! {span=>
        pub(super) fn __aitest_session<B>(
            __aitest_spec: &'static #root::__private::TestSpec,
            __aitest_build: impl ::core::ops::Fn() -> B,
        ) where
            B: ::core::future::Future<
                Output = ::core::result::Result<#root::__private::Agent, #root::__private::CaseError>,
            >,
        {
            #root::__private::run_async(__aitest_spec, |__aitest_it| {
                let __aitest_agent = __aitest_build();
                async move {
                    let __aitest_agent = match __aitest_agent.await {
                        ::core::result::Result::Ok(__aitest_agent) => __aitest_agent,
                        ::core::result::Result::Err(__aitest_error) => {
                            return #root::__private::case_failed(&__aitest_it, __aitest_error);
                        }
                    };
                    let mut __aitest_session = __aitest_agent.session();
                    let mut __aitest_steps = #root::__private::Steps::begin(&__aitest_it, &[#(#names),*]);
                    #(#steps)*
                    __aitest_session.end().await;
                    __aitest_steps.passed()
                }
            });
        }
    }
}

/// One step. An error about what it returns points at its return type.
fn step(session: &Session<'_>, step: &Step<'_>) -> TokenStream {
    let signature = &step.function.signature;
    let ident = &signature.ident;
    let span = local(match &signature.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => ident.span(),
    });
    let root = session.arguments.root(span);
    let lent = quote_spanned!(local(step.session)=> &mut __aitest_session);
    let iteration = step.iteration.map(|place| quote_spanned!(local(place)=> &__aitest_it));
    let wait = signature.asyncness.map(|_| quote_spanned!(span=> .await));
    quote_spanned! {span=>
        __aitest_steps.step();
        let __aitest_returned = #root::__private::BodyResult::into_failure(#ident(#lent, #iteration) #wait);
        if let ::core::option::Option::Some(__aitest_ended) = __aitest_steps.ended(__aitest_returned) {
            return __aitest_ended;
        }
    }
}

fn one(session: &Session<'_>) -> TokenStream {
    let attributes = on_test(session);
    let spec = spec(session, None);
    let span = local(session.agent);
    let built = built(&session.arguments, span, &quote_spanned!(span=> agent()), Waits::Await);
    let run = quote_spanned!(span=> __aitest_session(&__AITEST_SPEC, || async { #built }););
    quote! {
        #[::core::prelude::v1::test]
        #(#attributes)*
        fn session() {
            #spec
            #run
        }
    }
}

/// The test of each case, and a function that knows what the attribute says, in the module whose path it says.
fn with_cases(session: &Session<'_>, cases: &[Case]) -> TokenStream {
    let attributes: Vec<_> = on_test(session).collect();
    let tests = cases.iter().map(|case| {
        let (name, begin) = (quiet(&case.name), begin_name(case));
        quote! {
            #[::core::prelude::v1::test]
            #(#attributes)*
            fn #name() {
                super::#begin();
            }
        }
    });
    let begins = cases.iter().map(|case| {
        let name = begin_name(case);
        let spec = spec(session, Some(case));
        let run = match own_agent(session, case) {
            Some(call) => {
                let span = local(session.agent);
                let built = built(&session.arguments, span, &call, Waits::Await);
                quote_spanned!(span=> __aitest_session(&__AITEST_SPEC, || async { #built });)
            }
            None => {
                let beside = beside_name(session, case);
                quote!(super::#beside(&__AITEST_SPEC);)
            }
        };
        quote! {
            fn #name() {
                #spec
                #run
            }
        }
    });
    let lints = session.attributes.of(&[Place::Allow]);
    quote! {
        #(#begins)*
        #(#lints)*
        mod session {
            #(#tests)*
        }
    }
}

/// Holds a case's path where it was written.
fn beside(session: &Session<'_>, case: &Case) -> Option<TokenStream> {
    if own_agent(session, case).is_some() {
        return None;
    }
    let name = beside_name(session, case);
    let module = &session.module.name;
    let around = session.attributes.of(&[Place::Cfg, Place::Allow]);
    let span = local(session.agent);
    let root = session.arguments.root(span);
    let built = built(&session.arguments, span, &call(&session.arguments, case, span), Waits::Await);
    Some(quote! {
        #[cfg(test)]
        #(#around)*
        fn #name(__aitest_spec: &'static #root::__private::TestSpec) {
            #module::__aitest_session(__aitest_spec, || async { #built });
        }
    })
}

/// With `models` and no `agent = path`, the module's own `agent(model)`.
fn own_agent(session: &Session<'_>, case: &Case) -> Option<TokenStream> {
    match (&case.value, &session.arguments.agent) {
        (Value::Model(model), None) => {
            let span = local(session.agent);
            let root = session.arguments.root(span);
            Some(quote_spanned!(span=> agent(#root::__private::Model::new(#model))))
        }
        _ => None,
    }
}

/// Asked for alone, a step says how it runs.
fn alone(session: &Session<'_>, step: &Step<'_>) -> TokenStream {
    let root = session.arguments.root(Span::call_site());
    let (module, ident) = (session.module.name.unraw(), &step.function.signature.ident);
    let name = quiet(ident);
    let text = ident.unraw().to_string();
    let reason = format!("a step of a session: run `cargo test {module}::session`");
    let lints = session.attributes.of(&[Place::Allow]);
    quote! {
        #(#lints)*
        mod #name {
            #[::core::prelude::v1::test]
            #[ignore = #reason]
            fn step() {
                #root::__private::step_alone(::core::module_path!(), #text);
            }
        }
    }
}

/// `#[ignore]` and its like.
fn on_test<'a>(session: &'a Session<'_>) -> impl Iterator<Item = &'a Attribute> {
    session.attributes.of(&[Place::Test]).filter(|attribute| !attribute.path().is_ident("doc"))
}

fn spec(session: &Session<'_>, case: Option<&Case>) -> TokenStream {
    spec::item(&Spec {
        name: "session".to_owned(),
        source: source::hash_of(session.module),
        place: session.module.name.span(),
        case,
        attributes: &session.attributes,
        arguments: &session.arguments,
    })
}

fn begin_name(case: &Case) -> Ident {
    format_ident!("__aitest_{}", case.name.unraw(), span = Span::call_site())
}

fn beside_name(session: &Session<'_>, case: &Case) -> Ident {
    let module = session.module.name.unraw();
    format_ident!("__aitest_{}_{}", module, case.name.unraw(), span = Span::call_site())
}
