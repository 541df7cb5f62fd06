//! Random tokens, hashes, signatures and sealed bytes: all from aws-lc.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest, hkdf, hmac,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{Error, Result};

/// The server's secret, from which every key of its own is derived (HKDF, RFC 5869).
#[derive(Clone)]
pub struct Vault {
    seal: [u8; 32],
    sign: hmac::Key,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(********)")
    }
}

impl Vault {
    /// Derives the keys from `secret`, which should hold 256 random bits.
    pub fn new(secret: &str) -> Result<Self> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"guildhall").extract(secret.as_bytes());
        let derive = |label: &[u8]| -> Result<[u8; 32]> {
            let mut key = [0; 32];
            root.expand(&[label], hkdf::HKDF_SHA256)
                .and_then(|okm| okm.fill(&mut key))
                .map_err(Error::internal)?;
            Ok(key)
        };
        let sign = hmac::Key::new(hmac::HMAC_SHA256, &derive(b"sign")?);
        Ok(Self { seal: derive(b"seal")?, sign })
    }

    /// Encrypts and authenticates `bytes` (AES-256-GCM, a random nonce in front).
    pub fn seal(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.seal).map_err(Error::internal)?;
        let mut sealed = bytes.to_vec();
        let nonce =
            key.seal_in_place_append_tag(Aad::empty(), &mut sealed).map_err(Error::internal)?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// Opens what [`Vault::seal`] closed; fails when it was changed, or closed with another secret.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>> {
        let wrong = || {
            Error::bug(
                "sealed with another GUILDHALL_SECRET: put back the one that this database began \
                 with, which all its servers share",
            )
        };
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.seal).map_err(Error::internal)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut bytes = sealed.to_vec();
        let open = key.open_in_place(nonce, Aad::empty(), &mut bytes).map_err(|_| wrong())?.len();
        bytes.truncate(open);
        Ok(bytes)
    }

    /// The first 128 bits of an HMAC-SHA256 over `label` and `bytes`: 22 characters of base64url.
    pub fn sign(&self, label: &str, bytes: &[u8]) -> String {
        let tag = hmac::sign(&self.sign, &[label.as_bytes(), &[0], bytes].concat());
        URL_SAFE_NO_PAD.encode(tag.as_ref().get(..16).unwrap_or_default())
    }

    /// Whether `signature` is what [`Vault::sign`] answers, in constant time.
    pub fn is_signed(&self, label: &str, bytes: &[u8], signature: &str) -> bool {
        use subtle::ConstantTimeEq as _;
        self.sign(label, bytes).as_bytes().ct_eq(signature.as_bytes()).into()
    }
}

/// A new secret of 256 random bits: 43 characters of base64url.
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// What is kept of a token: its SHA-256. Tokens are random, so no salt and no slow hash is needed.
pub fn hash(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().to_vec()
}

/// SHA-256 in lower-case hexadecimal digits.
pub fn sha256_hex(text: &str) -> String {
    hex(&hash(text))
}

/// Which hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashKind {
    /// SHA-256.
    Sha256,
    /// SHA-1: tells whether bytes came over whole, and nothing about who sent them.
    Sha1,
}

/// Hashes what comes in pieces.
#[derive(Clone)]
pub struct Hasher(digest::Context);

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hasher")
    }
}

impl Hasher {
    /// One that has seen nothing.
    pub fn new(kind: HashKind) -> Self {
        Self(digest::Context::new(match kind {
            HashKind::Sha256 => &digest::SHA256,
            HashKind::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        }))
    }

    /// Takes a piece.
    pub fn take(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// The hash of all pieces.
    pub fn finish(self) -> Vec<u8> {
        self.0.finish().as_ref().to_vec()
    }

    /// [`Hasher::finish`] in lower-case hexadecimal digits.
    pub fn finish_hex(self) -> String {
        hex(&self.finish())
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
