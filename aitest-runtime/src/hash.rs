//! placeholder
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn mix(seed: u64, parts: &[u64]) -> u64 {
    parts.iter().fold(seed, |a, b| a.rotate_left(5) ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}
