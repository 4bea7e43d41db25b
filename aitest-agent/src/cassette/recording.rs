use std::sync::Arc;

use super::answer::Recorded;
use super::file::Exchange;
use super::keep::Kept;
use super::tape::Tape;

/// An exchange that is live and will be kept.
pub(super) struct Recording {
    tape: Arc<Tape>,
    exchange: Option<Exchange>,
}

impl Recording {
    pub(super) fn new(tape: Arc<Tape>, to: &str, request: Kept) -> Self {
        let exchange = Exchange { attempt: tape.attempt, to: to.to_owned(), request, answers: Vec::new(), cut: false };
        Recording { tape, exchange: Some(exchange) }
    }

    /// Until it is answered, it is cut: an iteration that ends meanwhile leaves it so.
    pub(super) fn asks(&mut self) {
        self.cut(true);
    }

    pub(super) fn answered(&mut self, answer: Recorded) {
        self.cut(false);
        if let Some(exchange) = &mut self.exchange {
            exchange.answers.push(answer);
        }
    }

    /// Nobody was asked: there is nothing to keep.
    pub(super) fn not_asked(&mut self) {
        self.cut(false);
    }

    fn cut(&mut self, cut: bool) {
        if let Some(exchange) = &mut self.exchange {
            exchange.cut = cut;
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let exchange = self.exchange.take().filter(|exchange| exchange.cut || !exchange.answers.is_empty());
        if let Some(exchange) = exchange {
            self.tape.keep(exchange);
        }
    }
}
