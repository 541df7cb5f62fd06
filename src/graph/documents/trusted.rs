//! The documents that an operator trusts, read once from a file.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use anyhow::{Context as _, Result, bail};

use crate::infra::secrets::sha256_hex;

/// Trusted documents by the SHA-256 of their text.
#[derive(Debug, Default)]
pub(super) struct Trusted {
    by_hash: HashMap<String, Arc<str>>,
    texts: HashSet<Arc<str>>,
}

impl Trusted {
    /// Reads a JSON object from SHA-256 (64 hexadecimal digits, `sha256:` in front or not) to
    /// document. A hash that is not its document's is refused.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("GUILDHALL_DOCUMENTS: can't read {name}"))?;
        let documents: HashMap<String, String> =
            serde_json::from_str(&text).with_context(|| {
                format!("GUILDHALL_DOCUMENTS: {name} is not a JSON object from SHA-256 to document")
            })?;
        let mut trusted = Self::default();
        for (hash, document) in documents {
            let hash = hash.strip_prefix("sha256:").unwrap_or(&hash).to_ascii_lowercase();
            if sha256_hex(&document) != hash {
                bail!("GUILDHALL_DOCUMENTS: in {name}, {hash} is not the SHA-256 of its document");
            }
            let document: Arc<str> = document.into();
            trusted.texts.insert(document.clone());
            trusted.by_hash.insert(hash, document);
        }
        Ok(trusted)
    }

    pub(super) fn by_hash(&self, hash: &str) -> Option<&Arc<str>> {
        self.by_hash.get(hash)
    }

    pub(super) fn has(&self, text: &str) -> bool {
        self.texts.contains(text)
    }
}
