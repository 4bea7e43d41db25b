//! The names of the arguments.

use std::collections::HashSet;

use proc_macro2::Ident;
use syn::Error;

use super::{cases, gate, known_flaky, values};
use crate::ast::{Arguments, Cases};
use crate::attr::Argument;
use crate::errors::Errors;

/// Every argument that is accepted, with an example of its value.
const ACCEPTED: [(&str, &str); 18] = [
    ("iterations", "10"),
    ("min_pass_rate", "80"),
    ("max_errored", "2"),
    ("concurrency", "4"),
    ("timeout", "\"90s\""),
    ("confidence", "95"),
    ("gate", "[\"pass^5 >= 80%\", \"p95(duration) <= 20s\"]"),
    ("flaky", "\"reason or link\""),
    ("until", "\"2026-12-31\""),
    ("stop", "\"decided\""),
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
    known_flaky::check(arguments, errors);
    check_confidence(arguments, &read, errors);
    read
}

/// No number of iterations shows a rate of 100 %.
fn check_confidence(given: &[Argument], read: &Arguments, errors: &mut Errors) {
    let confidence = given.iter().find(|argument| argument.name == "confidence" && read.confidence.is_some());
    let rate = given.iter().find(|argument| argument.name == "min_pass_rate");
    let needs_all = match &read.min_pass_rate {
        Some(rate) => values::decimal(rate).is_some_and(|rate| rate >= 100.0),
        // A wrong rate has an error of its own.
        None => rate.is_none(),
    };
    if let Some(confidence) = confidence
        && needs_all
    {
        let message = "`confidence` needs a threshold below 100: no number of iterations shows 100 %; add \
                       `min_pass_rate = 90`, say";
        errors.on(&confidence.name, message);
    }
}

fn set(read: &mut Arguments, argument: &Argument, errors: &mut Errors) -> syn::Result<()> {
    match argument.name.to_string().as_str() {
        "iterations" => read.iterations = Some(values::integer(argument, 1_000_000)?),
        "concurrency" => read.concurrency = Some(values::integer(argument, 10_000)?),
        "min_pass_rate" => read.min_pass_rate = Some(values::rate(argument)?),
        "max_errored" => read.max_errored = Some(values::budget(argument)?),
        "timeout" => read.timeout = Some(values::duration(argument)?),
        "confidence" => read.confidence = Some(values::confidence(argument)?),
        "gate" => {
            let gates = gate::gates(argument, errors);
            read.gates = errors.ok(gates).unwrap_or_default();
        }
        "flaky" => read.flaky = Some(known_flaky::reason(argument)?),
        "until" => read.until = Some(known_flaky::until(argument)?),
        "stop" => read.stop = Some(values::stop(argument)?),
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
