//! The types of settings: how a text becomes a value, and how a value is shown.

use std::{net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use url::{Host, Url};

use super::{Environment, Introspection, LogFormat, Registration, Secret, Synchronous};

/// A value, or what would be right: "write …".
pub(super) type Read<T> = Result<T, String>;

/// How a value stands in a configuration file; `None` is not set.
pub(super) trait Show {
    /// The value as TOML.
    fn show(&self) -> Option<toml::Value>;
}

pub(super) fn address(text: &str) -> Read<SocketAddr> {
    text.parse().map_err(|_| "write an IP address and a port, such as 127.0.0.1:8000".to_owned())
}

pub(super) fn flag(text: &str) -> Read<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("write true or false".to_owned()),
    }
}

/// A whole number of a range; `_` may part its digits.
pub(super) fn number<T>(text: &str, range: RangeInclusive<T>) -> Read<T>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let number = text.replace('_', "").parse().ok();
    number
        .filter(|number| range.contains(number))
        .ok_or_else(|| format!("write a whole number from {} to {}", range.start(), range.end()))
}

/// A time such as `500ms`, `10s`, `15m`, `12h`, `60d`; a bare number is seconds.
pub(super) fn duration(text: &str, range: RangeInclusive<Duration>) -> Read<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
    let millis = UNITS.iter().find(|(name, _)| *name == unit.trim()).map(|(_, millis)| *millis);
    let millis = millis.or_else(|| unit.trim().is_empty().then_some(1_000));
    let time = number.parse::<u64>().ok().zip(millis).and_then(|(n, unit)| n.checked_mul(unit));
    time.map(Duration::from_millis).filter(|time| range.contains(time)).ok_or_else(|| {
        let (least, most) = (show_duration(*range.start()), show_duration(*range.end()));
        format!("write a time from {least} to {most}, such as 30s, 15m, 12h or 60d")
    })
}

/// Units of time in milliseconds, the longest first.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

fn show_duration(time: Duration) -> String {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let whole = UNITS.iter().find(|(_, unit)| millis >= *unit && millis.is_multiple_of(*unit));
    let (name, unit) = whole.copied().unwrap_or(("ms", 1));
    format!("{}{name}", millis / unit)
}

/// A line of text of at most `max` characters.
pub(super) fn line(text: &str, max: usize) -> Read<String> {
    if text.is_empty() || text.chars().count() > max || text.chars().any(char::is_control) {
        return Err(format!("write one line of 1 to {max} characters"));
    }
    Ok(text.to_owned())
}

pub(super) fn path(text: &str) -> Read<PathBuf> {
    if text.is_empty() { Err("write a path".to_owned()) } else { Ok(PathBuf::from(text)) }
}

pub(super) fn base_url(text: &str) -> Read<Url> {
    let bare = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    Url::parse(text)
        .ok()
        .filter(bare)
        .ok_or_else(|| "write a whole address, such as https://community.example.org".to_owned())
}

/// Whether an address leads to this machine only.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

pub(super) fn database_url(text: &str) -> Read<String> {
    let right = "write postgres://user:password@host/database, or sqlite://path/to/file.db";
    let postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
    let good = match text.strip_prefix("sqlite:") {
        Some(path) => !path.trim_start_matches('/').is_empty() && !path.contains(['?', ':']),
        None => postgres && Url::parse(text).is_ok(),
    };
    if good { Ok(text.to_owned()) } else { Err(right.to_owned()) }
}

/// An address that the client of Redis takes; what stands behind `?` and `#` is ours to say.
pub(super) fn redis_url(text: &str) -> Read<Secret> {
    let bare = |url: &Url| {
        matches!(url.scheme(), "redis" | "rediss")
            && url.query().is_none()
            && url.fragment().is_none()
    };
    let url = Url::parse(text).ok().filter(bare);
    url.filter(|url| redis::Client::open(url.clone()).is_ok())
        .map(|_| Secret(text.to_owned()))
        .ok_or_else(|| "write redis://user:password@host:6379/0, or rediss://… for TLS".to_owned())
}

