//! Mail: what its settings say together.

use lettre::transport::smtp::client::Certificate;

use super::Config;

/// Says what is wrong with the authorities that a mail server's certificate may be of.
pub(super) fn check(config: &Config, problems: &mut Vec<String>) {
    let Some(path) = &config.smtp_ca_file else { return };
    let (name, shown) = ("GUILDHALL_SMTP_CA_FILE", path.display());
    if config.smtp_url.is_none() {
        problems.push(format!(
            "{name} is set, but GUILDHALL_SMTP_URL is not, so that no mail would be sent: name the mail server"
        ));
    }
    match std::fs::read(path) {
        Err(error) => problems.push(format!("{name}: can't read {shown}: {error}")),
        Ok(pem) => {
            let begins = b"-----BEGIN CERTIFICATE-----";
            let holds_one = pem.windows(begins.len()).any(|part| part == begins);
            if !holds_one || Certificate::from_pem(&pem).is_err() {
                problems.push(format!("{name}: {shown} holds no certificate: write them as PEM"));
            }
        }
    }
}
