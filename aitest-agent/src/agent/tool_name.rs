/// What OpenAI and Anthropic accept: `^[a-zA-Z0-9_-]{1,64}$`.
const LONGEST: usize = 64;
/// Characters of a hash at the end of a name that was cut.
const HASH: usize = 8;

/// `name` as every provider accepts it: other characters are `_`, and a longer name is cut and ends with a hash.
pub(crate) fn accepted(name: &str) -> String {
    let is_accepted = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let plain: String = name.chars().map(|c| if is_accepted(c) { c } else { '_' }).collect();
    match plain.len() {
        0 => "_".to_owned(),
        1..=LONGEST => plain,
        _ => format!("{}_{:08x}", &plain[..LONGEST - HASH - 1], fnv1a(name)),
    }
}

/// `name` if it `is_free`, else with the first number from 2 that makes it so.
pub(crate) fn numbered(name: &str, is_free: impl Fn(&str) -> bool) -> String {
    if is_free(name) {
        return name.to_owned();
    }
    let mut number = 2_u64;
    loop {
        let end = format!("_{number}");
        let candidate = format!("{}{end}", &name[..name.len().min(LONGEST - end.len())]);
        if is_free(&candidate) {
            return candidate;
        }
        number += 1;
    }
}

/// FNV-1a: the same name is cut alike in every run.
fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
