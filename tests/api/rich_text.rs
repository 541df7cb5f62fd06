//! What becomes of the text that people write.

use guildhall::{Actor::Guest, markdown::render};
use serde_json::{Value, json};

use crate::kit::{TestApp, block, write_comment, write_post};

fn html(source: &str) -> String {
    render(source).html
}

#[test]
fn html_that_somebody_typed_is_shown_and_not_obeyed() {
    for (source, expected) in [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a <b>bold</b> word", "<p>a &lt;b&gt;bold&lt;/b&gt; word</p>"),
        ("<style>p{}</style>", "<p>&lt;style&gt;p{}&lt;/style&gt;</p>"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        ("<div>\n\n*in*\n\n</div>", "<p>&lt;div&gt;</p>\n<p><em>in</em></p>\n<p>&lt;/div&gt;</p>"),
        ("<!-- a --> b", "<p>&lt;!-- a --&gt; b</p>"),
        ("&lt;script&gt; &amp;amp;", "<p>&lt;script&gt; &amp;amp;</p>"),
        ("`<i>`", "<p><code>&lt;i&gt;</code></p>"),
    ] {
        assert_eq!(html(source), expected, "{source:?}");
    }
}

#[test]
fn links_lead_to_the_web_and_say_that_others_wrote_them() {
    let rel = "rel=\"nofollow ugc noopener noreferrer\"";
    for (source, expected) in [
        (
            "[a](https://a.example \"t\")",
            format!("<p><a href=\"https://a.example\" title=\"t\" {rel}>a</a></p>"),
        ),
        (
            "https://a.example/x",
            format!("<p><a href=\"https://a.example/x\" {rel}>https://a.example/x</a></p>"),
        ),
        (
            "ada@a.example",
            format!("<p><a href=\"mailto:ada@a.example\" {rel}>ada@a.example</a></p>"),
        ),
        ("[a](javascript:alert(1))", format!("<p><a {rel}>a</a></p>")),
        ("[a](JAVASCRIPT:alert(1))", format!("<p><a {rel}>a</a></p>")),
        ("[a](java&#10;script:alert(1))", format!("<p><a {rel}>a</a></p>")),
        ("[a](data:text/html;base64,x)", format!("<p><a {rel}>a</a></p>")),
        ("[a](/logout)", format!("<p><a {rel}>a</a></p>")),
        ("[a](//evil.example)", format!("<p><a {rel}>a</a></p>")),
        ("[a](vbscript:x)", format!("<p><a {rel}>a</a></p>")),
        ("<javascript:alert(1)>", format!("<p><a {rel}>javascript:alert(1)</a></p>")),
        (
            "![cat](https://a.example/cat.png)",
            format!("<p><a href=\"https://a.example/cat.png\" {rel}>cat</a></p>"),
        ),
    ] {
        assert_eq!(html(source), expected, "{source:?}");
    }
}

#[test]
fn an_attribute_can_not_be_broken_out_of() {
    for source in [
        "[a](https://a.example/\"onmouseover=alert(1)//)",
        "[a](https://a.example '\" onclick=\"alert(1)')",
        "```\"><script>alert(1)</script>\nx\n```",
        "| a |\n|:-:|\n| <td onclick=x> |",
        "- [ ] <input onfocus=alert(1)>",
        "[a]: javascript:alert(1)\n[a]",
    ] {
        let html = html(source);
        let mut tags = html.split('<').skip(1).map(|tag| {
            let mut quoted = false;
            tag.chars()
                .take_while(|c| {
                    quoted ^= *c == '"';
                    quoted || *c != '>'
                })
                .collect::<String>()
        });
        let outside = |tag: &str| tag.split('"').step_by(2).collect::<String>();
        assert!(
            tags.all(|tag| !outside(&tag).contains(" on") && !tag.starts_with("script")),
            "{html}"
        );
    }
}

#[test]
fn lists_tables_and_tasks_are_kept() {
    let source = "# T\n\n- [x] done\n- [ ] open\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\n```rust\nfn x() {}\n```";
    let html = html(source);
    for part in [
        "<h1>T</h1>",
        "<input type=\"checkbox\"",
        "checked=\"\"",
        "disabled=\"\"",
        "<th>a</th>",
        "<del>2</del>",
        "<pre><code class=\"language-rust\">fn x() {}",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    let fenced = |language: &str| self::html(&format!("```{language}\nx\n```"));
    assert_eq!(fenced("c++"), "<pre><code class=\"language-c++\">x\n</code></pre>");
    for other in ["a\"b", "a<b>", "ü", &"x".repeat(31)] {
        assert_eq!(fenced(other), "<pre><code>x\n</code></pre>", "{other}");
    }
}

#[test]
fn mentions_and_tags_are_marked_where_they_are_words() {
    let mark = |class: &str, text: &str| format!("<span class=\"{class}\">{text}</span>");
    let (ada, rust) = (mark("mention", "@Ada_L"), mark("hashtag", "#Rust"));
    for (source, expected) in [
        ("hi @Ada_L!", format!("<p>hi {ada}!</p>")),
        ("(@Ada_L) #Rust.", format!("<p>({ada}) {rust}.</p>")),
        ("**@Ada_L** *#Rust*", format!("<p><strong>{ada}</strong> <em>{rust}</em></p>")),
        ("@Ada_L@Ada_L", format!("<p>{ada}@Ada_L</p>")),
        (
            "#1 @a # @ ## a@Ada_L x#Rust /#Rust",
            "<p>#1 @a # @ ## a@Ada_L x#Rust /#Rust</p>".to_owned(),
        ),
        ("`@Ada_L #Rust`", "<p><code>@Ada_L #Rust</code></p>".to_owned()),
        ("```\n@Ada_L #Rust\n```", "<pre><code>@Ada_L #Rust\n</code></pre>".to_owned()),
    ] {
        assert_eq!(html(source), expected, "{source:?}");
    }
    let rendered = render(
        "@ada @ADA @grace #Rust #rust [@alan #go](https://a.example) ![@joan](https://a.example) `@kay`",
    );
    assert_eq!(rendered.mentions, ["ada", "grace"]);
    assert_eq!(rendered.tags, ["Rust"]);
    let many: String = (0..60).map(|n| format!("@member{n} ")).collect();
    assert_eq!(render(&many).mentions.len(), 50);
}

#[tokio::test]
async fn plain_text_is_cut_at_a_word() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    let source = "# One\n\ntwo **three**, <b> & \"four\"\n\n- five\n- [six](https://a.example 'a>b')\n\n| x | y |\n|---|---|\n| z | 🧵 |";
    write_post(&app, &ada, source, "PUBLIC").await;
    let query = "query($n: Int) { feed { nodes { title body { text(maxLength: $n) } } } }";
    let whole = "One two three, <b> & \"four\" five six x y z 🧵";
    for (max, expected) in [
        (None, whole),
        (Some(10_000), whole),
        (Some(44), whole),
        (Some(43), "One two three, <b> & \"four\" five six x y z…"),
        (Some(14), "One two three…"),
        (Some(13), "One two…"),
        (Some(8), "One two…"),
        (Some(7), "One…"),
        (Some(2), "O…"),
        (Some(1), "…"),
    ] {
        let run = app.run_with(&Guest, query, json!({ "n": max })).await.ok();
        assert_eq!(run.text("feed.nodes.0.body.text"), expected, "{max:?}");
        assert!(max.is_none_or(|max| expected.chars().count() <= max), "{expected}");
    }
    for wrong in [0, -1, 10_001, i32::MAX] {
        let run = app.run_with(&Guest, query, json!({ "n": wrong })).await;
        assert_eq!(run.error_code(), "BAD_REQUEST", "{wrong}");
    }
}

#[tokio::test]
async fn a_mention_leads_to_whom_writer_and_reader_may_see() {
    let app = TestApp::new().await;
    let (ada, grace) = (app.member("ada").await, app.member("grace").await);
    let alan = app.member("alan").await;
    block(&app, &alan, &grace).await;
    write_post(&app, &ada, "@Grace @nobody @alan @grace @ada", "PUBLIC").await;
    let query = "{ feed { nodes { body { mentions { handle } } } } }";
    for (reader, seen) in [
        (&Guest, vec!["grace", "alan", "ada"]),
        (&grace, vec!["grace", "ada"]),
        (&ada, vec!["grace", "alan", "ada"]),
    ] {
        let run = app.run(reader, query).await.ok();
        assert_eq!(run.list("feed.nodes.0.body.mentions", "handle"), seen);
    }
    let by_grace = write_post(&app, &grace, "psst @alan", "PUBLIC").await;
    let comment = write_comment(&app, &grace, &by_grace, "@ada").await;
    let query = "query($post: ID!, $comment: ID!) { post(by: { id: $post }) { body { mentions { handle } } }
        node(id: $comment) { ... on Comment { body { mentions { handle } } } } }";
    let run =
        app.run_with(&Guest, query, json!({ "post": by_grace, "comment": comment })).await.ok();
    assert_eq!(
        run.at("post.body.mentions"),
        &json!([]),
        "whom the writer does not see is not named"
    );
    assert_eq!(run.at("node.body.mentions"), &json!([{ "handle": "ada" }]));
}

