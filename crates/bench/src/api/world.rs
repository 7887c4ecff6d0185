//! A seeded workspace on a running server, a token that manages it, and the questions that are asked about it.

use super::{RUN_MS, WARM_MS, asked, generator::Load};
use crate::{
    Outcome,
    server::{self, Server},
};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};
use std::path::Path;
use testkit::databases::{Database, Place};

/// How many different questions are asked; a batch holds as many.
const QUESTIONS: usize = 1_000;

/// How many members can be put into a group while it is measured.
const ADDITIONS: usize = 8_000;

const BATCHES: usize = 8;

#[derive(Debug)]
pub(super) struct World {
    pub server: Server,
    /// About members all over the list and resources all over theirs.
    pub questions: Vec<String>,
    emails: Vec<String>,
    resources: Vec<String>,
    authorization: String,
    database: Database,
    place: Place,
}

impl World {
    pub(super) async fn new(binary: &Path, database: Database, (members, groups, resources): (u32, u32, u32)) -> Outcome<Self> {
        let place = Place::empty(database).await;
        server::seed(binary, &place.url, members, groups, resources).await?;
        if database == Database::Postgres {
            // the tests' cluster has no autovacuum, and is in no hurry to have things on the disk
            place.raw("VACUUM ANALYZE").await;
            for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
                place.raw(&format!("ALTER SYSTEM SET {setting} = on")).await;
            }
            place.raw("SELECT pg_reload_conf()").await;
        }
        let authorization = format!("Bearer {}", server::token(binary, &place.url).await?);
        let db = sea_orm::Database::connect(&place.url).await?;
        let emails = texts(&db, "SELECT email AS text FROM members ORDER BY id").await?;
        let resources = texts(&db, "SELECT kind || ':' || key AS text FROM resources WHERE kind = 'source' ORDER BY id").await?;
        db.close().await?;
        let server = server::start_as_usual(binary, &place.url).await?;
        let mut world = Self { server, questions: Vec::new(), emails, resources, authorization, database, place };
        world.questions = world.some_questions(0).iter().map(Value::to_string).collect();
        Ok(world)
    }

    pub(super) fn url(&self) -> &str {
        &self.place.url
    }

    /// So many others with each number; steps that share no divisor with the lists' lengths go all through them.
    fn some_questions(&self, number: usize) -> Vec<Value> {
        let pick = |list: &[String], at: usize| list.get(at % list.len().max(1)).cloned().unwrap_or_default();
        let question = |n: usize| {
            let action = if n.is_multiple_of(3) { "source:edit" } else { "source:read" };
            let subject = format!("email:{}", pick(&self.emails, n * 7_919));
            json!({ "subject": subject, "action": action, "resource": pick(&self.resources, n * 104_729) })
        };
        (number * QUESTIONS..(number + 1) * QUESTIONS).map(question).collect()
    }

    pub(super) fn batches(&self) -> Vec<String> {
        (0..BATCHES).map(|number| json!({ "checks": self.some_questions(number) }).to_string()).collect()
    }

    pub(super) fn load(&self, method: &str, path: &str, bodies: Vec<String>) -> Load {
        Load {
            address: self.server.address.clone(),
            process: self.server.process,
            method: method.to_owned(),
            path: path.to_owned(),
            authorization: self.authorization.clone(),
            bodies,
            once: false,
            connections: 1,
            warm_ms: WARM_MS,
            run_ms: RUN_MS,
        }
    }

    /// Asks some of the questions once; gives the answer that is neither long nor short.
    pub(super) async fn answers(&self) -> Outcome<String> {
        let mut all = Vec::new();
        for question in self.questions.iter().take(99) {
            all.push(asked(&self.server.address, "POST", "/api/v1/check", &self.authorization, question).await?);
        }
        all.sort_by_key(String::len);
        Ok(all.get(all.len() / 2).ok_or("there are no questions")?.clone())
    }

    /// A new group, empty.
    pub(super) async fn group(&self, name: &str) -> Outcome<String> {
        let made = asked(&self.server.address, "POST", "/api/groups", &self.authorization, &json!({ "name": name }).to_string()).await?;
        let made: Value = serde_json::from_str(&made)?;
        Ok(made.pointer("/data/userGroup/id").and_then(Value::as_str).ok_or("no group was made")?.to_owned())
    }

    /// Bodies that each put one member into a group.
    pub(super) fn additions(&self) -> Vec<String> {
        self.emails.iter().take(ADDITIONS).map(|email| json!({ "emails": [email] }).to_string()).collect()
    }

    /// How the database was told to treat commits.
    pub(super) async fn sync_settings(&self) -> Outcome<String> {
        if self.database == Database::Sqlite {
            // each connection has its own setting, and can't ask for another's: the one that writes is set up in `store/src/connect.rs`
            return Ok("SQLite: WAL, synchronous = FULL (as store/src/connect.rs sets it)".to_owned());
        }
        let db = sea_orm::Database::connect(&self.place.url).await?;
        let mut said = Vec::new();
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            let value = texts(&db, &format!("SELECT current_setting('{setting}') AS text")).await?;
            said.push(format!("{setting} = {}", value.concat()));
        }
        db.close().await?;
        Ok(said.join(", "))
    }

    pub(super) async fn end(self) -> Outcome {
        self.server.end().await
    }
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Outcome<Vec<String>> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "text")).collect::<Result<_, _>>()?)
}
