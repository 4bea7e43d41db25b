use std::fmt;
use std::ops::{AddAssign, SubAssign};

/// An amount of money in whole cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cents(pub i64);

impl Cents {
    /// `dollars` in cents; `None` when they have parts of a cent or are more than 90 trillion.
    pub fn from_dollars(dollars: f64) -> Option<Self> {
        let cents = (dollars * 100.0).round();
        // Above 2^53 not every cent has a value of its own.
        let is_exact = cents.abs() < 9.0e15 && (cents / 100.0 - dollars).abs() < 1e-9 * dollars.abs().max(1.0);
        is_exact.then_some(Cents(cents as i64))
    }
}

/// `$1,500.00`
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (dollars, cents) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        let digits = dollars.to_string();
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(f, "{sign}${grouped}.{cents:02}")
    }
}

impl AddAssign for Cents {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Cents {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_become_cents_exactly() {
        for (dollars, cents) in [
            (200.0, Some(20_000)),
            (0.1, Some(10)),
            (19.99, Some(1_999)),
            (1_234_567.89, Some(123_456_789)),
            (-5.0, Some(-500)),
            (0.001, None),
            (12.345, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
            (1e17, None),
        ] {
            assert_eq!(Cents::from_dollars(dollars), cents.map(Cents), "{dollars}");
        }
    }

    #[test]
    fn cents_are_shown_as_dollars() {
        for (cents, text) in
            [(0, "$0.00"), (7, "$0.07"), (150_000, "$1,500.00"), (-99_999, "-$999.99"), (123_456_789, "$1,234,567.89")]
        {
            assert_eq!(Cents(cents).to_string(), text);
        }
    }
}
