use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::decimal::scaled;
use super::rates::{Price, Rates};

/// The user's own prices, from a `pricing.toml`. They win over the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    file: PathBuf,
    prices: HashMap<String, Price>,
}

impl Prices {
    /// The file's name without its folder.
    pub(super) fn file_name(&self) -> String {
        self.file.file_name().unwrap_or(self.file.as_os_str()).to_string_lossy().into_owned()
    }

    /// Whether the file sets no price.
    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }

    /// The price of `provider/model`, or of the model alone under any provider.
    pub(super) fn price_of(&self, name: &str) -> Option<Price> {
        let alone = || name.split_once('/').and_then(|(_provider, model)| self.prices.get(model));
        self.prices.get(name).or_else(alone).copied()
    }
}

/// Reads a `pricing.toml`: for each model its prices in dollars per million tokens.
///
/// ```toml
/// ["azure/gpt-5-mini"]   # provider/model, or the model alone under any provider
/// input = 0.25
/// output = 2.0
/// cache_read = 0.025     # where absent, cached input costs what other input does
/// cache_write = 0.3125
/// ```
///
/// # Errors
/// The file cannot be read, or something in it is not understood; the message names file, line, column, and what is
/// accepted.
pub fn load_overrides(path: &Path) -> Result<Prices, PriceError> {
    let text = fs::read_to_string(path).map_err(|error| PriceError::Read { file: path.to_owned(), error })?;
    parse(&text).map(|prices| Prices { file: path.to_owned(), prices }).map_err(|(problem, span)| {
        let (line, column) = line_and_column(&text, span);
        PriceError::Content { file: path.to_owned(), line, column, problem }
    })
}

/// A `pricing.toml` that cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum PriceError {
    /// The file cannot be read.
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file was read and not understood.
    Content {
        /// The file.
        file: PathBuf,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there, and what is accepted.
        problem: String,
    },
}

impl fmt::Display for PriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PriceError::Read { file, error } => write!(f, "cannot read the prices in {}: {error}", file.display()),
            PriceError::Content { file, line, column, problem } => {
                write!(f, "{}:{line}:{column}: {problem}", file.display())
            }
        }
    }
}

impl std::error::Error for PriceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            PriceError::Read { error, .. } => Some(error),
            PriceError::Content { .. } => None,
        }
    }
}

type Problem = (String, Range<usize>);

fn parse(text: &str) -> Result<HashMap<String, Price>, Problem> {
    let document = DeTable::parse(text).map_err(|error| {
        let end = text.len()..text.len();
        (error.message().replace('\n', ", "), error.span().unwrap_or(end))
    })?;
    document.get_ref().iter().map(|(name, entry)| Ok((name.get_ref().to_string(), price(name, entry)?))).collect()
}

fn price(name: &Spanned<impl AsRef<str>>, entry: &Spanned<DeValue<'_>>) -> Result<Price, Problem> {
    let model = name.get_ref().as_ref();
    let DeValue::Table(table) = entry.get_ref() else {
        let problem = format!("`{model}` stands outside a table; begin with the model's name: [\"openai/gpt-5-mini\"]");
        return Err((problem, name.span()));
    };
    let (mut input, mut output, mut cache_read, mut cache_write) = (None, None, None, None);
    for (key, value) in table {
        let slot = match key.get_ref().as_ref() {
            "input" => &mut input,
            "output" => &mut output,
            "cache_read" => &mut cache_read,
            "cache_write" => &mut cache_write,
            other => return Err((unknown_key(model, other, value.get_ref()), key.span())),
        };
        *slot = Some(rate(key.get_ref(), value)?);
    }
    let required = |rate: Option<u64>, key: &str| {
        let problem = || format!("`{model}` has no `{key}`; add it, in dollars per million tokens");
        rate.ok_or_else(|| (problem(), name.span()))
    };
    let rates =
        Rates { input: required(input, "input")?, output: required(output, "output")?, cache_read, cache_write };
    Ok(Price { rates, long: None })
}

fn unknown_key(model: &str, key: &str, value: &DeValue<'_>) -> String {
    if matches!(value, DeValue::Table(_)) {
        // Without quotes, TOML reads the dots of a name such as `gpt-5.1` as nesting.
        return format!("`{key}` is a table inside `{model}`; write a model's name in quotes: [\"openai/gpt-5.1\"]");
    }
    format!("`{key}` is not a price; accepted are `input`, `output`, `cache_read` and `cache_write`")
}

