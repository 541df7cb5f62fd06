//! Files that come with a submission.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::submit::Sent;
use crate::{
    Cx, Error, Result,
    app::App,
    check::{Check, each_once},
    entity::{file_use::Place, form},
    error::{ErrorCode, Problem},
    fields::{self, Answer, Field},
    files::service::{self as files, On, Prepared},
};

/// What comes with the answers, kept so far as bytes.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// For which answer, where it stood in the call, and the bytes.
    prepared: Vec<(String, [usize; 2], Prepared)>,
    /// For which answer, where it stood, which kinds fit, and the member's own file.
    own: Vec<(String, [usize; 2], Vec<String>, Uuid)>,
}

fn at([value, file]: [usize; 2], list: &'static str) -> [String; 5] {
    let parts = ["input", "values", &value.to_string(), list, &file.to_string()];
    parts.map(str::to_owned)
}

/// Refuses ids that name nothing, and any from a guest.
pub(super) fn check_ids(check: &mut Check, cx: Cx<'_>, values: &[Sent]) {
    for (value, sent) in values.iter().enumerate() {
        for (file, id) in sent.files.iter().enumerate().take(fields::MOST_FILES) {
            let problem = if cx.actor.id().is_none() {
                "only members name files of their own: send this one within the request"
            } else if id.is_none() {
                "there is no such file of yours"
            } else {
                continue;
            };
            check.push(Problem::at(ErrorCode::NotFound, at([value, file], "files"), problem));
        }
    }
}

/// Keeps the bytes that came within the request. When one is refused, none is kept.
pub(super) async fn prepare(
    cx: Cx<'_>,
    form: &form::Model,
    questions: &[Field],
    values: Vec<Sent>,
) -> Result<Files> {
    let mut files = Files::default();
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
            let prepared = files::prepare(cx, form.owner_id, name, content, fits).await;
            match prepared {
                Ok(bytes) => files.prepared.push((field.key.clone(), [value, file], bytes)),
                Err(Error::Refused(refused)) => {
                    problems.extend(refused.into_iter().map(|problem| Problem {
                        path: at([value, file], "uploads").map(Into::into).to_vec(),
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

impl Files {
    /// Makes files of the bytes, and notes all files in their answers; answers them in the order in which they hang.
    pub(super) async fn write(
        &self,
        cx: Cx<'_>,
        tx: &impl ConnectionTrait,
        form: &form::Model,
        answers: &mut [Answer],
    ) -> Result<Vec<Uuid>> {
        let named: Vec<Uuid> = self.own.iter().map(|(_, _, _, id)| *id).collect();
        let own = if named.is_empty() { Vec::new() } else { files::own(cx, tx, &named).await? };
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
                problems.push(Problem::at(code, at(*place, "files"), message));
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
            let written = prepared.write(cx, tx, form.owner_id).await;
            let id = written.map_err(|error| match error {
                Error::Refused(refused) => Error::Refused(
                    refused
                        .into_iter()
                        .map(|problem| Problem {
                            path: at(*place, "uploads").map(Into::into).to_vec(),
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
    pub(super) async fn forget(self, app: &App) {
        for (_, _, prepared) in self.prepared {
            prepared.forget(app).await;
        }
    }
}

/// Hangs the files on the submission.
pub(super) async fn hang(
    cx: Cx<'_>,
    tx: &impl ConnectionTrait,
    submission: Uuid,
    ids: &[Uuid],
) -> Result<()> {
    files::put_up(cx, tx, On::Submission(submission), Place::Answer, ids).await
}
