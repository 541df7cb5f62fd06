use regex::{Regex, RegexBuilder};

/// Bytes that a compiled pattern may take.
const LARGEST: usize = 256 * 1024;

/// A pattern for whole texts, or why it is none. Matching takes time that grows with the text alone, whatever the
/// pattern: there is no going back, and no looking around.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    // Read alone first, so that `)|(` does not break out of the anchors.
    let build = |pattern: &str| RegexBuilder::new(pattern).size_limit(LARGEST).build();
    let whole = build(pattern).and_then(|_| build(&format!(r"\A(?:{pattern})\z")));
    whole.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "this pattern is too large once it is read".to_owned(),
        error => {
            // The last line says what is wrong; those before draw where.
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            format!("this pattern can't be read: {}", last.trim_start_matches("error: "))
        }
    })
}

/// Whether a file of this media type is one of `types`: `image/*` is all pictures. Empty is any.
pub fn fits_type(types: &[String], media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    types.is_empty()
        || types.iter().any(|wanted| match wanted.strip_suffix("/*") {
            Some(group) => essence.split('/').next() == Some(group),
            None => essence == wanted,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_holds_for_the_whole_text() {
        let pattern = compile("a|b").unwrap();
        assert!(pattern.is_match("a") && pattern.is_match("b"));
        assert!(!pattern.is_match("ab") && !pattern.is_match("a\n"));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_its_reason() {
        assert!(compile("(").unwrap_err().contains("unclosed group"));
        assert!(compile("a)|(b").unwrap_err().contains("unopened group"));
        assert!(compile("(?=a)").unwrap_err().contains("look-around"));
        assert!(compile(r"(a)\1").unwrap_err().contains("backreference"));
        assert!(compile("((((a{99}){99}){99}){99})").unwrap_err().contains("too large"));
    }

    #[test]
    fn a_nasty_text_takes_no_time() {
        let began = std::time::Instant::now();
        assert!(!compile("(a+)+b").unwrap().is_match(&"a".repeat(10_000)));
        assert!(began.elapsed() < std::time::Duration::from_secs(2));
    }

    #[test]
    fn files_fit_by_their_type_or_its_group() {
        let types = ["image/*".to_owned(), "application/pdf".to_owned()];
        assert!(fits_type(&types, "image/png") && fits_type(&types, "application/pdf"));
        assert!(!fits_type(&types, "application/zip") && !fits_type(&types, "imagery/png"));
        assert!(fits_type(&[], "application/zip"));
    }
}
