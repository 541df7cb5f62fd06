//! What production refuses: secrets that can be guessed, addresses that can be listened in on.

use url::Url;

use super::{Config, Secret, value};

/// Says what production would not start with.
pub(super) fn check(config: &Config, problems: &mut Vec<String>) {
    if !config.is_production() {
        return;
    }
    match &config.secret {
        None => problems.push(
            "GUILDHALL_SECRET is not set: production wants a secret of its own. Set it, or \
             GUILDHALL_SECRET_FILE, to the output of `openssl rand -base64 32`"
                .to_owned(),
        ),
        Some(secret) => weak("GUILDHALL_SECRET", secret, problems),
    }
    if let Some(token) = &config.metrics_token {
        weak("GUILDHALL_METRICS_TOKEN", token, problems);
    }
    let url = config.public_url();
    if !Url::parse(&url).is_ok_and(|url| is_safe(&url)) {
        problems.push(format!(
            "GUILDHALL_BASE_URL: members' tokens would travel in the clear to {url}: set it to the \
             https:// address that your proxy serves"
        ));
    }
    if let Some(url) = config.app_url.as_ref().filter(|url| !is_safe(url)) {
        problems.push(format!(
            "GUILDHALL_APP_URL: links that set passwords would travel in the clear to {url}: set it \
             to an https:// address"
        ));
    }
}

fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || value::is_loopback(url)
}

fn weak(name: &str, secret: &Secret, problems: &mut Vec<String>) {
    if let Some(why) = weakness(&secret.0) {
        problems.push(format!("{name} {why}: set it to the output of `openssl rand -base64 32`"));
    }
}

/// Words that stand in examples, never in random text.
const EXAMPLES: &[&str] = &[
    "changeme",
    "change-me",
    "change_me",
    "change this",
    "secret",
    "passw",
    "example",
    "guildhall",
    "default",
    "insecure",
    "replace",
    "placeholder",
    "your-",
    "your_",
    "development",
    "qwerty",
    "minioadmin",
];

/// Why `secret` can be guessed, if it can.
pub(super) fn weakness(secret: &str) -> Option<&'static str> {
    let lower = secret.to_lowercase();
    let letters: Vec<char> = secret.chars().collect();
    let different = letters.iter().collect::<std::collections::BTreeSet<_>>().len();
    // A step from one letter to the next: random text has runs of 2 or 3 equal ones, no more.
    let steps: Vec<i64> = letters.windows(2).map(step).collect();
    let run = steps.chunk_by(|a, b| a == b).map(<[i64]>::len).max().unwrap_or_default();
    let repeats = (1..=letters.len() / 2).any(|period| {
        letters.iter().zip(letters.iter().skip(period)).all(|(one, next)| one == next)
    });
    match () {
        () if EXAMPLES.iter().any(|word| lower.contains(word)) => Some("looks like an example"),
        () if repeats => Some("repeats a pattern"),
        () if different < 8 => Some("has too few different characters"),
        () if run >= 7 => Some("follows a pattern"),
        () => None,
    }
}

fn step(pair: &[char]) -> i64 {
    match pair {
        [one, next] => i64::from(u32::from(*next)) - i64::from(u32::from(*one)),
        _ => 0,
    }
}
