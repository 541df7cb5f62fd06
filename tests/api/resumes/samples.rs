//! Documents to read, of our own making.

use serde_json::{Value, json};

/// A document with every property of the standard.
pub fn full() -> Value {
    json!({
        "$schema": "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json",
        "basics": {
            "name": "Imke Voss", "label": "Loom engineer", "image": "https://imke.example/me.png",
            "email": "imke@imke.example", "phone": "+49 30 555 0199", "url": "https://imke.example",
            "summary": "Builds looms that **listen**.\n\nAnd writes about them.",
            "location": { "address": "Weberstrasse 7\nHinterhaus", "postalCode": "10999", "city": "Berlin",
                "countryCode": "DE", "region": "Berlin" },
            "profiles": [
                { "network": "Mastodon", "username": "imke", "url": "https://social.example/@imke" },
                { "network": "Weave", "username": "", "url": "weave:imke" },
            ],
        },
        "work": [
            { "name": "Warp & Weft", "location": "Berlin, DE", "description": "Looms for hospitals",
              "position": "Lead engineer", "url": "https://warp.example", "startDate": "2019-03",
              "summary": "Everything between yarn and cloud.",
              "highlights": ["Cut set-up from *days* to hours", "Taught twelve apprentices"] },
            { "name": "Bobbin GmbH", "position": "Engineer", "startDate": "2014-06-30", "endDate": "2019",
              "url": "", "summary": "", "highlights": [] },
        ],
        "volunteer": [{ "organization": "Repair café", "position": "Fixer", "url": "https://repair.example/",
            "startDate": "2012-01-01", "endDate": "2013-01-01", "summary": "Toasters, mostly.",
            "highlights": ["Nobody was hurt"] }],
        "education": [{ "institution": "Textile University", "url": "https://tu.example", "area": "Machines",
            "studyType": "Master", "startDate": "2008", "endDate": "2013-09", "score": "1.3",
            "courses": ["T1 - Threads", "T2 - More threads"] }],
        "awards": [{ "title": "Golden Shuttle", "date": "2020-11-01", "awarder": "Guild of Looms",
            "summary": "For quiet machines." }],
        "certificates": [{ "name": "Certified Weaver", "date": "2016-02", "issuer": "Guild of Looms",
            "url": "https://guild.example/c/7" }],
        "publications": [{ "name": "Listening to looms", "publisher": "Yarn Press", "releaseDate": "2021",
            "url": "https://yarn.example/looms", "summary": "A short book." }],
        "skills": [
            { "name": "Loom Design", "level": "Master", "keywords": ["Jacquard", "Dobby"] },
            { "name": "Rust", "level": "intermediate", "keywords": [] },
        ],
        "languages": [
            { "language": "German", "fluency": "Native speaker" },
            { "language": "English", "fluency": "Fluent, mostly" },
        ],
        "interests": [{ "name": "Mushrooms", "keywords": ["Chanterelles", "Field guides"] }],
        "references": [{ "name": "Ole Brandt", "reference": "She finished what she began, and then oiled it." }],
        "projects": [{ "name": "Humming", "description": "Hears a broken thread.", "highlights": ["Won a pie"],
            "keywords": ["audio"], "startDate": "2018-08-24", "endDate": "2018-08-24",
            "url": "https://humming.example", "roles": ["Lead", "Cook"], "entity": "Warp & Weft",
            "type": "application" }],
        "meta": { "canonical": "https://imke.example/resume.json", "version": "v1.0.0",
            "lastModified": "2024-12-24T15:53:00" },
    })
}

