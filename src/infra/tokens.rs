//! Access tokens (RFC 9068): JWTs signed with Ed25519. The key that a token names decides its
//! algorithm, never the token's own header.

use arc_swap::ArcSwap;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::secrets;
use crate::{Error, Result};

/// `typ` of an access token.
const TYPE: &str = "at+jwt";

/// Seconds that the clocks of two servers may differ.
const LEEWAY: i64 = 5;

/// What an access token says. All of it is required, `nbf` excepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who made it: the server's URL.
    pub iss: String,
    /// For whom: the same server.
    pub aud: String,
    /// Whom it stands for: the ID of an account.
    pub sub: String,
    /// The ID of the session that it was made in.
    pub sid: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// A name of its own.
    pub jti: String,
    /// When it begins, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
}

/// Why a token is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// It names a key that is not in the ring; another server may have made it a moment ago.
    UnknownKey,
    /// It is none of ours, or its time is over.
    Invalid,
}

/// A key that tokens are signed with, or were.
pub struct Key {
    /// Its place in time.
    pub id: Uuid,
    /// Its name in tokens: its thumbprint (RFC 7638).
    pub kid: String,
    /// Until when it verifies, if it signs no more.
    pub good_until: Option<DateTime<Utc>>,
    public: String,
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl Key {
    /// A new private key, PKCS#8 version 1: what every library reads.
    pub fn generate() -> Result<Vec<u8>> {
        let key =
            Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).map_err(Error::internal)?;
        Ok(key.as_ref().to_vec())
    }

    /// Reads a private key.
    pub fn read(id: Uuid, pkcs8: &[u8], good_until: Option<DateTime<Utc>>) -> Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(Error::internal)?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let thumb = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#);
        Ok(Self {
            id,
            kid: URL_SAFE_NO_PAD.encode(secrets::hash(&thumb)),
            good_until,
            signing: EncodingKey::from_ed_der(pkcs8),
            verifying: DecodingKey::from_ed_components(&public).map_err(Error::internal)?,
            public,
        })
    }

    fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.good_until.is_none_or(|until| now <= until)
    }

    /// The header of every token signed with it; a token with any other is refused.
    fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.kid.clone());
        header
    }
}

/// The keys of this server: the newest that is not retired signs, all verify.
#[derive(Debug)]
pub struct Tokens {
    ring: ArcSwap<Ring>,
}

#[derive(Default)]
struct Ring {
    keys: Vec<Key>,
    read_at: Option<DateTime<Utc>>,
}

impl Ring {
    fn signer(&self) -> Option<&Key> {
        self.keys.iter().filter(|key| key.good_until.is_none()).max_by_key(|key| key.id)
    }
}

impl Tokens {
    /// A ring without keys.
    pub fn new() -> Self {
        Self { ring: ArcSwap::default() }
    }

    /// Takes these keys in place of all before.
    pub fn put(&self, keys: Vec<Key>, now: DateTime<Utc>) {
        self.ring.store(Ring { keys, read_at: Some(now) }.into());
    }

    /// When the keys were last read.
    pub fn read_at(&self) -> Option<DateTime<Utc>> {
        self.ring.load().read_at
    }

    /// Whether there is a key to sign with.
    pub fn can_sign(&self) -> bool {
        self.ring.load().signer().is_some()
    }

    /// Signs `claims`.
    pub fn sign(&self, claims: &Claims) -> Result<String> {
        let ring = self.ring.load();
        let key = ring.signer().ok_or_else(|| Error::bug("there is no key to sign with"))?;
        jsonwebtoken::encode(&key.header(), claims, &key.signing).map_err(Error::internal)
    }

    /// What `token` says, if `server` made it and it is good at `now`.
    pub fn verify(&self, token: &str, server: &str, now: DateTime<Utc>) -> Result<Claims, Bad> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Bad::Invalid)?;
        let ring = self.ring.load();
        let kid = header.kid.as_deref().ok_or(Bad::Invalid)?;
        let known = ring.keys.iter().find(|key| key.kid == kid && key.is_good(now));
        let key = known.ok_or(Bad::UnknownKey)?;
        if header != key.header() {
            return Err(Bad::Invalid);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[server]);
        validation.set_audience(&[server]);
        // The times are compared below, by the clock of the server, which a test can hold.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verifying, &validation)
            .map_err(|_| Bad::Invalid)?
            .claims;
        let now = now.timestamp();
        let begun = claims.iat.max(claims.nbf.unwrap_or(claims.iat)) <= now.saturating_add(LEEWAY);
        let open = now < claims.exp.saturating_add(LEEWAY);
        if begun && open && !claims.jti.is_empty() { Ok(claims) } else { Err(Bad::Invalid) }
    }

    /// The public keys, as a JSON Web Key Set (RFC 7517).
    pub fn jwks(&self, now: DateTime<Utc>) -> Value {
        let ring = self.ring.load();
        let keys = ring.keys.iter().filter(|key| key.is_good(now)).map(|key| {
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "x": key.public,
                "kid": key.kid,
                "use": "sig",
                "alg": "EdDSA",
            })
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }
}

impl Default for Tokens {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Ring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ring").field("keys", &self.keys).finish_non_exhaustive()
    }
}
