use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::similar::similar;
use super::{ConfigError, SETTINGS};

/// Keys that take a list.
const LISTS: [&str; 1] = ["redact"];

/// `aitest.toml`: every value as text, with its line.
#[derive(Clone, Debug, Default)]
pub(crate) struct File {
    path: Option<PathBuf>,
    values: Vec<FileValue>,
}

#[derive(Clone, Debug)]
pub(super) struct FileValue {
    key: String,
    pub(super) texts: Vec<String>,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl File {
    /// The nearest `aitest.toml` upward from `package`; an empty one where there is none.
    pub(crate) fn nearest(package: &Path) -> Result<File, ConfigError> {
        for folder in package.ancestors() {
            let path = folder.join("aitest.toml");
            match std::fs::read_to_string(&path) {
                Ok(text) => return File::parse(&path, &text),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(ConfigError::new(path.display(), format!("cannot be read: {error}"))),
            }
        }
        Ok(File::default())
    }

    pub(super) fn parse(path: &Path, text: &str) -> Result<File, ConfigError> {
        let table = DeTable::parse(text).map_err(|error| {
            let (line, column) = error.span().map_or((1, 1), |span| place(text, span.start));
            ConfigError::new(format!("{}:{line}:{column}", path.display()), error.message())
        })?;
        let mut file = File { path: Some(path.to_owned()), values: Vec::new() };
        file.read_table(text, "", table.get_ref())?;
        Ok(file)
    }

    pub(super) fn get(&self, key: &str) -> Option<&FileValue> {
        self.values.iter().find(|value| value.key == key)
    }

    fn read_table(&mut self, text: &str, prefix: &str, table: &DeTable<'_>) -> Result<(), ConfigError> {
        for (name, value) in table {
            let key = format!("{prefix}{}", name.get_ref());
            if let DeValue::Table(inner) = value.get_ref()
                && is_table(&key)
            {
                self.read_table(text, &format!("{key}."), inner)?;
                continue;
            }
            if !keys().any(|known| known == key) {
                return Err(self.unknown(text, &key, name.span()));
            }
            let (line, column) = place(text, value.span().start);
            let is_list = LISTS.contains(&key.as_str());
            let takes = if is_list { "a list of strings" } else { "a number, a string, or true and false" };
            let texts = texts_of(value).ok_or_else(|| self.error(line, column, &format!("`{key}` takes {takes}")))?;
            if value.get_ref().is_array() && !is_list {
                return Err(self.error(line, column, &format!("`{key}` takes one value, not a list")));
            }
            self.values.push(FileValue { key, texts, line, column });
        }
        Ok(())
    }

    fn unknown(&self, text: &str, key: &str, span: Range<usize>) -> ConfigError {
        let (line, column) = place(text, span.start);
        let advice = similar(key, keys()).map_or_else(
            || format!("accepted are {}", keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        self.error(line, column, &format!("unknown key `{key}`; {advice}"))
    }

    fn error(&self, line: usize, column: usize, message: &str) -> ConfigError {
        ConfigError::new(self.origin(line, column), message)
    }

    /// The whole path, for a message.
    pub(super) fn origin(&self, line: usize, column: usize) -> String {
        let path = self.path.as_deref().unwrap_or(Path::new("aitest.toml"));
        format!("{}:{line}:{column}", path.display())
    }

    /// The file under its folder's name, for the report: it is sent to others, who have other paths.
    pub(super) fn short_origin(&self, line: usize) -> String {
        let folder = self.path.as_deref().and_then(Path::parent).and_then(Path::file_name);
        let folder = folder.map_or_else(String::new, |name| format!("{}/", name.to_string_lossy()));
        format!("{folder}aitest.toml:{line}")
    }
}

fn keys() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().filter_map(|setting| setting.key)
}

fn is_table(key: &str) -> bool {
    keys().any(|known| known.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
}

/// Numbers keep the digits that the file has; arrays of strings give several texts.
fn texts_of(value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    let text = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        // `0x10` is 16.
        DeValue::Integer(number) => match i128::from_str_radix(number.as_str(), number.radix()) {
            Ok(value) => value.to_string(),
            Err(_) => number.as_str().to_owned(),
        },
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Array(values) => {
            let texts = values.iter().map(|value| value.get_ref().as_str().map(str::to_owned));
            return texts.collect();
        }
        DeValue::Datetime(_) | DeValue::Table(_) => return None,
    };
    Some(vec![text])
}

/// Line and column, from 1, of the byte at `offset`.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> String {
        File::parse(Path::new("aitest.toml"), text).unwrap_err().to_string()
    }

    #[test]
    fn a_typo_names_line_column_and_the_key_that_was_meant() {
        assert_eq!(
            error_of("# N\niteration = 5\n"),
            "aitest configuration: aitest.toml:2:1: unknown key `iteration`; did you mean `iterations`?"
        );
        assert!(
            error_of("[report]\nhtlm = \"off\"")
                .contains("aitest.toml:2:1: unknown key `report.htlm`; did you mean `report.html`?")
        );
        assert!(error_of("colour = 1").contains("accepted are `iterations`"));
    }

    #[test]
    fn broken_toml_names_its_place() {
        assert!(error_of("iterations = 5\nseed = \n").starts_with("aitest configuration: aitest.toml:2:"));
    }

    #[test]
    fn numbers_keep_their_digits() {
        let file = File::parse(Path::new("aitest.toml"), "min_pass_rate = 99.95\n[report]\nhtml = \"off\"").unwrap();
        assert_eq!(file.get("min_pass_rate").unwrap().texts, ["99.95"]);
        assert_eq!(file.get("report.html").unwrap().line, 3);
    }

    #[test]
    fn the_report_shows_the_folder_alone() {
        let file = File::parse(Path::new("/home/user/banking/aitest.toml"), "seed = 1").unwrap();
        assert_eq!(file.short_origin(1), "banking/aitest.toml:1");
        assert_eq!(File::parse(Path::new("aitest.toml"), "").unwrap().short_origin(2), "aitest.toml:2");
    }

    #[test]
    fn a_number_is_read_in_its_base() {
        let file =
            File::parse(Path::new("aitest.toml"), "iterations = 0x10\nseed = 0b1_01\nconcurrency = 1_0").unwrap();
        let text = |key| file.get(key).unwrap().texts.join("");
        assert_eq!((text("iterations"), text("seed"), text("concurrency")), ("16".into(), "5".into(), "10".into()));
    }

    #[test]
    fn a_list_where_one_value_belongs_is_an_error() {
        assert!(
            error_of("iterations = [\"1\"]").contains("aitest.toml:1:14: `iterations` takes one value, not a list")
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named() {
        assert!(error_of("redact = [1]").contains("aitest.toml:1:10: `redact` takes a list of strings"));
        assert!(error_of("iterations = { a = 1 }").contains("aitest.toml:1:14: `iterations` takes a number"));
    }
}
