mod baseline;
mod comparison;
mod drift;
mod factors;
mod failure;
mod fixture;
#[cfg(feature = "html")]
mod html;
mod results;
mod steps;
mod terminal;
mod verdicts;
