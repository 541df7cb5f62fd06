//! The body of a mail: Markdown as HTML that mail clients show well, and as text that reads well.

use std::sync::LazyLock;

use comrak::{
    Arena, Options, format_html,
    nodes::{AstNode, NodeLink, NodeValue},
    parse_document,
};

use super::plain;
use crate::markdown;

/// How a link looks that stands alone on its line.
const BUTTON: &str = "display:inline-block;padding:12px 20px;border-radius:6px;background:#2457a7;color:#ffffff;\
     font-weight:600;text-decoration:none";

/// The same words twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// Sanitized HTML.
    pub(super) html: String,
    /// Plain text: a link is its words and its address.
    pub(super) text: String,
}

/// Renders Markdown. With `autolink` bare addresses become links: only where nothing was filled in that others typed.
pub(super) fn body(source: &str, autolink: bool) -> Body {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.autolink = autolink;
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.render.r#unsafe = true;
    let root = parse_document(&arena, source, &options);
    let nodes: Vec<&AstNode<'_>> = root.descendants().collect();
    for node in &nodes {
        disarm(&arena, node);
    }
    let text = plain::text(root);
    for node in nodes {
        button(&arena, node);
    }
    let mut html = String::with_capacity(source.len() + source.len() / 4);
    if format_html(root, &options, &mut html).is_err() {
        return Body::default();
    }
    Body { html: CLEANER.clean(&html).to_string().trim_end().to_owned(), text }
}

/// HTML that somebody typed becomes text, a picture a link to it, and a link that leads to no page and no mailbox its
/// words.
fn disarm<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>) {
    let mut data = node.data.borrow_mut();
    match &mut data.value {
        NodeValue::HtmlInline(html) => data.value = NodeValue::Text(std::mem::take(html).into()),
        NodeValue::Image(image) => data.value = NodeValue::Link(std::mem::take(image)),
        NodeValue::HtmlBlock(block) => {
            let text = std::mem::take(&mut block.literal);
            data.value = NodeValue::Paragraph;
            drop(data);
            node.append(arena.alloc(NodeValue::Text(text.trim_end().to_owned().into()).into()));
            return;
        }
        _ => {}
    }
    let is_lost = matches!(&data.value, NodeValue::Link(to) if !leads_somewhere(to));
    drop(data);
    if is_lost {
        let words: Vec<&AstNode<'_>> = node.children().collect();
        for word in words {
            node.insert_before(word);
        }
        node.detach();
    }
}

/// Whether a link may stand in a mail.
pub(super) fn leads_somewhere(link: &NodeLink) -> bool {
    let url = link.url.trim_start().to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| url.starts_with(scheme))
}

/// A paragraph that is one link looks like a button.
fn button<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>) {
    if !matches!(node.data.borrow().value, NodeValue::Paragraph) {
        return;
    }
    let (Some(link), Some(last)) = (node.first_child(), node.last_child()) else { return };
    let href = match &link.data.borrow().value {
        NodeValue::Link(to) if link.same_node(last) && leads_somewhere(to) => {
            markdown::escape(&to.url)
        }
        _ => return,
    };
    let html = |text: String| arena.alloc(NodeValue::HtmlInline(text).into());
    node.prepend(html(format!("<a href=\"{href}\" style=\"{BUTTON}\">")));
    let words: Vec<&AstNode<'_>> = link.children().collect();
    link.detach();
    for word in words {
        node.append(word);
    }
    node.append(html("</a>".to_owned()));
}

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .link_rel(Some("noopener noreferrer"))
        .url_schemes(["http", "https", "mailto"].into())
        .rm_tags(["img", "map", "area"])
        .add_tag_attributes("a", ["style"])
        // The only style is ours.
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            (_, "style") => (value == BUTTON).then(|| value.into()),
            _ => Some(value.into()),
        })
        .url_relative(ammonia::UrlRelative::Deny);
    cleaner
});
