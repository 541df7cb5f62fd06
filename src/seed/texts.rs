//! Fills sentences until they are posts, articles and comments in Markdown.

use super::{
    dice::Dice,
    words::{
        CLOSERS, CODE, DUTIES, HEADINGS, OPENERS, REMARKS, SENTENCES, THINGS, TIMES, TITLES, TOPICS,
    },
};

/// A short post.
pub(super) fn note(dice: &mut Dice, handles: &[String]) -> String {
    let mut text = fill(dice, OPENERS);
    for _ in 0..dice.below(5) {
        text.push(' ');
        text.push_str(&fill(dice, SENTENCES));
    }
    if dice.chance(20) {
        text.push_str("\n\n");
        text.push_str(&fill(dice, SENTENCES));
    }
    if dice.chance(10) {
        text.push('\n');
        for _ in 0..dice.below(3) + 2 {
            text.push_str(&format!("\n- {}", dice.word(THINGS)));
        }
        text.push('\n');
    }
    if dice.chance(40) {
        text.push_str("\n\n");
        text.push_str(dice.word(CLOSERS));
    }
    if dice.chance(15) {
        mention(dice, handles, &mut text);
    }
    if dice.chance(70) {
        text.push_str("\n\n");
        text.push_str(&tags(dice));
    }
    text
}

/// A long post.
pub(super) fn article(dice: &mut Dice, handles: &[String]) -> String {
    let mut text = fill(dice, OPENERS);
    for heading in HEADINGS.iter().take(usize::from(dice.chance(50)) + 3) {
        text.push_str(&format!("\n\n## {heading}\n"));
        for _ in 0..dice.below(3) + 1 {
            text.push('\n');
            for _ in 0..dice.below(4) + 2 {
                text.push_str(&fill(dice, SENTENCES));
                text.push(' ');
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        match dice.below(6) {
            0 => text.push_str(&format!("\n> {}\n", fill(dice, SENTENCES))),
            1 => text.push_str(&format!("\n```\n{}\n```\n", dice.word(CODE))),
            2 => text.push_str(&format!("\n1. {}\n2. {}\n", dice.word(THINGS), dice.word(THINGS))),
            _ => {}
        }
    }
    if dice.chance(30) {
        mention(dice, handles, &mut text);
    }
    text.push('\n');
    text.push_str(&tags(dice));
    text
}

/// What an article is called.
pub(super) fn title(dice: &mut Dice) -> String {
    fill(dice, TITLES)
}

/// How a piece of work came about; without tags.
pub(super) fn story(dice: &mut Dice, handles: &[String]) -> String {
    let mut text = fill(dice, OPENERS);
    for _ in 0..dice.below(4) + 1 {
        text.push_str("\n\n");
        for _ in 0..dice.below(4) + 2 {
            text.push_str(&fill(dice, SENTENCES));
            text.push(' ');
        }
        text.truncate(text.trim_end().len());
    }
    if dice.chance(20) {
        mention(dice, handles, &mut text);
    }
    text
}

/// What a piece of work is, in a line.
pub(super) fn summary(dice: &mut Dice) -> String {
    fill(dice, SENTENCES)
}

/// A comment.
pub(super) fn remark(dice: &mut Dice, handles: &[String]) -> String {
    let mut text = fill(dice, REMARKS);
    for _ in 0..dice.below(3) {
        text.push(' ');
        let next = if dice.chance(50) { REMARKS } else { SENTENCES };
        text.push_str(&fill(dice, next));
    }
    if dice.chance(10) {
        mention(dice, handles, &mut text);
    }
    text
}

fn mention(dice: &mut Dice, handles: &[String], text: &mut String) {
    if let Some(handle) = dice.pick(handles) {
        text.push_str(&format!(" @{handle}, you may like this."));
    }
}

/// One to three topics; the first of the list come up more often.
fn tags(dice: &mut Dice) -> String {
    let mut tags: Vec<String> = Vec::new();
    for _ in 0..dice.below(3) + 1 {
        let most = dice.place(TOPICS.len()) + 1;
        let tag = format!("#{}", TOPICS.get(dice.place(most)).copied().unwrap_or_default());
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.join(" ")
}

fn fill(dice: &mut Dice, sentences: &[&'static str]) -> String {
    let thing = dice.word(THINGS);
    let mut capital = thing.to_owned();
    if let Some(first) = capital.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    dice.word(sentences)
        .replace("{thing}", thing)
        .replace("{Thing}", &capital)
        .replace("{time}", dice.word(TIMES))
        .replace("{number}", &(dice.below(90) + 3).to_string())
        .replace("{code}", dice.word(CODE))
}

/// What an organization says about itself or about a posting.
pub(super) fn posting(dice: &mut Dice) -> String {
    let mut text = fill(dice, SENTENCES);
    for _ in 0..dice.below(3) {
        text.push(' ');
        text.push_str(&fill(dice, SENTENCES));
    }
    text.push_str("\n\n**What you will do**\n");
    for duty in dice.some(DUTIES, 5) {
        text.push_str(&format!("\n- {duty}"));
    }
    text.push_str("\n\n");
    text.push_str(&fill(dice, SENTENCES));
    text
}
