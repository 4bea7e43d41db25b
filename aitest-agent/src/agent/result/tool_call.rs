use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ArgumentError;
use super::arguments::{at, parsed};
use crate::provider::Image;

/// One call of a tool that the model asked for, with what came of it.
///
/// ```
/// # use aitest_agent as aitest;
/// # fn check(result: &aitest::AgentResult) -> Result<(), aitest::ArgumentError> {
/// for call in result.tool_calls_for("ship") {
///     let city: String = call.arg("/address/city")?;
///     assert_eq!(city, "Oslo");
///     assert!(call.error.is_none(), "{:?}", call.error);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolCall {
    /// The model's id for the call.
    pub id: String,
    /// The tool, as the model named it.
    pub name: String,
    /// The server that has the tool; `None` for a tool that no server has.
    pub server: Option<String>,
    /// The arguments as the model wrote them: JSON text, malformed included.
    pub arguments: String,
    /// The result's text; `None` when the call failed or never ended.
    pub result: Option<String>,
    /// Why the call failed, as the model was told.
    pub error: Option<String>,
    /// How long the call took; zero when it never ended.
    pub duration: Duration,
    /// The images of the result, in its order.
    pub images: Vec<Image>,
}

impl ToolCall {
    /// The arguments as `T`: a type of your own, or `serde_json::Value`. No arguments are the empty object.
    ///
    /// # Errors
    /// What the model wrote is no JSON, or no `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ArgumentError> {
        self.arg("")
    }

    /// One argument as `T`: by its name, `amount`, or by JSON Pointer (RFC 6901), `/address/city`, `/items/0`.
    ///
    /// # Errors
    /// What the model wrote is no JSON, has no such argument, or another type there. The message shows the arguments.
    pub fn arg<T: DeserializeOwned>(&self, path: &str) -> Result<T, ArgumentError> {
        let error = |problem| ArgumentError::new(self, path, problem);
        let arguments = parsed(&self.arguments).map_err(|why| error(format!("they are no JSON: {why}")))?;
        let value = at(&arguments, path).ok_or_else(|| error("there is no such argument".to_owned()))?;
        T::deserialize(value).map_err(|why| error(why.to_string()))
    }

    /// The arguments, if they are JSON.
    pub(crate) fn value(&self) -> Option<Value> {
        parsed(&self.arguments).ok()
    }
}
