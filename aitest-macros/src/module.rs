//! The model of `#[aitest(session)]`: the module as written, and the test that it becomes.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Error, Ident, Item, Token, Visibility, braced, token};

use crate::ast::{Arguments, Attributes, Function};

/// A module whose functions' bodies are left unread.
pub(crate) struct Module {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) keyword: Token![mod],
    pub(crate) name: Ident,
    /// `#![…]` at its top.
    pub(crate) inner: Vec<Attribute>,
    pub(crate) parts: Vec<Part>,
}

/// One item of a module.
pub(crate) enum Part {
    Function(Box<Function>),
    Other(Vec<Attribute>, TokenStream),
}

impl Module {
    pub(crate) fn parse(item: TokenStream) -> syn::Result<Self> {
        <Self as Parse>::parse.parse2(item)
    }
}

impl Parse for Module {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let keyword: Token![mod] = input.parse()?;
        let name = input.parse()?;
        if !input.peek(token::Brace) {
            let message = "the steps of a session stand where the attribute is: write `mod name { … }`";
            return Err(Error::new(keyword.span, message));
        }
        let content;
        braced!(content in input);
        let inner = content.call(Attribute::parse_inner)?;
        let mut parts = Vec::new();
        while !content.is_empty() {
            parts.push(content.parse()?);
        }
        Ok(Module { attributes, visibility, keyword, name, inner, parts })
    }
}

impl Parse for Part {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let ahead = input.fork();
        if let Ok(function) = Function::behind(attributes.clone(), &ahead) {
            input.advance_to(&ahead);
            return Ok(Part::Function(Box::new(function)));
        }
        let item: Item = input.parse()?;
        Ok(Part::Other(attributes, item.to_token_stream()))
    }
}

impl Part {
    /// The item without `#[step]`; of a step, only the attributes that are `kept`.
    pub(crate) fn without_step(&self, kept: impl Fn(&Attribute) -> bool) -> TokenStream {
        let all = match self {
            Part::Function(function) => &function.attributes,
            Part::Other(attributes, _) => attributes,
        };
        let was_step = all.iter().any(is_step);
        let attributes = all.iter().filter(|attribute| !is_step(attribute) && (!was_step || kept(attribute)));
        match self {
            Part::Function(function) => {
                let Function { visibility, signature, body, .. } = &**function;
                quote!(#(#attributes)* #visibility #signature #body)
            }
            Part::Other(_, item) => quote!(#(#attributes)* #item),
        }
    }
}

/// Whether the attribute stands on a module.
pub(crate) fn is_module(item: &TokenStream) -> bool {
    let module = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<Token![mod]>()?;
        input.parse::<TokenStream>()
    };
    module.parse2(item.clone()).is_ok()
}

/// `#[step]`
pub(crate) fn is_step(attribute: &Attribute) -> bool {
    attribute.path().is_ident("step")
}

/// A session that means something.
pub(crate) struct Session<'a> {
    pub(crate) module: &'a Module,
    pub(crate) attributes: Attributes,
    pub(crate) arguments: Arguments,
    /// In the order of the source; not empty.
    pub(crate) steps: Vec<Step<'a>>,
    /// Where an error about what `agent` returns points.
    pub(crate) agent: Span,
}

/// One `#[step]`.
pub(crate) struct Step<'a> {
    pub(crate) function: &'a Function,
    /// The places of its parameters.
    pub(crate) session: Span,
    pub(crate) iteration: Option<Span>,
}
