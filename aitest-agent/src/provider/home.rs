/// Where a wire's own provider listens.
pub(crate) struct Home {
    pub(crate) name: &'static str,
    pub(crate) base_url: &'static str,
    /// What may name another base URL; the first that is set holds.
    pub(crate) variables: &'static [&'static str],
    /// What a base URL from elsewhere is completed with when it does not end in a version.
    pub(crate) version: &'static str,
}

pub(crate) const OPENAI: Home =
    Home { name: "openai", base_url: "https://api.openai.com/v1", variables: &["OPENAI_BASE_URL"], version: "" };

pub(crate) const ANTHROPIC: Home = Home {
    name: "anthropic",
    base_url: "https://api.anthropic.com/v1",
    variables: &["ANTHROPIC_BASE_URL"],
    version: "v1",
};

pub(crate) const GEMINI: Home = Home {
    name: "gemini",
    base_url: "https://generativelanguage.googleapis.com/v1beta",
    variables: &["GEMINI_BASE_URL", "GOOGLE_GEMINI_BASE_URL"],
    version: "v1beta",
};

/// `url` without a slash at its end, and with `version` unless it ends in one.
pub(crate) fn with_version(url: &str, version: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    match version {
        "" => url.to_owned(),
        _ if is_version(url.rsplit('/').next().unwrap_or_default()) => url.to_owned(),
        version => format!("{url}/{version}"),
    }
}

/// `v1`, `v1beta`.
pub(crate) fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()))
}
