//! The names of the arguments.

use std::collections::HashSet;

use proc_macro2::Ident;
use syn::Error;

use super::{cases, values};
use crate::ast::{Arguments, Cases};
use crate::attr::Argument;
use crate::errors::Errors;

/// Every argument that is accepted, with an example of its value.
const ACCEPTED: [(&str, &str); 13] = [
    ("iterations", "10"),
    ("min_pass_rate", "80"),
    ("max_errored", "2"),
    ("concurrency", "4"),
    ("timeout", "\"90s\""),
    ("agents", "[small, large]"),
    ("models", "[\"openai/gpt-5-mini\"]"),
    ("agent", "teller"),
    ("cases", "prompts"),
    ("session", ""),
    ("runtime", "\"multi\""),
    ("title", "\"Transfers money\""),
    ("crate", "my_crate::aitest"),
];

/// The accepted names, for a message.
pub(crate) fn accepted() -> String {
    ACCEPTED.map(|(name, _)| format!("`{name}`")).join(", ")
}

/// What to write for the argument `name`, for a message.
pub(crate) fn write(name: &Ident) -> String {
    match ACCEPTED.iter().find(|(accepted, _)| name == accepted).map_or("…", |(_, example)| example) {
        "" => format!("write `{name}`"),
        example => format!("write `{name} = {example}`"),
    }
}

/// # Errors
/// An argument that is not accepted, with the one that was meant if it looks like one.
pub(crate) fn check_known(name: &Ident) -> syn::Result<()> {
    if ACCEPTED.iter().any(|(accepted, _)| name == accepted) {
        return Ok(());
    }
    let text = name.to_string();
    let near = ACCEPTED.iter().map(|(accepted, _)| (distance(&text, accepted), accepted)).min();
    let hint = match near {
        Some((1 | 2, meant)) => format!("did you mean `{meant}`? "),
        _ => String::new(),
    };
    Err(Error::new(name.span(), format!("unknown argument `{name}`: {hint}accepted are {}", accepted())))
}

/// The arguments' meaning.
pub(super) fn read(arguments: &[Argument], errors: &mut Errors) -> Arguments {
    let mut read = Arguments::default();
    let mut seen = HashSet::new();
    for argument in arguments {
        let name = &argument.name;
        if seen.insert(name.to_string()) {
            let result = set(&mut read, argument, errors);
            errors.ok(result);
        } else {
            errors.at(name.span(), format!("`{name}` is given twice: remove one"));
        }
    }
    cases::check(arguments, errors);
    read
}

fn set(read: &mut Arguments, argument: &Argument, errors: &mut Errors) -> syn::Result<()> {
    match argument.name.to_string().as_str() {
        "iterations" => read.iterations = Some(values::integer(argument, 1_000_000)?),
        "concurrency" => read.concurrency = Some(values::integer(argument, 10_000)?),
        "min_pass_rate" => read.min_pass_rate = Some(values::rate(argument)?),
        "max_errored" => read.max_errored = Some(values::budget(argument)?),
        "timeout" => read.timeout = Some(values::duration(argument)?),
        "title" => read.title = Some(values::title(argument)?),
        "runtime" => read.runtime = Some(values::runtime(argument)?),
        "session" => read.session = Some(argument.name.span()),
        "agents" => read.cases = Some(cases::agents(argument, errors)),
        "models" => read.cases = Some(cases::models(argument, errors)),
        "cases" => {
            let function = errors.ok(cases::function(argument));
            read.cases = Some(function.map_or_else(|| Cases::Listed(Vec::new()), Cases::Function));
        }
        "agent" => read.agent = Some(cases::function(argument)?),
        _ => read.root = Some(values::path(argument)?),
    }
    Ok(())
}

/// The number of letters to insert, remove or replace (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}
