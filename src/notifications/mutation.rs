use async_graphql::{Context, ID, Object, SimpleObject};

use super::{
    Notification, NotificationSettingInput, Watchable,
    service::{self, On, Which},
};
use crate::{
    Error,
    accounts::{Account, AccountPayload},
    chat::UnreadCounts,
    entity::watch::Level,
    error::ErrorCode,
    graph::{ContextExt, DateTime, Result, UserError, decode, settle},
};

/// Answer about notifications.
#[derive(SimpleObject)]
pub struct NotificationsPayload {
    /// Those that were marked, latest first; at most the latest 100 of them.
    notifications: Vec<Notification>,
    /// What you have not read now; null when nothing was done.
    unread: Option<UnreadCounts>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    user_errors: Vec<UserError>,
}

/// Answer about a watch.
#[derive(SimpleObject)]
pub struct WatchPayload {
    /// What is watched; null when nothing was done.
    subject: Option<Watchable>,
    /// How much you hear of it now; null when nothing was done.
    level: Option<Level>,
    /// What a person can put right; when it is empty the change was made, otherwise nothing was.
    user_errors: Vec<UserError>,
}

/// The notifications' part of the root.
#[derive(Debug, Default)]
pub struct Mutation;

#[Object(name = "NotificationMutation")]
impl Mutation {
    /// Mark notifications as read: these, or all up to a moment. Those that were read are left as they are.
    async fn notifications_mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which; at most 100. Leave out `before` then.")] ids: Option<Vec<ID>>,
        #[graphql(
            desc = "All that had no news after this moment: the `at` of the first of a list. Leave out `ids` then."
        )]
        before: Option<DateTime>,
    ) -> Result<NotificationsPayload> {
        let cx = ctx.cx();
        let marked = match (ids, before) {
            (Some(ids), None) => {
                let keys = ids.iter().map(|id| decode("notification", id)).collect();
                service::mark_read(cx, Which::These(keys)).await
            }
            (None, Some(before)) => {
                service::mark_read(cx, Which::Before(before.0.min(cx.now()))).await
            }
            (ids, _) => {
                super::policy::write(cx.actor)?;
                let code = if ids.is_some() { ErrorCode::Invalid } else { ErrorCode::Required };
                Err(Error::refused(code, ["ids"], "name either `ids` or `before`"))
            }
        };
        let (marked, user_errors) = settle(ctx, marked).await?;
        let unread = if marked.is_some() { Some(cx.actor.member()?.into()) } else { None };
        let notifications = marked.unwrap_or_default().into_iter().map(Into::into).collect();
        Ok(NotificationsPayload { notifications, unread, user_errors })
    }

    /// Set what reaches you, and how. Kinds that are not named stay as they are.
    async fn notification_settings_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "One for each kind to change.")] settings: Vec<NotificationSettingInput>,
    ) -> Result<AccountPayload> {
        let changes: Vec<_> = settings.into_iter().map(Into::into).collect();
        let row = service::set(ctx.cx(), &changes).await;
        let account = row.map(|row| Account::shown_to(ctx.cx().actor, row.into()));
        AccountPayload::settle(ctx, account).await
    }

    /// Say how much news of something you want.
    async fn watch_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what: the id of a post, a portfolio item, a conversation or a task.")]
        id: ID,
        #[graphql(desc = "How much.")] level: Level,
    ) -> Result<WatchPayload> {
        let watched = service::watch(ctx.cx(), On::decode(&id), level).await;
        let (watched, user_errors) = settle(ctx, watched).await?;
        let subject = match watched {
            Some(on) => Watchable::find(ctx, on).await?,
            None => None,
        };
        Ok(WatchPayload { subject, level: watched.map(|_| level), user_errors })
    }
}
