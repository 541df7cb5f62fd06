//! A database of a test's own in which nothing stands yet, not even a table.

use guildhall::{config::Config, infra::db::Db};
use sea_orm::{ConnectionTrait as _, Statement};
use uuid::Uuid;

use super::{Home, named, on_server};

/// A database without tables; it goes with this.
pub struct Blank {
    pub db: Db,
    _home: Home,
}

impl Blank {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
        config.database_connections = 2;
        let home = match std::env::var("GUILDHALL_TEST_DATABASE_URL") {
            Ok(server) => {
                let name = format!("guildhall_test_{}", Uuid::now_v7().simple());
                on_server(&server, &format!("CREATE DATABASE {name}")).await;
                config.database_url = Some(named(&server, &name));
                Home::Database { server, name, _folder: folder }
            }
            Err(_) => Home::Folder(folder),
        };
        Self { db: Db::connect(&config, None).await.unwrap(), _home: home }
    }

    /// The first column of what a statement answers, as text.
    pub async fn texts(&self, text: &str) -> Vec<String> {
        let statement = Statement::from_string(self.db.backend(), text);
        let rows = self.db.write.query_all_raw(statement).await.unwrap();
        rows.into_iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// Runs what somebody wrote out; `$1` and so on stand for the values on both databases.
    pub async fn run(&self, text: &str, values: Vec<sea_orm::Value>) {
        let statement = Statement::from_sql_and_values(self.db.backend(), text, values);
        self.db.write.execute_raw(statement).await.unwrap_or_else(|e| panic!("{text}: {e}"));
    }
}
