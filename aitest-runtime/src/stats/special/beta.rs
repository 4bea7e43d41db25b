use super::binomial::ln_point;
use super::normal::normal_quantile;

/// The regularized incomplete beta function Iₓ(a, b), for a, b > 0 and x in [0, 1].
///
/// With whole a and b it is the binomial tail P(at least a of a + b − 1), each with chance x.
pub(in super::super) fn ibeta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // xᵃ (1 − x)ᵇ / B(a, b)
    let front = ln_point(a, a + b, x, 1.0 - x).exp() * (a * b / (a + b));
    // The fraction converges fast on this side of the mean; the other side is its mirror.
    let value = if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(1.0 - x, b, a) / b
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

/// The x with Iₓ(a, b) = p, for p in (0, 1): Halley's method, kept between bounds that bisect where it leaves them.
pub(in super::super) fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = guess(p, a, b).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON);
    for round in 0..400 {
        let error = ibeta(x, a, b) - p;
        if error < 0.0 {
            low = x;
        } else {
            high = x;
        }
        let density = ln_point(a, a + b, x, 1.0 - x).exp() * (a * b / (a + b)) / (x * (1.0 - x));
        let newton = error / density;
        let curve = newton * ((a - 1.0) / x - (b - 1.0) / (1.0 - x));
        let step = newton / (1.0 - 0.5 * curve.min(1.0));
        if newton.abs() <= 1e-9 * x.min(1.0 - x) {
            // The next step would be the cube of this one.
            return x - step;
        }
        // Far from the root the steps are short: every fourth round halves what is left.
        let takes_step = round % 4 < 3 && x - step > low && x - step < high;
        x = if takes_step { x - step } else { f64::midpoint(low, high) };
        if x <= low || x >= high {
            return x;
        }
    }
    x
}

/// A first guess: Abramowitz, Stegun 26.5.22, and the leading powers where a or b is below 1.
fn guess(p: f64, a: f64, b: f64) -> f64 {
    if a >= 1.0 && b >= 1.0 {
        let y = -normal_quantile(p);
        let lambda = (y * y - 3.0) / 6.0;
        let h = 2.0 / (1.0 / (2.0 * a - 1.0) + 1.0 / (2.0 * b - 1.0));
        let w = y * (h + lambda).max(0.0).sqrt() / h
            - (1.0 / (2.0 * b - 1.0) - 1.0 / (2.0 * a - 1.0)) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
        return a / (a + b * (2.0 * w).exp());
    }
    let low = (a * (a / (a + b)).ln()).exp() / a;
    let high = (b * (b / (a + b)).ln()).exp() / b;
    let both = low + high;
    if p < low / both { (a * both * p).powf(1.0 / a) } else { 1.0 - (b * both * (1.0 - p)).powf(1.0 / b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(value: f64, wanted: f64, relative: f64) {
        assert!((value - wanted).abs() <= relative * wanted.abs(), "{value:e} is not {wanted:e}");
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
                close(ibeta(beta_quantile(p, a, b), a, b), p, 1e-9);
            }
        }
    }
}
