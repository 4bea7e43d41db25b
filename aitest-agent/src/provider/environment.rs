use super::{ProviderError, ProviderErrorKind};

/// Reads an environment variable; unset, empty and unreadable are the same.
pub(crate) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The process's environment.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The first of `names` that is set, with its value.
pub(crate) fn first(env: Environment<'_>, names: &[&str]) -> Result<(String, String), ProviderError> {
    names
        .iter()
        .find_map(|name| Some(((*name).to_owned(), env(name)?)))
        .ok_or_else(|| configuration(format!("{} is not set: export it where the tests run", names.join(" or "))))
}

pub(crate) fn configuration(message: String) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Configuration, message)
}
