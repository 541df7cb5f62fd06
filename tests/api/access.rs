//! Who may call what: every root field, as every kind of caller, against what somebody else owns. A field
//! without a row here fails; `access.txt` is what is expected. Renew it with `UPDATE_ACCESS=1`, and read
//! every line of the difference.

use std::fmt::Write as _;

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use guildhall::{Actor, entity::account::Role, graph::encode, schema};
use serde_json::{Value, json};

use crate::chat::messages_kit::say;
use crate::kit::{Run, TestApp, open_channel, write_comment, write_post};
use crate::portfolio::kit::publish;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/access.txt");

/// Every root field, called as a stranger would. `{post}`, `{comment}`, `{item}`, `{profile}`, `{account}` and
/// `{channel}` are ids of what another member owns.
const CALLS: &[(&str, &str)] = &[
    ("admin", "{ admin { roles { key } } }"),
    ("channels", "{ channels { nodes { id } } }"),
    ("conversation", "{ conversation(by: { id: {channel} }) { id } }"),
    ("emailChoices", r#"{ emailChoices(token: "none") { email } }"#),
    ("feed", "{ feed { nodes { id } } }"),
    ("handleProblem", r#"{ handleProblem(handle: "free_one") { code } }"#),
    ("invitation", r#"{ invitation(token: "none") { id } }"#),
    ("node", "{ node(id: {post}) { id } }"),
    ("nodes", "{ nodes(ids: [{account}]) { id } }"),
    ("portfolioItem", "{ portfolioItem(by: { id: {item} }) { id } }"),
    ("portfolioItems", "{ portfolioItems { nodes { id } } }"),
    ("post", "{ post(by: { id: {post} }) { id } }"),
    ("profile", "{ profile(by: { id: {profile} }) { id } }"),
    ("profiles", "{ profiles { nodes { id } } }"),
    ("server", "{ server { name } }"),
    ("tag", r#"{ tag(name: "access") { id } }"#),
    ("tags", "{ tags { id } }"),
    ("viewer", "{ viewer { account { id } } }"),
    (
        "accountRegister",
        r#"mutation { accountRegister(input: { email: "by-{caller}@example.org", handle: "by_{caller}", name: "New",
            password: "a long enough passphrase" }) { session { expiresAt } userErrors { code } } }"#,
    ),
    (
        "apiTokenCreate",
        "mutation { apiTokenCreate(input: { name: \"ci\", scopes: [READ_PUBLIC] }) { apiToken { id } userErrors { code } } }",
    ),
    (
        "apiTokenRevoke",
        "mutation { apiTokenRevoke(id: {post}) { deletedIds userErrors { code } } }",
    ),
    ("bookmarkAdd", "mutation { bookmarkAdd(id: {post}) { bookmark { id } userErrors { code } } }"),
    (
        "bookmarkRemove",
        "mutation { bookmarkRemove(id: {post}) { bookmark { id } userErrors { code } } }",
    ),
    (
        "channelCreate",
        r#"mutation { channelCreate(input: { slug: "by-{caller}", title: "New" }) { conversation { id } userErrors { code } } }"#,
    ),
    (
        "commentCreate",
        "mutation { commentCreate(input: { subject: {post}, body: \"hi\" }) { comment { id } userErrors { code } } }",
    ),
    (
        "commentDelete",
        "mutation { commentDelete(id: {comment}) { comment { id } userErrors { code } } }",
    ),
    (
        "commentUpdate",
        "mutation { commentUpdate(id: {comment}, body: \"hi\") { comment { id } userErrors { code } } }",
    ),
    (
        "emailChoicesUpdate",
        r#"mutation { emailChoicesUpdate(token: "none", stopAll: true) { choices { email } userErrors { code } } }"#,
    ),
    (
        "emailSend",
        r#"mutation { emailSend(input: { to: [{ email: "a@example.org" }], subject: "a", markdown: "b", clientKey: "k" }) { emails { id } userErrors { code } } }"#,
    ),
    (
        "emailTemplateSave",
        r#"mutation { emailTemplateSave(input: { key: "by_{caller}", name: "New", translations: [{ locale: "en", subject: "a", markdown: "b" }] }) { template { id } userErrors { code } } }"#,
    ),
    (
        "emailTopicSave",
        r#"mutation { emailTopicSave(key: "by_{caller}", name: "New") { topic { id } userErrors { code } } }"#,
    ),
    (
        "fileUpload",
        "mutation($file: Upload!) { fileUpload(input: { upload: $file }) { file { id } userErrors { code } } }",
    ),
    (
        "fileUpdate",
        "mutation { fileUpdate(id: {file}, input: { name: \"mine\" }) { file { id } userErrors { code } } }",
    ),
    (
        "emailsCancel",
        "mutation { emailsCancel(ids: [{email}]) { emails { id } userErrors { code } } }",
    ),
    (
        "emailsRetry",
        "mutation { emailsRetry(ids: [{email}]) { emails { id } userErrors { code } } }",
    ),
    (
        "suppressionAdd",
        r#"mutation { suppressionAdd(email: "gone@example.org") { suppression { id } userErrors { code } } }"#,
    ),
    (
        "suppressionRemove",
        "mutation { suppressionRemove(id: {suppression}) { deletedIds userErrors { code } } }",
    ),
    ("filesDelete", "mutation { filesDelete(ids: [{file}]) { deletedIds userErrors { code } } }"),
    ("discussionEvents", "subscription { discussionEvents(id: {post}) { __typename } }"),
    ("feedEvents", "subscription { feedEvents { __typename } }"),
    (
        "conversationJoin",
        "mutation { conversationJoin(id: {channel}) { conversation { id } userErrors { code } } }",
    ),
    (
        "conversationLeave",
        "mutation { conversationLeave(id: {channel}) { conversation { id } userErrors { code } } }",
    ),
    (
        "conversationMarkRead",
        "mutation { conversationMarkRead(id: {channel}, upTo: {post}) { conversation { id } userErrors { code } } }",
    ),
    (
        "conversationMarkUnread",
        "mutation { conversationMarkUnread(id: {channel}, from: {post}) { conversation { id } userErrors { code } } }",
    ),
    (
        "conversationMemberSet",
        "mutation { conversationMemberSet(id: {channel}, profiles: [{profile}], role: MEMBER) { conversation { id } userErrors { code } } }",
    ),
    (
        "conversationUpdate",
        "mutation { conversationUpdate(id: {channel}, input: { topic: \"hi\" }) { conversation { id } userErrors { code } } }",
    ),
    (
        "conversationOpen",
        "mutation { conversationOpen(with: [{profile}]) { conversation { id } userErrors { code } } }",
    ),
    (
        "invitationCreate",
        "mutation { invitationCreate(input: { note: \"come\" }) { invitation { id } userErrors { code } } }",
    ),
    (
        "invitationRevoke",
        "mutation { invitationRevoke(id: {post}) { invitation { id } userErrors { code } } }",
    ),
    (
        "memberRolesSet",
        "mutation { memberRolesSet(account: {account}, roles: [{role}]) { account { id } userErrors { code } } }",
    ),
    (
        "messageDelete",
        "mutation { messageDelete(id: {message}) { message { id } userErrors { code } } }",
    ),
    ("messagePin", "mutation { messagePin(id: {message}) { message { id } userErrors { code } } }"),
    (
        "messageSend",
        r#"mutation { messageSend(input: { conversation: {channel}, body: "hi", clientKey: "k" }) { message { id } userErrors { code } } }"#,
    ),
    (
        "messageUpdate",
        "mutation { messageUpdate(id: {message}, body: \"hi\") { message { id } userErrors { code } } }",
    ),
    (
        "passwordChange",
        "mutation { passwordChange(input: { current: \"wrong one\", next: \"a long enough passphrase\" }) { done userErrors { code } } }",
    ),
    (
        "collaborationAnswer",
        "mutation { collaborationAnswer(item: {item}, accept: true) { portfolioItem { id } userErrors { code } } }",
    ),
    (
        "portfolioItemCreate",
        "mutation { portfolioItemCreate(input: { title: \"New\" }) { portfolioItem { id } userErrors { code } } }",
    ),
    (
        "portfolioItemDelete",
        "mutation { portfolioItemDelete(id: {item}) { deletedIds userErrors { code } } }",
    ),
    (
        "portfolioItemPublish",
        "mutation { portfolioItemPublish(id: {item}, published: false) { portfolioItem { id } userErrors { code } } }",
    ),
    (
        "portfolioItemUpdate",
        "mutation { portfolioItemUpdate(id: {item}, input: { title: \"hi\" }) { portfolioItem { id } userErrors { code } } }",
    ),
    (
        "portfolioItemsReorder",
        "mutation { portfolioItemsReorder(ids: [{item}]) { profile { id } userErrors { code } } }",
    ),
    (
        "postCreate",
        "mutation { postCreate(input: { body: \"hi\" }) { post { id } userErrors { code } } }",
    ),
    ("postDelete", "mutation { postDelete(id: {post}) { deletedIds userErrors { code } } }"),
    (
        "postUpdate",
        "mutation { postUpdate(id: {post}, input: { body: \"hi\" }) { post { id } userErrors { code } } }",
    ),
    ("presenceEvents", "subscription { presenceEvents(profiles: [{profile}]) { __typename } }"),
    (
        "profileBlock",
        "mutation { profileBlock(id: {profile}) { profile { id } userErrors { code } } }",
    ),
    (
        "profileFollow",
        "mutation { profileFollow(id: {profile}) { profile { id } userErrors { code } } }",
    ),
    (
        "profileMute",
        "mutation { profileMute(id: {profile}) { profile { id } userErrors { code } } }",
    ),
    (
        "profileUnblock",
        "mutation { profileUnblock(id: {profile}) { profile { id } userErrors { code } } }",
    ),
    (
        "profileUnfollow",
        "mutation { profileUnfollow(id: {profile}) { profile { id } userErrors { code } } }",
    ),
    (
        "profileUnmute",
        "mutation { profileUnmute(id: {profile}) { profile { id } userErrors { code } } }",
    ),
    (
        "profileUpdate",
        "mutation { profileUpdate(input: { headline: \"hi\" }) { profile { id } userErrors { code } } }",
    ),
    (
        "reactionAdd",
        "mutation { reactionAdd(id: {post}, emoji: \"🎉\") { subject { id } userErrors { code } } }",
    ),
    (
        "reactionRemove",
        "mutation { reactionRemove(id: {post}, emoji: \"🎉\") { subject { id } userErrors { code } } }",
    ),
    (
        "resumeEntriesReorder",
        "mutation { resumeEntriesReorder(kind: POSITION, ids: [{post}]) { profile { id } userErrors { code } } }",
    ),
    (
        "resumeEntryDelete",
        "mutation { resumeEntryDelete(id: {entry}) { deletedIds userErrors { code } } }",
    ),
    (
        "resumeEntrySave",
        "mutation { resumeEntrySave(id: {entry}, input: { title: \"hi\" }) { entry { id } userErrors { code } } }",
    ),
    (
        "resumeImport",
        "mutation { resumeImport(jsonResume: { work: [] }, dryRun: false) { created userErrors { code } } }",
    ),
    (
        "resumeUpdate",
        "mutation { resumeUpdate(summary: \"hi\") { profile { id } userErrors { code } } }",
    ),
    (
        "sessionCreate",
        "mutation { sessionCreate(input: { password: { login: \"root\", password: \"wrong one\" } }) { session { expiresAt } userErrors { code } } }",
    ),
    (
        "sessionRefresh",
        "mutation { sessionRefresh(refreshToken: \"none\") { session { expiresAt } userErrors { code } } }",
    ),
    ("sessionRevoke", "mutation { sessionRevoke(id: {post}) { deletedIds userErrors { code } } }"),
    (
        "skillEndorse",
        "mutation { skillEndorse(profile: {profile}, skill: {skill}) { profile { id } userErrors { code } } }",
    ),
    (
        "skillsSet",
        "mutation { skillsSet(skills: [{ skill: \"knots\" }]) { profile { id } userErrors { code } } }",
    ),
    ("uploadAbort", "mutation { uploadAbort(id: {upload}) { deletedIds userErrors { code } } }"),
    ("uploadEvents", "subscription { uploadEvents(id: {upload}) { __typename } }"),
    (
        "uploadStart",
        r#"mutation { uploadStart(input: { name: "a.txt", size: 1 }) { upload { id } userErrors { code } } }"#,
    ),
    ("typingSet", "mutation { typingSet(conversation: {channel}) { done userErrors { code } } }"),
    ("conversationEvents", "subscription { conversationEvents(id: {channel}) { __typename } }"),
    ("viewerEvents", "subscription { viewerEvents { __typename } }"),
];

/// Every field of the roots.
fn root_fields() -> Vec<String> {
    let document = parse_schema(schema::sdl(&schema::build())).unwrap();
    let mut fields = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        if let (true, TypeKind::Object(object)) =
            (["Query", "Mutation", "Subscription"].contains(&name.as_str()), definition.node.kind)
        {
            fields.extend(object.fields.iter().map(|field| field.node.name.node.to_string()));
        }
    }
    fields.sort();
    fields
}

