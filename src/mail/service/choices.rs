//! What addresses chose: which mail they get.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use uuid::Uuid;

use crate::{Result, app::App};

/// Where one POST ends mail about a topic for an address, and a look shows what else there is to choose. Whoever has
/// the link may choose; nobody can make one.
pub fn unsubscribe_url(app: &App, to_email: &str, topic_id: Uuid) -> Result<String> {
    let choice = json!({ "email_key": to_email.to_lowercase(), "topic_id": topic_id });
    let token = URL_SAFE_NO_PAD.encode(app.vault.seal(choice.to_string().as_bytes())?);
    Ok(format!("{}/mail/unsubscribe/{token}", app.config.public_url()))
}
