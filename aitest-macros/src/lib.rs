//! The attribute of `aitest`. Users depend on the crate `aitest`, which documents and re-exports it.
//!
//! The stages, a module each: `attr` (the arguments' syntax) → `ast` (the model) → `valid` (its meaning) → `expand`,
//! which cannot fail. Where the meaning fails, `fallback` keeps the function beside the errors.

mod ast;
mod attr;
mod errors;
mod expand;
mod fallback;
mod module;
mod valid;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use crate::ast::Function;
use crate::errors::Errors;
use crate::module::Module;

#[expect(missing_docs, reason = "documented where `aitest` re-exports it")]
#[proc_macro_attribute]
pub fn aitest(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    rewrite(arguments.into(), item.into()).into()
}

/// The attribute over `proc_macro2`, so that this crate's tests can call it.
fn rewrite(arguments: TokenStream, item: TokenStream) -> TokenStream {
    if module::is_module(&item) {
        return match Module::parse(item.clone()) {
            Ok(module) => session(arguments, &module),
            Err(error) => fallback::item(&error, item),
        };
    }
    match Function::parse(item.clone()) {
        Ok(function) => test(arguments, &function),
        Err(error) => fallback::item(&error, item),
    }
}

fn test(arguments: TokenStream, function: &Function) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = attr::parse(arguments, &mut errors);
    match valid::test(function, &arguments, errors) {
        Ok(test) => expand::test(&test),
        Err(error) => fallback::function(&error, function),
    }
}

fn session(arguments: TokenStream, module: &Module) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = attr::parse(arguments, &mut errors);
    match valid::session(module, &arguments, errors) {
        Ok(session) => expand::session(&session),
        Err(error) => fallback::module(&error, module),
    }
}
