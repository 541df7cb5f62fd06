//! The program itself: what it prints, and how it ends.

use std::{
    path::Path,
    process::{Command, Output},
};

use guildhall::{
    config::Config,
    infra::{
        db::Db,
        migrations::{self, State},
    },
    schema,
};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tempfile::TempDir;

/// Runs the program in `folder`, with nothing of the surroundings but these variables.
fn guildhall(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_guildhall"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// What it prints when it ends well.
#[track_caller]
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = guildhall(folder, arguments, &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).to_owned()
}

#[test]
fn help_names_every_command() {
    let folder = TempDir::new().unwrap();
    let help = printed(folder.path(), &["--help"]);
    for command in
        ["serve", "work", "migrate", "schema", "seed", "admin", "config", "keys", "search"]
    {
        assert!(help.lines().any(|line| line.starts_with(&format!("  {command} "))), "{help}");
    }
    assert!(help.lines().count() <= 30, "{help}");
}

#[test]
fn an_unknown_command_ends_with_2() {
    let folder = TempDir::new().unwrap();
    let output = guildhall(folder.path(), &["serv"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("'serve'"), "{}", text(&output.stderr));
}

#[test]
fn config_prints_what_is_in_force() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("guildhall.toml"), "name = \"Weavers\"\n").unwrap();
    let shown = printed(folder.path(), &["config", "--log", "debug"]);
    assert!(shown.contains("\nname = \"Weavers\" # guildhall.toml:1\n"), "{shown}");
    assert!(shown.contains("\nlog = \"debug\" # --log\n"), "{shown}");

    std::fs::write(folder.path().join("other.toml"), "name = \"Dyers\"\n").unwrap();
    let shown = printed(folder.path(), &["--config", "other.toml", "config"]);
    assert!(shown.contains("\nname = \"Dyers\" # other.toml:1\n"), "{shown}");
}

#[test]
fn a_bad_setting_ends_with_2_and_its_name() {
    let folder = TempDir::new().unwrap();
    let variables = [("GUILDHALL_LISTEN", "here"), ("GUILDHALL_DATADIR", "/data")];
    let output = guildhall(folder.path(), &["config"], &variables);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    assert_eq!(
        text(&output.stderr),
        "guildhall: the configuration is not right:\n  \
         - GUILDHALL_DATADIR is not a setting: did you mean GUILDHALL_DATA_DIR?\n  \
         - GUILDHALL_LISTEN = \"here\": write an IP address and a port, such as 127.0.0.1:8000\n"
    );
}

#[test]
fn a_configuration_file_that_is_not_there_ends_with_2() {
    let folder = TempDir::new().unwrap();
    let output = guildhall(folder.path(), &["config"], &[("GUILDHALL_CONFIG", "none.toml")]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.starts_with("guildhall: can't read the configuration file none.toml: "),
        "{error}"
    );
}

#[test]
fn schema_prints_what_is_served() {
    let folder = TempDir::new().unwrap();
    let served = schema::sdl(&schema::build());
    assert_eq!(printed(folder.path(), &["schema"]).trim_end(), served.trim_end());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it leaves nothing behind");
}

#[test]
fn migrations_go_up_and_down_and_say_where_they_are() {
    let folder = TempDir::new().unwrap();
    let none = guildhall(folder.path(), &["migrate", "status"], &[]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("there is no database at data/guildhall.db"));

    let up = printed(folder.path(), &["migrate", "up"]);
    let names: Vec<&str> = up.lines().map(|line| line.trim_start_matches("applied  ")).collect();
    assert!(names.len() >= 2, "{up}");
    assert_eq!(printed(folder.path(), &["migrate", "status"]), up);
    assert_eq!(
        printed(folder.path(), &["migrate", "up"]),
        "nothing to do: no change was applied\n"
    );

    let last = names[names.len() - 1];
    assert_eq!(printed(folder.path(), &["migrate", "down"]), format!("undone  {last}\n"));
    let status = printed(folder.path(), &["migrate", "status"]);
    assert_eq!(status.lines().last(), Some(&*format!("pending  {last}")));

    let all = names.len().to_string();
    let down = printed(folder.path(), &["migrate", "down", "--steps", &all]);
    assert_eq!(down.lines().count(), names.len() - 1);
    let status = printed(folder.path(), &["migrate", "status"]);
    assert!(status.lines().all(|line| line.starts_with("pending  ")), "{status}");
    assert_eq!(printed(folder.path(), &["migrate", "up"]), up);
}

