//! The values of scipy and statsmodels in `tests/fixtures/statistics.txt`, each to 1e-9 of its size; 1e-6 where one of
//! the sides is an optimiser. `tests/fixtures/statistics.py` made them.

use super::super::special::{normal_quantile, t_two_sided};
use super::super::*;

const REFERENCE: &str = include_str!("../../../tests/fixtures/statistics.txt");

struct Line<'a> {
    function: &'a str,
    arguments: Vec<&'a str>,
    wanted: Vec<f64>,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        let (call, wanted) = line.split_once(" = ").unwrap();
        let mut words = call.split_whitespace();
        let function = words.next().unwrap();
        let wanted = wanted.split_whitespace().map(|value| value.parse().unwrap()).collect();
        Line { function, arguments: words.collect(), wanted }
    }

    fn count(&self, place: usize) -> u64 {
        self.arguments[place].parse().unwrap()
    }

    fn number(&self, place: usize) -> f64 {
        self.arguments[place].parse().unwrap()
    }

    fn numbers(&self) -> Vec<f64> {
        (0..self.arguments.len()).map(|place| self.number(place)).collect()
    }

    fn values(&self) -> Result<Vec<f64>, StatsError> {
        let ends = |interval: Interval| vec![interval.lower, interval.upper];
        let four = || (self.count(0), self.count(1), self.count(2), self.count(3));
        Ok(match self.function {
            "wilson_interval" => ends(wilson_interval(self.count(0), self.count(1), self.number(2))?),
            "clopper_pearson_interval" => ends(clopper_pearson_interval(self.count(0), self.count(1), self.number(2))?),
            "clopper_pearson_lower" => vec![clopper_pearson_lower(self.count(0), self.count(1), self.number(2))?],
            "clopper_pearson_upper" => vec![clopper_pearson_upper(self.count(0), self.count(1), self.number(2))?],
            "confidence_sequence" => ends(confidence_sequence(self.count(0), self.count(1), self.number(2))?),
            "pass_at_k" => vec![pass_at_k(self.count(0), self.count(1), self.count(2))?],
            "pass_hat_k" => vec![pass_hat_k(self.count(0), self.count(1), self.count(2))?],
            "fisher_exact" => {
                let (k0, n0, k1, n1) = four();
                vec![fisher_exact(k0, n0, k1, n1, alternative(self.arguments[4]))?]
            }
            "boschloo_exact" => {
                let (k0, n0, k1, n1) = four();
                vec![boschloo_exact(k0, n0, k1, n1)?]
            }
            "newcombe_interval" => {
                let (k0, n0, k1, n1) = four();
                ends(newcombe_interval(k0, n0, k1, n1, self.number(4))?)
            }
            "holm" => holm(&self.numbers())?,
            "benjamini_hochberg" => benjamini_hochberg(&self.numbers())?,
            "clustered_rate" => {
                let rate = clustered_rate(&self.numbers(), 0.95)?;
                vec![rate.mean, rate.standard_error, rate.interval.lower, rate.interval.upper]
            }
            "sign_flip" => vec![sign_flip(&self.numbers(), 1)?],
            "mcnemar_exact" => vec![mcnemar_exact(self.count(0), self.count(1))?],
            "within_test_permutation" => vec![within_test_permutation(&self.pairs())?],
            "t_two_sided" => vec![t_two_sided(self.number(0), self.number(1))],
            "normal_quantile" => vec![normal_quantile(self.number(0))],
            "entropy_bits" => vec![entropy_bits(self.count(0), self.count(1))?],
            "distribution" => {
                let d = self.distribution()?;
                vec![d.mean, d.standard_deviation.unwrap(), d.median, d.p95 as f64]
            }
            "median_interval" => {
                let (lower, upper) = self.distribution()?.median_interval.unwrap();
                vec![lower as f64, upper as f64]
            }
            other => panic!("nobody checks {other}"),
        })
    }

    fn distribution(&self) -> Result<Distribution, StatsError> {
        Distribution::of(&mut (0..self.arguments.len()).map(|place| self.count(place)).collect::<Vec<_>>())
    }

    fn pairs(&self) -> Vec<TestPair> {
        let pair = |text: &&str| {
            let counts: Vec<u64> = text.split(',').map(|count| count.parse().unwrap()).collect();
            TestPair { k0: counts[0], n0: counts[1], k1: counts[2], n1: counts[3] }
        };
        self.arguments.iter().map(pair).collect()
    }
}

fn alternative(word: &str) -> Alternative {
    match word {
        "less" => Alternative::Less,
        "greater" => Alternative::Greater,
        _ => Alternative::TwoSided,
    }
}

#[test]
fn values_of_scipy_and_statsmodels() {
    let mut wrong = Vec::new();
    for text in REFERENCE.lines() {
        let line = Line::read(text);
        let values = line.values().unwrap();
        let tolerance = if line.function == "boschloo_exact" { 1e-6 } else { 1e-9 };
        let close = |(value, wanted): (&f64, &f64)| (value - wanted).abs() <= tolerance * wanted.abs() + 1e-300;
        if values.len() != line.wanted.len() || !values.iter().zip(&line.wanted).all(close) {
            wrong.push(format!("{text}: {values:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), REFERENCE.lines().count(), wrong.join("\n"));
}
