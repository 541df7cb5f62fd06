//! What the settings of currencies may say.

use guildhall::config::{Inputs, load};

fn inputs(variables: &[(&str, &str)]) -> Inputs {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Inputs { environment: variables.iter().map(pair).collect(), ..Inputs::default() }
}

#[track_caller]
fn problems(variable: (&str, &str)) -> Vec<String> {
    load(&inputs(&[variable])).unwrap_err().0
}

#[test]
fn currencies_and_rates_that_make_no_sense_are_refused_and_say_what_to_put_right() {
    let currency = |text: &str| problems(("GUILDHALL_CURRENCY", text));
    for text in ["euro", "eur", "EU", "E R", "€€€"] {
        let right = "write an ISO 4217 code, such as EUR";
        assert_eq!(currency(text), [format!("GUILDHALL_CURRENCY = {text:?}: {right}")]);
    }
    let rates = |text: &str| problems(("GUILDHALL_CURRENCY_RATES", text));
    for wrong in [
        "USD",
        "USD=",
        "USD:0.9",
        "usd=0.9",
        "US=0.9",
        "USD=0",
        "USD=0.000000",
        "USD=-1",
        "USD=1e3",
        "USD=.5",
        "USD=1.",
        "USD=0.1234567",
        "USD=1234567890",
        "USD=1.2.3",
        "=1",
    ] {
        let right = "is no rate: write USD=0.92, of at most 6 digits behind the point";
        let text = format!("GBP=1.17,{wrong}");
        let said = format!("GUILDHALL_CURRENCY_RATES = {text:?}: {wrong:?} {right}");
        assert_eq!(rates(&text), [said]);
    }
    let twice = "GUILDHALL_CURRENCY_RATES = \"USD=0.9,USD=0.8\": USD is named twice";
    assert_eq!(rates("USD=0.9,USD=0.8"), [twice]);
    let own = "GUILDHALL_CURRENCY_RATES: EUR is worth one EUR, as GUILDHALL_CURRENCY is EUR: leave it out, and say \
               what the others are worth in EUR";
    assert_eq!(rates("USD=0.9,EUR=1.1"), [own]);
    let good =
        [("GUILDHALL_CURRENCY", "USD"), ("GUILDHALL_CURRENCY_RATES", "EUR = 1.08, JPY=0.0064")];
    let config = load(&inputs(&good)).unwrap().config;
    let rates = [("EUR", 1_080_000), ("JPY", 6_400), ("USD", 1_000_000)];
    assert_eq!(
        config.currencies().into_iter().collect::<Vec<_>>(),
        rates.map(|(code, micros)| (code.to_owned(), micros))
    );
}
