use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{Datelike as _, NaiveDate, SecondsFormat, Utc};

/// An instant in UTC, RFC 3339, with milliseconds: 2026-05-04T09:30:00.000Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub chrono::DateTime<Utc>);

/// An instant in UTC, RFC 3339, with milliseconds: 2026-05-04T09:30:00.000Z.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        chrono::DateTime::parse_from_rfc3339(text)
            .map(|at| Self(at.to_utc()))
            .map_err(|_| InputValueError::custom("write an instant as 2026-05-04T09:30:00Z"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(at: chrono::DateTime<Utc>) -> Self {
        Self(at)
    }
}

/// A day, RFC 3339 (full-date): 2026-05-04.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub NaiveDate);

/// A day, RFC 3339 (full-date): 2026-05-04.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        // chrono reads `+12026-5-4` too. PostgreSQL knows no year 0.
        let digits = |c: (usize, u8)| match c.0 {
            4 | 7 => c.1 == b'-',
            _ => c.1.is_ascii_digit(),
        };
        let plain = text.len() == 10 && text.bytes().enumerate().all(digits);
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        day.filter(|day| plain && day.year() > 0)
            .map(Self)
            .ok_or_else(|| InputValueError::custom("write a day as 2026-05-04"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A length of time, ISO 8601, in seconds: PT90S.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration(u64);

impl Duration {
    /// Whole seconds.
    pub fn seconds(self) -> u64 {
        self.0
    }
}

impl From<std::time::Duration> for Duration {
    /// Rounded up to whole seconds, so that who waits this long has waited long enough.
    fn from(duration: std::time::Duration) -> Self {
        Self(duration.as_secs() + u64::from(duration.subsec_nanos() > 0))
    }
}

/// A length of time, ISO 8601, in seconds: PT90S.
#[Scalar]
impl ScalarType for Duration {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        text.strip_prefix("PT")
            .and_then(|text| text.strip_suffix('S'))
            .and_then(|seconds| seconds.parse().ok())
            .map(Self)
            .ok_or_else(|| InputValueError::custom("write a length of time as PT90S"))
    }

    fn to_value(&self) -> Value {
        Value::String(format!("PT{}S", self.0))
    }
}

/// A number of bytes: a whole number that may be larger than an Int, written as a JSON number; exact up to
/// 9,007,199,254,740,991 in JavaScript too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSize(pub u64);

/// A number of bytes: a whole number that may be larger than an Int, written as a JSON number; exact up to
/// 9,007,199,254,740,991 in JavaScript too.
#[Scalar]
impl ScalarType for ByteSize {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::Number(number) => number.as_u64().filter(|bytes| *bytes <= MOST_BYTES),
            _ => return Err(InputValueError::expected_type(value)),
        };
        number.map(Self).ok_or_else(|| InputValueError::custom("write a number of bytes"))
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.into())
    }
}

impl From<i64> for ByteSize {
    /// Bytes as the database counts them: never below 0.
    fn from(bytes: i64) -> Self {
        Self(u64::try_from(bytes).unwrap_or_default())
    }
}

/// The largest number that JavaScript reads exactly.
const MOST_BYTES: u64 = (1 << 53) - 1;

/// Declares a scalar that is a text; what it must look like is checked where it is used, so that the
/// person hears of it in `userErrors`.
macro_rules! text {
    ($(#[doc = $doc:literal])* $name:ident $(($gql:literal))? $(, specified_by_url = $url:literal)?) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub String);

        $(#[doc = $doc])*
        #[Scalar($(name = $gql,)? $(specified_by_url = $url)?)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    other => Err(InputValueError::expected_type(other)),
                }
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

text!(
    /// An absolute http(s) URL.
    Url("URL"), specified_by_url = "https://www.rfc-editor.org/rfc/rfc3986"
);
text!(
    /// An e-mail address; compared without regard to case.
    EmailAddress
);
text!(
    /// Markdown source as its author typed it. Never render it unsanitized: ask for `html`.
    Markdown
);
text!(
    /// Sanitized HTML, safe to insert: an allow-list of tags, rel=nofollow links, no scripts, no styles.
    Html("HTML")
);
text!(
    /// One emoji: a Unicode character or sequence that stands for one picture.
    Emoji
);
text!(
    /// An ISO 3166-1 alpha-2 country code.
    CountryCode
);
text!(
    /// An ISO 4217 currency code.
    CurrencyCode
);
text!(
    /// A day, a month or a year, as ISO 8601 writes them: 2014-06-30, 2014-06 or 2014.
    PartialDate
);
text!(
    /// A language tag of BCP 47: de, pt-BR, zh-Hant.
    Locale, specified_by_url = "https://www.rfc-editor.org/rfc/rfc5646"
);

/// Any JSON value.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub serde_json::Value);

/// Any JSON value.
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        value.into_json().map(Self).map_err(|_| InputValueError::custom("write JSON"))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// An exact decimal number, written as a text: 0 to 1,000,000,000,000 with at most 2 digits behind the point, such as
/// "85000" or "12.50".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal(
    /// In hundredths.
    pub i64,
);

/// The greatest decimal, in hundredths.
const MOST_HUNDREDTHS: i64 = 100_000_000_000_000;

/// An exact decimal number, written as a text: 0 to 1,000,000,000,000 with at most 2 digits behind the point, such as
/// "85000" or "12.50".
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        let good = digits(whole) && whole.len() <= 13 && digits(part) && part.len() <= 2;
        let hundredths = format!("{whole}{part:0<2}").parse::<i64>().ok();
        hundredths
            .filter(|hundredths| good && *hundredths <= MOST_HUNDREDTHS)
            .map(Self)
            .ok_or_else(|| InputValueError::custom("write a number as \"85000\" or \"12.50\""))
    }

    fn to_value(&self) -> Value {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        let text = if part == 0 { whole.to_string() } else { format!("{whole}.{part:02}") };
        Value::String(text)
    }
}
