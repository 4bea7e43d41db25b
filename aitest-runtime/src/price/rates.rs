use crate::record::{Cost, TokenUsage};

/// Micro-dollars per million tokens. Times tokens it is pico-dollars, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rates {
    pub(super) input: u64,
    pub(super) output: u64,
    /// Input read from the provider's cache; where no price is listed it costs what other input does.
    pub(super) cache_read: Option<u64>,
    /// Input written to the provider's cache; likewise.
    pub(super) cache_write: Option<u64>,
}

/// What one model costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Price {
    pub(super) rates: Rates,
    pub(super) long: Option<LongContext>,
}

/// The rates of a whole request whose input is over `above` tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LongContext {
    pub(super) above: u64,
    pub(super) rates: Rates,
}

impl Price {
    /// The cost of one request; `None` when its input or its output was not reported.
    pub(super) fn cost(&self, usage: &TokenUsage) -> Option<Cost> {
        let (input, output) = (usage.input_tokens?, usage.output_tokens?);
        let rates = match self.long {
            Some(long) if input > long.above => long.rates,
            _ => self.rates,
        };
        // The cached tokens are part of the input; a provider that reports more of them is not believed.
        let read = usage.cache_read_input_tokens.unwrap_or(0).min(input);
        let written = usage.cache_creation_input_tokens.unwrap_or(0).min(input - read);
        let pico: u128 = [
            (input - read - written, rates.input),
            (read, rates.cache_read.unwrap_or(rates.input)),
            (written, rates.cache_write.unwrap_or(rates.input)),
            (output, rates.output),
        ]
        .iter()
        .map(|&(tokens, rate)| u128::from(tokens) * u128::from(rate))
        .fold(0, u128::saturating_add);
        Some(Cost::from_pico_usd(u64::try_from(pico).unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price {
        rates: Rates { input: 1_000_000, output: 5_000_000, cache_read: Some(100_000), cache_write: Some(1_250_000) },
        long: Some(LongContext {
            above: 200_000,
            rates: Rates { input: 2_000_000, output: 7_500_000, cache_read: Some(200_000), cache_write: None },
        }),
    };

    fn usage(input: u64, output: u64, read: u64, written: u64) -> TokenUsage {
        let mut usage = TokenUsage::new(input, output);
        usage.cache_read_input_tokens = Some(read);
        usage.cache_creation_input_tokens = Some(written);
        usage
    }

    fn micro_usd(usage: &TokenUsage) -> Option<f64> {
        PRICE.cost(usage).map(|cost| cost.pico_usd() as f64 / 1e6)
    }

    #[test]
    fn cached_tokens_are_part_of_the_input() {
        assert_eq!(micro_usd(&TokenUsage::new(1000, 100)), Some(1500.0));
        assert_eq!(micro_usd(&usage(1000, 100, 600, 0)), Some(400.0 + 60.0 + 500.0));
        assert_eq!(micro_usd(&usage(1000, 100, 600, 200)), Some(200.0 + 60.0 + 250.0 + 500.0));
        assert_eq!(micro_usd(&usage(1000, 0, 5000, 5000)), Some(100.0));
    }

    #[test]
    fn long_input_changes_the_rates_of_the_whole_request() {
        assert_eq!(micro_usd(&TokenUsage::new(200_000, 10)), Some(200_050.0));
        assert_eq!(micro_usd(&TokenUsage::new(200_001, 10)), Some(400_002.0 + 75.0));
        assert_eq!(micro_usd(&usage(300_000, 0, 100_000, 100_000)), Some(200_000.0 + 20_000.0 + 200_000.0));
    }

    #[test]
    fn unknown_usage_has_no_cost() {
        let unknown = TokenUsage::default();
        assert_eq!(PRICE.cost(&unknown), None);
        assert_eq!(PRICE.cost(&TokenUsage { input_tokens: Some(1), ..unknown }), None);
        assert_eq!(PRICE.cost(&TokenUsage { output_tokens: Some(1), ..unknown }), None);
        assert_eq!(PRICE.cost(&TokenUsage::new(0, 0)), Some(Cost::default()));
        assert_eq!(PRICE.cost(&TokenUsage::new(u64::MAX, u64::MAX)), Some(Cost::from_pico_usd(u64::MAX)));
    }
}
