//! The one hash of the core: SHA-256. Test ids and seeds outlive a process and a toolchain, so they cannot stand on
//! the standard library's hasher, and large texts are stored under their hash, so it has to resist collisions.

use sha2::{Digest, Sha256};

/// SHA-256 of `bytes`, as 64 hexadecimal digits.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        hex.push(char::from(DIGITS[usize::from(byte >> 4)]));
        hex.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    hex
}

/// The first 64 bits of SHA-256 over `parts`, big-endian.
///
/// Each part goes in behind its length, so that two different lists are never the same input.
pub(crate) fn first_64_bits(parts: &[&str]) -> u64 {
    finish(feed(Sha256::new(), parts))
}

/// A seed that depends on `seed` and `parts` alone: the seed of an iteration from that of its run.
///
/// SplitMix64's finalizer (Steele, Lea, Flood 2014) over a running sum: a hash in nanoseconds, because every
/// iteration asks for one.
pub(crate) fn mix(seed: u64, parts: &[u64]) -> u64 {
    parts.iter().fold(finalize(seed), |state, part| finalize(state.wrapping_add(*part)))
}

fn finalize(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn feed(mut hash: Sha256, parts: &[&str]) -> Sha256 {
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash
}

fn finish(hash: Sha256) -> u64 {
    let digest = hash.finalize();
    digest.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_published_vectors() {
        // FIPS 180-4, examples of the empty message and of "abc".
        assert_eq!(sha256_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn ids_and_seeds_never_change() {
        assert_eq!(first_64_bits(&[]), 0xe3b0_c442_98fc_1c14);
        assert_eq!(first_64_bits(&["bank", "tests", "transfer"]), 0x17e6_5b99_a2ac_db34);
        assert_eq!(mix(42, &[7, 3]), 8_076_984_150_304_651_870);
        // The first output of SplitMix64 from state 0, as its authors publish it.
        assert_eq!(mix(0, &[]), 0xe220_a839_7b1d_cdaf);
    }

    #[test]
    fn parts_do_not_run_together() {
        let lists: [&[&str]; 5] = [&["ab", "c"], &["a", "bc"], &["abc"], &["abc", ""], &["", "abc"]];
        for (i, a) in lists.iter().enumerate() {
            for b in &lists[i + 1..] {
                assert_ne!(first_64_bits(a), first_64_bits(b), "{a:?} {b:?}");
            }
        }
        assert_ne!(mix(1, &[1, 2]), mix(1, &[2, 1]));
        assert_ne!(mix(1, &[1]), mix(2, &[1]));
    }
}
