use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Meta, PatType, Path, ReturnType, Type, TypeReference};

use super::{arguments, attributes, function};
use crate::ast::{Arguments, Attributes, Cases, Function, Place, Value};
use crate::attr::Argument;
use crate::errors::Errors;
use crate::module::{Module, Part, Session, Step, is_step};

/// The session that `module` becomes, or every error found, those of the syntax first.
pub(crate) fn session<'a>(module: &'a Module, arguments: &[Argument], mut errors: Errors) -> syn::Result<Session<'a>> {
    let arguments = arguments::read(arguments, &mut errors);
    if arguments.session.is_none() {
        errors.at(module.keyword.span, "`#[aitest]` on a module runs its steps: write `#[aitest(session)]`");
    }
    check_arguments(&arguments, &mut errors);
    let attributes = attributes::sort(&module.attributes, &mut errors);
    check_attributes(module, &attributes, &mut errors);
    // Of a module that is no session, the one error is enough.
    let is_session = arguments.session.is_some();
    let agent = if is_session { agent(module, &arguments, &mut errors) } else { module.name.span() };
    let steps = if is_session { steps(module, &mut errors) } else { Vec::new() };
    for function in functions(module).filter(|function| function.signature.ident == "session") {
        errors.at(function.signature.ident.span(), "the test of the module is named `session`: rename this function");
    }
    errors.finish(Session { module, attributes, arguments, steps, agent })
}

fn functions(module: &Module) -> impl Iterator<Item = &Function> {
    module.parts.iter().filter_map(|part| match part {
        Part::Function(function) => Some(&**function),
        Part::Other(..) => None,
    })
}

fn check_arguments(arguments: &Arguments, errors: &mut Errors) {
    if let Some(Cases::Function(path)) = &arguments.cases {
        errors.on(path, "`cases` is for a test of one function: a session takes `agents` or `models`");
    }
    if let Some(root) = arguments.root.as_ref().filter(|root| !is_absolute(root)) {
        errors.on(root, "with `session`, write this path from its root: `crate::…` or `::…`");
    }
}

/// Whether a path means the same in every module.
fn is_absolute(path: &Path) -> bool {
    path.leading_colon.is_some() || path.segments.first().is_some_and(|segment| segment.ident == "crate")
}

fn check_attributes(module: &Module, attributes: &Attributes, errors: &mut Errors) {
    for maker in &attributes.makers {
        errors.on(maker.path(), "`#[aitest(session)]` makes the test itself: remove this attribute");
    }
    if let Some(attribute) = module.attributes.iter().find(|attribute| attribute.path().is_ident("should_panic")) {
        errors.on(attribute, "a session is not expected to panic: remove `#[should_panic]`");
    }
}

/// The module's own agent. Returns where an error about what it returns points.
fn agent(module: &Module, arguments: &Arguments, errors: &mut Errors) -> Span {
    let own = functions(module).find(|function| function.signature.ident == "agent");
    let takes_model = match &arguments.cases {
        Some(Cases::Listed(cases)) => cases.iter().any(|case| matches!(case.value, Value::Model(_))),
        _ => false,
    };
    let is_elsewhere = arguments.agent.is_some() || (arguments.cases.is_some() && !takes_model);
    let Some(function) = own else {
        if !is_elsewhere {
            let signature = if takes_model { "agent(model: Model)" } else { "agent()" };
            let message = format!(
                "a session needs an agent: write `async fn {signature} -> aitest::Result<Agent>` in the module"
            );
            errors.at(module.name.span(), message);
        }
        return module.name.span();
    };
    if is_elsewhere {
        return module.name.span();
    }
    function::signature(&function.signature, "`agent`", errors);
    let (count, takes) = if takes_model { (1, "the model: `agent(model: Model)`") } else { (0, "no parameters") };
    if function.signature.inputs.len() != count {
        errors.at(function.signature.paren_token.span.join(), format!("`agent` takes {takes}"));
    }
    match &function.signature.output {
        ReturnType::Type(_, ty) => ty.span(),
        ReturnType::Default => function.signature.ident.span(),
    }
}

fn steps<'a>(module: &'a Module, errors: &mut Errors) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let mut seen = 0;
    for part in &module.parts {
        let (attributes, function) = match part {
            Part::Function(function) => (&function.attributes, Some(&**function)),
            Part::Other(attributes, _) => (attributes, None),
        };
        let Some(mark) = attributes.iter().find(|attribute| is_step(attribute)) else { continue };
        seen += 1;
        if !matches!(mark.meta, Meta::Path(_)) {
            errors.on(&mark.meta, "`#[step]` takes no arguments");
        }
        match function {
            Some(function) => steps.extend(step(function, errors)),
            None => errors.on(mark, "`#[step]` stands on a function: `async fn name(s: &mut Session)`"),
        }
    }
    if seen == 0 {
        errors
            .at(module.name.span(), "a session has at least one step: write `#[step] async fn name(s: &mut Session)`");
    }
    steps
}

fn step<'a>(function: &'a Function, errors: &mut Errors) -> Option<Step<'a>> {
    for attribute in function.attributes.iter().filter(|attribute| !is_step(attribute)) {
        if let Some(message) = wrong_attribute(attribute) {
            errors.on(attribute.path(), message);
        }
    }
    function::signature(&function.signature, "a step", errors);
    let mut inputs = function.signature.inputs.iter();
    let session = match inputs.next() {
        Some(FnArg::Typed(typed)) => session_parameter(typed, errors),
        Some(FnArg::Receiver(receiver)) => {
            errors.on(receiver.self_token, "a step is a function of its own, not a method");
            None
        }
        None => {
            let message = "a step takes the session as its first parameter: write `(s: &mut Session)`";
            errors.at(function.signature.paren_token.span.join(), message);
            None
        }
    };
    let iteration = match inputs.next() {
        Some(FnArg::Typed(typed)) if function::is_iteration(&typed.ty) => Some(typed.ty.span()),
        Some(other) => {
            errors.on(other, "after the session comes `it: &Iteration`, and nothing else");
            None
        }
        None => None,
    };
    for more in inputs {
        errors.on(more, "nothing comes after `&Iteration`, the last parameter of a step: remove this one");
    }
    Some(Step { function, session: session?, iteration })
}

fn session_parameter(typed: &PatType, errors: &mut Errors) -> Option<Span> {
    match &*typed.ty {
        Type::Reference(TypeReference { mutability: Some(_), .. }) => return Some(typed.ty.span()),
        Type::Reference(_) if !function::is_iteration(&typed.ty) => return Some(typed.ty.span()),
        ty if function::is_iteration(ty) => {
            errors.on(ty, "the session comes first: write `(s: &mut Session, it: &Iteration)`");
        }
        ty => errors.on(ty, "the session is lent: write `&mut Session`"),
    }
    None
}

/// What cannot stand on one step.
fn wrong_attribute(attribute: &Attribute) -> Option<&'static str> {
    match attributes::place(attribute) {
        Some(Place::Test) if attribute.path().is_ident("doc") || attribute.path().is_ident("deprecated") => None,
        Some(Place::Cfg) => {
            Some("a step is part of its session: put `#[cfg]` on the module, or ask for it in the body")
        }
        Some(Place::Test) => Some("a step is no test of its own: write this attribute on the module"),
        Some(_) => None,
        None => Some("a step is no test of its own: remove this attribute"),
    }
}
