//! What the settings of currencies say together.

use super::{Config, value};

/// Says what is wrong with the rates, seen beside the server's own currency.
pub(super) fn check(config: &Config, problems: &mut Vec<String>) {
    let own = &config.currency;
    let rates = config.currency_rates.iter().filter_map(|rate| value::rate(rate));
    if rates.into_iter().any(|(code, micros)| code == *own && micros != 1_000_000) {
        problems.push(format!(
            "GUILDHALL_CURRENCY_RATES: {own} is worth one {own}, as GUILDHALL_CURRENCY is {own}: leave it out, and say \
             what the others are worth in {own}"
        ));
    }
}
