//! The values of the arguments. What is a rate or a duration is said here for the editor's sake, and again by the
//! runtime for the environment and `aitest.toml`.

use syn::parse::Parser;
use syn::{Error, Lit, Path};

use crate::ast::Runtime;
use crate::attr::Argument;
use crate::valid::arguments::write;

/// An integer from 1 to `max`.
pub(super) fn integer(argument: &Argument, max: u32) -> syn::Result<u32> {
    let takes = format!("takes an integer from 1 to {max}");
    let Lit::Int(lit) = literal(argument, &takes)? else { return Err(wrong(argument, &takes)) };
    match lit.base10_parse::<u32>() {
        Ok(value) if lit.suffix().is_empty() && (1..=max).contains(&value) => Ok(value),
        _ => Err(wrong(argument, &takes)),
    }
}

/// A share in percent, above 1 and up to 100, without its sign.
pub(super) fn rate(argument: &Argument) -> syn::Result<String> {
    let takes = "takes a percentage above 1 and up to 100, such as `80`, `80.5` or `\"80%\"`";
    let text = match literal(argument, takes)? {
        Lit::Str(lit) => lit.value(),
        number => digits(&number).ok_or_else(|| wrong(argument, takes))?,
    };
    let text = text.trim();
    percent(argument, text.strip_suffix('%').unwrap_or(text).trim_end(), takes)
}

/// How surely a rate must be reached, in percent, without its sign.
pub(super) fn confidence(argument: &Argument) -> syn::Result<String> {
    let text = rate(argument)?;
    match decimal(&text) {
        Some(value) if value < 100.0 => Ok(text),
        _ => Err(wrong(argument, "takes a percentage above 1 and below 100, such as `95`")),
    }
}

/// A stop rule. What its rates mean is said by the runtime, which knows the threshold that counts.
pub(super) fn stop(argument: &Argument) -> syn::Result<String> {
    let takes = "takes `\"never\"`, `\"decided\"`, `\"sprt\"`, or `\"sprt(p0 = 80%, p1 = 90%, alpha = 5%, beta = 5%)\"` \
                 with any of the four";
    let Lit::Str(lit) = literal(argument, takes)? else { return Err(wrong(argument, takes)) };
    let text = lit.value().trim().to_owned();
    let inner = text.strip_prefix("sprt").and_then(|rest| rest.trim_start().strip_prefix('(')?.strip_suffix(')'));
    let is_rate = |part: &str| {
        let Some((name, value)) = part.split_once('=') else { return false };
        let is_known = ["p0", "p1", "alpha", "beta"].contains(&name.trim());
        let share = value.trim().strip_suffix('%').and_then(|share| decimal(share.trim_end()));
        is_known && share.is_some_and(|share| share > 0.0 && share <= 100.0)
    };
    let is_rule = ["never", "decided", "sprt"].contains(&text.as_str())
        || inner.is_some_and(|inner| inner.split(',').map(str::trim).all(|part| part.is_empty() || is_rate(part)));
    if is_rule { Ok(text) } else { Err(wrong(argument, takes)) }
}

/// A count from 0, or a share in percent, with its sign.
pub(super) fn budget(argument: &Argument) -> syn::Result<String> {
    let takes = "takes a number of iterations such as `2`, or a share of them such as `\"10%\"`";
    let text = match literal(argument, takes)? {
        Lit::Str(lit) => lit.value().trim().to_owned(),
        Lit::Int(lit) if lit.suffix().is_empty() => lit.base10_digits().to_owned(),
        _ => return Err(wrong(argument, takes)),
    };
    match text.strip_suffix('%') {
        Some(share) => percent(argument, share.trim_end(), takes).map(|share| share + "%"),
        None if text.parse().is_ok_and(|count: u32| count <= 1_000_000) => Ok(text),
        None => Err(wrong(argument, takes)),
    }
}

/// A time above 0 such as `1m30s`.
pub(super) fn duration(argument: &Argument) -> syn::Result<String> {
    let takes = "takes a time above 0, of `h`, `m`, `s` and `ms`, such as `\"90s\"`, `\"1m30s\"` or `\"500ms\"`";
    let Lit::Str(lit) = literal(argument, takes)? else { return Err(wrong(argument, takes)) };
    let text = lit.value();
    match milliseconds(&text) {
        Some(1..) => Ok(text),
        _ => Err(wrong(argument, takes)),
    }
}

/// A text that says something.
pub(super) fn title(argument: &Argument) -> syn::Result<String> {
    let takes = "takes a text that is not empty";
    match literal(argument, takes)? {
        Lit::Str(lit) if !lit.value().trim().is_empty() => Ok(lit.value()),
        _ => Err(wrong(argument, takes)),
    }
}

/// The flavor of the test's runtime.
pub(super) fn runtime(argument: &Argument) -> syn::Result<Runtime> {
    let takes = "takes `\"current\"` (one thread) or `\"multi\"`";
    let Lit::Str(lit) = literal(argument, takes)? else { return Err(wrong(argument, takes)) };
    match lit.value().as_str() {
        multi @ ("multi" | "current") => Ok(Runtime { multi: multi == "multi", span: argument.name.span() }),
        _ => Err(wrong(argument, takes)),
    }
}

/// A path such as `my_crate::aitest`.
pub(super) fn path(argument: &Argument) -> syn::Result<Path> {
    Path::parse_mod_style
        .parse2(argument.value.clone())
        .map_err(|error| Error::new(error.span(), message(argument, "takes the path of the crate `aitest`")))
}

pub(super) fn literal(argument: &Argument, takes: &str) -> syn::Result<Lit> {
    syn::parse2(argument.value.clone()).map_err(|_| wrong(argument, takes))
}

pub(super) fn wrong(argument: &Argument, takes: &str) -> Error {
    Error::new_spanned(&argument.value, message(argument, takes))
}

pub(super) fn message(argument: &Argument, takes: &str) -> String {
    format!("`{}` {takes}: {}", argument.name, write(&argument.name))
}

fn digits(number: &Lit) -> Option<String> {
    match number {
        Lit::Int(lit) if lit.suffix().is_empty() => Some(lit.base10_digits().to_owned()),
        Lit::Float(lit) if lit.suffix().is_empty() => Some(lit.base10_digits().to_owned()),
        _ => None,
    }
}

/// `text` if it is a share that can be meant.
fn percent(argument: &Argument, text: &str, takes: &str) -> syn::Result<String> {
    match decimal(text) {
        Some(value) if value > 0.0 && value <= 1.0 => {
            let meant = (value * 1e8).round() / 1e6;
            let written = if argument.name == "max_errored" { format!("\"{meant}%\"") } else { meant.to_string() };
            Err(Error::new_spanned(&argument.value, format!("{text} would mean {text} %; write {written}")))
        }
        Some(value) if value > 0.0 && value <= 100.0 => Ok(text.to_owned()),
        _ => Err(wrong(argument, takes)),
    }
}

/// Digits, and up to six decimals. No sign, no exponent: the runtime counts in millionths of a percent.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_exact = fraction.trim_end_matches('0').len() <= 6;
    (is_digits(whole) && is_digits(fraction) && is_exact).then(|| text.parse().ok()).flatten()
}

pub(super) fn milliseconds(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (count, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let (unit, tail) = tail.split_at(tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len()));
        let unit = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        total = total.checked_add(count.parse::<u64>().ok()?.checked_mul(unit)?)?;
        rest = tail;
    }
    Some(total)
}
