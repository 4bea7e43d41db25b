use std::time::Duration;

use super::draw::{self, Place};
use super::reply::{Kind, Reply};

/// What a reply came down to, its choices made.
#[derive(Debug, PartialEq)]
pub(super) struct Answer<'a> {
    pub(super) kind: &'a Kind,
    pub(super) latency: Duration,
    pub(super) usage: Option<(u64, u64)>,
    pub(super) finish_reason: Option<&'a str>,
}

/// Makes the choices of `reply`: draws by `place`, and asks `tried` how often choice number `n` was met before.
///
/// Latencies add up; usage and finish reason of the innermost reply that has them hold.
pub(super) fn settle<'a>(reply: &'a Reply, place: &Place, mut tried: impl FnMut(usize) -> u32) -> Answer<'a> {
    let mut answer = Answer { kind: &reply.kind, latency: Duration::ZERO, usage: None, finish_reason: None };
    let mut next = Some(reply);
    for choice in 0.. {
        let Some(reply) = next else { break };
        answer.kind = &reply.kind;
        answer.latency = answer.latency.saturating_add(reply.latency);
        answer.usage = reply.usage.or(answer.usage);
        answer.finish_reason = reply.finish_reason.as_deref().or(answer.finish_reason);
        next = match &reply.kind {
            Kind::OneOf(replies) => {
                let weights = replies.iter().map(|(weight, _)| *weight);
                draw::pick(place.draw(choice), weights).map(|at| &replies[at].1)
            }
            Kind::Times { count, reply, then } => Some(if tried(choice) < *count { &**reply } else { &**then }),
            _ => None,
        };
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { seed: 1, conversation: 2, turn: 3 };

    #[test]
    fn a_plain_reply_is_its_own_answer() {
        let reply = Reply::text("hi").usage(1, 2).latency(Duration::from_millis(5));
        let answer = settle(&reply, &PLACE, |_| unreachable!("nothing to count"));
        assert_eq!((answer.kind, answer.usage), (&reply.kind, Some((1, 2))));
        assert_eq!(answer.latency, Duration::from_millis(5));
    }

    #[test]
    fn nested_choices_are_drawn_apart() {
        let coin = |a: &str, b: &str| Reply::one_of([(50, Reply::text(a)), (50, Reply::text(b))]);
        let nested = Reply::one_of([(50, coin("a", "b")), (50, coin("c", "d"))]);
        let mut seen = [false; 4];
        for seed in 0..64 {
            let answer = settle(&nested, &Place { seed, ..PLACE }, |_| 0);
            let letter = ["a", "b", "c", "d"].iter().position(|text| Reply::text(*text).kind == *answer.kind);
            seen[letter.unwrap()] = true;
        }
        assert_eq!(seen, [true; 4]);
    }

    #[test]
    fn a_counted_reply_gives_way() {
        let reply = Reply::times(2, Reply::status(429).usage(9, 9)).then(Reply::text("ok")).usage(1, 1);
        let kind = |tried| settle(&reply, &PLACE, |_| tried);
        assert_eq!(kind(1).kind, &Reply::status(429).kind);
        assert_eq!(kind(1).usage, Some((9, 9)));
        assert_eq!(kind(2).kind, &Reply::text("ok").kind);
        assert_eq!(kind(2).usage, Some((1, 1)));
    }
}
