//! Text people write: Markdown in, sanitized HTML out, with the members and tags it names.

use std::sync::LazyLock;

use comrak::{
    Arena, Options, format_html,
    nodes::{AstNode, NodeValue},
    parse_document,
};

/// What a text became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Sanitized: an allow-list of tags, `rel="nofollow ugc"` links, no scripts, no styles.
    pub html: String,
    /// Handles named with `@`, in lower case, each once, in order of appearance.
    pub mentions: Vec<String>,
    /// Tags named with `#`, as written, each once, in order of appearance.
    pub tags: Vec<String>,
}

/// Members and tags of one text beyond these are plain words.
const MOST_NAMED: usize = 50;

/// Renders GitHub-flavoured Markdown; HTML in it is shown, not obeyed.
pub fn render(source: &str) -> Rendered {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    options.render.r#unsafe = true;
    let root = parse_document(&arena, source, &options);
    let mut rendered = Rendered::default();
    let nodes: Vec<&AstNode<'_>> = root.descendants().collect();
    for node in nodes {
        disarm(&arena, node);
        name(&arena, node, &mut rendered);
    }
    let mut html = String::with_capacity(source.len() + source.len() / 4);
    if format_html(root, &options, &mut html).is_ok() {
        rendered.html = CLEANER.clean(&html).to_string().trim_end().to_owned();
    }
    rendered
}

/// HTML that somebody typed becomes text, and an image a link to it: nobody's address is sent to a
/// stranger's server by reading.
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
        }
        _ => {}
    }
}

/// Marks the `@handles` and `#tags` of a text that stands in no link.
fn name<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>, rendered: &mut Rendered) {
    let NodeValue::Text(text) = &node.data.borrow().value else { return };
    if !text.contains(['@', '#'])
        || node.ancestors().any(|above| matches!(above.data.borrow().value, NodeValue::Link(_)))
    {
        return;
    }
    let text = text.to_string();
    let mut plain = 0;
    let add = |value: NodeValue| node.insert_before(arena.alloc(value.into()));
    for (at, sign) in text.match_indices(['@', '#']) {
        let Some(word) = word_at(&text, at, sign) else { continue };
        let (list, class, found) = match sign {
            "@" => (&mut rendered.mentions, "mention", word.to_lowercase()),
            _ => (&mut rendered.tags, "hashtag", word.to_owned()),
        };
        let known = list.iter().any(|other| other.to_lowercase() == found.to_lowercase());
        if !known && list.len() >= MOST_NAMED {
            continue;
        }
        if !known {
            list.push(found);
        }
        add(NodeValue::Text(text.get(plain..at).unwrap_or_default().to_owned().into()));
        add(NodeValue::HtmlInline(format!("<span class=\"{class}\">{sign}{word}</span>")));
        plain = at + sign.len() + word.len();
    }
    if plain > 0 {
        add(NodeValue::Text(text.get(plain..).unwrap_or_default().to_owned().into()));
        node.detach();
    }
}

/// The handle or tag that begins after the sign at `at`, if one does.
fn word_at<'t>(text: &'t str, at: usize, sign: &str) -> Option<&'t str> {
    let before = text.get(..at)?.chars().next_back();
    if before.is_some_and(|c| is_of_word(c) || matches!(c, '@' | '#' | '/' | '&')) {
        return None;
    }
    let rest = text.get(at + sign.len()..)?;
    let part = |c: char| match sign {
        "@" => c.is_ascii_alphanumeric() || c == '_',
        _ => is_of_word(c),
    };
    let end = rest.find(|c: char| !part(c)).unwrap_or(rest.len());
    let word = rest.get(..end)?;
    let longest = if sign == "@" { 30 } else { 50 };
    let good = (2..=longest).contains(&word.chars().count())
        && word.chars().any(|c| c.is_alphabetic() || (sign == "@" && c == '_'));
    good.then_some(word)
}

/// Whether words of any script hold the character: letters, digits, `_`, and the marks that many scripts
/// write vowels with.
pub fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || unicode_ident::is_xid_continue(c)
}

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .link_rel(Some("nofollow ugc noopener noreferrer"))
        .url_schemes(["http", "https", "mailto"].into())
        .rm_tags(["img", "map", "area"])
        .add_tags(["input"])
        .add_tag_attributes("input", ["type", "checked", "disabled"])
        .add_allowed_classes("span", ["mention", "hashtag"])
        .add_tag_attributes("code", ["class"])
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("code", "class") => is_language(value).then(|| value.into()),
            _ => Some(value.into()),
        })
        // What a relative address leads to hangs on the site that shows it.
        .url_relative(ammonia::UrlRelative::Deny);
    cleaner
});

/// Whether a class names the language of a block of code, and nothing else.
fn is_language(class: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#' | '.' | '_');
    let name = class.strip_prefix("language-").unwrap_or_default();
    (1..=30).contains(&name.len()) && name.chars().all(plain)
}

/// The words of sanitized HTML, without its tags, cut at a word with an ellipsis when longer than
/// `max` characters.
pub fn plain_text(html: &str, max: Option<usize>) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (name, after) = tag.split_at(end_of(tag));
        let after = after.strip_prefix('>').unwrap_or_default();
        if ["/p", "/li", "/h", "br", "/pre", "/tr", "/blockquote"]
            .iter()
            .any(|b| name.starts_with(b))
        {
            text.push(' ');
        }
        rest = after;
    }
    text.push_str(rest);
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = unescape(&words.join(" "));
    match max {
        Some(max) if text.chars().count() > max => cut(&text, max),
        _ => text,
    }
}

/// Where a tag ends: at the first `>` that stands in no attribute's value.
fn end_of(tag: &str) -> usize {
    let mut quoted = false;
    let end = tag.find(|c| {
        quoted ^= c == '"';
        c == '>' && !quoted
    });
    end.unwrap_or(tag.len())
}

/// Plain text as HTML that shows it.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What ammonia escapes in text.
fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

fn cut(text: &str, max: usize) -> String {
    let short: String = text.chars().take(max.saturating_sub(1)).collect();
    let ends = [' ', ',', '.', ';', ':', '!', '?', ')'];
    let at_end_of_word = text.get(short.len()..).is_some_and(|rest| rest.starts_with(ends));
    let whole = match short.rsplit_once(' ') {
        Some((words, _)) if !words.is_empty() && !at_end_of_word => words,
        _ => &short,
    };
    format!("{}…", whole.trim_end_matches([',', '.', ';', ':', ' ']))
}
