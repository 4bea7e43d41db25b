/// The distribution of how many of `draws` are marked, drawn from `all` of which `marked` are.
pub(in super::super) struct Hypergeometric {
    /// The least number that is possible.
    pub(in super::super) first: u64,
    /// The chances of `first`, `first` + 1, …
    pub(in super::super) chances: Vec<f64>,
}

impl Hypergeometric {
    /// From the most likely number outwards by ratios of neighbours, then divided by the sum: no factorial is needed,
    /// and small chances keep their digits.
    pub(in super::super) fn new(marked: u64, draws: u64, all: u64) -> Self {
        let (first, last) = (draws.saturating_sub(all - marked), draws.min(marked));
        let mode = ((draws + 1) as f64 * (marked + 1) as f64 / (all + 2) as f64) as u64;
        let mode = mode.clamp(first, last);
        // P(x + 1) / P(x)
        let step = |x: u64| {
            let (up, down) = ((marked - x) as f64 * (draws - x) as f64, (all + x + 1 - marked - draws) as f64);
            up / ((x + 1) as f64 * down)
        };
        let mut chances = vec![0.0; (last - first + 1) as usize];
        let middle = (mode - first) as usize;
        chances[middle] = 1.0;
        for i in middle + 1..chances.len() {
            chances[i] = chances[i - 1] * step(first + i as u64 - 1);
            if chances[i] <= 0.0 {
                break;
            }
        }
        for i in (0..middle).rev() {
            chances[i] = chances[i + 1] / step(first + i as u64);
            if chances[i] <= 0.0 {
                break;
            }
        }
        let sum: f64 = chances.iter().sum();
        chances.iter_mut().for_each(|chance| *chance /= sum);
        Hypergeometric { first, chances }
    }

    /// The chance of `x`, which may be impossible.
    pub(super) fn at(&self, x: u64) -> f64 {
        let place = x.checked_sub(self.first).and_then(|place| self.chances.get(place as usize));
        place.copied().unwrap_or(0.0)
    }

    /// P(X ≤ x)
    pub(super) fn at_most(&self, x: u64) -> f64 {
        let count = x.checked_sub(self.first).map_or(0, |place| place as usize + 1);
        // Small ones first.
        self.chances.iter().take(count).sum::<f64>().min(1.0)
    }

    /// P(X ≥ x)
    pub(super) fn at_least(&self, x: u64) -> f64 {
        let skipped = x.saturating_sub(self.first) as usize;
        self.chances.iter().skip(skipped).rev().sum::<f64>().min(1.0)
    }
}
