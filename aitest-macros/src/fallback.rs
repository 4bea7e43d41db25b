//! What stands in the code when the attribute is wrong: the errors, and the item, so that the rest of the file and
//! the editor still find it and no second error follows from the first.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Error, FnArg};

use crate::ast::Function;
use crate::module::Module;
use crate::valid::attributes::survives;

/// The errors beside an item that is no function.
pub(crate) fn item(error: &Error, item: TokenStream) -> TokenStream {
    let errors = error.to_compile_error();
    quote!(#errors #item)
}

/// The errors beside the function, which is no test now.
pub(crate) fn function(error: &Error, function: &Function) -> TokenStream {
    let errors = error.to_compile_error();
    let Function { attributes, visibility, signature, body } = function;
    let attributes = attributes.iter().filter(|attribute| survives(attribute));
    let mut signature = signature.clone();
    for input in &mut signature.inputs {
        match input {
            FnArg::Receiver(receiver) => receiver.attrs.retain(is_cfg),
            FnArg::Typed(typed) => typed.attrs.retain(is_cfg),
        }
    }
    quote! {
        #errors
        #[cfg(test)]
        #[allow(dead_code)]
        #(#attributes)*
        #visibility #signature #body
    }
}

/// The errors beside the module, whose steps are functions like others now.
pub(crate) fn module(error: &Error, module: &Module) -> TokenStream {
    let errors = error.to_compile_error();
    let Module { attributes, visibility, keyword, name, inner, parts } = module;
    let attributes = attributes.iter().filter(|attribute| survives(attribute));
    let parts = parts.iter().map(|part| part.without_step(survives));
    quote! {
        #errors
        #[cfg(test)]
        #[allow(dead_code, unused_imports)]
        #(#attributes)*
        #visibility #keyword #name {
            #(#inner)*
            #(#parts)*
        }
    }
}

/// The attributes of other macros (`#[case]`, `#[values]`) would be unknown on a parameter.
fn is_cfg(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
}
