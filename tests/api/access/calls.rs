//! What is called of each root field.

/// Every root field, called as a stranger would. `{post}`, `{comment}`, `{item}`, `{profile}`, `{account}` and
/// `{channel}` are ids of what another member owns.
pub const CALLS: &[(&str, &str)] = &[
    ("admin", "{ admin { roles { key } } }"),
    ("channels", "{ channels { nodes { id } } }"),
    ("conversation", "{ conversation(by: { id: {channel} }) { id } }"),
    ("emailChoices", r#"{ emailChoices(token: "none") { email } }"#),
    ("feed", "{ feed { nodes { id } } }"),
    ("form", "{ form(by: { id: {form} }) { id } }"),
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
        "accountUpdate",
        "mutation { accountUpdate(input: { locale: \"de\" }) { account { id } userErrors { code } } }",
    ),
    (
        "emailChange",
        r#"mutation { emailChange(email: "next-of-{caller}@example.org") { account { id } userErrors { code } } }"#,
    ),
    ("emailVerificationSend", "mutation { emailVerificationSend { done userErrors { code } } }"),
    ("emailVerify", "mutation { emailVerify(token: \"none\") { done userErrors { code } } }"),
    (
        "passwordReset",
        "mutation { passwordReset(input: { token: \"none\", password: \"a long enough passphrase\" }) { done userErrors { code } } }",
    ),
    (
        "passwordResetSend",
        r#"mutation { passwordResetSend(email: "ada@example.org") { done userErrors { code } } }"#,
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
        "formSave",
        "mutation { formSave(id: {form}, input: { title: \"Mine\" }) { form { id } userErrors { code } } }",
    ),
    (
        "formSubmit",
        r#"mutation { formSubmit(input: { form: { id: {form} }, values: [{ field: "email", text: "a@example.com" },
            { field: "message", text: "Hi" }] }) { receipt { number } userErrors { code } } }"#,
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
    (
        "notificationSettingsUpdate",
        "mutation { notificationSettingsUpdate(settings: [{ kind: FOLLOW, email: OFF }]) { account { id } userErrors { code } } }",
    ),
    (
        "notificationsMarkRead",
        "mutation { notificationsMarkRead(ids: [{notification}]) { notifications { id } userErrors { code } } }",
    ),
    ("watchSet", "mutation { watchSet(id: {post}, level: ALL) { level userErrors { code } } }"),
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
    ("workCancel", "mutation { workCancel(ids: [{post}]) { done userErrors { code } } }"),
    ("workRetry", "mutation { workRetry(ids: [{post}]) { done userErrors { code } } }"),
    ("typingSet", "mutation { typingSet(conversation: {channel}) { done userErrors { code } } }"),
    ("conversationEvents", "subscription { conversationEvents(id: {channel}) { __typename } }"),
    ("viewerEvents", "subscription { viewerEvents { __typename } }"),
];
