mod baseline;
mod comparison;
mod failure;
mod fixture;
#[cfg(feature = "html")]
mod html;
mod results;
mod steps;
mod terminal;
