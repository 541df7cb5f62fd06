use crate::graph::documents::SameForAll;

/// Fields with fields of their own that answer the same to everybody who hears the stream and has no blocks.
/// Whatever is not listed is resolved for each subscriber; so are all fields of types that end in `Viewer`, and
/// whole subscriptions whose root is not listed, because who hears their events differs from event to event.
pub(in crate::engine) const SAME_FOR_ALL: SameForAll = &[
    "Subscription.conversationEvents",
    "Subscription.discussionEvents",
    "MessageAdded.message",
    "MessageChanged.message",
    "Message.attachments",
    "Message.author",
    "Message.body",
    "Message.conversation",
    "Message.reactions",
    "Message.replyTo",
    "Message.threadRoot",
    "ConversationChanged.conversation",
    "MembersChanged.joined",
    "MembersChanged.left",
    "ReactionsChanged.subject",
    "ReadMarkMoved.profile",
    "Reactable.reactions",
    "TypingChanged.profiles",
    "CommentAdded.comment",
    "CommentChanged.comment",
    "Comment.author",
    "Comment.body",
    "Comment.parent",
    "Comment.reactions",
    "SubjectChanged.subject",
    "File.image",
    "Post.attachments",
    "Post.author",
    "Profile.avatar",
    "Profile.banner",
    "Post.body",
    "Post.reactions",
];
