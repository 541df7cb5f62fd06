//! What boards, columns and tasks count is what there is, whatever was done.

use guildhall::entity::board::Visibility;
use serde_json::{Value, json};

use super::kit::{MOVE, UPDATE, add, desk, miscounted, standing_in};

fn dice(seed: &mut u64, sides: usize) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    usize::try_from(*seed % u64::try_from(sides).unwrap()).unwrap()
}

#[tokio::test]
async fn counts_are_right_after_three_hundred_random_operations() {
    let desk = desk(Visibility::Members).await;
    let (app, eve) = (&desk.app, &desk.eve);
    let mut seed = 0x2545_f491_4f6c_dd1d;
    let mut ids = vec![add(app, eve, &desk.board, json!({ "title": "first" })).await];
    let mut done = 0;
    for n in 0..300 {
        let id = ids[dice(&mut seed, ids.len())].clone();
        let other = ids[dice(&mut seed, ids.len())].clone();
        let column = desk.board.columns[dice(&mut seed, 3)].clone();
        let change = |input: Value| json!({ "id": id, "input": input });
        let run = match dice(&mut seed, 9) {
            0 | 1 => {
                let mut input = json!({ "title": format!("task {n}"), "column": column });
                if dice(&mut seed, 2) == 0 {
                    input["parent"] = json!(other);
                }
                input["board"] = json!(desk.board.id);
                let run = app.run_with(eve, super::kit::CREATE, json!({ "input": input })).await;
                if run.refusals().is_empty() {
                    ids.push(run.text("taskCreate.task.id").to_owned());
                }
                run
            }
            2 => app.run_with(eve, UPDATE, change(json!({ "parent": other }))).await,
            3 => app.run_with(eve, UPDATE, change(json!({ "parent": null }))).await,
            4 => app.run_with(eve, UPDATE, change(json!({ "archived": true }))).await,
            5 => {
                app.run_with(eve, UPDATE, change(json!({ "archived": false, "column": column })))
                    .await
            }
            6 if ids.len() > 5 => {
                ids.retain(|kept| *kept != id);
                app.act(eve, "taskDelete", &id).await
            }
            _ => {
                let place = json!({ "id": id, "column": column, "after": other });
                app.run_with(eve, MOVE, place).await
            }
        };
        done += usize::from(run.refusals().is_empty());
    }
    assert!(done > 150, "{done}");
    assert_eq!(miscounted(app).await, [""; 0]);
    let mut standing = 0;
    for column in &desk.board.columns {
        standing += standing_in(app, column).await.len();
    }
    assert!(standing > 3, "{standing}");
}
