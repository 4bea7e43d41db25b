use std::sync::OnceLock;

static JUDGE_MODEL: OnceLock<Option<String>> = OnceLock::new();

/// Fixes the model for the rest of the process. The first call counts.
pub(crate) fn set_judge_model(model: Option<String>) {
    let _ = JUDGE_MODEL.set(model);
}

pub(crate) fn judge_model() -> Option<String> {
    match JUDGE_MODEL.get() {
        Some(model) => model.clone(),
        None => std::env::var("AITEST_LLM_MODEL").ok().filter(|model| !model.trim().is_empty()),
    }
}
