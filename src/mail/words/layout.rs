//! What stands around the body of a mail: the page, and its foot.

use super::phrases::phrases;
use crate::{config::Config, markdown::escape};

/// The links at the foot of a mail that can be left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    /// What the topic is called.
    pub topic: String,
    /// Ends the topic.
    pub unsubscribe: String,
    /// Shows all choices.
    pub choices: String,
}

/// What clients show that know colours, widths and the reader's wish for a dark screen.
const STYLE: &str = "body{margin:0;padding:0;background:#f4f5f7;color:#1c2430}\
    a{color:#2457a7}\
    blockquote{margin:16px 0;padding:2px 0 2px 14px;border-left:3px solid #c9cfd8}\
    pre{overflow-x:auto;padding:12px;background:#f4f5f7;border-radius:6px}\
    th,td{padding:4px 10px 4px 0;text-align:left}\
    @media (prefers-color-scheme:dark){body,.back{background:#14181f!important;color:#e6e9ee!important}\
    .sheet{background:#1e2430!important;color:#e6e9ee!important}.sheet a:not([style]){color:#8ab4f8!important}\
    .foot,.foot a{color:#9aa4b2!important}pre{background:#14181f!important}}";

/// A whole HTML page around the body of a mail.
pub(super) fn page(
    config: &Config,
    locale: &str,
    subject: &str,
    preheader: &str,
    body: &str,
    leave: Option<&Leave>,
) -> String {
    let phrases = phrases(locale);
    let (title, lang, preheader) = (escape(subject), escape(locale), escape(preheader));
    let (name, url) = (escape(&config.name), escape(&config.public_url()));
    let home = format!("<a href=\"{url}\" style=\"color:#667085\">{name}</a>");
    let mut foot = phrases.sent_by.replacen("{}", &home, 1);
    if let Some(Leave { topic, unsubscribe, choices }) = leave {
        let link = |to: &str, words: &str| {
            format!("<br><a href=\"{}\" style=\"color:#667085\">{words}</a>", escape(to))
        };
        foot.push_str(&link(unsubscribe, &phrases.leave.replacen("{}", &escape(topic), 1)));
        foot.push_str(&link(choices, phrases.choose));
    }
    format!(
        "<!doctype html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><style>{STYLE}</style></head>\n\
         <body>\n<div style=\"display:none;max-height:0;overflow:hidden\">{preheader}</div>\n\
         <div class=\"back\" style=\"padding:24px 12px;background:#f4f5f7;\
         font:16px/1.55 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif\">\n\
         <div class=\"sheet\" style=\"max-width:560px;margin:0 auto;padding:8px 28px 20px;background:#ffffff;\
         color:#1c2430;border-radius:10px\">\n{body}\n</div>\n\
         <div class=\"foot\" style=\"max-width:560px;margin:0 auto;padding:16px 28px;font-size:13px;color:#667085\">\
         {foot}</div>\n</div>\n</body></html>\n"
    )
}

/// The same foot below plain text.
pub(super) fn text(config: &Config, locale: &str, body: &str, leave: Option<&Leave>) -> String {
    let phrases = phrases(locale);
    let mut text = format!(
        "{body}\n\n-- \n{}: {}\n",
        phrases.sent_by.replacen("{}", &config.name, 1),
        config.public_url()
    );
    if let Some(Leave { topic, unsubscribe, choices }) = leave {
        text.push_str(&phrases.leave.replacen("{}", topic, 1));
        text.push_str(&format!(": {unsubscribe}\n{}: {choices}\n", phrases.choose));
    }
    text
}
