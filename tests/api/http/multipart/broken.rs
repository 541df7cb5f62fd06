//! What is made of forms that are not as they should be.

use super::{Part, Sender, form, one};
use crate::door::Reply;

#[tokio::test]
async fn what_is_wrong_with_a_form_is_said() {
    let sender = Sender::new().await;
    let one = one();
    let operations: Part = ("operations", None, one.as_bytes());
    let map: Part = ("map", None, br#"{"0":["variables.file"]}"#);
    let file: Part = ("0", Some("a.txt"), b"a");
    let bad = |message: &'static str| (400, "BAD_REQUEST", message);
    let begins = bad("a form begins with `operations`, the request as JSON");
    let follows = bad("`operations` is followed by `map`, which says where each file belongs");
    for (parts, refusal) in [
        (vec![], begins),
        (vec![map, operations, file], begins),
        (vec![file], begins),
        (vec![operations], follows),
        (vec![operations, file, map], follows),
        (vec![operations, operations, map, file], follows),
        (vec![operations, map], bad("a file that `map` names was not sent")),
        (vec![operations, map, file, file], bad("a file was sent twice")),
        (vec![operations, map, file, map], bad("the form has a part that `map` does not name")),
        (
            vec![operations, map, ("1", Some("a.txt"), b"a")],
            bad("the form has a part that `map` does not name"),
        ),
        (
            vec![operations, map, file, ("1", None, b"a")],
            bad("the form has a part that `map` does not name"),
        ),
        (
            vec![operations, ("map", None, b"{}"), file],
            bad("the form has a part that `map` does not name"),
        ),
        (vec![operations, ("map", None, b"{"), file], bad("`map` is not JSON")),
        (vec![operations, ("map", None, b""), file], bad("`map` is not JSON")),
        (vec![operations, ("map", None, b"\xff\xfe"), file], bad("`map` is not JSON")),
        (
            vec![operations, ("map", None, b"[[\"variables.file\"]]"), file],
            bad("`map` must be a JSON object: the name of each file with a list of paths"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":"variables.file"}"#), file],
            bad("`map` must hold lists of paths, such as { \"0\": [\"variables.file\"] }"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":["variables.other"]}"#), file],
            bad("a path in `map` leads to nothing in the variables: put null there"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":["variables.__proto__.file"]}"#), file],
            bad("a path in `map` leads through `__proto__`"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":["variables.file","variables.file"]}"#), file],
            bad("a path stands twice in `map`"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":["query"]}"#), file],
            bad("a path in `map` begins with `variables.`"),
        ),
        (vec![("operations", None, b"{"), map, file], bad("the body is not JSON")),
        (
            vec![("operations", None, b"[{\"query\":\"{ __typename }\"}]"), map, file],
            bad("batches are not accepted: send one request at a time"),
        ),
        (
            vec![operations, ("map", None, br#"{"0":["0.variables.file"]}"#), file],
            bad("batches are not accepted: a path in `map` begins with `variables.`"),
        ),
    ] {
        sender.refuses(form(&parts), refusal).await;
    }
}

#[tokio::test]
async fn a_form_that_is_broken_is_refused() {
    let sender = Sender::new().await;
    let one = one();
    let whole = form(&[
        ("operations", None, one.as_bytes()),
        ("map", None, br#"{"0":["variables.file"]}"#),
        ("0", Some("a.txt"), b"a text that goes on for a while"),
    ]);
    let broken = (
        400,
        "BAD_REQUEST",
        "the form is broken: it ends within a part, or its boundary is another",
    );
    for length in
        [0, 1, 5, 40, whole.len() / 2, whole.len() - 20, whole.len() - 10, whole.len() - 6]
    {
        sender.refuses(whole[..length].to_vec(), broken).await;
    }
    let text = String::from_utf8(whole.clone()).unwrap();
    sender.refuses(text.replace("--cut", "--other").into_bytes(), broken).await;
    let headers = (400, "BAD_REQUEST", "the headers of a part can't be read");
    let name = "Content-Disposition: form-data; name=\"operations\"";
    sender.refuses(text.replacen(name, "Content Disposition", 1).into_bytes(), headers).await;
    let nameless = (400, "BAD_REQUEST", "a form begins with `operations`, the request as JSON");
    sender.refuses(text.replacen(name, "X-Name: operations", 1).into_bytes(), nameless).await;
    for content_type in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
    ] {
        let request =
            sender.door.post().bearer_auth(&sender.token).header("graphql-require-preflight", "1");
        let reply =
            Reply::of(request.header("content-type", content_type).body(whole.clone())).await;
        let message = "say what parts the form: `boundary=` with 1 to 70 characters";
        assert_eq!(reply.error(), (400, "BAD_REQUEST", message), "{content_type}");
    }
    let long = "b".repeat(71);
    let request =
        sender.door.post().bearer_auth(&sender.token).header("graphql-require-preflight", "1");
    let request = request.header("content-type", format!("multipart/form-data; boundary={long}"));
    assert_eq!(Reply::of(request.body(whole.clone())).await.status, 400);
    let zipped = sender.post(whole).header("content-encoding", "gzip");
    assert_eq!(Reply::of(zipped).await.error(), (415, "BAD_REQUEST", "send the body uncompressed"));
    // What would look like a boundary to a hasty reader is part of the file.
    let tricky: Part = ("0", Some("a.txt"), b"a\r\n--cu\r\n-cut\r\n--cu\rt\r\n");
    let map: Part = ("map", None, br#"{"0":["variables.file"]}"#);
    let reply = sender.send(&[("operations", None, one.as_bytes()), map, tricky]).await;
    assert_eq!(reply.body["data"]["fileUpload"]["file"]["size"], tricky.2.len(), "{reply:#?}");
}
