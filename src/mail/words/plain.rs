//! Markdown as plain text that reads well: links as `words: address`, no signs of Markdown.

use comrak::{
    arena_tree::NodeEdge,
    nodes::{AstNode, ListType, NodeValue},
};

use super::body::leads_somewhere;

/// Deeper quotes and lists are written as if they were this deep.
const DEPTH: usize = 10;

/// The text of a document.
pub(super) fn text<'a>(root: &'a AstNode<'a>) -> String {
    let mut plain = Plain::default();
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(node) => plain.begin(&node.data.borrow().value),
            NodeEdge::End(node) => plain.end(&node.data.borrow().value),
        }
    }
    plain.out.trim_end().to_owned()
}

/// What stands in front of the lines of a quote or of a point of a list.
struct Front {
    first: Option<String>,
    rest: String,
}

#[derive(Default)]
struct Plain {
    out: String,
    /// The block that is being read.
    block: String,
    fronts: Vec<Front>,
    /// The next number of each list; `None` counts nothing.
    lists: Vec<Option<usize>>,
    tight: Vec<bool>,
    /// Where links begin in the block.
    links: Vec<usize>,
    wants_gap: bool,
}

impl Plain {
    fn begin(&mut self, value: &NodeValue) {
        match value {
            NodeValue::BlockQuote => {
                let mark = "> ".to_owned();
                self.fronts.push(Front { first: Some(mark.clone()), rest: mark });
            }
            NodeValue::List(list) => {
                self.flush();
                self.lists.push((list.list_type == ListType::Ordered).then_some(list.start));
                self.tight.push(list.tight);
            }
            NodeValue::Item(_) => {
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let mark = format!("{number}. ");
                        *number = number.saturating_add(1);
                        mark
                    }
                    _ => "- ".to_owned(),
                };
                let rest = " ".repeat(mark.len());
                self.fronts.push(Front { first: Some(mark), rest });
            }
            NodeValue::Text(text) => self.block.push_str(text),
            NodeValue::Code(code) => self.block.push_str(&code.literal),
            NodeValue::CodeBlock(code) => self.block.push_str(code.literal.trim_end()),
            NodeValue::SoftBreak | NodeValue::LineBreak => self.block.push('\n'),
            NodeValue::ThematicBreak => self.block.push_str("----"),
            NodeValue::Link(_) => self.links.push(self.block.len()),
            NodeValue::TableCell if !self.block.is_empty() => self.block.push_str(" | "),
            _ => {}
        }
    }

    fn end(&mut self, value: &NodeValue) {
        match value {
            NodeValue::BlockQuote | NodeValue::Item(_) => {
                self.flush();
                self.fronts.pop();
            }
            NodeValue::List(_) => {
                self.lists.pop();
                self.tight.pop();
                self.wants_gap = true;
            }
            NodeValue::Link(link) => {
                let begin = self.links.pop().unwrap_or_default();
                let words = self.block.get(begin..).unwrap_or_default().trim();
                let address = link.url.strip_prefix("mailto:").unwrap_or(&link.url);
                if leads_somewhere(link) && words != address && words != link.url {
                    let gap = if words.is_empty() { "" } else { ": " };
                    let shown = format!("{gap}{address}");
                    self.block.push_str(&shown);
                }
            }
            NodeValue::Paragraph
            | NodeValue::Heading(_)
            | NodeValue::CodeBlock(_)
            | NodeValue::ThematicBreak => {
                self.flush();
                self.wants_gap = !self.tight.last().copied().unwrap_or_default();
            }
            NodeValue::TableRow(_) => self.flush(),
            NodeValue::Table(_) => self.wants_gap = true,
            _ => {}
        }
    }

    /// Writes the block that was read.
    fn flush(&mut self) {
        if self.block.is_empty() {
            return;
        }
        let block = std::mem::take(&mut self.block);
        if std::mem::take(&mut self.wants_gap) && !self.out.is_empty() {
            // The gap stands in front of a quote or a point that begins here, not in it.
            let begun = self.fronts.iter().position(|front| front.first.is_some());
            let upto = begun.unwrap_or(self.fronts.len());
            let front: String =
                self.fronts.iter().take(upto.min(DEPTH)).map(|front| &*front.rest).collect();
            self.out.push_str(front.trim_end());
            self.out.push('\n');
        }
        for line in block.lines() {
            for front in self.fronts.iter_mut().take(DEPTH) {
                let first = front.first.take();
                self.out.push_str(first.as_deref().unwrap_or(&front.rest));
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
    }
}
