use crate::{
    check::{self, Check},
    entity::file::Visibility,
};

/// Characters of a file's name.
const NAME: usize = 255;
/// Characters of an alternative text.
pub const ALT_TEXT: usize = 1_000;
/// What a file without a name is called.
const NAMELESS: &str = "file";

/// What is said of a file that is to be stored.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What its owner calls it.
    pub name: String,
    /// What a picture shows, for who does not see it.
    pub alt_text: Option<String>,
    /// Who may fetch it, beside those who see what it hangs on.
    pub visibility: Visibility,
}

impl NewFile {
    /// The same as it is kept: a clean name, an alternative text of at most 1,000 characters.
    pub(super) fn checked(self, check: &mut Check) -> Self {
        let alt_text = self.alt_text.filter(|text| !check::is_blank(text));
        let alt_text = alt_text.map(|text| check.text(&["altText"], &text, 0..=ALT_TEXT));
        Self { name: clean_name(&self.name), alt_text, visibility: self.visibility }
    }
}

/// A name without folders, control characters, and what turns the direction of writing; 1 to 255 characters, of a
/// longer one its ending is kept.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control() && !is_hidden(*c)).collect();
    let plain = plain.trim().trim_end_matches('.').trim_end();
    if check::is_blank(plain) {
        return NAMELESS.to_owned();
    }
    if plain.chars().count() <= NAME {
        return plain.to_owned();
    }
    let ending = plain.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
    let ending = if (1..=16).contains(&ending.chars().count()) {
        format!(".{ending}")
    } else {
        String::new()
    };
    let room = NAME - ending.chars().count();
    plain.chars().take(room).chain(ending.chars()).collect()
}

/// What is not seen, and lets a name look like another: `exe.gpj` written from right to left.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cleaned() {
        for (sent, kept) in [
            ("photo.png", "photo.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\cv.pdf", "cv.pdf"),
            ("a/../..", "file"),
            ("..", "file"),
            ("", "file"),
            (" \u{200b} ", "file"),
            ("a\u{0}b\r\nc.txt", "abc.txt"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            (" Müller & Söhne.pdf. ", "Müller & Söhne.pdf"),
            (".profile", ".profile"),
        ] {
            assert_eq!(clean_name(sent), kept, "{sent:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = clean_name(&format!("{}.tar", "ä".repeat(300)));
        assert_eq!(name.chars().count(), 255);
        assert!(name.ends_with("ä.tar"));
        assert_eq!(clean_name(&"n".repeat(256)), "n".repeat(255));
        assert_eq!(clean_name(&"n".repeat(255)), "n".repeat(255));
    }
}
