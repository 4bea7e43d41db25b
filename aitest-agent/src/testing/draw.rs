/// The hash behind every draw: FNV-1a with 64 bits over length-prefixed parts, finished by SplitMix64's mixer.
///
/// Written here because its values must stay the same in every release of Rust. FNV's parameters are those of
/// <http://www.isthe.com/chongo/tech/comp/fnv/>, the mixer's those of <https://prng.di.unimi.it/splitmix64.c>.
pub(super) struct StableHash(u64);

impl StableHash {
    pub(super) fn new() -> Self {
        StableHash(0xcbf2_9ce4_8422_2325)
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.bytes(&number.to_le_bytes());
        self
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        self = self.number(text.len() as u64);
        self.bytes(text.as_bytes());
        self
    }

    pub(super) fn finish(self) -> u64 {
        let mut z = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// Where in which conversation a reply is given: what a draw depends on, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// The iteration's seed.
    pub(super) seed: u64,
    /// Hash of the model's name and the first user message.
    pub(super) conversation: u64,
    /// Assistant messages so far.
    pub(super) turn: usize,
}

impl Place {
    /// The draw of the choice number `variation` of this turn, even over all `u64`.
    pub(super) fn draw(&self, variation: usize) -> u64 {
        StableHash::new()
            .number(self.seed)
            .number(self.conversation)
            .number(self.turn as u64)
            .number(variation as u64)
            .finish()
    }
}

/// The place among `weights` where `draw` falls; `None` when they sum up to 0.
pub(super) fn pick(draw: u64, weights: impl Iterator<Item = u32> + Clone) -> Option<usize> {
    let total: u64 = weights.clone().map(u64::from).sum();
    let mut left = u64::try_from((u128::from(draw) * u128::from(total)) >> 64).unwrap_or(u64::MAX);
    for (index, weight) in weights.enumerate() {
        match left.checked_sub(u64::from(weight)) {
            Some(rest) => left = rest,
            None => return Some(index),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_never_changes() {
        // FNV-1a of "a" is 0xaf63dc4c8601ec8c by its authors' test vectors.
        let mut hash = StableHash::new();
        hash.bytes(b"a");
        assert_eq!(hash.0, 0xaf63_dc4c_8601_ec8c);
        // The first output of SplitMix64 seeded with 0 is 0xe220a8397b1dcdaf.
        assert_eq!(StableHash(0).finish(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(Place { seed: 42, conversation: 7, turn: 1 }.draw(0), 0xea82_52ec_0e7d_db01);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let hash = |a: &str, b: &str| StableHash::new().text(a).text(b).finish();
        assert_ne!(hash("ab", "c"), hash("a", "bc"));
    }

    #[test]
    fn a_pick_follows_the_weights() {
        let share = (0..10_000)
            .map(|seed| Place { seed, conversation: 1, turn: 0 })
            .filter(|place| pick(place.draw(0), [70, 30].into_iter()) == Some(0))
            .count();
        // Five standard deviations of a binomial with p = 0.7 are 229.
        assert!((6_771..=7_229).contains(&share), "{share} of 10,000");
    }

    #[test]
    fn the_ends_of_the_range_are_picked_right() {
        assert_eq!(pick(0, [0, 1, 2].into_iter()), Some(1));
        assert_eq!(pick(u64::MAX, [1, 2, 0].into_iter()), Some(1));
        assert_eq!(pick(5, [0, 0].into_iter()), None);
        assert_eq!(pick(u64::MAX, [u32::MAX, u32::MAX].into_iter()), Some(1));
    }
}
