/// A text whose `${VAR}` and `${VAR:-default}` are replaced, and what they were replaced by.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Expanded {
    pub(crate) text: String,
    /// The variables that were set, with their values.
    pub(crate) variables: Vec<(String, String)>,
}

/// Replaces `${VAR}` and `${VAR:-default}` in `text`. Anything else stays as it is.
///
/// # Errors
/// The name of a variable that is not set and has no default.
pub(crate) fn expand(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Expanded, String> {
    let mut expanded = Expanded::default();
    let mut rest = text;
    while let Some((before, inside, after)) = next_reference(rest) {
        let (name, default) = inside.split_once(":-").map_or((inside, None), |(name, default)| (name, Some(default)));
        expanded.text += before;
        match env(name).filter(|value| default.is_none() || !value.is_empty()) {
            Some(value) => {
                expanded.text += &value;
                expanded.variables.push((name.to_owned(), value));
            }
            None => expanded.text += default.ok_or_else(|| name.to_owned())?,
        }
        rest = after;
    }
    expanded.text += rest;
    Ok(expanded)
}

/// The process's variables.
pub(crate) fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What is before, inside and after the first `${…}`.
fn next_reference(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (inside, after) = rest.split_once('}')?;
    Some((before, inside, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_defaults() {
        let env = |name: &str| match name {
            "A" => Some("1".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        for (text, expected) in [
            ("Bearer ${A}", Ok("Bearer 1")),
            ("${A}${A}", Ok("11")),
            ("${B:-x:-y}/${A:-z}", Ok("x:-y/1")),
            ("${EMPTY}|${EMPTY:-d}|${B:-}", Ok("|d|")),
            ("${B}", Err("B")),
            ("$A ${A $", Ok("$A ${A $")),
            ("", Ok("")),
        ] {
            let expanded = expand(text, &env).map(|expanded| expanded.text);
            assert_eq!(expanded.as_deref().map_err(String::as_str), expected, "{text}");
        }
        assert_eq!(expand("${A}", &env).unwrap().variables, [("A".to_owned(), "1".to_owned())]);
    }
}
