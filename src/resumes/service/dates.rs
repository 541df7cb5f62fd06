use chrono::{Datelike as _, Months, NaiveDate};

/// The days that a partial date stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Days {
    /// The first of them.
    pub(crate) first: NaiveDate,
    /// The last of them.
    pub(crate) last: NaiveDate,
}

/// The days of `2014`, `2014-06` or `2014-06-30`, of the years 1000 to 2999, as JSON Resume has them; nothing if it is
/// not written so, or there is no such day.
pub(crate) fn days(text: &str) -> Option<Days> {
    let digits = |part: &str, count: usize| {
        let plain = part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse::<u32>().ok()).flatten()
    };
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4).filter(|year| (1000..3000).contains(year))?;
    let year = i32::try_from(year).ok()?;
    let Some(month) = parts.next() else {
        let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        return Some(Days { first, last: NaiveDate::from_ymd_opt(year, 12, 31)? });
    };
    let first = NaiveDate::from_ymd_opt(year, digits(month, 2)?, 1)?;
    let Some(day) = parts.next() else {
        let last = first.checked_add_months(Months::new(1))?.pred_opt()?;
        return Some(Days { first, last });
    };
    let day = first.with_day(digits(day, 2)?)?;
    parts.next().is_none().then_some(Days { first: day, last: day })
}

/// Whether something ended before it began; at reduced precision, whether it must have.
pub(crate) fn is_reversed(starts_on: Option<&str>, ends_on: Option<&str>) -> bool {
    let (starts, ends) = (starts_on.and_then(days), ends_on.and_then(days));
    starts.zip(ends).is_some_and(|(starts, ends)| ends.last < starts.first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_months_and_years_are_read_and_nothing_else() {
        let span = |text: &str| days(text).map(|d| format!("{} {}", d.first, d.last));
        assert_eq!(span("2014").unwrap(), "2014-01-01 2014-12-31");
        assert_eq!(span("2014-02").unwrap(), "2014-02-01 2014-02-28");
        assert_eq!(span("2016-02").unwrap(), "2016-02-01 2016-02-29");
        assert_eq!(span("2999-12").unwrap(), "2999-12-01 2999-12-31");
        assert_eq!(span("2014-06-30").unwrap(), "2014-06-30 2014-06-30");
        for wrong in [
            "",
            "14",
            "0999",
            "3000",
            "2014-",
            "2014-6",
            "2014-00",
            "2014-13",
            "2014-02-30",
            "2014-06-31",
            "2014-06-0",
            "2014-06-30-01",
            "2014-06-30T00:00:00Z",
            " 2014",
            "+2014",
            "-2014",
            "２０１４",
            "Present",
            "06/2014",
        ] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_end_is_before_a_beginning_only_if_it_must_be() {
        let reversed = |a, b| is_reversed(Some(a), Some(b));
        assert!(reversed("2014-06", "2014-05-31"));
        assert!(reversed("2015", "2014"));
        assert!(!reversed("2014-06", "2014"));
        assert!(!reversed("2014", "2014-01-01"));
        assert!(!reversed("2014-06-30", "2014-06-30"));
        assert!(!is_reversed(None, Some("1999")));
    }
}
