//! The function's signature.

use syn::spanned::Spanned;
use syn::{FnArg, PatType, Safety, Signature, Type, TypeReference};

use super::attributes;
use crate::ast::{Arguments, Case, Cases, Function, Parameters, Value};
use crate::errors::Errors;

/// What `what`, a function, cannot be.
pub(super) fn signature(signature: &Signature, what: &str, errors: &mut Errors) {
    let Signature { constness, safety, abi, generics, variadic, .. } = signature;
    if let Some(token) = constness {
        errors.on(token, format!("{what} is no `const fn`: remove `const`"));
    }
    match safety {
        Safety::Unsafe(token) => {
            errors.on(token, format!("{what} is not `unsafe`: remove it, and write an `unsafe` block in the body"));
        }
        Safety::Safe(token) => errors.on(token, format!("{what} is not marked `safe`: remove it")),
        _ => {}
    }
    if let Some(abi) = abi {
        errors.on(abi, format!("{what} is no `extern` function: remove `extern`"));
    }
    if !generics.params.is_empty() {
        errors.on(&generics.params, format!("{what} has no generic parameters: nothing says what they would be"));
    }
    if let Some(variadic) = variadic {
        errors.on(variadic.dots, format!("{what} takes no variadic arguments"));
    }
}

/// A case where there are `agents`, `models` or `cases`, then `&Iteration`.
pub(super) fn parameters(function: &Function, arguments: &Arguments, errors: &mut Errors) -> Parameters {
    let mut parameters = Parameters::default();
    if attributes::supplier(&function.attributes).is_some() {
        // The one error about the order of the attributes is enough.
        return parameters;
    }
    let mut inputs = function.signature.inputs.iter().peekable();
    if let Some(FnArg::Receiver(receiver)) = inputs.peek() {
        errors.on(receiver.self_token, "a test is a function of its own, not a method: move it out of the `impl`");
        inputs.next();
    }
    let mut inputs = inputs.filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    if arguments.cases.is_some() {
        parameters.case = case(inputs.next(), function, arguments, errors);
        if parameters.case.is_none() {
            return parameters;
        }
    }
    if let Some(typed) = inputs.next() {
        parameters.iteration = iteration(typed, arguments, errors);
    }
    for typed in inputs {
        let message = match parameters.iteration {
            Some(_) => "nothing comes after `&Iteration`, the last parameter of a test: remove this one",
            None => WRONG_PARAMETER,
        };
        errors.on(typed, message);
    }
    parameters
}

const WRONG_PARAMETER: &str = "the one parameter of a test is `it: &Iteration`: for a case add `agents = [path, …]`, for \
                               what rstest supplies write `#[rstest]` above `#[aitest]`";

fn case(
    typed: Option<&PatType>,
    function: &Function,
    arguments: &Arguments,
    errors: &mut Errors,
) -> Option<proc_macro2::Span> {
    match typed {
        Some(typed) if is_iteration(&typed.ty) => {
            errors.on(typed, "the case comes first: write `fn name(agent: Agent, it: &Iteration)`");
        }
        Some(typed) => return Some(typed.ty.span()),
        None => {
            let (given, example) = match &arguments.cases {
                Some(Cases::Function(_)) => ("cases", "prompt: Prompt"),
                Some(Cases::Listed(cases)) if is_model(cases) && arguments.agent.is_none() => {
                    ("models", "model: Model")
                }
                Some(Cases::Listed(cases)) if is_model(cases) => ("models", "agent: Agent"),
                _ => ("agents", "agent: Agent"),
            };
            let message = format!("with `{given}`, a test takes the case as its first parameter: write `({example})`");
            errors.at(function.signature.paren_token.span.join(), message);
        }
    }
    None
}

fn is_model(cases: &[Case]) -> bool {
    cases.iter().any(|case| matches!(case.value, Value::Model(_)))
}

fn iteration(typed: &PatType, arguments: &Arguments, errors: &mut Errors) -> Option<proc_macro2::Span> {
    match &*typed.ty {
        Type::Reference(TypeReference { mutability: None, .. }) if typed.attrs.is_empty() => {
            return Some(typed.ty.span());
        }
        Type::Reference(TypeReference { mutability: Some(_), elem, .. }) if names_iteration(elem) => {
            errors.on(&typed.ty, "the iteration is lent as `&Iteration`: remove `mut`");
        }
        ty if names_iteration(ty) => errors.on(ty, "the iteration is lent: write `&Iteration`"),
        _ if arguments.cases.is_some() => {
            errors.on(typed, "after the case comes `it: &Iteration`, and nothing else");
        }
        _ => errors.on(typed, WRONG_PARAMETER),
    }
    None
}

pub(super) fn is_iteration(ty: &Type) -> bool {
    matches!(ty, Type::Reference(TypeReference { elem, .. }) if names_iteration(elem))
}

fn names_iteration(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == "Iteration"))
}