#[tokio::test]
async fn an_edit_names_others() {
    let app = TestApp::new().await;
    let (ada, _grace) = (app.member("ada").await, app.member("grace").await);
    let post = write_post(&app, &ada, "hi @grace", "PUBLIC").await;
    let query = "mutation($id: ID!) { postUpdate(id: $id, input: { body: \"hi @ada\" }) {
        post { body { mentions { handle } } revisions { nodes { body { mentions { handle } } } } }
        userErrors { code path } } }";
    let run = app.run_with(&ada, query, json!({ "id": post })).await.done();
    assert_eq!(run.list("postUpdate.post.body.mentions", "handle"), ["ada"]);
    assert_eq!(run.list("postUpdate.post.revisions.nodes.0.body.mentions", "handle"), ["grace"]);
}

#[tokio::test]
async fn unusual_unicode_comes_back_as_it_was() {
    let app = TestApp::new().await;
    let ada = app.member("ada").await;
    for text in [
        "👩🏿‍💻 🏳️‍🌈",
        "\u{202e}evil\u{202c}",
        "Z̷̢a̵l̸g̶o̷",
        "ﷺ﷽",
        "\u{feff}x",
        "𝕳𝖊𝖑𝖑𝖔",
        "a\u{10ffff}b",
        "ẞß ﬁ İı",
        "'\"\\;--%_",
        "{{7*7}} ${x} $1 ?1 :a",
        "CON NUL \\u0000",
    ] {
        let post = write_post(&app, &ada, text, "PUBLIC").await;
        let run = app
            .run_with(
                &Guest,
                "query($id: ID!) { post(by: { id: $id }) { body { source } } }",
                json!({ "id": post }),
            )
            .await
            .ok();
        assert_eq!(run.at("post.body.source"), &Value::from(text.trim()));
    }
}

#[test]
fn deep_and_long_text_is_rendered_in_good_time() {
    for source in [
        ">".repeat(5_000),
        "[".repeat(5_000),
        "*a ".repeat(1_700),
        "- ".repeat(2_500),
        "`".repeat(5_000),
        "<".repeat(5_000),
        "@a#".repeat(1_600),
        "![".repeat(2_500),
    ] {
        let began = std::time::Instant::now();
        let rendered = render(&source);
        assert!(began.elapsed().as_secs() < 5, "{}", &source[..9]);
        assert!(rendered.html.len() < 1_000_000);
    }
}
