use crate::ast::{Arguments, Attributes, Cases, Function, Start, Test};
use crate::attr::Argument;
use crate::errors::Errors;
use crate::valid::{arguments, attributes, function};

/// The test that `function` becomes, or every error found, those of the syntax first.
pub(crate) fn test<'a>(function: &'a Function, arguments: &[Argument], mut errors: Errors) -> syn::Result<Test<'a>> {
    let arguments = arguments::read(arguments, &mut errors);
    let attributes = attributes::sort(&function.attributes, &mut errors);
    let parameters = function::parameters(function, &arguments, &mut errors);
    let start = start(function, &attributes);
    if let Some(span) = arguments.session {
        errors.at(span, "`session` is for a module of steps: write `#[aitest(session)] mod name { … }`");
    }
    function::signature(&function.signature, "a test", &mut errors);
    check_runtime(&arguments, start, &mut errors);
    check_makers(&arguments, &attributes, start, &mut errors);
    errors.finish(Test { function, attributes, arguments, parameters, start })
}

fn start(function: &Function, attributes: &Attributes) -> Start {
    if function.signature.asyncness.is_none() {
        Start::Sync
    } else if attributes.makers.iter().any(attributes::brings_runtime) {
        Start::Within
    } else {
        Start::Async
    }
}

fn check_runtime(arguments: &Arguments, start: Start, errors: &mut Errors) {
    let Some(runtime) = &arguments.runtime else { return };
    match start {
        Start::Async => {}
        Start::Within => errors.at(
            runtime.span,
            "the runtime is the other attribute's here: remove `runtime`, and write its own option, such as \
             `#[tokio::test(flavor = \"multi_thread\")]`",
        ),
        Start::Sync => errors.at(runtime.span, "`runtime` is for an `async fn`: a `fn` runs without one"),
    }
}

/// The tests of the cases stand in a module of their own, where only a full path means the same attribute.
fn check_makers(arguments: &Arguments, attributes: &Attributes, start: Start, errors: &mut Errors) {
    if !matches!(arguments.cases, Some(Cases::Listed(_))) {
        return;
    }
    for maker in &attributes.makers {
        let first = maker.path().segments.first().map(|segment| segment.ident.to_string());
        if matches!(first.as_deref(), Some("self" | "super")) {
            let message = "with a list of cases, write this attribute's path from the crate's root: `crate::…::test`";
            errors.on(maker.path(), message);
        } else if start == Start::Sync && !attributes::is_builtin(maker) && !attributes::is_test_log(maker) {
            errors.on(maker.path(), "this attribute needs an `async fn`: remove it, `#[aitest]` makes the test");
        }
    }
}
