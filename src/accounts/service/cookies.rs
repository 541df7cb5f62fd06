//! The cookies that a browser keeps its session in, out of reach of scripts. The prefix `__Host-`
//! binds them to this very host (RFC 6265bis).

use crate::app::App;

use super::{SignedIn, keys};

/// The cookie that holds the access token.
pub const ACCESS: &str = "__Host-guildhall_access";

/// The cookie that holds the refresh token.
pub const REFRESH: &str = "__Host-guildhall_refresh";

/// `Set-Cookie` for somebody who signed in, or whose session was renewed.
pub fn set(app: &App, signed_in: &SignedIn) -> [String; 2] {
    let access = keys::life(app).num_seconds();
    let refresh = (signed_in.session.expires_at - signed_in.session.last_used_at).num_seconds();
    [
        cookie(ACCESS, &signed_in.access_token, access),
        cookie(REFRESH, &signed_in.refresh_token, refresh),
    ]
}

/// `Set-Cookie` for somebody whose access token is no good.
pub const NO_ACCESS: &str =
    "__Host-guildhall_access=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";

/// `Set-Cookie` for somebody who signed out.
pub fn clear() -> [String; 2] {
    [cookie(ACCESS, "", 0), cookie(REFRESH, "", 0)]
}

fn cookie(name: &str, value: &str, seconds: i64) -> String {
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}")
}
