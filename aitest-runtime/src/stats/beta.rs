//! The special functions under the intervals. Arguments are checked by the callers.

use std::f64::consts::PI;

/// ln Γ(x) for x > 0: Lanczos 1964 with g = 7 and nine terms, about 15 digits.
fn ln_gamma(x: f64) -> f64 {
    const G: f64 = 7.0;
    const TERMS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (PI / (PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let series = TERMS.iter().enumerate().skip(1).fold(TERMS[0], |sum, (i, term)| sum + term / (x + i as f64));
    let t = x + G + 0.5;
    0.5 * (2.0 * PI).ln() + (x + 0.5) * t.ln() - t + series.ln()
}

/// The regularized incomplete beta function Iₓ(a, b), for a, b > 0 and x in [0, 1].
///
/// With whole a and b it is the binomial tail P(at least a of a + b − 1), each with chance x.
pub(super) fn ibeta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let ln_front = a * x.ln() + b * (-x).ln_1p() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    // The fraction converges fast on this side of the mean; the other side is its mirror.
    let value = if x < (a + 1.0) / (a + b + 2.0) {
        ln_front.exp() * fraction(x, a, b) / a
    } else {
        1.0 - ln_front.exp() * fraction(1.0 - x, b, a) / b
    };
    value.clamp(0.0, 1.0)
}

/// The continued fraction of Iₓ(a, b) (Abramowitz, Stegun 26.5.8) by Lentz's method. It takes in the order of
/// √max(a, b) rounds; the bound is only reached far beyond a million iterations.
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const ROUNDS: u32 = 50_000;
    let away_from_zero = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for m in (1..=ROUNDS).map(f64::from) {
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + term * d);
            c = away_from_zero(1.0 + term / c);
            change = c * d;
            value *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// The x with Iₓ(a, b) = p, by bisection to the last bit.
pub(super) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if ibeta(middle, a, b) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The z with P(|Z| ≤ z) = confidence for a standard normal Z.
///
/// Newton's method on the series of Marsaglia 2004: P(|Z| ≤ z) = 2 φ(z) (z + z³/3 + z⁵/(3·5) + …). The function is
/// concave and the first guess lies below the root, so every step does too.
pub(super) fn normal_two_sided(confidence: f64) -> f64 {
    let mut z = confidence * (PI / 2.0).sqrt();
    for _ in 0..200 {
        let density = 2.0 * (-z * z / 2.0).exp() / (2.0 * PI).sqrt();
        let step = confidence / density - odd_series(z);
        if step <= z * 1e-15 || !step.is_finite() {
            break;
        }
        z += step;
    }
    z
}

fn odd_series(z: f64) -> f64 {
    let (mut term, mut sum) = (z, z);
    for k in 1..500 {
        term *= z * z / f64::from(2 * k + 1);
        let next = sum + term;
        if next <= sum {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(value: f64, wanted: f64, relative: f64) {
        assert!((value - wanted).abs() <= relative * wanted.abs(), "{value:e} is not {wanted:e}");
    }

    #[test]
    fn ln_gamma_of_known_values() {
        close(ln_gamma(0.5), PI.sqrt().ln(), 1e-14);
        close(ln_gamma(5.0), 24.0_f64.ln(), 1e-14);
        let ln_factorial: f64 = (1..=1000).map(|i| f64::from(i).ln()).sum();
        close(ln_gamma(1001.0), ln_factorial, 1e-14);
    }

    #[test]
    fn normal_quantiles_of_published_tables() {
        for (confidence, z) in [
            (0.5, 0.674_489_750_196_081_7),
            (0.9, 1.644_853_626_951_472_7),
            (0.95, 1.959_963_984_540_054),
            (0.99, 2.575_829_303_548_900_4),
            (0.999_999, 4.891_638_475_698_59),
        ] {
            close(normal_two_sided(confidence), z, 1e-10);
        }
        assert!(normal_two_sided(1.0 - f64::EPSILON).is_finite());
        assert!(normal_two_sided(f64::MIN_POSITIVE) >= 0.0);
    }

    /// The binomial tail as a fraction of integers: Iₓ(a, b) with x = i/16.
    fn exact_tail(i: u128, a: u32, b: u32) -> f64 {
        let n = a + b - 1;
        let mut choose = 1_u128;
        let mut sum = 0_u128;
        for k in 0..=n {
            if k >= a {
                sum += choose * i.pow(k) * (16 - i).pow(n - k);
            }
            choose = choose * u128::from(n - k) / u128::from(k + 1);
        }
        sum as f64 / 16_u128.pow(n) as f64
    }

    #[test]
    fn ibeta_is_the_exact_binomial_tail() {
        for n in 1..=20_u32 {
            for a in 1..=n {
                for i in 1..16_u32 {
                    let (b, x) = (n - a + 1, f64::from(i) / 16.0);
                    close(ibeta(x, f64::from(a), f64::from(b)), exact_tail(u128::from(i), a, b), 1e-12);
                }
            }
        }
    }

    #[test]
    fn quantile_inverts_ibeta_up_to_a_million() {
        for (a, b) in [(1.0, 1.0), (0.5, 0.5), (3.0, 900.0), (500_000.0, 500_001.0), (1.0, 1e6), (999_999.0, 2.0)] {
            for p in [1e-9, 0.025, 0.5, 0.95, 0.999_999] {
                close(ibeta(beta_quantile(p, a, b), a, b), p, 1e-6);
            }
        }
    }
}
