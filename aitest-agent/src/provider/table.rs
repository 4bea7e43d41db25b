use super::credential::Credential;
use super::environment::Environment;
use super::home::{self, with_version};
use super::ollama;
use super::openai::{self, Dialect};
use super::{ProviderError, Wire, sign_in};

/// A provider that [`Provider::new`](super::Provider::new) knows by name.
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) wire: Wire,
    /// How it speaks OpenAI's wire, if it does.
    pub(crate) dialect: &'static Dialect,
    /// Where it listens; `None` when the user alone knows.
    pub(crate) base_url: Option<&'static str>,
    /// What may name another base URL; the first that is set holds.
    pub(crate) base_url_variables: &'static [&'static str],
    /// What a base URL from a variable is completed with when it does not end in a version.
    pub(crate) version: &'static str,
    /// How the base URL's variable is written.
    pub(crate) address: fn(&str) -> String,
    /// Whether the model is a deployment with an address of its own.
    pub(crate) deployments: bool,
    /// The header of the key, and the scheme before it.
    pub(crate) key_header: (&'static str, &'static str),
    /// Where the key may stand; empty when there is none.
    pub(crate) key_variables: &'static [&'static str],
    /// Who is asked for a credential instead of the key's variables alone.
    pub(crate) sign_in: Option<SignIn>,
    /// What every request says beside the key.
    pub(crate) headers: &'static [(&'static str, &'static str)],
}

type SignIn = fn(Environment<'_>) -> Result<Credential, ProviderError>;

const BEARER: (&str, &str) = ("authorization", "Bearer ");

/// What most rows share.
const OPENAI: Known = Known {
    name: home::OPENAI.name,
    wire: Wire::OpenAi,
    dialect: &openai::OPENAI,
    base_url: Some(home::OPENAI.base_url),
    base_url_variables: home::OPENAI.variables,
    version: home::OPENAI.version,
    address: str::to_owned,
    deployments: false,
    key_header: BEARER,
    key_variables: &["OPENAI_API_KEY"],
    sign_in: None,
    headers: &[],
};

const fn speaks(dialect: &'static Dialect) -> Known {
    Known { dialect, ..OPENAI }
}

/// All of them, in the order of the documentation.
pub(crate) static KNOWN: &[Known] = &[
    OPENAI,
    Known {
        name: "azure",
        base_url: None,
        base_url_variables: &["AZURE_API_BASE", "AZURE_OPENAI_ENDPOINT"],
        deployments: true,
        key_header: ("api-key", ""),
        key_variables: &["AZURE_API_KEY", "AZURE_OPENAI_API_KEY"],
        sign_in: Some(sign_in::azure),
        ..OPENAI
    },
    Known {
        name: home::ANTHROPIC.name,
        wire: Wire::Anthropic,
        base_url: Some(home::ANTHROPIC.base_url),
        base_url_variables: home::ANTHROPIC.variables,
        version: home::ANTHROPIC.version,
        key_header: ("x-api-key", ""),
        key_variables: &["ANTHROPIC_API_KEY"],
        headers: &[("anthropic-version", "2023-06-01")],
        ..OPENAI
    },
    Known {
        name: home::GEMINI.name,
        wire: Wire::Gemini,
        base_url: Some(home::GEMINI.base_url),
        base_url_variables: home::GEMINI.variables,
        version: home::GEMINI.version,
        key_header: ("x-goog-api-key", ""),
        key_variables: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        ..OPENAI
    },
    Known {
        name: "ollama",
        base_url: Some("http://127.0.0.1:11434/v1"),
        base_url_variables: &["OLLAMA_HOST"],
        version: "v1",
        address: ollama::address,
        key_variables: &[],
        ..speaks(&openai::COMPATIBLE)
    },
    Known {
        name: "openrouter",
        base_url: Some("https://openrouter.ai/api/v1"),
        base_url_variables: &["OPENROUTER_BASE_URL"],
        key_variables: &["OPENROUTER_API_KEY"],
        ..speaks(&openai::OPENROUTER)
    },
    Known {
        name: "groq",
        base_url: Some("https://api.groq.com/openai/v1"),
        base_url_variables: &["GROQ_BASE_URL"],
        version: "openai/v1",
        key_variables: &["GROQ_API_KEY"],
        ..speaks(&openai::GROQ)
    },
    Known {
        name: "mistral",
        base_url: Some("https://api.mistral.ai/v1"),
        base_url_variables: &["MISTRAL_BASE_URL"],
        version: "v1",
        key_variables: &["MISTRAL_API_KEY"],
        ..speaks(&openai::MISTRAL)
    },
    Known {
        name: "deepseek",
        base_url: Some("https://api.deepseek.com"),
        base_url_variables: &["DEEPSEEK_BASE_URL"],
        key_variables: &["DEEPSEEK_API_KEY"],
        ..speaks(&openai::DEEPSEEK)
    },
    Known {
        name: "xai",
        base_url: Some("https://api.x.ai/v1"),
        base_url_variables: &["XAI_BASE_URL"],
        version: "v1",
        key_variables: &["XAI_API_KEY"],
        ..OPENAI
    },
    Known {
        name: "github",
        base_url: Some("https://models.github.ai/inference"),
        base_url_variables: &["GITHUB_MODELS_BASE_URL"],
        key_variables: &["GITHUB_TOKEN"],
        sign_in: Some(sign_in::github),
        headers: &[("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")],
        ..speaks(&openai::GITHUB)
    },
];

/// Any server that speaks OpenAI's chat completions.
pub(crate) static COMPATIBLE: Known = Known {
    name: "compatible",
    base_url: None,
    base_url_variables: &[],
    key_variables: &[],
    ..speaks(&openai::COMPATIBLE)
};

impl Known {
    /// The row of `name`.
    pub(crate) fn find(name: &str) -> Option<&'static Known> {
        KNOWN.iter().find(|row| row.name == name)
    }

    /// `openai/`, `azure/`, …
    pub(crate) fn all() -> String {
        KNOWN.iter().map(|row| format!("`{}/`", row.name)).collect::<Vec<_>>().join(", ")
    }

    /// The base URL that `variable` names: with the version that the wire's path follows.
    pub(crate) fn complete(&self, value: &str) -> String {
        with_version(&(self.address)(value.trim()), self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_completed_with_its_version() {
        let complete = |name, value| Known::find(name).unwrap().complete(value);
        assert_eq!(complete("anthropic", "https://gateway.example/anthropic/"), "https://gateway.example/anthropic/v1");
        assert_eq!(complete("anthropic", "https://gateway.example/v1"), "https://gateway.example/v1");
        assert_eq!(complete("gemini", "http://localhost:9"), "http://localhost:9/v1beta");
        assert_eq!(complete("groq", "https://api.groq.com"), "https://api.groq.com/openai/v1");
        assert_eq!(complete("ollama", "box:1"), "http://box:1/v1");
        assert_eq!(complete("openai", "http://localhost:9/"), "http://localhost:9");
    }

    #[test]
    fn every_default_stays_as_it_is() {
        for row in KNOWN {
            if let Some(url) = row.base_url {
                assert_eq!(row.complete(url), url, "{}", row.name);
            }
        }
    }
}
