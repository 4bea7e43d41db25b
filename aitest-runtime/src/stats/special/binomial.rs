use std::f64::consts::PI;

/// ln of x of n at chance p: ln [Γ(n + 1) / (Γ(x + 1) Γ(n − x + 1)) pˣ qⁿ⁻ˣ], for 0 ≤ x ≤ n, real ones too, with
/// p and q = 1 − p in (0, 1).
///
/// Loader 2000, "Fast and accurate computation of binomial probabilities": no large numbers are subtracted, so that
/// the digits hold up to a million.
pub(in super::super) fn ln_point(x: f64, n: f64, p: f64, q: f64) -> f64 {
    if x <= 0.0 {
        return n * ln_of(q, p);
    }
    if x >= n {
        return n * ln_of(p, q);
    }
    let rest = n - x;
    let series = stirling_error(n) - stirling_error(x) - stirling_error(rest);
    series - deviance(x, n * p) - deviance(rest, n * q) + 0.5 * (n / (2.0 * PI * x * rest)).ln()
}

/// ln p, by way of 1 − p where p is next to 1.
fn ln_of(p: f64, rest: f64) -> f64 {
    if rest < 0.5 { (-rest).ln_1p() } else { p.ln() }
}

/// x ln(x / m) + m − x without cancellation where x is near m.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() + m - x;
    }
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut term = 2.0 * x * v;
    for j in 1..1000_u32 {
        term *= v * v;
        let next = term / f64::from(2 * j + 1);
        sum += next;
        if next.abs() <= sum.abs() * f64::EPSILON / 2.0 {
            break;
        }
    }
    sum
}

/// ln Γ(x + 1) less Stirling's approximation of it, for x > 0.
fn stirling_error(x: f64) -> f64 {
    if x < 16.0 {
        return ln_gamma(x + 1.0) - (x + 0.5) * x.ln() + x - 0.5 * (2.0 * PI).ln();
    }
    let square = x * x;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / (1188.0 * square)) / square) / square) / square)
        / x
}

/// ln Γ(x) for x ≥ ½: Lanczos 1964 with g = 7 and nine terms, about 15 digits.
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
    let x = x - 1.0;
    let series = TERMS.iter().enumerate().skip(1).fold(TERMS[0], |sum, (i, term)| sum + term / (x + i as f64));
    let t = x + G + 0.5;
    0.5 * (2.0 * PI).ln() + (x + 0.5) * t.ln() - t + series.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_gamma_of_known_values() {
        let close = |value: f64, wanted: f64| assert!((value - wanted).abs() <= 1e-14 * wanted.abs(), "{value:e}");
        close(ln_gamma(0.5), PI.sqrt().ln());
        close(ln_gamma(5.0), 24.0_f64.ln());
    }

    /// Every point of n ≤ 40 at p = i/16, from whole numbers below 2¹²⁷.
    #[test]
    fn points_are_exact_for_small_n() {
        for n in 1..=25_u32 {
            let mut choose = 1_u128;
            for x in 0..=n {
                for i in 1..16_u128 {
                    let exact =
                        choose as f64 * (i as f64 / 16.0).powi(x as i32) * (1.0 - i as f64 / 16.0).powi((n - x) as i32);
                    let p = i as f64 / 16.0;
                    let point = ln_point(f64::from(x), f64::from(n), p, 1.0 - p).exp();
                    assert!((point - exact).abs() <= 2e-14 * exact, "{x} of {n} at {p}: {point:e}, {exact:e}");
                }
                choose = choose * u128::from(n - x) / u128::from(x + 1);
            }
        }
    }

    #[test]
    fn points_of_a_million_sum_to_one() {
        let n = 1e6_f64;
        let sum: f64 = (295_000..=305_000).map(|x| ln_point(f64::from(x), n, 0.3, 0.7).exp()).sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }
}
