//! The configuration that is in force, as a commented file.

use super::{Loaded, settings::SETTINGS, value};

impl Loaded {
    /// A configuration file that says what is in force, each value with what it is for and where it
    /// came from. Secrets are masked, in comments, so that the file could be used as it is.
    pub fn to_toml(&self) -> String {
        let mut out = String::from(
            "# What is in force. Each key can be set in a file (guildhall.toml, or --config), and by the\n\
             # environment variable GUILDHALL_ and the key in capitals, which wins over the file.\n",
        );
        for (setting, origin) in SETTINGS.iter().zip(&self.origins) {
            let key = setting.key;
            out.push_str(&format!("\n# {}\n", setting.doc));
            out.push_str(&match (setting.get)(&self.config) {
                None => format!("# {key} is not set ({origin})\n"),
                Some(value) if setting.secret => {
                    let shown = masked(key, value.as_str().unwrap_or_default());
                    format!("# {key} = {} # {origin}\n", toml::Value::from(shown))
                }
                Some(value) => format!("{key} = {value} # {origin}\n"),
            });
        }
        out
    }
}

fn masked(key: &str, value: &str) -> String {
    if key.ends_with("_url") { value::mask(value) } else { "********".to_owned() }
}
