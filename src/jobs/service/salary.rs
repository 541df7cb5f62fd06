use crate::{
    config::Config,
    entity::job::{self, SalaryPeriod},
};

/// An amount of a currency as it compares with others: per year, in hundredths of the server's currency, rounded to
/// the nearest. `None` for a currency without a rate, for what is paid for a whole project, and for what is too much to
/// be counted.
pub fn yearly(
    config: &Config,
    amount_hundredths: i64,
    currency: &str,
    period: SalaryPeriod,
) -> Option<i64> {
    of_year(config.currency_micros(currency)?, amount_hundredths, period)
}

/// What a posting pays as it compares with others, in the middle and at most: hundredths of the server's currency per
/// year, as [`yearly`]. `micros` is what a currency is worth, in millionths of the server's.
pub(super) fn compared(
    row: &job::Model,
    micros: impl FnOnce(&str) -> Option<i64>,
) -> (Option<i64>, Option<i64>) {
    let ends = row.salary_min.or(row.salary_max).zip(row.salary_max.or(row.salary_min));
    let worth = row.salary_currency.as_deref().and_then(micros).zip(row.salary_period);
    let (Some((low, high)), Some((micros, period))) = (ends, worth) else { return (None, None) };
    (of_year(micros, i64::midpoint(low, high), period), of_year(micros, high, period))
}

fn of_year(micros: i64, amount_hundredths: i64, period: SalaryPeriod) -> Option<i64> {
    let times: i128 = match period {
        SalaryPeriod::Hour => 2_080,
        SalaryPeriod::Day => 260,
        SalaryPeriod::Week => 52,
        SalaryPeriod::Month => 12,
        SalaryPeriod::Year => 1,
        SalaryPeriod::Project => return None,
    };
    let worth = i128::from(amount_hundredths) * times * i128::from(micros);
    i64::try_from((worth + 500_000) / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pay_is_compared_per_year_in_the_servers_currency() {
        let rates = vec!["USD=0.92".to_owned()];
        let config = Config { currency_rates: rates, ..Config::default() };
        let of = |currency, period| yearly(&config, 10_000, currency, period);
        assert_eq!(of("EUR", SalaryPeriod::Hour), Some(20_800_000));
        assert_eq!(of("EUR", SalaryPeriod::Day), Some(2_600_000));
        assert_eq!(of("USD", SalaryPeriod::Week), Some(478_400));
        assert_eq!(of("USD", SalaryPeriod::Month), Some(110_400));
        assert_eq!(of("EUR", SalaryPeriod::Year), Some(10_000));
        assert_eq!(of("EUR", SalaryPeriod::Project), None);
        assert_eq!(of("CHF", SalaryPeriod::Year), None);
    }
}
