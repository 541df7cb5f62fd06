use crate::config::Config;

/// A whole HTML page around the body of a mail.
pub(super) fn page(config: &Config, subject: &str, body: &str, locale: &str) -> String {
    let escaped = |text: &str| ammonia::clean_text(text);
    let (title, name, lang) = (escaped(subject), escaped(&config.name), escaped(locale));
    format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body>\n{body}\n<hr><p>{name}</p>\n</body></html>\n"
    )
}
