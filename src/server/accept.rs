//! Which of the two media types of GraphQL over HTTP a client wants.

use axum::http::{HeaderMap, HeaderValue, header::ACCEPT};

/// A media type that answers come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: always 200 for what was well-formed.
    Json,
    /// `application/graphql-response+json`: the status says whether anything ran.
    GraphqlResponse,
}

impl Media {
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        })
    }
}

/// How well a media type fits: how exactly it was named, and with what quality in thousandths.
#[derive(Clone, Copy, Default)]
struct Fit {
    exactness: u8,
    quality: u16,
}

/// The media type that the client likes best, plain JSON where it has no wish; `None` when it takes
/// neither.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<Media> {
    let mut wishes = headers.get_all(ACCEPT).iter().peekable();
    if wishes.peek().is_none() {
        return Some(Media::Json);
    }
    let (mut json, mut graphql) = (Fit::default(), Fit::default());
    for range in wishes.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let (name, quality) = read(range);
        let fits = |fit: &mut Fit, exactness| {
            if exactness > fit.exactness {
                *fit = Fit { exactness, quality };
            }
        };
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("application/json") {
            fits(&mut json, 3);
        } else if is("application/graphql-response+json") {
            fits(&mut graphql, 3);
        } else if is("application/*") || is("*/*") {
            let exactness = if is("*/*") { 1 } else { 2 };
            fits(&mut json, exactness);
            fits(&mut graphql, exactness);
        }
    }
    if graphql.quality > json.quality || (graphql.quality == json.quality && graphql.exactness == 3)
    {
        return (graphql.quality > 0).then_some(Media::GraphqlResponse);
    }
    (json.quality > 0).then_some(Media::Json)
}

/// Whether the client takes its answer as a stream of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Events {
    /// It does not.
    No,
    /// Where there is more than one answer: it takes plain ones too.
    Also,
    /// It takes nothing else.
    Only,
}

/// Whether the client takes its answer as a stream of events, by name.
pub(super) fn events(headers: &HeaderMap, media: Option<Media>) -> Events {
    let names = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(read)
        .any(|(name, quality)| name.eq_ignore_ascii_case("text/event-stream") && quality > 0);
    match (names, media) {
        (false, _) => Events::No,
        (true, Some(_)) => Events::Also,
        (true, None) => Events::Only,
    }
}

/// Whether the client names HTML, as browsers do when a person types the address.
pub(super) fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(read)
        .any(|(name, quality)| name.eq_ignore_ascii_case("text/html") && quality > 0)
}

/// Whether the client names WebP; who takes anything may be too old to know it.
pub(super) fn takes_webp(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(read)
        .any(|(name, quality)| name.eq_ignore_ascii_case("image/webp") && quality > 0)
}

/// Whether the client takes gzip.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(axum::http::header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(read)
        .any(|(name, quality)| name.eq_ignore_ascii_case("gzip") && quality > 0)
}

/// The name and the quality, in thousandths, of one item of a list.
fn read(item: &str) -> (&str, u16) {
    let mut parts = item.split(';');
    let name = parts.next().unwrap_or_default().trim();
    let quality = parts.find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
    });
    (name, quality.unwrap_or(1_000))
}

/// Reads `0`, `0.25`, `1.000`; anything else counts as nothing.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole, digits.parse::<u16>()) {
        ("1", Ok(0)) => 1_000,
        ("0", Ok(fraction)) => fraction,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &'static str) -> Option<Media> {
        negotiate(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]))
    }

    #[test]
    fn a_client_gets_what_it_likes_best() {
        use Media::{GraphqlResponse, Json};
        for (accept, media) in [
            ("application/json", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("Application/GraphQL-Response+JSON; charset=utf-8", Some(GraphqlResponse)),
            ("application/graphql-response+json, application/json", Some(GraphqlResponse)),
            ("application/json, application/graphql-response+json;q=0.9", Some(Json)),
            (
                "application/graphql-response+json;q=0.5, application/json;q=0.4",
                Some(GraphqlResponse),
            ),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("text/html, */*;q=0.8", Some(Json)),
            ("text/html", None),
            ("application/json;q=0", None),
        ] {
            assert_eq!(negotiated(accept), media, "{accept}");
        }
        assert_eq!(negotiate(&HeaderMap::new()), Some(Json));
    }

    #[test]
    fn who_takes_events_names_them() {
        for (accept, events) in [
            ("text/event-stream", Events::Only),
            ("Text/Event-Stream; charset=utf-8", Events::Only),
            ("application/json, text/event-stream", Events::Also),
            ("text/event-stream, */*;q=0.1", Events::Also),
            ("text/event-stream;q=0, text/html", Events::No),
            ("*/*", Events::No),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(super::events(&headers, negotiate(&headers)), events, "{accept}");
        }
    }

    #[test]
    fn a_browser_wants_html() {
        let accept = |value| HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(value))]);
        assert!(wants_html(&accept("text/html,application/xhtml+xml,*/*;q=0.8")));
        assert!(!wants_html(&accept("*/*")));
    }
}