fn rate(key: &str, value: &Spanned<DeValue<'_>>) -> Result<u64, Problem> {
    const ACCEPTED: &str = "accepted are dollars per million tokens, from 0, with at most 6 decimals: 0.25";
    let text = match value.get_ref() {
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        _ => return Err((format!("`{key}` is not a number; {ACCEPTED}"), value.span())),
    };
    scaled(text, 6).map_err(|problem| (format!("`{key} = {text}` {problem}; {ACCEPTED}"), value.span()))
}

fn line_and_column(text: &str, span: Range<usize>) -> (usize, usize) {
    let before = text.get(..span.start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pricing.toml");
        fs::write(&file, text).unwrap();
        let message = load_overrides(&file).unwrap_err().to_string();
        message.strip_prefix(&format!("{}:", file.display())).unwrap().to_owned()
    }

    fn rates(prices: &HashMap<String, Price>, name: &str) -> [Option<u64>; 4] {
        let rates = prices[name].rates;
        [Some(rates.input), Some(rates.output), rates.cache_read, rates.cache_write]
    }

    #[test]
    fn prices_are_exact_micro_dollars() {
        let text = "['scripted/teller-1']\ninput = 0.25\noutput = 2\ncache_read = 0.025\ncache_write = 0.3125\n\
                    [alone]\ninput = 1e-6\noutput = 1_000.50\n['free/one']\ninput = 0\noutput = 0.0\n";
        let prices = parse(text).unwrap();
        assert_eq!(rates(&prices, "scripted/teller-1"), [Some(250_000), Some(2_000_000), Some(25_000), Some(312_500)]);
        assert_eq!(rates(&prices, "alone"), [Some(1), Some(1_000_500_000), None, None]);
        assert_eq!(rates(&prices, "free/one"), [Some(0), Some(0), None, None]);
    }

    #[test]
    fn a_model_alone_stands_for_every_provider() {
        let prices = parse("[m]\ninput = 1\noutput = 1\n['a/m']\ninput = 2\noutput = 2\n").unwrap();
        let prices = Prices { file: "pricing.toml".into(), prices };
        let input = |name| prices.price_of(name).map(|price| price.rates.input / 1_000_000);
        assert_eq!((input("m"), input("b/m"), input("a/m"), input("a/n")), (Some(1), Some(1), Some(2), None));
    }

    #[test]
    fn every_problem_names_its_place_and_what_is_accepted() {
        for (text, message) in [
            ("['a/b']\ninput = -1.0\noutput = 2", "2:9: `input = -1.0` is negative; accepted are dollars per million"),
            ("['a/b']\ninput = nan\noutput = 2", "2:9: `input = nan` is not a number; accepted are dollars"),
            ("['a/b']\ninput = inf\noutput = 2", "2:9: `input = inf` is not a number; accepted are dollars"),
            ("['a/b']\ninput = 0.1234567\noutput = 2", "2:9: `input = 0.1234567` has too many decimals; accepted"),
            ("['a/b']\ninput = 1e300\noutput = 2", "2:9: `input = 1e300` is too large; accepted"),
            ("['a/b']\ninput = \"1\"\noutput = 2", "2:9: `input` is not a number; accepted"),
            ("['a/b']\ninput = 0x10\noutput = 2", "2:9: `input` is not a number; accepted"),
            ("['a/b']\ninput = 1", "1:2: `a/b` has no `output`; add it"),
            ("['ä/b']\n  inptu = 1", "2:3: `inptu` is not a price; accepted are `input`, `output`, `cache_read` and"),
            ("[openai.gpt-5]\ninput = 1", "1:9: `gpt-5` is a table inside `openai`; write a model's name in quotes"),
            ("input = 1", "1:1: `input` stands outside a table; begin with the model's name"),
        ] {
            let seen = problem(text);
            assert!(seen.starts_with(message), "{text}\n  {seen}");
        }
        assert!(problem("['a/b'\ninput = 1").starts_with("1:"));
        assert!(problem("['a']\ninput = 1\noutput = 1\n['a']\n").starts_with("4:"));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let error = load_overrides(Path::new("no/such/pricing.toml")).unwrap_err();
        assert!(error.to_string().starts_with("cannot read the prices in no/such/pricing.toml: "), "{error}");
        assert!(std::error::Error::source(&error).is_some());
    }

    proptest! {
        #[test]
        fn any_file_is_prices_or_an_error(text in r#"(\[|\]|'|"|=|\.|\n|input|output|a/b|[0-9]|-|é| ){0,40}"#) {
            if let Err((_, span)) = parse(&text) {
                line_and_column(&text, span);
            }
        }
    }
}
