/// A scripted model's address carries the iteration, which is not another endpoint, and is of this process alone.
pub(crate) fn without_iteration(base_url: &str) -> String {
    let process = std::process::id().to_string();
    let is_iteration = |segment: &str| {
        let parts: Vec<&str> = segment.split('.').collect();
        matches!(parts[..], ["outside", _] | [_, _, _, _, _]) && parts.last().is_some_and(|seed| is_hexadecimal(seed))
    };
    let segments = base_url.split('/').map(|segment| if is_iteration(segment) { process.as_str() } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// A seed as scripted models write it.
fn is_hexadecimal(seed: &str) -> bool {
    seed.len() == 16 && seed.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_iteration_is_no_part_of_an_endpoint() {
        let id = std::process::id();
        let url = |segment| without_iteration(&format!("http://127.0.0.1:9/1/{segment}/v1"));
        assert_eq!(url("0000000000000abc.1.7.2.00000000000000f1"), format!("http://127.0.0.1:9/1/{id}/v1"));
        assert_eq!(url("outside.00000000000000f1"), format!("http://127.0.0.1:9/1/{id}/v1"));
        for kept in ["api.example.com", "v1.2", "a.b.c.d.e", "127.0.0.1:9"] {
            assert_eq!(url(kept), format!("http://127.0.0.1:9/1/{kept}/v1"));
        }
    }
}
