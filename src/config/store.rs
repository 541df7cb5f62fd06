//! What the settings of the store say together: keys come in pairs, and not in the clear.

use super::{Config, production, value};

/// Says what is wrong with the store, wherever it is wrong, and what production would not start with.
pub(super) fn check(config: &Config, problems: &mut Vec<String>) {
    let (access, secret) = (&config.store_access_key, &config.store_secret_key);
    let (one, other) = ("GUILDHALL_STORE_ACCESS_KEY", "GUILDHALL_STORE_SECRET_KEY");
    let half = match (access, secret) {
        (Some(_), None) => Some((one, other)),
        (None, Some(_)) => Some((other, one)),
        _ => None,
    };
    if let Some((set, missing)) = half {
        problems.push(format!(
            "{set} is set without {missing}: set both, or neither to look where AWS's own tools do"
        ));
    }
    if config.store_url.is_none() {
        let set = [
            ("GUILDHALL_STORE_ENDPOINT", config.store_endpoint.is_some()),
            ("GUILDHALL_STORE_ACCESS_KEY", access.is_some()),
            ("GUILDHALL_STORE_SECRET_KEY", secret.is_some()),
        ];
        for (name, _) in set.iter().filter(|(_, is_set)| *is_set) {
            problems.push(format!(
                "{name} is set, but GUILDHALL_STORE_URL is not, so that files would stay on this machine: \
                 name the bucket, such as s3://bucket/prefix"
            ));
        }
    }
    if !config.is_production() {
        return;
    }
    let in_the_clear = |url: &&url::Url| url.scheme() != "https" && !value::is_loopback(url);
    if let Some(endpoint) = config.store_endpoint.as_ref().filter(in_the_clear) {
        problems.push(format!(
            "GUILDHALL_STORE_ENDPOINT: members' files would travel in the clear to {endpoint}: set it to an \
             https:// address"
        ));
    }
    if let Some(why) = secret.as_ref().and_then(|secret| production::weakness(&secret.0)) {
        problems.push(format!(
            "GUILDHALL_STORE_SECRET_KEY {why}: set it to the one that the store made for this server"
        ));
    }
}
