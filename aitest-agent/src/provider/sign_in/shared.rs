use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::provider::shared_token::SharedToken;
use crate::provider::token::TokenSource;

/// The tokens of the process: one for each sign-in.
pub(crate) struct Shared<S>(Mutex<Vec<(S, Arc<SharedToken>)>>);

impl<S: TokenSource + Clone + PartialEq + 'static> Shared<S> {
    pub(crate) const fn new() -> Self {
        Shared(Mutex::new(Vec::new()))
    }

    /// The token of `sign_in`, and of all that are equal to it.
    pub(crate) fn token(&self, sign_in: S) -> Arc<SharedToken> {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, token)) = tokens.iter().find(|(known, _)| *known == sign_in) {
            return Arc::clone(token);
        }
        let token = SharedToken::new(sign_in.clone(), Arc::new(SystemTime::now));
        tokens.push((sign_in, Arc::clone(&token)));
        token
    }
}