/// A database of its own in a folder, with a change that this program does not know.
async fn newer(folder: &Path) -> Db {
    let config = Config { data_dir: folder.to_owned(), ..Config::default() };
    let db = Db::connect(&config, None).await.unwrap();
    migrations::up(&db).await.unwrap();
    let insert = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m2999_later', 1)";
    write(&db.write, insert).await;
    db
}

async fn write(db: &DatabaseConnection, statement: &str) {
    db.execute_unprepared(statement).await.unwrap();
}

#[tokio::test]
async fn tables_that_a_newer_program_made_are_refused() {
    let folder = TempDir::new().unwrap();
    let db = newer(folder.path()).await;
    let expected = "this database was made by a newer guildhall (it has m2999_later): run that \
                    version, or restore the backup from before the update";
    assert_eq!(migrations::up(&db).await.unwrap_err().to_string(), expected);
    assert_eq!(migrations::down(&db, 1).await.unwrap_err().to_string(), expected);
    assert_eq!(migrations::check(&db).await.unwrap_err().to_string(), expected);
    let status = migrations::status(&db).await.unwrap();
    assert_eq!(status.last(), Some(&("m2999_later".to_owned(), State::Unknown)));
    assert!(status.iter().rev().skip(1).all(|(_, state)| *state == State::Applied));
}

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused_and_a_command_beside_it_is_not() {
    let folder = TempDir::new().unwrap();
    let config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    let server = Db::connect(&config, None).await.unwrap();
    migrations::up(&server).await.unwrap();
    let error = Db::connect(&config, None).await.unwrap_err().to_string();
    assert!(error.starts_with("another guildhall uses this database"), "{error}");
    let beside = Db::connect_beside(&config).await.unwrap();
    migrations::check(&beside).await.unwrap();
    write(&beside.write, "UPDATE account SET role = 'admin'").await;
}

#[test]
fn seed_fills_an_empty_database_once() {
    let folder = TempDir::new().unwrap();
    let sizes = [
        "seed",
        "--members",
        "12",
        "--posts",
        "20",
        "--comments",
        "30",
        "--reactions",
        "40",
        "--follows",
        "15",
        "--jobs",
        "30",
        "--boards",
        "2",
        "--tasks",
        "25",
    ];
    let said = printed(folder.path(), &sizes);
    assert!(
        said.starts_with(
            "12 members, 20 posts, 30 comments, 40 reactions, 15 follows, 30 postings, \
             25 tasks on 2 boards: "
        ),
        "{said}"
    );
    let again = guildhall(folder.path(), &sizes, &[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).starts_with("guildhall: there are members in this database"));

    let wrong = guildhall(folder.path(), &["seed", "--members", "1"], &[]);
    assert_eq!(wrong.status.code(), Some(2));
    assert_eq!(text(&wrong.stderr), "guildhall: --members: at least 2\n");
}

#[test]
fn what_search_finds_is_written_anew_as_often_as_one_likes() {
    let folder = TempDir::new().unwrap();
    let sizes = ["seed", "--members", "4", "--posts", "5", "--comments", "0", "--reactions", "0"];
    printed(folder.path(), &[&sizes[..], &["--follows", "0", "--jobs", "0"]].concat());
    let said = printed(folder.path(), &["search", "rebuild"]);
    let (count, rest) = said.split_once(' ').unwrap();
    assert!(count.parse::<u32>().unwrap() >= 9, "{said}");
    assert_eq!(rest, "documents written: what the search box finds is up to date.\n");
    assert_eq!(printed(folder.path(), &["search", "rebuild"]), said);

    let empty = TempDir::new().unwrap();
    let output = guildhall(empty.path(), &["search", "rebuild"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("guildhall serve"), "{}", text(&output.stderr));
}
