/// The address that `OLLAMA_HOST` names, as Ollama's own client reads it: `host`, `host:port`, `:port`, or a URL. A
/// server that listens on all interfaces is reached on this machine.
///
/// <https://docs.ollama.com/faq>
pub(crate) fn address(value: &str) -> String {
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let (place, path) = rest.split_once('/').map_or((rest, None), |(place, path)| (place, Some(path)));
    let port_at = place.rfind(':').filter(|at| !place[*at..].contains(']'));
    let (host, port) = port_at.map_or((place, ""), |at| (&place[..at], &place[at + 1..]));
    let host = match host {
        "" | "0.0.0.0" => "127.0.0.1",
        "[::]" => "[::1]",
        host => host,
    };
    let port = match (port, value.contains("://"), scheme) {
        ("", true, "https") => "443",
        ("", true, _) => "80",
        ("", false, _) => "11434",
        (port, ..) => port,
    };
    let path = path.filter(|path| !path.is_empty()).map_or_else(String::new, |path| format!("/{path}"));
    format!("{scheme}://{host}:{port}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_host() {
        for (value, expected) in [
            ("127.0.0.1", "http://127.0.0.1:11434"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            (":8080", "http://127.0.0.1:8080"),
            ("box.example", "http://box.example:11434"),
            ("http://box.example", "http://box.example:80"),
            ("https://box.example/ollama", "https://box.example:443/ollama"),
            ("http://box:1/v1/", "http://box:1/v1/"),
            ("[::1]", "http://[::1]:11434"),
            ("[::]:7", "http://[::1]:7"),
        ] {
            assert_eq!(address(value), expected, "{value}");
        }
    }
}
