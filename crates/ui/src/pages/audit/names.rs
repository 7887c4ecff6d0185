//! Who and what the trail can be narrowed to: searched on the server, and called by their names.

use super::entry::named;
use crate::{
    components::FilterOption,
    pages::access::found::Finder,
    rpc::{Rpc, audit, palette},
};
use domain::{
    audit::Entry,
    audit_query::{AuditPage, Doer},
    member::UserId,
    page::Page,
    palette::Found,
    workspace::WorkspaceSlug,
};
use leptos::prelude::*;

/// Somebody or something to narrow to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As the URL says it.
    value: String,
    name: String,
    /// What tells it from others of its name.
    note: String,
}

impl Choice {
    fn new(value: String, name: &str, note: &str) -> Self {
        Self { value, name: name.to_owned(), note: note.to_owned() }
    }

    fn option(&self) -> FilterOption {
        let label = if self.note.is_empty() { self.name.clone() } else { format!("{} · {}", self.name, self.note) };
        FilterOption::new(&self.value, &label)
    }
}

/// Names of those that can be chosen, as far as they were met. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Names {
    pub finder: Finder<Choice>,
    known: RwSignal<Vec<Choice>>,
    /// Those that the page of the trail tells of.
    shown: RwSignal<Vec<Choice>>,
    /// What one is called that was not met.
    otherwise: fn(&str) -> String,
}

/// Whoever can have done something.
pub fn doers(slug: WorkspaceSlug, trail: Resource<Rpc<AuditPage>>) -> Names {
    Names::new(Finder::new(move |text| find_doers(slug.clone(), text)), trail, did, |_| "Somebody".to_owned())
}

/// Whatever something can have been done to.
pub fn targets(slug: WorkspaceSlug, trail: Resource<Rpc<AuditPage>>) -> Names {
    Names::new(Finder::new(move |text| find_targets(slug.clone(), text)), trail, told_of, |value| {
        format!("this {}", value.split(':').next().unwrap_or_default())
    })
}

impl Names {
    fn new(finder: Finder<Choice>, trail: Resource<Rpc<AuditPage>>, of_entry: fn(&Entry) -> Option<Choice>, otherwise: fn(&str) -> String) -> Self {
        let (known, shown) = (RwSignal::new(Vec::new()), RwSignal::new(Vec::new()));
        let learn = move |met: &[Choice]| {
            known.update(|known: &mut Vec<Choice>| {
                for one in met {
                    if known.iter().all(|other| other.value != one.value) {
                        known.push(one.clone());
                    }
                }
            });
        };
        Effect::new(move || {
            if let Some(Ok(found)) = trail.get() {
                let met: Vec<Choice> = found.page.rows.iter().filter_map(of_entry).collect();
                learn(&met);
                shown.set(met);
            }
        });
        Effect::new(move || {
            if let Some(found) = finder.found.get() {
                learn(&found.rows);
            }
        });
        Self { finder, known, shown, otherwise }
    }

    pub fn name(self, value: &str) -> String {
        let known = self.known.with(|known| known.iter().find(|one| one.value == value).map(|one| one.name.clone()));
        known.unwrap_or_else(|| (self.otherwise)(value))
    }

    /// What was found, and what of the page fits; where nothing is searched for, what is chosen stands before it. Another search alone
    /// changes the lines: whoever chooses by key stays at theirs.
    pub fn options(self, chosen: &[String]) -> Vec<FilterOption> {
        self.finder.found.with(|found| {
            let text = found.as_ref().map_or("", |found| found.text.trim()).to_lowercase();
            let first: &[String] = if text.is_empty() { chosen } else { &[] };
            let shown = self.shown.get_untracked();
            let fits = shown.iter().filter(|one| one.name.to_lowercase().contains(&text));
            let offered: Vec<&Choice> = found.iter().flat_map(|found| &found.rows).chain(fits).collect();
            let line = |value: &String| {
                let met = offered.iter().find(|one| one.value == *value).map(|one| one.option());
                met.unwrap_or_else(|| FilterOption::new(value, &untrack(|| self.name(value))))
            };
            let mut options: Vec<FilterOption> = first.iter().map(line).collect();
            for one in offered {
                if options.iter().all(|option| option.value != one.value) {
                    options.push(one.option());
                }
            }
            options
        })
    }

    /// What stands here before somebody types is a part.
    pub fn more(self) -> Signal<bool> {
        Signal::derive(move || self.finder.found.with(|found| found.as_ref().is_some_and(|found| found.text.trim().is_empty())))
    }
}

fn did(entry: &Entry) -> Option<Choice> {
    Some(Choice::new(Doer::from(&entry.actor).to_string(), entry.actor.name(), ""))
}

