//! Files that come with answers to questions.

use std::fs::File;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{On, Prepared, guests, put_up};
use crate::{
    Cx, Error, Result,
    app::App,
    check::{Check, each_once},
    entity::file_use::Place,
    error::{ErrorCode, Problem},
    fields::{self, Answer, Field, Given},
};

/// An answer, with the files that come with it.
#[derive(Debug, Default)]
pub struct Sent {
    /// What is answered.
    pub given: Given,
    /// Files of a member's own; `None` is an id that names none.
    pub files: Vec<Option<Uuid>>,
    /// Files within the request, with what they are called.
    pub uploads: Vec<(Option<String>, File)>,
}

/// What comes with the answers, kept so far as bytes.
#[derive(Debug)]
pub struct AnswerFiles {
    /// The argument below `input` that the answers stand in.
    list: &'static str,
    /// Whose files they become.
    owner: Uuid,
    /// For which answer, where it stood in the call, and the bytes.
    prepared: Vec<(String, [usize; 2], Prepared)>,
    /// For which answer, where it stood, which kinds fit, and the member's own file.
    own: Vec<(String, [usize; 2], Vec<String>, Uuid)>,
}

fn at(list: &str, [value, file]: [usize; 2], member: &str) -> [String; 5] {
    ["input", list, &value.to_string(), member, &file.to_string()].map(str::to_owned)
}

/// Refuses ids that name nothing, and any from a guest. `list` is the argument below `input` that the answers stand in.
pub fn check_ids(check: &mut Check, cx: Cx<'_>, list: &'static str, values: &[Sent]) {
    for (value, sent) in values.iter().enumerate() {
        for (file, id) in sent.files.iter().enumerate().take(fields::MOST_FILES) {
            let problem = if cx.actor.id().is_none() {
                "only members name files of their own: send this one within the request"
            } else if id.is_none() {
                "there is no such file of yours"
            } else {
                continue;
            };
            check.push(Problem::at(ErrorCode::NotFound, at(list, [value, file], "files"), problem));
        }
    }
}

/// Keeps the bytes that came within the request, for files of `owner`. When one is refused, none is kept. `list` as in
/// [`check_ids`].
pub async fn prepare_answers(
    cx: Cx<'_>,
    owner: Uuid,
    list: &'static str,
    questions: &[Field],
    values: Vec<Sent>,
) -> Result<AnswerFiles> {
    let mut files = AnswerFiles { list, owner, prepared: Vec::new(), own: Vec::new() };
    let mut problems = Vec::new();
    for (value, sent) in values.into_iter().enumerate() {
        let Some(field) = questions.iter().find(|field| field.key == sent.given.field) else {
            continue;
        };
        for (file, id) in sent.files.into_iter().flatten().enumerate() {
            let types = field.file_types.clone();
            files.own.push((field.key.clone(), [value, file], types, id));
        }
        for (file, (name, content)) in sent.uploads.into_iter().enumerate() {
            let fits = |media_type: &str| fields::fits_type(&field.file_types, media_type);
            let prepared = guests::prepare(cx, owner, name, content, fits).await;
            match prepared {
                Ok(bytes) => files.prepared.push((field.key.clone(), [value, file], bytes)),
                Err(Error::Refused(refused)) => {
                    problems.extend(refused.into_iter().map(|problem| Problem {
                        path: at(list, [value, file], "uploads").map(Into::into).to_vec(),
                        ..problem
                    }));
                }
                Err(other) => {
                    files.forget(cx.app).await;
                    return Err(other);
                }
            }
        }
    }
    if problems.is_empty() {
        return Ok(files);
    }
    files.forget(cx.app).await;
    Err(Error::Refused(problems))
}

impl AnswerFiles {
    /// Makes files of the bytes, and notes all files in their answers; answers them in the order in which they hang.
    pub async fn write(
        &self,
        cx: Cx<'_>,
        tx: &impl ConnectionTrait,
        answers: &mut [Answer],
    ) -> Result<Vec<Uuid>> {
        let named: Vec<Uuid> = self.own.iter().map(|(_, _, _, id)| *id).collect();
        let own = if named.is_empty() { Vec::new() } else { guests::own(cx, tx, &named).await? };
        let mut problems = Vec::new();
        let mut all = Vec::new();
        let mut note = |field: &str, id: Uuid| {
            if let Some(answer) = answers.iter_mut().find(|answer| answer.field == field) {
                answer.files.push(id);
            }
            all.push(id);
        };
        for (field, place, types, id) in &self.own {
            let mut refuse = |code, message: &str| {
                problems.push(Problem::at(code, at(self.list, *place, "files"), message));
            };
            match own.iter().find(|(known, _)| known == id) {
                None => refuse(ErrorCode::NotFound, "there is no such file of yours"),
                Some((_, media_type)) if !fields::fits_type(types, media_type) => {
                    let message = "files of this kind are not taken here";
                    refuse(ErrorCode::FileTypeRejected, message);
                }
                Some(_) => note(field, *id),
            }
        }
        if !problems.is_empty() {
            return Err(Error::Refused(problems));
        }
        for (field, place, prepared) in &self.prepared {
            let written = prepared.write(cx, tx, self.owner).await;
            let id = written.map_err(|error| match error {
                Error::Refused(refused) => Error::Refused(
                    refused
                        .into_iter()
                        .map(|problem| Problem {
                            path: at(self.list, *place, "uploads").map(Into::into).to_vec(),
                            ..problem
                        })
                        .collect(),
                ),
                other => other,
            })?;
            note(field, id);
        }
        Ok(each_once(all))
    }

    /// Lets the bytes go: nothing came of it.
    pub async fn forget(self, app: &App) {
        for (_, _, prepared) in self.prepared {
            prepared.forget(app).await;
        }
    }
}

/// Hangs the files on what was answered.
pub async fn hang_answers(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    on: On,
    ids: &[Uuid],
) -> Result<()> {
    put_up(cx, tx, &[on], Place::Answer, ids).await
}
