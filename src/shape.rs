//! Shapes in which rows are read in pages: the columns that a list needs, by their place and not by their
//! name. Long texts that lists seldom ask for are left out, and loaded when they are asked for after all.

use sea_orm::{
    DbErr, EntityTrait, QueryResult,
    sea_query::{Expr, SelectStatement},
};

use crate::entity::{
    application, application_assignee, application_item, block, board_member, collaborator,
    comment, conversation, conversation_member, file, file_use, follow, form_member, job_tag,
    message, mute, notification_actor, organization, organization_member, portfolio_item,
    portfolio_item_tag, post, post_tag, profile, resume, resume_entry, revision, submission, tag,
    task, task_activity, task_assignee, task_label, task_label_use,
};

/// Something that is read from the columns of one table.
pub trait Shape: Sized {
    /// The table.
    type Entity: EntityTrait;
    /// How many columns it is read from.
    const WIDTH: usize;

    /// Selects the columns, in their order.
    fn select(rows: &mut SelectStatement);

    /// Reads them, beginning at the column `at`.
    fn read(row: &QueryResult, at: usize) -> Result<Self, DbErr>;
}

/// Declares how a struct is read: its fields with their columns, and what stands for those left out.
macro_rules! shape {
    ($shape:ty: $entity:ident { $($field:ident: $column:ident),* $(,)? }
        $(without { $($left_out:ident: $instead:expr),* $(,)? })?) => {
        impl Shape for $shape {
            type Entity = $entity::Entity;
            const WIDTH: usize = [$($entity::Column::$column),*].len();

            fn select(rows: &mut SelectStatement) {
                $(rows.expr(Expr::col(($entity::Entity, $entity::Column::$column)));)*
            }

            fn read(row: &QueryResult, at: usize) -> Result<Self, DbErr> {
                let mut places = at..;
                let mut next = || places.next().unwrap_or_default();
                Ok(Self {
                    $($field: row.try_get_by_index(next())?,)*
                    $($($left_out: $instead,)*)?
                })
            }
        }
    };
}

