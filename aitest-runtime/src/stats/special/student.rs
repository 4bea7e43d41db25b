use super::beta::beta_quantile;

/// The t with P(|T| ≤ t) = confidence for Student's distribution with `degrees` of freedom, above 0.
pub(in super::super) fn t_two_sided(confidence: f64, degrees: f64) -> f64 {
    // T² / (degrees + T²) is beta distributed, and so is its complement; the smaller of the two has the digits.
    let rest = beta_quantile(1.0 - confidence, degrees / 2.0, 0.5);
    if rest < 0.5 {
        return (degrees * (1.0 - rest) / rest).sqrt();
    }
    let share = beta_quantile(confidence, 0.5, degrees / 2.0);
    (degrees * share / (1.0 - share)).sqrt()
}