/// What came of a call, in a few words.
fn outcome(field: &str, run: &Run) -> String {
    if let Some(error) = run.errors.first() {
        return format!("error {}", error["extensions"]["code"].as_str().unwrap_or("?"));
    }
    let answer = &run.data[field];
    let codes: Vec<_> = answer["userErrors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["code"].as_str())
        .collect();
    match answer {
        Value::Null => "null".to_owned(),
        Value::Array(list) if list.iter().all(Value::is_null) => "nothing".to_owned(),
        _ if codes.is_empty() => "done".to_owned(),
        _ => format!("refused {}", codes.join(" ")),
    }
}

const ROLES: [&str; 5] = ["guest", "token", "member", "moderator", "admin"];

async fn call(app: &TestApp, field: &str, document: &str, role: &str) -> String {
    // Everything anew for each caller: the one before may have taken it away.
    let owner = app.member(&format!("owner_of_{role}")).await;
    let post = write_post(app, &owner, "a post #access", "MEMBERS").await;
    let comment = write_comment(app, &owner, &post, "a comment").await;
    let work = json!({ "title": "Work", "story": "a story", "visibility": "MEMBERS" });
    let item = publish(app, &owner, work).await;
    let channel = open_channel(app, &owner, &format!("of-{role}"), "PUBLIC").await;
    let message = say(app, &owner, &channel, "a message").await;
    let skill = app.claim(&owner, &["looms"]).await.remove(0);
    let entry = app.add_entry(&owner, json!({ "kind": "POSITION", "title": "Weaver" })).await;
    let file = app.picture(&owner, "a.png").await;
    let upload = app.start_upload(&owner, 1, serde_json::json!({})).await.done();
    let upload = upload.text("uploadStart.upload.id").to_owned();
    let caller = match role {
        "moderator" => app.with_role(role, Role::Moderator).await,
        "admin" => app.with_role(role, Role::Admin).await,
        _ => app.member(role).await,
    };
    let actor = match role {
        "guest" => Actor::Guest,
        "token" => app.by_token(caller, &[]),
        _ => caller,
    };
    let id = |kind: &str| format!("{:?}", encode(kind, owner.id().unwrap()).as_str());
    let document = app
        .name_mails(document, role)
        .await
        .replace("{post}", &format!("{post:?}"))
        .replace("{item}", &format!("{item:?}"))
        .replace("{comment}", &format!("{comment:?}"))
        .replace("{profile}", &id("profile"))
        .replace("{account}", &id("account"))
        .replace("{message}", &format!("{message:?}"))
        .replace("{upload}", &format!("{upload:?}"))
        .replace("{channel}", &format!("{channel:?}"))
        .replace("{skill}", &format!("{skill:?}"))
        .replace("{entry}", &format!("{entry:?}"))
        .replace("{file}", &format!("{file:?}"))
        .replace("{caller}", role);
    if document.starts_with("subscription") {
        return match app.try_to_follow(&actor, &document, Value::Null).await {
            Ok(_) => "follows".to_owned(),
            Err(refused) => {
                let code = refused["errors"][0]["extensions"]["code"].as_str();
                format!("error {}", code.unwrap_or("?"))
            }
        };
    }
    if document.contains("$file: Upload!") {
        let file = ("a.txt", b"hello".as_slice());
        return outcome(field, &app.run_with_file(&actor, &document, Value::Null, file).await);
    }
    outcome(field, &app.run(&actor, &document).await)
}

#[test]
fn every_root_field_has_a_row() {
    let mut rows: Vec<_> = CALLS.iter().map(|(field, _)| (*field).to_owned()).collect();
    rows.sort();
    assert_eq!(rows, root_fields(), "left: the rows of access.rs, right: the schema's root fields");
}

#[tokio::test]
async fn every_root_field_answers_each_caller_as_it_should() {
    let mut found = String::new();
    for (field, document) in CALLS {
        let app = TestApp::new().await;
        let root = app.with_role("root", Role::Admin).await;
        let roles = app.run(&root, "{ admin { roles { id } } }").await.ok();
        let document = document.replace("{role}", &format!("{:?}", roles.text("admin.roles.1.id")));
        let _ = writeln!(found, "{field}");
        for role in ROLES {
            let _ = writeln!(found, "  {role}: {}", call(&app, field, &document, role).await);
        }
    }
    if std::env::var_os("UPDATE_ACCESS").is_some() {
        std::fs::write(PATH, &found).unwrap();
    }
    let expected = std::fs::read_to_string(PATH).unwrap_or_default();
    for (at, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of access.txt", at + 1);
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "access.txt has other lines");
}