/// Documents of all kinds that the standard accepts, each with a name.
pub fn all() -> Vec<(&'static str, Value)> {
    let empty_lists = [
        "work",
        "volunteer",
        "education",
        "awards",
        "certificates",
        "publications",
        "skills",
        "languages",
        "interests",
        "references",
        "projects",
    ];
    let lists = empty_lists.map(|name| (name.to_owned(), json!([])));
    vec![
        ("full", full()),
        ("nothing", json!({})),
        ("empty basics", json!({ "basics": {} })),
        ("empty lists", Value::Object(lists.into_iter().collect())),
        (
            "some empty lists",
            json!({ "work": [], "skills": [{ "name": "Rust" }], "languages": [] }),
        ),
        (
            "empty places",
            json!({ "basics": { "location": {}, "profiles": [], "summary": "" }, "meta": {} }),
        ),
        (
            "items that say nothing",
            json!({
                "work": [{}, {}], "volunteer": [{}], "education": [{}], "awards": [{}], "certificates": [{}],
                "publications": [{}], "skills": [{}, {}], "languages": [{}], "interests": [{}], "references": [{}],
                "projects": [{}, { "name": "One" }, {}],
            }),
        ),
        (
            "one property each",
            json!({
                "work": [{ "name": "A" }, { "position": "B" }, { "url": "https://c.example" }, { "summary": "D" },
                    { "startDate": "2001" }, { "endDate": "2002-02" }, { "highlights": ["E"] }, { "location": "F" },
                    { "description": "G" }, { "highlights": [] }],
                "education": [{ "area": "A" }, { "studyType": "B" }, { "score": "C" }, { "courses": ["D"] },
                    { "institution": "E" }],
                "awards": [{ "date": "1999-12-31" }, { "awarder": "A" }],
                "projects": [{ "roles": ["A"] }, { "type": "talk" }, { "entity": "B" }, { "keywords": [] }],
                "references": [{ "reference": "A" }], "interests": [{ "keywords": ["A"] }],
                "languages": [{ "language": "English" }, { "fluency": "Fluent" }],
                "skills": [{ "level": "Master" }, { "keywords": ["A"] }],
            }),
        ),
        (
            "empty texts",
            json!({
                "basics": { "name": "", "label": "", "image": "", "email": "", "phone": "", "url": "", "summary": "" },
                "work": [{ "name": "", "position": "", "url": "", "startDate": "", "endDate": "", "summary": "",
                    "location": "", "description": "", "highlights": [""] }],
                "education": [{ "institution": "", "area": "", "studyType": "", "score": "", "courses": ["", " "] }],
                "awards": [{ "title": "", "date": "", "awarder": "", "summary": "" }],
                "skills": [{ "name": "", "level": "", "keywords": [""] }],
                "languages": [{ "language": "", "fluency": "" }],
            }),
        ),
        (
            "white space and controls",
            json!({
                "basics": { "summary": "  spaced \n" },
                "work": [{ "name": " Two\nlines ", "position": "Tab\tand\u{0}nul", "summary": "a\u{0}b\r\nc ",
                    "highlights": [" x ", "\u{7}"], "startDate": " " }],
                "interests": [{ "name": "\u{200b}" }],
            }),
        ),
        (
            "odd addresses",
            json!({
                "work": [{ "position": "A", "url": "ftp://a.example" }, { "position": "B", "url": "javascript:alert(1)" },
                    { "position": "C", "url": "c.example" }, { "position": "D", "url": " https://d.example " },
                    { "position": "E", "url": "https://e.example/ä ö" }],
            }),
        ),
        (
            "things that are not known",
            json!({
                "work": [{ "position": "A", "x-more": { "deep": [1, -2.5, true, null, "x", {}] }, "grade": 7,
                    "score": "9/10", "credential": ["not", "a", "text"], "name": "N" }],
                "awards": [{ "title": "A", "url": "https://a.example", "location": "Oslo", "endDate": "soon",
                    "highlights": "not a list" }],
                "references": [{ "name": "R", "reference": "text", "summary": "another text" }],
                "projects": [{ "name": "P", "summary": "S", "organization": "O" }],
                "basics": { "name": "N", "pronouns": "she/her", "location": { "planet": "Earth" },
                    "profiles": [{ "network": "A", "followers": 12 }] },
                "talks": [{ "name": "On looms", "startDate": "2020-01", "organization": "LoomConf", "slides": 40 }],
                "courses": ["one", "two"], "patents": { "none": true },
                "hobbies": ["a"], "x": null, "0": 0, "": "",
            }),
        ),
        (
            "numbers",
            json!({ "numbers": {
            "large": u64::MAX, "small": i64::MIN, "tiny": 5e-324, "huge": 1.7976931348623157e308,
            "third": 0.333_333_333_333_333_3, "sum": 0.1 + 0.2, "whole": 1.0, "minus": -0.0, "odd": 8.41e21,
        } }),
        ),
        (
            "names that look like paths",
            json!({ "basics": { "a.b": 1, "/": 2, "~": 3 },
            "work": [{ "position": "P", "a.b": [], "__proto__": { "x": 1 } }] }),
        ),
        (
            "the same again and again",
            json!({
                "work": [{ "position": "P", "name": "N" }, { "position": "P", "name": "N" },
                    { "position": "P", "name": "N", "startDate": "2001" }],
                "skills": [{ "name": "rust", "level": "Expert" }, { "name": "Rust" }, { "name": "C/C++" }, { "name": "Go" }],
                "languages": [{ "language": "English", "fluency": "Native" }, { "language": "Elvish", "fluency": "Fluent" },
                    { "language": "en", "fluency": "Basic" }, { "language": "French", "fluency": "so-so" },
                    { "language": "Portuguese (BR)", "fluency": "C1", "since": 2001 }],
            }),
        ),
        (
            "scripts of all kinds",
            json!({
                "basics": { "name": "李雷", "summary": "مهندس 👩🏽‍💻" },
                "work": [{ "position": "工程师", "name": "Ünïcödé ≠ ASCII" }],
                "languages": [{ "language": "日本語", "fluency": "native" }, { "language": "Français", "fluency": "B2" }],
                "skills": [{ "name": "Вязание" }],
            }),
        ),
    ]
}
