use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// placeholder
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Percent(u32);

impl Percent {
    /// 100 %.
    pub const ALL: Percent = Percent(100_000_000);

    /// ⌈rate · n⌉
    pub fn of(self, n: u64) -> u64 {
        (u128::from(self.0) * u128::from(n)).div_ceil(100_000_000) as u64
    }
    /// ⌊rate · n⌋
    pub fn floor_of(self, n: u64) -> u64 {
        (u128::from(self.0) * u128::from(n) / 100_000_000) as u64
    }
    /// parse
    pub fn parse(text: &str) -> Result<Self, String> {
        let t = text.trim().trim_end_matches('%').trim();
        let v: f64 = t.parse().map_err(|_| format!("`{text}` is not a number"))?;
        Ok(Percent((v * 1e6).round() as u32))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", f64::from(self.0) / 1e6)
    }
}
impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&(f64::from(self.0) / 1e6))
    }
}
impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let t = std::borrow::Cow::<str>::deserialize(d)?;
        Percent::parse(&t).map_err(serde::de::Error::custom)
    }
}
