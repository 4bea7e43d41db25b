//! The model: the function as written, and the test that it becomes.

use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Error, Ident, Item, LitStr, Path, Signature, Visibility, token};

/// A function, its body left unread: what the compiler can read in it is the compiler's business.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Group,
}

impl Function {
    pub(crate) fn parse(item: TokenStream) -> syn::Result<Self> {
        <Self as Parse>::parse.parse2(item.clone()).map_err(|error| match syn::parse2::<Item>(item) {
            Ok(Item::Fn(_)) | Err(_) => error,
            Ok(other) => Error::new_spanned(
                keyword(&other),
                "`#[aitest]` stands on a function, `async fn` or `fn`, and `#[aitest(session)]` on a module",
            ),
        })
    }

    /// The function behind `attributes`, where there may be more items.
    pub(crate) fn behind(attributes: Vec<Attribute>, input: ParseStream<'_>) -> syn::Result<Self> {
        let visibility = input.parse()?;
        let signature = input.parse()?;
        if !input.peek(token::Brace) {
            return Err(input.error("`#[aitest]` stands on a function with a body"));
        }
        Ok(Function { attributes, visibility, signature, body: input.parse()? })
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let function = Function::behind(attributes, input)?;
        if !input.is_empty() {
            return Err(input.error("`#[aitest]` stands on one function"));
        }
        Ok(function)
    }
}

/// The item without its attributes, which is where an error about the item points.
fn keyword(item: &Item) -> TokenStream {
    let tokens = item.to_token_stream();
    let strip = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse::<TokenStream>()
    };
    strip.parse2(tokens.clone()).unwrap_or(tokens)
}

/// A test that means something.
pub(crate) struct Test<'a> {
    pub(crate) function: &'a Function,
    pub(crate) attributes: Attributes,
    pub(crate) arguments: Arguments,
    pub(crate) parameters: Parameters,
    pub(crate) start: Start,
}

/// Who starts the body, and on which runtime.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// `async fn`, on a runtime of aitest's.
    Async,
    /// `async fn`, inside the runtime of another attribute such as `#[tokio::test]`.
    Within,
    /// `fn`.
    Sync,
}

/// The parameters, each by the place to which an error about its type points.
#[derive(Default)]
pub(crate) struct Parameters {
    pub(crate) case: Option<Span>,
    pub(crate) iteration: Option<Span>,
}

/// The function's attributes, sorted.
#[derive(Default)]
pub(crate) struct Attributes {
    /// In the order as written.
    pub(crate) placed: Vec<(Place, Attribute)>,
    /// What makes a function a test, such as `#[tokio::test]`. Empty: aitest adds its own.
    pub(crate) makers: Vec<Attribute>,
    /// The doc comment's lines, joined.
    pub(crate) docs: String,
    pub(crate) should_panic: ShouldPanic,
}

impl Attributes {
    pub(crate) fn of<'a>(&'a self, places: &'a [Place]) -> impl Iterator<Item = &'a Attribute> {
        self.placed.iter().filter(|(place, _)| places.contains(place)).map(|(_, attribute)| attribute)
    }
}

/// Where an attribute belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `#[cfg]`: on every item.
    Cfg,
    /// What libtest or the reader of the tests sees, and what surrounds the test as a whole: `#[ignore]`, docs,
    /// `#[serial]`.
    Test,
    /// `#[allow]`: on what is around the function too, whose names are the user's.
    Allow,
    /// The other lint levels. Around a nested function they reach into it, so that one `#[expect]` is one expectation.
    Lint,
    /// Everything else: on the function as written.
    Body,
}

/// `#[should_panic]`.
#[derive(Default)]
pub(crate) enum ShouldPanic {
    #[default]
    No,
    Yes,
    With(LitStr),
}

/// The arguments of `#[aitest(…)]`, `None` where absent.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) iterations: Option<u32>,
    pub(crate) concurrency: Option<u32>,
    pub(crate) min_pass_rate: Option<String>,
    pub(crate) max_errored: Option<String>,
    pub(crate) timeout: Option<String>,
    pub(crate) confidence: Option<String>,
    pub(crate) stop: Option<String>,
    pub(crate) gates: Vec<Gate>,
    pub(crate) flaky: Option<String>,
    pub(crate) until: Option<Date>,
    pub(crate) title: Option<String>,
    pub(crate) runtime: Option<Runtime>,
    pub(crate) root: Option<Path>,
    /// `session`, at its place.
    pub(crate) session: Option<Span>,
    pub(crate) cases: Option<Cases>,
    /// With `models = […]`: what makes an agent of a model.
    pub(crate) agent: Option<Path>,
}

impl Arguments {
    /// The path under which the generated code finds the facade. What goes wrong there is shown at `span`.
    pub(crate) fn root(&self, span: Span) -> TokenStream {
        self.root.as_ref().map_or_else(|| quote_spanned!(span=> ::aitest), ToTokens::to_token_stream)
    }
}

/// `runtime = "multi"`.
pub(crate) struct Runtime {
    pub(crate) multi: bool,
    pub(crate) span: Span,
}

/// A condition of `gate = […]`.
pub(crate) struct Gate {
    /// As written.
    pub(crate) text: LitStr,
    pub(crate) quantity: Quantity,
    pub(crate) comparison: Comparison,
    /// In the runtime's unit.
    pub(crate) limit: u64,
}

/// The runtime's type of the same name, like those that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    PassRate,
    PassAt(u32),
    PassHat(u32),
    Of(Statistic, Measure),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statistic {
    Mean,
    Median,
    Percentile(u8),
    Min,
    Max,
    Sum,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    Duration,
    Cost,
    Tokens,
    InputTokens,
    OutputTokens,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    AtLeast,
    Above,
    AtMost,
    Below,
}

/// A day that the calendar has.
#[derive(Clone, Copy)]
pub(crate) struct Date {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// What a test is run with, one after the other.
pub(crate) enum Cases {
    /// `agents = […]` and `models = […]`: a test each. Not empty in a test.
    Listed(Vec<Case>),
    /// `cases = path`: one test, whose cases are known when it runs.
    Function(Path),
}

/// One entry of a list of cases.
pub(crate) struct Case {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

/// What builds a case.
pub(crate) enum Value {
    /// `path()`, with the path as written.
    Call(Path),
    /// The model of this name; with `agent = path`, `path(model)`.
    Model(LitStr),
}
