//! Where a request came from, behind proxies too.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client: the other end of the connection, or, while that is a proxy that the
/// operator trusts, whom that proxy names.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut address = peer.to_canonical();
    if trusted.is_empty() || !is_trusted(address, trusted) {
        return address;
    }
    let named = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .rev()
        .flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    for name in named {
        // What can't be read was not written by a proxy of ours.
        let Some(next) = read(name.trim()) else { break };
        address = next;
        if !is_trusted(address, trusted) {
            break;
        }
    }
    address
}

/// Whether the request came straight from this machine, not through a proxy on it.
pub(super) fn is_local(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let forwarded = headers.contains_key(FORWARDED_FOR) || headers.contains_key("forwarded");
    peer.ip().to_canonical().is_loopback() && !forwarded
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|net| net.contains(&address))
}

/// An address with or without a port, an IPv6 address with or without brackets.
fn read(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&'static str]) -> String {
        let headers = forwarded
            .iter()
            .map(|value| {
                (
                    axum::http::HeaderName::from_static(FORWARDED_FOR),
                    axum::http::HeaderValue::from_static(value),
                )
            })
            .collect();
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_can_not_pretend_to_be_forwarded() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn behind_trusted_proxies_the_last_address_that_is_none_of_them_counts() {
        assert_eq!(seen("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(seen("::ffff:10.0.0.1", &["203.0.113.9", "198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(seen("::1", &["[2001:db8::1]:443"]), "2001:db8::1");
    }

    #[test]
    fn what_can_not_be_read_ends_the_way_back() {
        assert_eq!(seen("10.0.0.1", &["198.51.100.7, unknown, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
    }
}
