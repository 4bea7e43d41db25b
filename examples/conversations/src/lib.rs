//! What the tests read in a model's answer.

/// The first amount in `text`, in whole dollars.
///
/// ```
/// assert_eq!(conversations::dollars("You have $1,500.00."), Some(1_500));
/// assert_eq!(conversations::dollars("Nothing."), None);
/// ```
#[must_use]
pub fn dollars(text: &str) -> Option<u64> {
    let (_, amount) = text.split_once('$')?;
    let digits: String = amount.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
    digits.parse().ok()
}
