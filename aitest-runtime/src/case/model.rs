use std::fmt;

/// A model by its name, written `provider/model`: what a test with `models = […]` is run with.
///
/// ```
/// # use aitest_runtime as aitest;
/// use aitest::Model;
///
/// let model = Model::new("openai/gpt-5-mini");
/// assert_eq!((model.provider(), model.name(), model.as_str()), ("openai", "gpt-5-mini", "openai/gpt-5-mini"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Model(String);

impl Model {
    /// The model called `name`. Whether there is one is found out by the first run.
    pub fn new(name: impl Into<String>) -> Self {
        Model(name.into())
    }

    /// The whole name: `github/openai/gpt-5-mini`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first slash: `github`; empty where there is none.
    pub fn provider(&self) -> &str {
        self.0.split_once('/').map_or("", |(provider, _)| provider)
    }

    /// The part behind the last slash: `gpt-5-mini`.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Model {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
