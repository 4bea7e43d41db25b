use std::f64::consts::PI;

/// The z with P(|Z| ≤ z) = confidence for a standard normal Z.
///
/// Newton's method on the series of Marsaglia 2004: P(|Z| ≤ z) = 2 φ(z) (z + z³/3 + z⁵/(3·5) + …). The function is
/// concave and the first guess lies below the root, so every step does too.
pub(in super::super) fn normal_two_sided(confidence: f64) -> f64 {
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

/// The z with P(Z ≤ z) = p, for p in (0, 1).
pub(in super::super) fn normal_quantile(p: f64) -> f64 {
    if p < 0.5 { -normal_two_sided(1.0 - 2.0 * p) } else { normal_two_sided(2.0 * p - 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(value: f64, wanted: f64, relative: f64) {
        assert!((value - wanted).abs() <= relative * wanted.abs(), "{value:e} is not {wanted:e}");
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
}
