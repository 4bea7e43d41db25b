mod failure;
mod fixture;
mod results;
mod terminal;
