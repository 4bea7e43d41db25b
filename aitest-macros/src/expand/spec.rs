use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use super::source;
use crate::ast::{Arguments, Attributes, Case, Date, Gate, Quantity, ShouldPanic, Test};

/// What a test says of itself.
pub(super) struct Spec<'a> {
    pub(super) name: String,
    /// What stands for what it does.
    pub(super) source: String,
    /// Where the item is, not where the attribute is.
    pub(super) place: Span,
    pub(super) case: Option<&'a Case>,
    pub(super) attributes: &'a Attributes,
    pub(super) arguments: &'a Arguments,
}

impl<'a> Spec<'a> {
    pub(super) fn of(test: &'a Test<'_>, case: Option<&'a Case>) -> Self {
        let ident = &test.function.signature.ident;
        let (attributes, arguments) = (&test.attributes, &test.arguments);
        let source = source::hash(test.function);
        Spec { name: ident.unraw().to_string(), source, place: ident.span(), case, attributes, arguments }
    }
}

/// `static __AITEST_SPEC`: what the attribute knows about the test.
pub(super) fn item(spec: &Spec<'_>) -> TokenStream {
    let Spec { name, source, place, case, attributes, arguments } = spec;
    let root = arguments.root(Span::call_site());
    let case = option(case.map(|case| case.name.unraw().to_string()));
    let line = quote_spanned!(*place=> ::core::line!());
    let docs = &attributes.docs;
    let should_panic = should_panic(&attributes.should_panic);
    let options = options(arguments);
    quote! {
        static __AITEST_SPEC: #root::__private::TestSpec = #root::__private::TestSpec {
            package: ::core::env!("CARGO_PKG_NAME"),
            manifest_dir: ::core::env!("CARGO_MANIFEST_DIR"),
            bin: ::core::option_env!("CARGO_BIN_NAME"),
            is_integration: ::core::option_env!("CARGO_TARGET_TMPDIR").is_some(),
            module_path: ::core::module_path!(),
            name: #name,
            case: #case,
            file: ::core::file!(),
            line: #line,
            source: #source,
            docs: #docs,
            should_panic: #root::__private::ShouldPanic::#should_panic,
            options: #options,
        };
    }
}

fn should_panic(should_panic: &ShouldPanic) -> TokenStream {
    match should_panic {
        ShouldPanic::No => quote!(No),
        ShouldPanic::Yes => quote!(Yes),
        ShouldPanic::With(expected) => quote!(With(#expected)),
    }
}

fn options(arguments: &Arguments) -> TokenStream {
    let root = arguments.root(Span::call_site());
    let number = |value: Option<u32>| option(value.map(Literal::u32_unsuffixed));
    let given = [
        ("iterations", number(arguments.iterations)),
        ("concurrency", number(arguments.concurrency)),
        ("min_pass_rate", option(arguments.min_pass_rate.as_ref())),
        ("max_errored", option(arguments.max_errored.as_ref())),
        ("confidence", option(arguments.confidence.as_ref())),
        ("stop", option(arguments.stop.as_ref())),
        ("gates", gates(&arguments.gates, &root)),
        ("flaky", known_flaky(arguments, &root)),
        ("timeout", option(arguments.timeout.as_ref())),
        ("title", option(arguments.title.as_ref())),
    ];
    let multi = arguments.runtime.as_ref().is_some_and(|runtime| runtime.multi);
    let flavor = if multi { quote!(MultiThread) } else { quote!(CurrentThread) };
    let (names, values): (Vec<_>, Vec<_>) =
        given.into_iter().map(|(name, value)| (quote::format_ident!("{name}"), value)).unzip();
    quote! {
        #root::__private::Options {
            #(#names: #values,)*
            runtime: #root::__private::RuntimeFlavor::#flavor,
        }
    }
}

fn gates(gates: &[Gate], root: &TokenStream) -> TokenStream {
    let gates = gates.iter().map(|gate| {
        let (text, limit) = (&gate.text, gate.limit);
        let comparison = variant(gate.comparison);
        let quantity = match gate.quantity {
            Quantity::PassRate => quote!(PassRate),
            Quantity::PassAt(k) => quote!(PassAt(#k)),
            Quantity::PassHat(k) => quote!(PassHat(#k)),
            Quantity::Of(statistic, measure) => {
                let (statistic, measure) = (variant(statistic), variant(measure));
                quote!(Of(#root::__private::Statistic::#statistic, #root::__private::Measure::#measure))
            }
        };
        quote! {
            #root::__private::TestGate::new(
                #text,
                #root::__private::Quantity::#quantity,
                #root::__private::Comparison::#comparison,
                #limit,
            )
        }
    });
    quote!(&[#(#gates),*])
}

/// A variant as it is written: the names are the runtime's.
fn variant(value: impl std::fmt::Debug) -> TokenStream {
    format!("{value:?}").parse().unwrap_or_default()
}

fn known_flaky(arguments: &Arguments, root: &TokenStream) -> TokenStream {
    let known =
        arguments.flaky.as_ref().zip(arguments.until).map(
            |(reason, Date { year, month, day })| quote!((#reason, #root::__private::Date::new(#year, #month, #day))),
        );
    option(known)
}

fn option(value: Option<impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