/// Nothing where the entry doesn't say its name.
fn told_of(entry: &Entry) -> Option<Choice> {
    let object = entry.object.as_ref()?;
    let name = named(object, &entry.event)?;
    let note = if object.kind == "member" { "" } else { object.kind.as_str() };
    Some(Choice::new(format!("{}:{}", object.kind, object.id), &name, note))
}

async fn find_doers(slug: WorkspaceSlug, text: Option<String>) -> Rpc<Page<Choice>> {
    let found = audit::doers(slug, text).await?;
    Ok(found.map(|one| Choice::new(one.doer.to_string(), &one.name, "")))
}

/// What the palette finds; and members and tokens from the start, with who has left.
async fn find_targets(slug: WorkspaceSlug, text: Option<String>) -> Rpc<Page<Choice>> {
    let mut rows = match &text {
        Some(text) => of_palette(palette::find(slug.clone(), text.clone()).await?),
        None => Vec::new(),
    };
    for one in audit::doers(slug, text).await?.rows {
        let note = match one.doer {
            Doer::Member(_) => "",
            Doer::Token(_) => "token",
            Doer::Account(_) | Doer::Operator | Doer::System | Doer::Anonymous => continue,
        };
        let choice = Choice::new(one.doer.to_string(), &one.name, note);
        if rows.iter().all(|row| row.value != choice.value) {
            rows.push(choice);
        }
    }
    Ok(Page { rows, ..Page::empty() })
}

fn of_palette(found: Found) -> Vec<Choice> {
    let users = found.users.into_iter().map(|user| {
        let value = match user.id {
            UserId::Member(id) => format!("member:{id}"),
            UserId::Invite(id) => format!("invite:{id}"),
        };
        match user.name {
            Some(name) => Choice::new(value, name.as_str(), user.email.as_str()),
            None => Choice::new(value, user.email.as_str(), "invite"),
        }
    });
    let groups = found.groups.into_iter().map(|group| Choice::new(format!("group:{}", group.id), group.name.as_str(), "group"));
    let tokens = found.tokens.into_iter().map(|token| Choice::new(format!("token:{}", token.id), token.name.as_str(), "token"));
    let resources = found.resources.into_iter().map(|one| Choice::new(format!("resource:{}", one.id), one.name.as_str(), &format!("{}:{}", one.kind, one.key)));
    users.chain(groups).chain(tokens).chain(resources).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        audit::{Actor, Event, Object, Origin},
        email::EmailAddress,
        group::GroupRef,
        id::{AuditId, GroupId, MemberId, ResourceId, ReviewId},
        palette::{FoundResource, FoundUser},
        resource::ResourceType,
        text::{GroupName, PersonName, ResourceKey, ResourceName},
    };

    #[test]
    fn what_the_palette_finds_is_said_as_the_trail_keeps_it() {
        let (member, group, resource) =
            (MemberId::new(Default::default(), [1; 10]), GroupId::new(Default::default(), [2; 10]), ResourceId::new(Default::default(), [3; 10]));
        let found = Found {
            users: vec![FoundUser {
                id: UserId::Member(member),
                name: Some(PersonName::parse("Bea").unwrap()),
                email: EmailAddress::parse("bea@acme.test").unwrap(),
            }],
            groups: vec![GroupRef { id: group, name: GroupName::parse("Data").unwrap() }],
            resources: vec![FoundResource {
                id: resource,
                kind: ResourceType::new("source"),
                key: ResourceKey::parse("web").unwrap(),
                name: ResourceName::parse("Web").unwrap(),
            }],
            ..Found::default()
        };
        let options: Vec<FilterOption> = of_palette(found).iter().map(Choice::option).collect();
        assert_eq!(
            options,
            [
                FilterOption::new(&format!("member:{member}"), "Bea · bea@acme.test"),
                FilterOption::new(&format!("group:{group}"), "Data · group"),
                FilterOption::new(&format!("resource:{resource}"), "Web · source:web"),
            ]
        );
    }

    #[test]
    fn an_entry_offers_what_it_names() {
        let id = ReviewId::new(Default::default(), [1; 10]).uuid();
        let entry = |event| Entry {
            id: AuditId::new(Default::default(), [1; 10]),
            seq: 1,
            at: Default::default(),
            actor: Actor::System,
            event,
            object: Some(Object::new("review", id)),
            origin: Origin::default(),
        };
        let told = told_of(&entry(Event::ReviewCancelled { name: "Autumn".to_owned() }));
        assert_eq!(told.as_ref().map(Choice::option), Some(FilterOption::new(&format!("review:{id}"), "Autumn · review")));
        assert_eq!(told_of(&entry(Event::SignedOut)), None);
    }
}
