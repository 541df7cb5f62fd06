use crate::{config::Config, entity::job::SalaryPeriod};

/// An amount in hundredths of its currency, compared with others: per year, in hundredths of the server's currency;
/// `None` where it is compared with none.
pub fn yearly(
    _config: &Config,
    amount_hundredths: i64,
    currency: &str,
    period: SalaryPeriod,
) -> Option<i64> {
    let times = match period {
        SalaryPeriod::Hour => 2080,
        SalaryPeriod::Day => 260,
        SalaryPeriod::Week => 52,
        SalaryPeriod::Month => 12,
        SalaryPeriod::Year => 1,
        SalaryPeriod::Project => return None,
    };
    if currency == "EUR" { amount_hundredths.checked_mul(times) } else { None }
}