/// A mail server.
pub(super) fn smtp_url(text: &str) -> Read<Secret> {
    let bare = |url: &Url| {
        matches!(url.scheme(), "smtp" | "smtps")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
            && matches!(url.path(), "" | "/")
            && url.port() != Some(0)
            && (url.password().is_none() || !url.username().is_empty())
    };
    let url = Url::parse(text).ok().filter(bare);
    url.map(|_| Secret(text.to_owned())).ok_or_else(|| {
        "write smtp://user:password@host:587, or smtps://… for TLS from the first byte".to_owned()
    })
}

/// Who mails are from.
pub(super) fn mailbox(text: &str) -> Read<String> {
    // The parser takes line breaks for blanks; in a header they would begin another one.
    let is_one = text.parse::<lettre::message::Mailbox>().is_ok();
    if !is_one || text.len() > 300 || text.chars().any(char::is_control) {
        return Err("write one address, such as Guildhall <mail@example.org>".to_owned());
    }
    Ok(text.to_owned())
}

/// A bucket, and what the names in it begin with.
pub(super) fn store_url(text: &str) -> Read<Url> {
    let bare = |url: &Url| {
        url.scheme() == "s3"
            && url.has_host()
            && url.username().is_empty()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    let url = Url::parse(text).ok().filter(bare);
    url.ok_or_else(|| "write s3://bucket or s3://bucket/prefix".to_owned())
}

/// A number of bytes such as `800`, `64KB`, `500MB`, `2GB`; a thousand of one are the next.
pub(super) fn bytes(text: &str, range: RangeInclusive<u64>) -> Read<u64> {
    let digits = text.bytes().take_while(|c| c.is_ascii_digit() || *c == b'_').count();
    let (number, unit) = text.split_at_checked(digits).unwrap_or((text, ""));
    let factor = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "B" => Some(1),
        "KB" => Some(1_000),
        "MB" => Some(1_000_000),
        "GB" => Some(1_000_000_000),
        "TB" => Some(1_000_000_000_000),
        _ => None,
    };
    let number = number.replace('_', "").parse::<u64>().ok();
    let bytes = number.zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    bytes.filter(|bytes| range.contains(bytes)).ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        format!("write a number of bytes from {least} to {most}, such as 500MB or 2GB")
    })
}

/// What names begin with.
pub(super) fn prefix(text: &str) -> Read<String> {
    let is_good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.is_empty() || text.len() > 64 || !text.chars().all(is_good) {
        return Err("write 1 to 64 letters, digits, '-', '_' or '.'".to_owned());
    }
    Ok(text.to_owned())
}

/// A database's address without its password.
pub(super) fn mask(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut url) if url.password().is_some() => {
            let _ = url.set_password(Some("********"));
            url.to_string()
        }
        _ => url.to_owned(),
    }
}

pub(super) fn secret(text: &str, least: usize) -> Read<Secret> {
    if text.chars().count() < least {
        return Err(format!(
            "write at least {least} random characters, for instance those of `openssl rand -base64 32`"
        ));
    }
    Ok(Secret(text.to_owned()))
}

pub(super) fn log(text: &str) -> Read<String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|_| {
        "write error, warn, info, debug or trace, or a filter such as guildhall=debug,warn"
            .to_owned()
    })
}

/// What stands between commas.
fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

pub(super) fn origins(text: &str) -> Read<Vec<String>> {
    let right = |item: &str| {
        format!(
            "{item:?} is no origin: write scheme, host and port only, such as https://app.example.org"
        )
    };
    let origin = |item: &str| {
        let url = Url::parse(item).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let origin = url.map(|url| url.origin().ascii_serialization());
        let item = item.trim_end_matches('/');
        origin
            .filter(|origin| item.len() >= origin.len() && !has_path(item))
            .ok_or_else(|| right(item))
    };
    items(text).map(origin).collect()
}

fn has_path(origin: &str) -> bool {
    origin.split_once("://").is_some_and(|(_, rest)| rest.contains(['/', '?', '#', '@']))
}

pub(super) fn networks(text: &str) -> Read<Vec<IpNet>> {
    let network = |item: &str| {
        let address = || item.parse::<std::net::IpAddr>().map(IpNet::from);
        item.parse().or_else(|_| address()).map_err(|_| {
            format!("{item:?} is no network: write addresses or networks, such as 10.0.0.0/8")
        })
    };
    items(text).map(network).collect()
}

