//! Evals that come with a skill, and their grading, in the formats of Anthropic's skill-creator.

mod grading;
mod skill_eval;

pub use grading::{Grading, export_grading};
pub use skill_eval::{SkillEval, load_skill_evals};
