/// The name of `names` within two edits of `word`, the nearest one.
pub(super) fn similar<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (edits(word, name), name))
        .filter(|(distance, _)| (1..=2).contains(distance))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Levenshtein's distance over bytes.
fn edits(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_within_two_edits_are_similar() {
        let names = ["AITEST_ITERATIONS", "AITEST_TIMEOUT"];
        assert_eq!(similar("AITEST_ITERATION", names.into_iter()), Some("AITEST_ITERATIONS"));
        assert_eq!(similar("AITEST_TIMEOTU", names.into_iter()), Some("AITEST_TIMEOUT"));
        assert_eq!(similar("AITEST_TIMEOUT", names.into_iter()), None, "the name itself is not a typo");
        assert_eq!(similar("AITEST_MODEL", names.into_iter()), None);
    }

    #[test]
    fn no_two_variables_are_within_two_edits_of_each_other() {
        let names: Vec<&str> = crate::config::SETTINGS.iter().filter_map(|setting| setting.variable).collect();
        for name in &names {
            assert_eq!(similar(name, names.iter().copied()), None, "{name}");
        }
    }
}
