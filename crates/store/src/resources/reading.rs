//! How a page of resources is read: along the list where it is met soon, else from what the list is narrowed to.

use super::{
    letters::{self, Bounds},
    select::{Key, Listing, Looking, ORDER, Reading},
};
use crate::{
    connect::Backend,
    entity::resource,
    error::StoreError,
    keyset::Window,
    narrowing::{FEW, Narrowest},
    sql::{models, tuples},
    transaction::{Db, on},
};
use domain::{id::ResourceId, policy::Sight, resource::ResourceType};
use sea_orm::{ConnectionTrait as _, Iterable as _};
use std::collections::BTreeSet;
use uuid::Uuid;

/// So far each thing is looked at, before a set is made of all that are found or bear a label.
const NEAR: u64 = 1_000;

/// As much of the list as a page's rows are looked for by eye: this many times the page, or at least so much.
const BY_EYE: usize = 8;
const LEAST_BY_EYE: usize = 2_000;

impl Listing<'_> {
    /// The rows of a window, in its order.
    pub(super) async fn read(&self, db: &impl Db, window: &Window<Key>) -> Result<Vec<resource::Model>, StoreError> {
        let Some(bounds) = self.bounds(db).await? else { return Ok(Vec::new()) };
        // hardly any name is without some letters: to find all that have them would take longer than to meet some
        if self.by_letters()
            && let Some(met) = self.met_soon(db, window, &bounds).await?
        {
            return Ok(met);
        }
        let narrowest = Narrowest::of(db, self.narrowed_to()).await?;
        if let Some(few) = narrowest.filter(Narrowest::is_few) {
            let reading = match self.backend {
                Backend::Sqlite => Reading::From(Box::new(few.to.ids)),
                Backend::Postgres if few.is_found() => Reading::Sorted,
                Backend::Postgres => Reading::Along(Looking::Set),
            };
            return self.rows(db, window, &reading, &bounds).await;
        }
        if let Some(seen) = self.by_eye(db, window, &bounds).await? {
            return Ok(seen);
        }
        if self.asks_for_labels()
            && let Some(met) = self.met_soon(db, window, &bounds).await?
        {
            return Ok(met);
        }
        self.rows(db, window, &Reading::Along(Looking::Set), &bounds).await
    }

    /// A page that is met within a short stretch along the list, where each thing is looked at. `None` where it is not.
    async fn met_soon(&self, db: &impl Db, window: &Window<Key>, bounds: &Bounds) -> Result<Option<Vec<resource::Model>>, StoreError> {
        let end = async || tuples::<(String, String, Uuid)>(db, &self.place_behind(window, bounds, NEAR)).await;
        if self.backend == Backend::Postgres {
            let Some(select) = self.in_stretch(window, bounds, NEAR) else { return Ok(Some(Vec::new())) };
            let met: Vec<resource::Model> = models(db, &select).await?;
            return Ok((met.len() == window.limit() || end().await?.is_empty()).then_some(met));
        }
        let Some((kind, name, id)) = end().await?.pop() else { return self.rows(db, window, &Reading::Along(Looking::Each), bounds).await.map(Some) };
        let met = self.rows(db, window, &Reading::Until((kind, name), id), bounds).await?;
        Ok((met.len() == window.limit()).then_some(met))
    }

    /// Between which types there can be anything; `None` where nowhere.
    async fn bounds(&self, db: &impl Db) -> Result<Option<Bounds>, StoreError> {
        if let Sight::Some { types, among, .. } = self.sight
            && types.is_empty()
            && among.is_empty()
        {
            return Ok(None);
        }
        let found = letters::kinds(db, self.workspace, &self.search(), &self.typed()).await?;
        let seen: Option<BTreeSet<&str>> = match self.sight {
            Sight::Everything => None,
            Sight::Some { types, among, .. } => Some(types.iter().chain(among).map(ResourceType::as_str).collect()),
        };
        Ok(match (found, seen) {
            (Some(found), seen) => {
                let can = |kind: &&str| {
                    seen.as_ref().is_none_or(|seen| seen.contains(kind)) && self.query.kind.as_ref().is_none_or(|wanted| wanted.as_str() == *kind)
                };
                Bounds::of(found.iter().map(String::as_str).filter(can))
            }
            (None, Some(seen)) => Bounds::of(seen),
            (None, None) => Some(Bounds::default()),
        })
    }

    async fn rows(&self, db: &impl Db, window: &Window<Key>, reading: &Reading, bounds: &Bounds) -> Result<Vec<resource::Model>, StoreError> {
        match self.page(window, reading, bounds) {
            Some(select) => models(db, &select).await,
            None => Ok(Vec::new()),
        }
    }

    /// Where somebody sees very many things, one by one: those on the way are looked at here, as no database does it well with so many ids.
    /// `None` where there are few, or hardly any is met.
    async fn by_eye(&self, db: &impl Db, window: &Window<Key>, bounds: &Bounds) -> Result<Option<Vec<resource::Model>>, StoreError> {
        let Sight::Some { types, resources, .. } = self.sight else { return Ok(None) };
        if resources.len() as u64 <= FEW {
            return Ok(None);
        }
        let limit = window.limit();
        let mut part = Window { size: limit, ..window.clone() };
        // the first stretch is read whole: where all of a type is seen, it is the page
        let Some(select) = self.on_the_way(&part, bounds, resource::Column::iter()) else { return Ok(Some(Vec::new())) };
        let mut rows: Vec<resource::Model> = models(db, &select).await?;
        let mut passed = rows.len();
        part.from = rows.last().filter(|_| passed >= part.limit()).map(|row| ((row.kind.clone(), row.name_key.clone()), row.id));
        rows.retain(|row| self.sight.sees(&ResourceType::new(&row.kind), ResourceId::from_uuid(row.id)));
        let mut behind: Vec<Uuid> = Vec::new();
        while rows.len() + behind.len() < limit && part.from.is_some() {
            if passed >= LEAST_BY_EYE.max(limit * BY_EYE) {
                return Ok(None);
            }
            part.size = enough(limit, rows.len() + behind.len(), passed);
            let Some(select) = self.on_the_way(&part, bounds, ORDER) else { break };
            let places = on(db).query_all(&select).await?;
            for place in &places {
                // names are read of the last alone: there may be thousands on the way
                let id: Uuid = place.try_get_by_index(2)?;
                if resources.binary_search(&ResourceId::from_uuid(id)).is_ok()
                    || !types.is_empty() && types.contains(&ResourceType::new(&place.try_get_by_index::<String>(0)?))
                {
                    behind.push(id);
                }
            }
            passed += places.len();
            part.from = match places.last().filter(|_| places.len() >= part.limit()) {
                Some(last) => Some(((last.try_get_by_index(0)?, last.try_get_by_index(1)?), last.try_get_by_index(2)?)),
                None => None,
            };
        }
        rows.truncate(limit);
        behind.truncate(limit - rows.len());
        if !behind.is_empty() {
            rows.extend(models::<resource::Model>(db, &self.these(&behind)).await?);
            rows.sort_by(|one, other| (&one.kind, &one.name_key, one.id).cmp(&(&other.kind, &other.name_key, other.id)));
            if !window.ascending(false) {
                rows.reverse();
            }
        }
        Ok(Some(rows))
    }
}

/// How far to look next for the rest of so many, of which some were seen among those that were passed: about as far as the rest lies if they are
/// spread evenly, and never very much farther than before.
fn enough(wanted: usize, seen: usize, passed: usize) -> usize {
    let rest = wanted.saturating_sub(seen) * passed / seen.max(1);
    (rest + rest / 4).clamp(wanted.min(passed), passed * 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spread_evenly_is_found_by_the_second_look() {
        assert_eq!([enough(51, 0, 52), enough(51, 1, 52), enough(51, 10, 52), enough(51, 50, 52)], [208, 208, 208, 51]);
        for every in 2..4 {
            let second = enough(501, 501 / every, 502);
            assert!(second / every >= 501 - 501 / every && second < 502 * every, "{every}: {second}");
        }
    }
}
