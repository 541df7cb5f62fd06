//! Links to bytes: signed, so that whoever holds one may fetch what it names, and nothing else.

use std::fmt::Write as _;

use url::form_urlencoded;
use uuid::Uuid;

use crate::{
    app::App,
    entity::file::{self, Visibility},
    infra::pictures::{Fit, Format},
    typeid,
};

/// Seconds for which the link of a file that is not public stays the same; it is good for as long again.
const STEP: i64 = 300;
/// Characters of a name in a link, without its ending.
const STEM: usize = 80;
/// Characters of its ending.
const ENDING: usize = 16;
/// What stands in place of a name in links to pictures that are made of others.
const THUMBNAIL: &str = "thumbnail";
/// What signatures of links are labelled with.
const LABEL: &str = "file";

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which file.
    pub file: Uuid,
    /// What of it.
    pub what: What,
    /// Until when, in seconds since 1970; `None` is for as long as the file is public.
    pub expires: Option<i64>,
}

/// What a link shows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Its bytes.
    Whole {
        /// Whether to keep them, whatever they are.
        download: bool,
    },
    /// A picture made of it.
    Thumbnail(Thumbnail),
}

/// How a picture is made of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Thumbnail {
    /// Pixels across; 1 to 4096.
    pub width: u32,
    /// Pixels down; `None` keeps the proportions.
    pub height: Option<u32>,
    /// How it fills them.
    pub fit: Fit,
    /// What it is written as; `None` is as who asks takes it.
    pub format: Option<Format>,
    /// What it is about, in thousandths from the left and from the top.
    pub focus: (u16, u16),
}

const FITS: [(&str, Fit); 3] =
    [("cover", Fit::Cover), ("contain", Fit::Contain), ("scale_down", Fit::ScaleDown)];
const FORMATS: [(&str, Option<Format>); 4] = [
    ("auto", None),
    ("jpeg", Some(Format::Jpeg)),
    ("png", Some(Format::Png)),
    ("webp", Some(Format::Webp)),
];

/// Why a link leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It was not made here, or not like this.
    Wrong,
    /// It was good once.
    Expired,
}

/// The link to the bytes of a file.
pub fn link(app: &App, file: &file::Model, download: bool) -> String {
    let path = format!("/files/{}/{}", typeid::encode("file", file.id), plain(&file.name));
    let download = if download { "download=1&" } else { "" };
    signed(app, file, &format!("{path}?{download}"))
}

/// The link to a picture made of a file.
pub fn thumbnail_link(app: &App, file: &file::Model, thumbnail: &Thumbnail) -> String {
    let Thumbnail { width, height, fit, format, focus: (x, y) } = thumbnail;
    let mut text = format!("/files/{}/{THUMBNAIL}?w={width}", typeid::encode("file", file.id));
    if let Some(height) = height {
        let _ = write!(text, "&h={height}");
    }
    let (fit, format) = (name_of(&FITS, fit), name_of(&FORMATS, format));
    let _ = write!(text, "&fit={fit}&format={format}&x={x}&y={y}&");
    signed(app, file, &text)
}

/// What a link leads to: its path from `/files/` on, and what stands behind the question mark. Nothing is asked of
/// the database, and whether a signature is right is found out in constant time.
pub fn read_link(app: &App, path: &str, query: &str) -> Result<Link, Unusable> {
    let (unsigned, signature) = query.rsplit_once("sig=").ok_or(Unusable::Wrong)?;
    let text = format!("{path}?{unsigned}");
    if !app.vault.is_signed(LABEL, text.as_bytes(), signature) {
        return Err(Unusable::Wrong);
    }
    let link = parse(path, unsigned).ok_or(Unusable::Wrong)?;
    if link.expires.is_some_and(|expires| expires <= app.clock.now().timestamp()) {
        return Err(Unusable::Expired);
    }
    Ok(link)
}

/// Puts the end to a link: until when it is good, and the signature over all of it.
fn signed(app: &App, file: &file::Model, link: &str) -> String {
    let mut text = link.to_owned();
    if file.visibility != Visibility::Public {
        let now = app.clock.now().timestamp();
        let expires = (now.div_euclid(STEP) + 2) * STEP;
        let _ = write!(text, "expires={expires}&");
    }
    let signature = app.vault.sign(LABEL, text.as_bytes());
    format!("{}{text}sig={signature}", app.config.public_url())
}

fn parse(path: &str, query: &str) -> Option<Link> {
    let (id, last) = path.strip_prefix("/files/")?.split_once('/')?;
    let file = typeid::decode("file", id)?;
    let values: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let value = |name: &str| values.iter().find(|(key, _)| key == name).map(|(_, value)| &**value);
    let what = if last == THUMBNAIL {
        let height = value("h").map(str::parse).transpose().ok()?;
        What::Thumbnail(Thumbnail {
            width: value("w")?.parse().ok()?,
            height,
            fit: named(&FITS, value("fit")?)?,
            format: named(&FORMATS, value("format")?)?,
            focus: (value("x")?.parse().ok()?, value("y")?.parse().ok()?),
        })
    } else {
        What::Whole { download: value("download").is_some() }
    };
    let expires = value("expires").map(str::parse).transpose().ok()?;
    Some(Link { file, what, expires })
}

fn name_of<T: PartialEq>(names: &[(&'static str, T)], wanted: &T) -> &'static str {
    names.iter().find(|(_, value)| value == wanted).map_or("", |(name, _)| name)
}

fn named<T: Copy>(names: &[(&'static str, T)], wanted: &str) -> Option<T> {
    names.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value)
}

/// A name as it can stand in an address: nothing of it is ever written otherwise on the way.
fn plain(name: &str) -> String {
    let part = |text: &str, most: usize| {
        let mut plain = String::new();
        for c in text.chars() {
            let c = if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' };
            if plain.len() < most && !(c == '-' && (plain.is_empty() || plain.ends_with('-'))) {
                plain.push(c);
            }
        }
        plain.trim_matches(['-', '.']).to_owned()
    };
    let parted = name.rsplit_once('.').filter(|(_, ending)| !ending.contains('/'));
    let (stem, ending) = parted.unwrap_or((name, ""));
    let (stem, ending) = (part(stem, STEM), part(ending, ENDING));
    let stem = if stem.is_empty() { "file".to_owned() } else { stem };
    match ending.as_str() {
        // Here stand the pictures that are made of others.
        "" if stem == THUMBNAIL => format!("{stem}_"),
        "" => stem,
        _ => format!("{stem}.{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_in_a_link() {
        for (name, plain_name) in [
            ("photo.png", "photo.png"),
            ("My Photo (1).JPG", "My-Photo-1.JPG"),
            ("Müller & Söhne.pdf", "M-ller-S-hne.pdf"),
            ("🎉.png", "file.png"),
            ("🎉", "file"),
            ("", "file"),
            ("..", "file"),
            ("../../etc/passwd", "etc-passwd"),
            ("a\r\nSet-Cookie: b=c.txt", "a-Set-Cookie-b-c.txt"),
            ("thumbnail", "thumbnail_"),
            ("thumbnail.", "thumbnail_"),
            ("thumbnail.png", "thumbnail.png"),
            (".profile", "file.profile"),
            ("archive.tar.gz", "archive.tar.gz"),
        ] {
            assert_eq!(plain(name), plain_name, "{name:?}");
        }
        let long = plain(&format!("{}.{}", "n".repeat(255), "e".repeat(255)));
        assert_eq!(long, format!("{}.{}", "n".repeat(80), "e".repeat(16)));
    }
}
