//! Agent Skills: instructions for the system prompt, and references that the model may read.

mod loader;
mod reference_tools;
mod references;
mod rules;

pub use loader::{Skill, load_skills};
pub use references::SkillReference;
