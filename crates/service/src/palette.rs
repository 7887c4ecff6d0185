//! Finds what somebody wants to jump to, by a few letters: a few things of each kind that they may see.

use crate::{access::WorkspaceMember, refusal::stored, resources::sight, services::Services};
use domain::{
    catalog::{Catalog, Role},
    failure::Failure,
    group::GroupRef,
    member::{MemberKind, UserQuery},
    page::PageSize,
    palette::{Found, FoundResource, FoundRole, FoundToken, FoundUser, MOST_FOUND},
    resource::ResourceQuery,
};

/// Nothing typed finds nothing. Who is no owner finds roles, and of resources what they may see.
pub async fn find(services: &Services, me: &WorkspaceMember, text: &str) -> Result<Found, Failure> {
    let Some(text) = Some(text.trim()).filter(|text| !text.is_empty()) else { return Ok(Found::default()) };
    let roles = roles(&services.catalog, text);
    match me.kind() {
        MemberKind::Owner => {
            let (resources, found) = futures::try_join!(resources(services, me, text), of_access(services, me, text))?;
            Ok(Found { roles, resources, ..found })
        }
        MemberKind::Member => Ok(Found { roles, resources: resources(services, me, text).await?, ..Found::default() }),
    }
}

/// By name or id: the catalogue is for everybody.
fn roles(catalog: &Catalog, text: &str) -> Vec<FoundRole> {
    let wanted = text.to_lowercase();
    let fits = |role: &&Role| role.name.to_lowercase().contains(&wanted) || role.id.as_str().contains(&wanted);
    catalog.roles.iter().filter(fits).take(usize::from(MOST_FOUND)).map(|role| FoundRole { id: role.id.clone(), name: role.name.clone() }).collect()
}

async fn resources(services: &Services, me: &WorkspaceMember, text: &str) -> Result<Vec<FoundResource>, Failure> {
    let sight = sight(services, me.into()).await?;
    let query = ResourceQuery { search: Some(text.to_owned()), size: PageSize::new(MOST_FOUND), ..ResourceQuery::default() };
    let page = store::resources::page(&services.store, me.workspace().id, &query, &sight).await.map_err(stored)?;
    Ok(page.rows.into_iter().map(|one| FoundResource { id: one.id, kind: one.kind, key: one.key, name: one.name }).collect())
}

/// Members, groups and tokens: whoever asks is an owner.
async fn of_access(services: &Services, me: &WorkspaceMember, text: &str) -> Result<Found, Failure> {
    let (db, workspace, size) = (&services.store, me.workspace().id, PageSize::new(MOST_FOUND));
    let query = UserQuery { search: Some(text.to_owned()), size, ..UserQuery::default() };
    let users = async { store::users::page(db, workspace, &query, services.now()).await.map_err(stored) };
    let groups = async { store::groups::page(db, workspace, Some(text), None, size).await.map_err(stored) };
    let tokens = async { store::tokens::page(db, workspace, Some(text), None, size).await.map_err(stored) };
    let (users, groups, tokens) = futures::try_join!(users, groups, tokens)?;
    Ok(Found {
        users: users.rows.into_iter().map(|one| FoundUser { id: one.id, name: one.name, email: one.email }).collect(),
        groups: groups.rows.into_iter().map(|one| GroupRef { id: one.id, name: one.name }).collect(),
        tokens: tokens.rows.into_iter().map(|one| FoundToken { id: one.id, name: one.name, prefix: one.prefix }).collect(),
        ..Found::default()
    })
}
