//! stub until the merge
use crate::record::*;
use crate::stats::TestSummary;
pub struct Results;
pub enum Output {
    Summary,
    Verbose,
}
pub struct TerminalOptions {
    pub output: Output,
    pub color: bool,
    pub unicode: bool,
    pub report: Option<String>,
    pub json: Option<String>,
    pub nextest: bool,
}
impl Results {
    pub fn from_run(_r: &RunRecord) -> Self {
        Results
    }
}
pub fn results(_r: &RunRecord) -> Results {
    Results
}
pub fn write_json(_r: &Results, _o: impl std::io::Write) -> std::io::Result<()> {
    Ok(())
}
pub fn terminal_block(_r: &Results, _o: &TerminalOptions) -> String {
    "block\n".into()
}
pub fn failure_message(t: &TestRecord, _s: &TestSummary, _p: Option<&str>) -> String {
    format!("{:?}", t.verdict)
}
pub fn write_html(_r: &Results, _o: impl std::io::Write) -> std::io::Result<()> {
    Ok(())
}
