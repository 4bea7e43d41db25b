use std::collections::BTreeMap;

use super::similar::similar;
use super::table::RUN_ID;
use super::{ConfigError, File, SETTINGS, Setting};
use crate::record::SettingRecord;

/// The `AITEST_*` variables of the process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads the process's environment. An empty value is unset; one that is not UTF-8 is read as far as it is.
    pub(crate) fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())));
        Environment::from_iter(variables)
    }

    /// The warnings about variables that nobody reads.
    ///
    /// # Errors
    /// A variable within two edits of a known one.
    pub(crate) fn check(&self) -> Result<Vec<String>, ConfigError> {
        let mut unknown = Vec::new();
        for name in self.0.keys().filter(|name| !variables().any(|known| known == *name)) {
            if let Some(near) = similar(name, variables()) {
                return Err(ConfigError::new(name, format!("no such variable; did you mean `{near}`?")));
            }
            unknown.push(format!("nothing reads the environment variable {name}"));
        }
        Ok(unknown)
    }

    pub(super) fn get(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(String::as_str)
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        let ours =
            variables.into_iter().filter(|(name, value)| name.starts_with("AITEST_") && !value.trim().is_empty());
        Environment(ours.collect())
    }
}

fn variables() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().filter_map(|setting| setting.variable)
}

/// A setting's value, and where it stands: for a message, and as the report shows it.
struct Found {
    text: String,
    origin: String,
    shown: String,
}

/// The texts of a list, and where it stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    pub(crate) texts: Vec<String>,
    pub(crate) origin: String,
}

/// Finds the value of a setting, and remembers where each came from.
pub(crate) struct Lookup<'a> {
    environment: &'a Environment,
    file: &'a File,
    /// What was found, for the report.
    pub(crate) found: Vec<SettingRecord>,
}

impl<'a> Lookup<'a> {
    pub(crate) fn new(environment: &'a Environment, file: &'a File) -> Self {
        Lookup { environment, file, found: Vec::new() }
    }

    /// The setting's value; `argument` is the attribute's, as written. `None` when nobody sets it.
    pub(super) fn get<T>(
        &mut self,
        setting: &Setting,
        argument: Option<&str>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(Found { text, origin, shown }) = self.text(setting, argument) else {
            if setting.default != "unset" && setting.name != RUN_ID.name {
                self.remember(setting, setting.default, "default");
            }
            return Ok(None);
        };
        let value = parse(&text).map_err(|message| ConfigError::new(&origin, message))?;
        // A value that does not count today is a mistake all the same.
        if let Some(unused) = setting.key.and_then(|key| self.file.get(key)) {
            let place = || self.file.origin(unused.line, unused.column);
            parse(&unused.texts.join(", ")).map_err(|message| ConfigError::new(place(), message))?;
        }
        self.remember(setting, &text, &shown);
        Ok(Some(value))
    }

    /// The texts of a list, which only the file can hold.
    pub(super) fn list(&self, setting: &Setting) -> Listed {
        let value = setting.key.and_then(|key| self.file.get(key));
        value.map_or_else(Listed::default, |value| Listed {
            texts: value.texts.clone(),
            origin: self.file.origin(value.line, value.column),
        })
    }

    /// The environment's value alone.
    pub(super) fn variable(&self, setting: &Setting) -> Option<&'a str> {
        setting.variable.and_then(|variable| self.environment.get(variable))
    }

    fn text(&self, setting: &Setting, argument: Option<&str>) -> Option<Found> {
        if let (Some(name), Some(text)) = (setting.variable, self.variable(setting)) {
            return Some(Found { text: text.to_owned(), origin: name.to_owned(), shown: name.to_owned() });
        }
        if let (Some(name), Some(text)) = (setting.argument, argument) {
            let origin = format!("#[aitest({name})]");
            return Some(Found { text: text.to_owned(), shown: origin.clone(), origin });
        }
        let value = self.file.get(setting.key?)?;
        Some(Found {
            text: value.texts.join(", "),
            origin: self.file.origin(value.line, value.column),
            shown: self.file.short_origin(value.line),
        })
    }

    fn remember(&mut self, setting: &Setting, value: &str, origin: &str) {
        self.found.push(SettingRecord {
            name: setting.name.to_owned(),
            value: value.to_owned(),
            origin: origin.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str, value: &str) -> Environment {
        Environment::from_iter([(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn a_variable_within_two_edits_of_a_known_one_is_an_error() {
        let error = environment("AITEST_ITERATION", "5").check().unwrap_err();
        assert_eq!(
            error.to_string(),
            "aitest configuration: AITEST_ITERATION: no such variable; did you mean `AITEST_ITERATIONS`?"
        );
    }

    #[test]
    fn any_other_unknown_variable_is_a_warning() {
        assert_eq!(
            environment("AITEST_COLOUR", "5").check().unwrap(),
            ["nothing reads the environment variable AITEST_COLOUR"]
        );
        assert!(environment("AITEST_ITERATION", " ").check().unwrap().is_empty(), "an empty value is unset");
    }
}
