//! The rows of the map: a page of groups or of members, or all members in bands.

use super::Side;
use crate::{access::WorkspaceOwner, refusal::stored, services::Services};
use domain::{
    access_map::{LEAST_IN_BAND, MapQuery, MapRows, MapWho, SIDE},
    failure::Failure,
    group::GroupRow,
    id::{GroupId, MemberId},
    member::{UserId, UserQuery, UserRow, UserStatus},
    page::{Cursor, PageSize},
    policy::Subject,
    text::PersonName,
};

/// A row before it is known what it reaches.
pub(super) struct Head {
    pub(super) who: MapWho,
    pub(super) name: String,
    pub(super) note: String,
    /// Who is in a band.
    pub(super) members: Vec<MemberId>,
}

impl Head {
    fn one(subject: Subject, name: String, note: String) -> Self {
        Self { who: MapWho::Subject(subject), name, note, members: Vec::new() }
    }
}

pub(super) async fn rows(services: &Services, owner: &WorkspaceOwner, query: &MapQuery) -> Result<Side<Head>, Failure> {
    match query.rows {
        MapRows::Groups => groups(services, owner, query).await,
        MapRows::Members { group } => members(services, owner, query, group).await,
        MapRows::Bands if query.search.is_some() => members(services, owner, query, None).await,
        MapRows::Bands => bands(services, owner).await,
    }
}

async fn groups(services: &Services, owner: &WorkspaceOwner, query: &MapQuery) -> Result<Side<Head>, Failure> {
    let (search, cursor) = (query.search.as_deref(), query.rows_at.clone());
    let page = store::groups::page(&services.store, owner.workspace().id, search, cursor, PageSize::new(SIDE)).await.map_err(stored)?;
    let row = |group: GroupRow| Head::one(Subject::Group(group.id), group.name.to_string(), so_many(group.members as usize));
    Ok(Side { items: page.rows.into_iter().map(row).collect(), before: page.previous, after: page.next, total: page.total })
}

async fn members(services: &Services, owner: &WorkspaceOwner, query: &MapQuery, group: Option<GroupId>) -> Result<Side<Head>, Failure> {
    let asked = UserQuery {
        search: query.search.clone(),
        statuses: vec![UserStatus::Active],
        groups: group.into_iter().collect(),
        cursor: query.rows_at.clone(),
        size: PageSize::new(SIDE),
        ..UserQuery::default()
    };
    let page = store::users::page(&services.store, owner.workspace().id, &asked, services.now()).await.map_err(stored)?;
    let row = |user: UserRow| {
        let UserId::Member(id) = user.id else { return None };
        let name = user.name.map_or_else(|| user.email.to_string(), |name| name.to_string());
        Some(Head::one(Subject::Member(id), name, user.email.to_string()))
    };
    Ok(Side { items: page.rows.into_iter().filter_map(row).collect(), before: page.previous, after: page.next, total: page.total })
}

/// All of them are on one page.
async fn bands(services: &Services, owner: &WorkspaceOwner) -> Result<Side<Head>, Failure> {
    let workspace = owner.workspace().id;
    let all = store::members::in_order(&services.store, workspace).await.map_err(stored)?;
    let mut bands: Vec<Head> = cut(&all);
    let ends: Vec<MemberId> = bands.iter().flat_map(|band| [band.members.first(), band.members.last()]).flatten().copied().collect();
    let names = store::members::named(&services.store, workspace, &ends).await.map_err(stored)?;
    for band in &mut bands {
        let mut ends: Vec<&str> =
            [band.members.first(), band.members.last()].into_iter().flatten().filter_map(|id| names.get(id)).map(PersonName::as_str).collect();
        ends.dedup();
        band.name = ends.join(" – ");
    }
    Ok(Side { total: Some(bands.len() as u64), items: bands, before: None, after: None })
}

/// Bands of one size, each with the way to its first member in the list of all, which are in order here.
fn cut(all: &[(MemberId, String)]) -> Vec<Head> {
    let size = all.len().div_ceil(usize::from(SIDE)).max(LEAST_IN_BAND);
    let band = |(number, members): (usize, &[(MemberId, String)])| {
        let place = number * size;
        let before = place.checked_sub(1).and_then(|place| all.get(place));
        let after = before.map(|(id, key)| Cursor { key: key.clone(), id: id.uuid(), before: false }.encode());
        let who = MapWho::Band { count: u32::try_from(members.len()).unwrap_or(u32::MAX), after, place: place as u64 + 1 };
        Head { who, name: String::new(), note: so_many(members.len()), members: members.iter().map(|(id, _)| *id).collect() }
    };
    all.chunks(size).enumerate().map(band).collect()
}

fn so_many(members: usize) -> String {
    if members == 1 { "1 member".to_owned() } else { format!("{members} members") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Timestamp;

    #[test]
    fn a_page_of_bands_holds_all_and_each_leads_to_its_first() {
        for (count, size, bands) in [(0_usize, 10, 0), (4, 10, 1), (21, 10, 3), (400, 10, 40), (401, 11, 37), (10_000, 250, 40)] {
            let id = |n: usize| {
                let [.., a, b] = n.to_be_bytes();
                MemberId::new(Timestamp::default(), [0, 0, 0, 0, 0, 0, 0, 0, a, b])
            };
            let all: Vec<(MemberId, String)> = (0..count).map(|n| (id(n), format!("{n:05}"))).collect();
            let cut = cut(&all);
            assert_eq!(cut.len(), bands, "{count}");
            let members: Vec<MemberId> = cut.iter().flat_map(|band| band.members.clone()).collect();
            assert_eq!(members, all.iter().map(|(id, _)| *id).collect::<Vec<_>>());
            for (number, band) in cut.iter().enumerate() {
                let MapWho::Band { count, after, place } = &band.who else { panic!("no band") };
                assert_eq!((usize::try_from(*count), *place), (Ok(band.members.len()), (number * size) as u64 + 1));
                let behind = after.as_ref().map(|after| Cursor::decode(after).unwrap().key);
                assert_eq!(behind, (number > 0).then(|| all[number * size - 1].1.clone()));
            }
        }
    }
}
