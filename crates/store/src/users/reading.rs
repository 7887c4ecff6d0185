//! How the members of a page are read: along the list where they are met soon, else from what the list is narrowed to.

use super::{
    User,
    select::{Key, Listing, Reading},
};
use crate::{
    connect::Backend,
    entity::member,
    error::StoreError,
    keyset::Window,
    narrowing::{MANY, Narrowest, STRETCH},
    sql::{models, tuples},
    transaction::Db,
};
use domain::member::UserSort;
use sea_orm::sea_query::SelectStatement;
use uuid::Uuid;

/// As many as a page may hold, and some more, where not all of them may be shown.
const AT_ONCE: usize = 4;

/// So far the list is walked for letters that most names have.
const SHORT: u64 = 1_000;

/// Those of the window, in whatever order; perhaps some behind it.
pub(super) async fn members(db: &impl Db, listing: &Listing, window: &Window<Key>) -> Result<Vec<member::Model>, StoreError> {
    // hardly anybody is without some letters: to find all of those who have them would take longer than to meet some
    if listing.by_letters()
        && let Some(met) = met_soon(db, listing, window, SHORT).await?
    {
        return Ok(met);
    }
    let Some(narrowest) = Narrowest::of(db, listing.narrowed_to()).await? else { return read(db, listing, window, &Reading::Along).await };
    if narrowest.is_few() {
        return in_order(db, listing, window, &narrowest).await;
    }
    if let Some(key) = all_begin_with(db, listing, &narrowest).await? {
        return read(db, listing, window, &Reading::Beginning(key)).await;
    }
    if let Some(met) = met_soon(db, listing, window, STRETCH).await? {
        return Ok(met);
    }
    match narrowest.can_be_ordered(db).await? {
        true => in_order(db, listing, window, &narrowest).await,
        false => read(db, listing, window, &Reading::Along).await,
    }
}

async fn read(db: &impl Db, listing: &Listing, window: &Window<Key>, reading: &Reading) -> Result<Vec<member::Model>, StoreError> {
    match listing.members(window, reading) {
        Some(select) => models(db, &select).await,
        None => Ok(Vec::new()),
    }
}

/// From what the list is narrowed to, which is put in order.
async fn in_order(db: &impl Db, listing: &Listing, window: &Window<Key>, narrowest: &Narrowest) -> Result<Vec<member::Model>, StoreError> {
    match (listing.backend, listing.sort) {
        (Backend::Postgres, _) => read(db, listing, window, &Reading::Sorted).await,
        (Backend::Sqlite, UserSort::Name) if narrowest.is_found() => found_in_order(db, listing, window, &narrowest.to.counted).await,
        (Backend::Sqlite, _) => read(db, listing, window, &Reading::From(Box::new(narrowest.to.ids.clone()))).await,
    }
}

/// What was found is put in order by the index's own rows, and looked at from the front until the page is full.
async fn found_in_order(db: &impl Db, listing: &Listing, window: &Window<Key>, found: &SelectStatement) -> Result<Vec<member::Model>, StoreError> {
    let mut met = Vec::new();
    let mut part = Window { size: window.limit() * AT_ONCE, ..window.clone() };
    loop {
        let places: Vec<(Uuid, String)> = tuples(db, &listing.found_in_order(found, &part)).await?;
        let more = places.len() == part.limit();
        part.from = places.last().map(|(id, key)| (Key::Text(key.clone()), *id));
        part.size *= 2;
        met.extend(read(db, listing, window, &Reading::These(places.into_iter().map(|(id, _)| id).collect())).await?);
        if met.len() >= window.limit() || !more {
            return Ok(met);
        }
    }
}

/// What is searched, where all who are found have a name that begins with it: then they stand together in the list.
async fn all_begin_with(db: &impl Db, listing: &Listing, narrowest: &Narrowest) -> Result<Option<String>, StoreError> {
    let Some((key, any)) = listing.any_beginning().filter(|_| narrowest.is_found()) else { return Ok(None) };
    if tuples::<(Uuid,)>(db, &any).await?.is_empty() {
        return Ok(None);
    }
    let counts: Vec<(i64, i64)> = tuples(db, &listing.found_and_beginning(&narrowest.to.counted, &key)).await?;
    let all = counts.first().is_some_and(|(found, beginning)| found == beginning && u64::try_from(*found).is_ok_and(|found| found <= MANY));
    Ok(all.then_some(key))
}

/// A stretch along the list, and another for the rest of the page where a quarter of it was met: to walk on is cheaper than to put all who are
/// found in order. `None` where fewer were.
async fn met_soon(db: &impl Db, listing: &Listing, window: &Window<Key>, length: u64) -> Result<Option<Vec<member::Model>>, StoreError> {
    let mut met = Vec::new();
    let mut rest = window.clone();
    loop {
        let Some(mut some) = stretch(db, listing, &rest, length).await? else {
            met.extend(read(db, listing, &rest, &Reading::Along).await?);
            return Ok(Some(met));
        };
        let goes_on = some.len() * 4 >= rest.limit();
        met.append(&mut some);
        if met.len() >= window.limit() {
            return Ok(Some(met));
        }
        let last = met.iter().map(|row| (User::key_of(row, listing.sort), row.id)).reduce(|one, other| {
            let later = (other > one) == window.ascending(listing.descending);
            if later { other } else { one }
        });
        if !goes_on {
            return Ok(None);
        }
        rest = Window { from: last, backward: window.backward, size: window.size - met.len() };
    }
}

/// Whom the list shows within a stretch. `None` where the list ends before.
async fn stretch(db: &impl Db, listing: &Listing, window: &Window<Key>, length: u64) -> Result<Option<Vec<member::Model>>, StoreError> {
    if listing.backend == Backend::Postgres
        && let Some(select) = listing.in_stretch(window, length)
    {
        let ids: Vec<(Uuid,)> = tuples(db, &select).await?;
        return read(db, listing, window, &Reading::These(ids.into_iter().map(|(id,)| id).collect())).await.map(Some);
    }
    let end = listing.end_of_stretch(window, length);
    let end: Option<(Key, Uuid)> = match listing.sort {
        UserSort::Name => tuples::<(String, Uuid)>(db, &end).await?.pop().map(|(key, id)| (Key::Text(key), id)),
        UserSort::LastSeen => tuples::<(i64, Uuid)>(db, &end).await?.pop().map(|(key, id)| (Key::Moment(key), id)),
    };
    let Some((key, id)) = end else { return Ok(None) };
    read(db, listing, window, &Reading::Until(key, id)).await.map(Some)
}
