//! The audit trail for owners: its list, whom it can be narrowed to, and the trail as a file.

use crate::{access::WorkspaceOwner, cells::line, refusal::stored, services::Services};
use domain::{
    audit::{Actor, Chain, Entry, Event, Origin},
    audit_query::{AuditFilter, AuditPage, AuditQuery, Doer, MOST_NAMED, NamedDoer},
    audit_words,
    catalog::Catalog,
    email::EmailAddress,
    failure::Failure,
    id::MemberId,
    member::{UserId, UserQuery, UserStatus},
    page::PageSize,
};
use futures::{Stream, StreamExt as _};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// How many of each kind are offered to narrow the trail to.
const OFFERED: u16 = 20;

/// Among how many of the last who left one is looked for.
const LEFT: u16 = 500;

/// How much is gathered before it is sent on.
const PIECE: usize = 64 * 1_024;

pub const COLUMNS: [&str; 14] = [
    "Time",
    "Number",
    "Who",
    "Kind of actor",
    "Actor id",
    "Event",
    "What",
    "Details",
    "Kind of object",
    "Object id",
    "Address",
    "Request",
    "Operation",
    "Entry id",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    JsonLines,
}

/// A page of the workspace's trail, the newest entry first.
pub async fn page(services: &Services, owner: &WorkspaceOwner, query: &AuditQuery) -> Result<AuditPage, Failure> {
    bounded(&query.filter)?;
    let workspace = owner.workspace().id;
    let page = store::audit::page(&services.store, Chain::Workspace(workspace), query).await.map_err(stored)?;
    let mut told: BTreeSet<_> = page.rows.iter().filter_map(|entry| entry.object.as_ref()).map(|object| object.id).collect();
    told.extend(page.rows.iter().filter_map(|entry| id_of(Doer::from(&entry.actor))));
    let here = store::audit::present(&services.store, workspace, &told).await.map_err(stored)?;
    Ok(AuditPage { page, here, kept_days: services.settings.audit_days })
}

/// The addresses of those who did these, as far as they are members still.
pub async fn emails(services: &Services, owner: &WorkspaceOwner, entries: &[Entry]) -> Result<HashMap<MemberId, EmailAddress>, Failure> {
    let member = |entry: &Entry| if let Actor::Member { id, .. } = &entry.actor { Some(*id) } else { None };
    let members: BTreeSet<MemberId> = entries.iter().filter_map(member).collect();
    let cards = store::members::cards(&services.store, owner.workspace().id, &members.into_iter().collect::<Vec<_>>()).await.map_err(stored)?;
    Ok(cards.into_iter().map(|(id, (_, email))| (id, email)).collect())
}

/// Members and tokens whose names fit, and whoever else can have done something. Who has left is found by their entries.
pub async fn doers(services: &Services, owner: &WorkspaceOwner, search: Option<&str>) -> Result<Vec<NamedDoer>, Failure> {
    let (db, workspace) = (&services.store, owner.workspace().id);
    let wanted = search.map(|text| text.trim().to_lowercase()).unwrap_or_default();
    let nameless = [(Doer::Operator, "The operator"), (Doer::System, "Rolecall")].map(|(doer, name)| NamedDoer { doer, name: name.to_owned() });
    let mut found: Vec<NamedDoer> = nameless.into_iter().filter(|one| one.name.to_lowercase().contains(&wanted)).collect();
    let search = search.map(str::to_owned).filter(|text| !text.trim().is_empty());
    let query = UserQuery { search: search.clone(), statuses: vec![UserStatus::Active], size: PageSize::new(OFFERED), ..UserQuery::default() };
    let users = store::users::page(db, workspace, &query, services.now()).await.map_err(stored)?;
    found.extend(users.rows.into_iter().filter_map(|row| match row.id {
        UserId::Member(id) => Some(NamedDoer { doer: Doer::Member(id), name: row.name.map_or_else(|| row.email.to_string(), |name| name.to_string()) }),
        UserId::Invite(_) => None,
    }));
    let tokens = store::tokens::page(db, workspace, search.as_deref(), None, PageSize::new(OFFERED)).await.map_err(stored)?;
    found.extend(tokens.rows.into_iter().map(|row| NamedDoer { doer: Doer::Token(row.id), name: row.name.to_string() }));
    let here: Vec<Doer> = found.iter().map(|one| one.doer).collect();
    // who came back stands there already
    let left = left(services, owner, &wanted).await?;
    found.extend(left.into_iter().filter(|gone| here.iter().all(|one| *one != gone.doer)).collect::<Vec<_>>());
    Ok(found)
}

