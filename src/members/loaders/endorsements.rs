//! Who vouches for which skill, in batches.

use std::{collections::HashMap, sync::Arc};

use dataloader::BatchFn;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, Value,
};
use uuid::Uuid;

use crate::{
    Result,
    entity::{profile::Face, skill_endorsement as endorsement},
    graph::{Batch, Batched, Execution, Lanes, Loader, LoaderSet, ask, loader, many},
    members::policy,
    shape::Shape as _,
    sql,
};

/// A member and a tag: a skill that somebody claims.
type Skill = (Uuid, Uuid);
type Faces = Arc<Vec<Arc<Face>>>;
/// Whose skills, which of them, and how many endorsers.
type Newest = (Uuid, (Uuid, u16));

struct Lane {
    mine: Loader<Uuid, Batched<Arc<Vec<Uuid>>>, Batch<Mine>>,
    newest: Loader<Newest, Batched<Faces>, Batch<NewestOf>>,
}

/// The loaders of endorsements, a pair for each depth of the answer.
pub struct Endorsements(Lanes<Lane, usize>);

impl LoaderSet for Endorsements {
    fn new(execution: &Arc<Execution>) -> Self {
        Self(Lanes::new(execution))
    }
}

impl LoaderSet for Lane {
    fn new(execution: &Arc<Execution>) -> Self {
        Self { mine: loader(execution, Mine), newest: loader(execution, NewestOf) }
    }
}

impl Endorsements {
    /// The tags of a member's skills that the actor vouches for.
    pub async fn mine(&self, depth: usize, member: Uuid) -> Result<Arc<Vec<Uuid>>> {
        let lane = self.0.at(depth);
        Box::pin(ask(&lane.mine, member)).await
    }

    /// The `first` who vouched latest for a skill, of those whom the actor may see.
    pub async fn newest(&self, depth: usize, skill: Skill, first: u16) -> Result<Faces> {
        let lane = self.0.at(depth);
        Box::pin(ask(&lane.newest, (skill.0, (skill.1, first)))).await
    }
}

struct Mine;

impl BatchFn<Uuid, Batched<Arc<Vec<Uuid>>>> for Batch<Mine> {
    async fn load(&mut self, members: &[Uuid]) -> HashMap<Uuid, Batched<Arc<Vec<Uuid>>>> {
        many(members, mine(&self.execution, members).await, |found| found)
    }
}

async fn mine(execution: &Execution, members: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    use endorsement::Column::{EndorserId, ProfileId, TagId};
    let cx = execution.cx();
    let Some(me) = cx.actor.id() else { return Ok(Vec::new()) };
    let rows = endorsement::Entity::find()
        .select_only()
        .columns([ProfileId, TagId])
        .filter(EndorserId.eq(me))
        .filter(sql::key_in(cx.backend(), ProfileId, members))
        .into_tuple();
    Ok(rows.all(cx.db).await?)
}

struct NewestOf;

impl BatchFn<Newest, Batched<Faces>> for Batch<NewestOf> {
    async fn load(&mut self, keys: &[Newest]) -> HashMap<Newest, Batched<Faces>> {
        let mut asked: HashMap<u16, Vec<Skill>> = HashMap::new();
        for (member, (tag, first)) in keys {
            asked.entry(*first).or_default().push((*member, *tag));
        }
        let mut answers = HashMap::with_capacity(keys.len());
        for (first, skills) in asked {
            let found = newest(&self.execution, &skills, first).await;
            answers.extend(skills.iter().map(|(member, tag)| {
                let faces = match &found {
                    Ok(found) => Ok(found.get(&(*member, *tag)).cloned().unwrap_or_default()),
                    Err(error) => Err(error.clone()),
                };
                ((*member, (*tag, first)), faces)
            }));
        }
        answers
    }
}

/// Of all skills in one statement: a skill is a member and a tag, so it has two keys.
async fn newest(
    execution: &Execution,
    skills: &[Skill],
    first: u16,
) -> Result<HashMap<Skill, Faces>> {
    let cx = execution.cx();
    let backend = cx.backend();
    let mut values: Vec<Value> = vec![i64::from(first).into()];
    let unblocked = policy::not_blocked_text(cx.actor, "x.endorser_id", "$2");
    if !unblocked.is_empty() {
        values.push(cx.actor.id().into());
    }
    let at = values.len() + 1;
    let (list, [member, tag]) = match backend {
        DbBackend::Postgres => {
            let (members, tags): (Vec<Uuid>, Vec<Uuid>) = skills.iter().copied().unzip();
            values.extend([members.into(), tags.into()]);
            let list = format!("unnest(${at}::uuid[], ${}::uuid[]) AS k(member, tag)", at + 1);
            (list, ["k.member", "k.tag"].map(str::to_owned))
        }
        _ => {
            let hex = |key: &Uuid| key.simple().to_string();
            let pairs: Vec<_> = skills.iter().map(|(a, b)| (hex(a), hex(b))).collect();
            values.push(serde_json::to_string(&pairs).map_err(crate::Error::internal)?.into());
            let list = format!("json_each(${at}) AS k");
            let part = ["$[0]", "$[1]"].map(|at| format!("unhex(json_extract(k.value, '{at}'))"));
            (list, part)
        }
    };
    let latest = format!(
        "FROM skill_endorsement x WHERE x.profile_id = {member} AND x.tag_id = {tag}{unblocked} \
         ORDER BY x.id DESC LIMIT $1"
    );
    let join = match backend {
        DbBackend::Postgres => format!(
            "CROSS JOIN LATERAL (SELECT x.id, x.profile_id, x.tag_id, x.endorser_id {latest}) e"
        ),
        _ => format!("JOIN skill_endorsement e ON e.id IN (SELECT x.id {latest})"),
    };
    let text = format!(
        "SELECT e.profile_id, e.tag_id, p.id, p.handle, p.name, p.headline FROM {list} {join} \
         JOIN profile p ON p.id = e.endorser_id ORDER BY e.id DESC"
    );
    let rows = cx.db.query_all_raw(sql::statement(backend, text, values)).await?;
    let mut found: HashMap<Skill, Vec<Arc<Face>>> = HashMap::new();
    for row in rows {
        let skill = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        found.entry(skill).or_default().push(Arc::new(Face::read(&row, 2)?));
    }
    Ok(found.into_iter().map(|(skill, faces)| (skill, Arc::new(faces))).collect())
}
