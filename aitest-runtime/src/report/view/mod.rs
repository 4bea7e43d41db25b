//! What the page shows, ready to be written: every number is a text, every text from outside is [`Shown`].

mod agents;
mod baseline;
mod causes;
mod chart;
mod factors;
mod facts;
mod gate;
mod iteration;
mod numbers;
mod page;
mod scatter;
mod shown;
mod size;
mod steps;
mod test;
mod transcript;
mod verdict;

pub(super) use page::Page;
