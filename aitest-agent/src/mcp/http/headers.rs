use aitest_runtime::host;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::mcp::expand::{expand, of_process};
use crate::mcp::{McpError, McpErrorKind};
use crate::secretive::{Secretive, is_secret, register_header};

/// Headers that the protocol itself sets.
const RESERVED: [&str; 5] = ["accept", "content-type", "mcp-session-id", "mcp-protocol-version", "last-event-id"];

/// The headers of a server, ready to be sent.
#[derive(Debug, Default)]
pub(crate) struct Headers {
    pub(crate) map: HeaderMap,
    /// For messages: "`authorization` (BANK_TOKEN)".
    pub(crate) described: Vec<String>,
}

/// Reads the variables of `headers`, and registers what is secret in them.
pub(crate) fn headers(headers: &[(String, Secretive)]) -> Result<Headers, McpError> {
    let mut all = Headers::default();
    for (name, Secretive(value)) in headers {
        let expanded = expand(value, &of_process).map_err(|variable| {
            invalid(format!("the header `{name}` needs the environment variable {variable}, which is not set"))
        })?;
        let key = HeaderName::try_from(name).map_err(|_| invalid(format!("`{name}` is no name of an HTTP header")))?;
        if RESERVED.contains(&key.as_str()) {
            return Err(invalid(format!("the header `{name}` is the protocol's own: leave it out")));
        }
        register(key.as_str(), &expanded.text, &expanded.variables);
        let mut value = HeaderValue::try_from(&expanded.text).map_err(|_| {
            invalid(format!("the value of the header `{name}` holds characters that HTTP does not allow"))
        })?;
        value.set_sensitive(true);
        all.map.append(key, value);
        let variables = expanded.variables.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
        all.described.push(match variables.is_empty() {
            true => format!("`{name}`"),
            false => format!("`{name}` ({variables})"),
        });
    }
    Ok(all)
}

/// What a header that names a secret holds is one, and so are its variables.
fn register(header: &str, text: &str, variables: &[(String, String)]) {
    let whole = is_secret(header) || matches!(header, "authorization" | "proxy-authorization" | "cookie");
    for (name, value) in variables {
        if whole || is_secret(name) {
            host::secret(name, value);
        }
    }
    if whole {
        register_header(header, text);
    }
}

fn invalid(message: String) -> McpError {
    McpError::new(McpErrorKind::Configuration, message)
}
