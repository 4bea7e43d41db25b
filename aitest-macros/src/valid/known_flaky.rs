//! `flaky = "reason", until = "2026-12-31"`.

use syn::Lit;

use super::values::{literal, wrong};
use crate::ast::Date;
use crate::attr::Argument;
use crate::errors::Errors;

/// Why the test may fail for a while.
pub(super) fn reason(argument: &Argument) -> syn::Result<String> {
    let takes = "takes the reason, or a link to one";
    match literal(argument, takes)? {
        Lit::Str(lit) if !lit.value().trim().is_empty() => Ok(lit.value().trim().to_owned()),
        _ => Err(wrong(argument, takes)),
    }
}

/// The last day on which the test may fail.
pub(super) fn until(argument: &Argument) -> syn::Result<Date> {
    let takes = "takes a day of the calendar as `\"2026-12-31\"`, the last one on which the test may fail";
    let Lit::Str(lit) = literal(argument, takes)? else { return Err(wrong(argument, takes)) };
    date(&lit.value()).ok_or_else(|| wrong(argument, takes))
}

fn date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let digits = parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if !digits || [year.len(), month.len(), day.len()] != [4, 2, 2] {
        return None;
    }
    let (year, month, day): (u16, u8, u8) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(Date { year, month, day })
}

/// Both or none: an exception without an end is never looked at again.
pub(super) fn check(given: &[Argument], errors: &mut Errors) {
    let find = |name: &str| given.iter().find(|argument| argument.name == name).map(|argument| &argument.name);
    let (name, message) = match (find("flaky"), find("until")) {
        (Some(flaky), None) => (flaky, "`flaky` needs the last day on which it holds: add `until = \"2026-12-31\"`"),
        (None, Some(until)) => (until, "`until` is the end of `flaky`: add `flaky = \"reason or link\"`"),
        _ => return,
    };
    errors.on(name, message);
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_of_the_calendar() {
        for text in ["2026-12-31", "2028-02-29", "2000-02-29", "2026-04-30"] {
            assert!(date(text).is_some(), "{text}");
        }
        for text in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "2026-01-00",
            "2026-1-1",
            "31.12.2026",
            "",
            "2026-12",
            "2026-12-31-",
            "+026-12-31",
            "soon",
        ] {
            assert!(date(text).is_none(), "{text}");
        }
    }
}
