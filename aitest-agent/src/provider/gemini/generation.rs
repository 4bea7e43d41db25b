/// Whether `model` is of before Gemini 3: it has a budget for its thoughts, no ids of calls, and reads images beside a
/// tool's result instead of in it.
pub(super) fn is_old(model: &str) -> bool {
    ["gemini-1", "gemini-2", "gemma"].iter().any(|start| model.starts_with(start))
}