/// A code of three letters, as ISO 4217 has them.
pub(super) fn currency(text: &str) -> Read<String> {
    if text.len() == 3 && text.bytes().all(|c| c.is_ascii_uppercase()) {
        return Ok(text.to_owned());
    }
    Err("write an ISO 4217 code, such as EUR".to_owned())
}

/// What one of a currency is worth, in millionths: `USD=0.92`.
pub(super) fn rate(text: &str) -> Option<(String, i64)> {
    let (code, worth) = text.split_once('=')?;
    let code = currency(code.trim()).ok()?;
    let (whole, part) = worth.trim().split_once('.').unwrap_or((worth.trim(), "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    if !digits(whole) || whole.len() > 9 || !digits(part) || part.len() > 6 {
        return None;
    }
    let micros = format!("{whole}{part:0<6}").parse::<i64>().ok()?;
    (micros > 0).then_some((code, micros))
}

/// What other currencies are worth, each once.
pub(super) fn rates(text: &str) -> Read<Vec<String>> {
    let mut known = Vec::new();
    let each = items(text).map(|item| {
        let (code, _) = rate(item).ok_or_else(|| {
            format!("{item:?} is no rate: write USD=0.92, of at most 6 digits behind the point")
        })?;
        if known.contains(&code) {
            return Err(format!("{code} is named twice"));
        }
        known.push(code);
        Ok(item.to_owned())
    });
    each.collect()
}

/// A type of a few named values.
pub(super) trait Named: Copy + PartialEq + 'static {
    /// Every value and its name.
    const NAMES: &'static [(&'static str, Self)];
}

pub(super) fn named<T: Named>(text: &str) -> Read<T> {
    let text = text.to_ascii_lowercase().replace('-', "_");
    let found = T::NAMES.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = T::NAMES.iter().map(|(name, _)| *name).collect();
        format!("write {}", names.join(" or "))
    })
}

impl Named for Environment {
    const NAMES: &'static [(&'static str, Self)] =
        &[("development", Self::Development), ("production", Self::Production)];
}

impl Named for Synchronous {
    const NAMES: &'static [(&'static str, Self)] =
        &[("full", Self::Full), ("normal", Self::Normal)];
}

impl Named for LogFormat {
    const NAMES: &'static [(&'static str, Self)] = &[("text", Self::Text), ("json", Self::Json)];
}

impl Named for Registration {
    const NAMES: &'static [(&'static str, Self)] =
        &[("open", Self::Open), ("invite_only", Self::InviteOnly), ("closed", Self::Closed)];
}

impl Named for Introspection {
    const NAMES: &'static [(&'static str, Self)] =
        &[("everyone", Self::Everyone), ("members", Self::Members), ("off", Self::Off)];
}

impl<T: Named> Show for T {
    fn show(&self) -> Option<toml::Value> {
        let (name, _) = T::NAMES.iter().find(|(_, value)| value == self)?;
        Some((*name).into())
    }
}

/// Types that are shown as a text or number of their own.
macro_rules! show {
    ($($kind:ty: |$value:ident| $shown:expr;)*) => {$(
        impl Show for $kind {
            fn show(&self) -> Option<toml::Value> {
                let $value = self;
                Some(toml::Value::from($shown))
            }
        }
    )*};
}

show! {
    bool: |value| *value;
    u32: |value| i64::from(*value);
    u64: |value| i64::try_from(*value).unwrap_or(i64::MAX);
    usize: |value| i64::try_from(*value).unwrap_or(i64::MAX);
    String: |value| value.clone();
    SocketAddr: |value| value.to_string();
    Url: |value| value.to_string();
    PathBuf: |value| value.display().to_string();
    Duration: |value| show_duration(*value);
    Secret: |value| value.0.clone();
    Vec<String>: |value| value.clone();
    Vec<IpNet>: |value| value.iter().map(ToString::to_string).collect::<Vec<_>>();
}

impl<T: Show> Show for Option<T> {
    fn show(&self) -> Option<toml::Value> {
        self.as_ref().and_then(Show::show)
    }
}