shape!(profile::Face: profile { id: Id, handle: Handle, name: Name, headline: Headline });
shape!(profile::Model: profile {
    id: Id,
    handle: Handle,
    name: Name,
    name_key: NameKey,
    kind: Kind,
    pronouns: Pronouns,
    headline: Headline,
    location: Location,
    country: Country,
    website: Website,
    links: Links,
    follower_count: FollowerCount,
    following_count: FollowingCount,
    post_count: PostCount,
} without { bio_source: String::new(), bio_html: String::new() });
shape!(post::Model: post {
    id: Id,
    author_id: AuthorId,
    kind: Kind,
    title: Title,
    body_html: BodyHtml,
    mentions: Mentions,
    visibility: Visibility,
    content_warning: ContentWarning,
    comment_count: CommentCount,
    reaction_count: ReactionCount,
    reactions: Reactions,
    version: Version,
    edited_at: EditedAt,
} without { body_source: String::new() });
shape!(comment::Model: comment {
    id: Id,
    post_id: PostId,
    portfolio_item_id: PortfolioItemId,
    task_id: TaskId,
    parent_id: ParentId,
    author_id: AuthorId,
    depth: Depth,
    body_html: BodyHtml,
    mentions: Mentions,
    reply_count: ReplyCount,
    reaction_count: ReactionCount,
    reactions: Reactions,
    edited_at: EditedAt,
    deleted_at: DeletedAt,
} without { body_source: String::new() });
shape!(message::Model: message {
    id: Id,
    conversation_id: ConversationId,
    position: Position,
    number: Number,
    kind: Kind,
    author_id: AuthorId,
    root_id: RootId,
    reply_to_id: ReplyToId,
    body_html: BodyHtml,
    mentions: Mentions,
    client_key: ClientKey,
    reply_count: ReplyCount,
    last_reply_at: LastReplyAt,
    reaction_count: ReactionCount,
    reactions: Reactions,
    version: Version,
    edited_at: EditedAt,
    deleted_at: DeletedAt,
    pinned_at: PinnedAt,
} without { body_source: String::new() });
shape!(portfolio_item::Model: portfolio_item {
    id: Id,
    owner_id: OwnerId,
    slug: Slug,
    title: Title,
    summary: Summary,
    visibility: Visibility,
    client: Client,
    owner_role: OwnerRole,
    started_on: StartedOn,
    finished_on: FinishedOn,
    links: Links,
    position: Position,
    publication: Publication,
    comment_count: CommentCount,
    reaction_count: ReactionCount,
    reactions: Reactions,
    version: Version,
    edited_at: EditedAt,
} without {
    text_key: String::new(),
    story_source: String::new(),
    story_html: String::new(),
    mentions: None,
});
shape!(portfolio_item_tag::Model: portfolio_item_tag { portfolio_item_id: PortfolioItemId, tag_id: TagId });
shape!(collaborator::Model: collaborator {
    id: Id,
    portfolio_item_id: PortfolioItemId,
    profile_id: ProfileId,
    credit: Credit,
    position: Position,
    state: State,
});
shape!(resume::Model: resume {
    profile_id: ProfileId,
    summary_source: SummarySource,
    summary_html: SummaryHtml,
    updated_at: UpdatedAt,
} without { details: String::new() });
shape!(resume_entry::Model: resume_entry {
    id: Id,
    profile_id: ProfileId,
    kind: Kind,
    position: Position,
    title: Title,
    organization: Organization,
    location: Location,
    url: Url,
    starts_on: StartsOn,
    ends_on: EndsOn,
    summary_source: SummarySource,
    summary_html: SummaryHtml,
    highlights: Highlights,
    grade: Grade,
    credential: Credential,
} without { details: String::new() });
shape!(revision::Model: revision {
    id: Id,
    post_id: PostId,
    message_id: MessageId,
    editor_id: EditorId,
    version: Version,
    title: Title,
    body_source: BodySource,
    body_html: BodyHtml,
    mentions: Mentions,
});
shape!(file::Model: file {
    id: Id,
    owner_id: OwnerId,
    sha256: Sha256,
    sent_sha256: SentSha256,
    size: Size,
    name: Name,
    media_type: MediaType,
    width: Width,
    height: Height,
    frames: Frames,
    blurhash: Blurhash,
    kind: Kind,
    alt_text: AltText,
    caption: Caption,
    visibility: Visibility,
    focus_x: FocusX,
    focus_y: FocusY,
});
shape!(file_use::Model: file_use {
    id: Id,
    file_id: FileId,
    place: Place,
    position: Position,
    profile_id: ProfileId,
    post_id: PostId,
    comment_id: CommentId,
    message_id: MessageId,
    portfolio_item_id: PortfolioItemId,
    email_id: EmailId,
    submission_id: SubmissionId,
    submission_message_id: SubmissionMessageId,
    task_id: TaskId,
    organization_id: OrganizationId,
    application_id: ApplicationId,
});
shape!(form_member::Model: form_member { form_id: FormId, profile_id: ProfileId });
shape!(tag::Model: tag { id: Id, name: Name, label: Label, use_count: UseCount });
shape!(post_tag::Model: post_tag { post_id: PostId, tag_id: TagId });
shape!(follow::Model: follow { id: Id, follower_id: FollowerId, followed_id: FollowedId });
shape!(block::Model: block { id: Id, blocker_id: BlockerId, blocked_id: BlockedId });
shape!(mute::Model: mute { id: Id, muter_id: MuterId, muted_id: MutedId, until: Until });
shape!(conversation::Model: conversation {
    id: Id,
    kind: Kind,
    slug: Slug,
    title: Title,
    topic: Topic,
    visibility: Visibility,
    people: People,
    member_count: MemberCount,
    last_position: LastPosition,
    last_number: LastNumber,
    latest: Latest,
    archived_at: ArchivedAt,
});
shape!(board_member::Model: board_member {
    board_id: BoardId,
    profile_id: ProfileId,
    role: Role,
    since: Since,
});
shape!(task_activity::Model: task_activity {
    id: Id,
    board_id: BoardId,
    task_id: TaskId,
    task_key: TaskKey,
    actor_id: ActorId,
    member_id: MemberId,
    kind: Kind,
    field: Field,
    before: Before,
    after: After,
});
shape!(conversation_member::Model: conversation_member {
    id: Id,
    conversation_id: ConversationId,
    profile_id: ProfileId,
    role: Role,
    read_position: ReadPosition,
    read_number: ReadNumber,
    mention_count: MentionCount,
    read_at: ReadAt,
});
shape!(notification_actor::Model: notification_actor {
    notification_id: NotificationId,
    actor_id: ActorId,
    acted_at: ActedAt,
});
shape!(submission::Model: submission {
    id: Id,
    form_id: FormId,
    number: Number,
    state: State,
    answers: Answers,
    sender_id: SenderId,
    sender_name: SenderName,
    sender_email: SenderEmail,
    locale: Locale,
    origin: Origin,
    consented_at: ConsentedAt,
    assignee_id: AssigneeId,
    spam_score: SpamScore,
    spam_reasons: SpamReasons,
    erase_at: EraseAt,
    first_reply_at: FirstReplyAt,
    version: Version,
} without { search_text: String::new(), receipt: Vec::new(), consent_text: None, guest_key: None });
shape!(task::Model: task {
    id: Id,
    board_id: BoardId,
    column_id: ColumnId,
    number: Number,
    title: Title,
    title_key: TitleKey,
    description_source: DescriptionSource,
    description_html: DescriptionHtml,
    mentions: Mentions,
    creator_id: CreatorId,
    parent_id: ParentId,
    priority: Priority,
    estimate: Estimate,
    starts_on: StartsOn,
    due_at: DueAt,
    due_has_time: DueHasTime,
    due_told_at: DueToldAt,
    rank: Rank,
    checklist: Checklist,
    client_key: ClientKey,
    child_count: ChildCount,
    done_child_count: DoneChildCount,
    comment_count: CommentCount,
    reaction_count: ReactionCount,
    reactions: Reactions,
    updated_at: UpdatedAt,
    started_at: StartedAt,
    completed_at: CompletedAt,
    archived_at: ArchivedAt,
    version: Version,
});
shape!(task_assignee::Model: task_assignee { task_id: TaskId, profile_id: ProfileId, since: Since });
shape!(task_label::Model: task_label {
    id: Id,
    board_id: BoardId,
    name: Name,
    name_key: NameKey,
    color: Color,
    description: Description,
});
shape!(task_label_use::Model: task_label_use { task_id: TaskId, label_id: LabelId });
shape!(application::Model: application {
    id: Id,
    job_id: JobId,
    applicant_id: ApplicantId,
    state: State,
    stage_id: StageId,
    name: Name,
    name_key: NameKey,
    email: Email,
    phone: Phone,
    cover_source: CoverSource,
    cover_html: CoverHtml,
    links: Links,
    answers: Answers,
    consent_text: ConsentText,
    consented_at: ConsentedAt,
    rating: Rating,
    submitted_at: SubmittedAt,
    updated_at: UpdatedAt,
    erase_at: EraseAt,
    version: Version,
});
shape!(application_item::Model: application_item {
    application_id: ApplicationId,
    portfolio_item_id: PortfolioItemId,
    position: Position,
});
shape!(application_assignee::Model: application_assignee {
    application_id: ApplicationId,
    profile_id: ProfileId,
});
shape!(organization::Model: organization {
    id: Id,
    slug: Slug,
    name: Name,
    name_key: NameKey,
    about_source: AboutSource,
    about_html: AboutHtml,
    website: Website,
    location: Location,
    country: Country,
    size: Size,
    industry: Industry,
    founded_year: FoundedYear,
    verified_at: VerifiedAt,
    open_job_count: OpenJobCount,
    version: Version,
});
shape!(organization_member::Model: organization_member {
    organization_id: OrganizationId,
    profile_id: ProfileId,
    role: Role,
    since: Since,
});
shape!(job_tag::Model: job_tag { job_id: JobId, tag_id: TagId, position: Position });