/// Those who left lately, or were removed: of them too one asks what they did.
async fn left(services: &Services, owner: &WorkspaceOwner, wanted: &str) -> Result<Vec<NamedDoer>, Failure> {
    let events = ["member_removed", "member_left"].map(str::to_owned).to_vec();
    let query = AuditQuery { filter: AuditFilter { events, ..AuditFilter::default() }, size: PageSize::new(LEFT), ..AuditQuery::default() };
    let chain = Chain::Workspace(owner.workspace().id);
    let mut found: Vec<NamedDoer> = Vec::new();
    for entry in store::audit::page(&services.store, chain, &query).await.map_err(stored)?.rows {
        let (Event::MemberRemoved { member, .. } | Event::MemberLeft { member, .. }) = entry.event else { continue };
        let Some(object) = entry.object.filter(|object| object.kind == "member") else { continue };
        let doer = Doer::Member(MemberId::from_uuid(object.id));
        if member.to_lowercase().contains(wanted) && found.iter().all(|one| one.doer != doer) {
            found.push(NamedDoer { doer, name: format!("{member} (left)") });
        }
    }
    found.truncate(usize::from(OFFERED));
    Ok(found)
}

/// The trail, or what the filter leaves of it, the newest entry first, in pieces: its length never shows in memory. The download is
/// recorded before it begins.
pub async fn export(
    services: &Services,
    owner: &WorkspaceOwner,
    filter: AuditFilter,
    format: Format,
) -> Result<impl Stream<Item = Result<Vec<u8>, Failure>> + Send + use<>, Failure> {
    bounded(&filter)?;
    let chain = Chain::Workspace(owner.workspace().id);
    let event = Event::AuditExported { format: format.words().to_owned(), filter: filter.words() };
    let tx = services.store.begin().await.map_err(stored)?;
    tx.commit(owner.record(services, event, None)).await.map_err(stored)?;

    let services = services.clone();
    Ok(async_stream::try_stream! {
        let mut piece = format.head()?;
        let mut entries = std::pin::pin!(store::audit::all(&services.store, chain, filter));
        while let Some(entry) = entries.next().await {
            piece.extend_from_slice(&format.entry(&entry.map_err(stored)?, &services.catalog)?);
            if piece.len() >= PIECE {
                yield std::mem::replace(&mut piece, Vec::with_capacity(PIECE + 4_096));
            }
        }
        yield piece;
    })
}

fn bounded(filter: &AuditFilter) -> Result<(), Failure> {
    for (named, what) in [(filter.actors.len(), "actors"), (filter.events.len(), "events")] {
        if named > MOST_NAMED {
            return Err(Failure::field(what, format_args!("{named} {what} at once are too many; name at most {MOST_NAMED}")));
        }
    }
    Ok(())
}

const fn id_of(doer: Doer) -> Option<uuid::Uuid> {
    match doer {
        Doer::Member(id) => Some(id.uuid()),
        Doer::Account(id) => Some(id.uuid()),
        Doer::Token(id) => Some(id.uuid()),
        Doer::Operator | Doer::System | Doer::Anonymous => None,
    }
}

/// An entry as a line of JSON, by itself readable.
#[derive(Serialize)]
struct JsonEntry<'a> {
    at: String,
    seq: i64,
    id: String,
    actor: &'a domain::audit::Actor,
    event: &'a Event,
    sentence: String,
    details: Vec<String>,
    object: Option<&'a domain::audit::Object>,
    origin: &'a Origin,
}

impl Format {
    const fn words(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::JsonLines => "JSON lines",
        }
    }

    fn head(self) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Csv => line(&COLUMNS),
            Self::JsonLines => Ok(Vec::new()),
        }
    }

    fn entry(self, entry: &Entry, catalog: &Catalog) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Csv => line(&cells(entry, catalog)),
            Self::JsonLines => {
                let json = JsonEntry {
                    at: entry.at.to_string(),
                    seq: entry.seq,
                    id: entry.id.to_string(),
                    actor: &entry.actor,
                    event: &entry.event,
                    sentence: entry.sentence_by(catalog),
                    details: audit_words::details(&entry.event, catalog),
                    object: entry.object.as_ref(),
                    origin: &entry.origin,
                };
                let mut line = serde_json::to_vec(&json).map_err(|_| Failure::internal())?;
                line.push(b'\n');
                Ok(line)
            }
        }
    }
}

fn cells(entry: &Entry, catalog: &Catalog) -> [String; 14] {
    let doer = Doer::from(&entry.actor);
    let kind = doer.to_string().split(':').next().unwrap_or_default().to_owned();
    let object = entry.object.as_ref();
    [
        entry.at.to_string(),
        entry.seq.to_string(),
        entry.actor.name().to_owned(),
        kind,
        id_of(doer).map(|id| id.to_string()).unwrap_or_default(),
        entry.event.name().to_owned(),
        entry.event.sentence_by(catalog),
        audit_words::details(&entry.event, catalog).join("; "),
        object.map(|object| object.kind.clone()).unwrap_or_default(),
        object.map(|object| object.id.to_string()).unwrap_or_default(),
        entry.origin.address.clone().unwrap_or_default(),
        entry.origin.request.clone().unwrap_or_default(),
        entry.origin.operation.map(|operation| operation.to_string()).unwrap_or_default(),
        entry.id.to_string(),
    ]
}
