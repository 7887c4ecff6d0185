//! Who is in a group: searched, taken out with a way back, and more of them added.

use super::{add_members::AddMembers, group_parts::group, subject_drawer::Drawn, user_row::standing_words};
use crate::{
    components::{Button, ButtonKind, EmptyState, IconButton, IconName, Pause, SkeletonLines, StatusDot, Who},
    pages::failure::not_loaded,
    pages::newest::Newest,
    path,
    rpc::{RpcError, groups, members},
};
use domain::{
    group::GroupRef,
    id::{GroupId, MemberId},
    member::{UserId, UserQuery, UserRow, UserStanding},
    page::{Cursor, PageSize},
};
use leptos::{prelude::*, task::spawn_local};

/// The list as far as it was asked for. Copy it into callbacks.
#[derive(Clone, Copy)]
pub(super) struct People {
    pub drawn: Drawn,
    pub id: GroupId,
    rows: RwSignal<Option<Vec<UserRow>>>,
    next: RwSignal<Option<String>>,
    /// What was searched for when these rows came.
    found: StoredValue<Option<String>>,
    failed: RwSignal<Option<RpcError>>,
    busy: RwSignal<bool>,
    text: RwSignal<String>,
    newest: Newest,
    adding: RwSignal<bool>,
}

#[component]
pub fn GroupMembers(drawn: Drawn, id: GroupId, shown: Signal<bool>) -> impl IntoView {
    let people = People {
        drawn,
        id,
        rows: RwSignal::new(None),
        next: RwSignal::new(None),
        found: StoredValue::new(None),
        failed: RwSignal::new(None),
        busy: RwSignal::new(false),
        text: RwSignal::new(String::new()),
        newest: Newest::default(),
        adding: RwSignal::new(false),
    };
    let visited = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or(false) || shown.get());
    Effect::new(move || {
        let _ = (drawn.seen.get(), drawn.session.version());
        if visited.get() {
            people.fetch(false);
        }
    });
    view! { <div class="drawer-section">{move || visited.get().then(|| people.view())}</div> }.into_any()
}

impl People {
    fn view(self) -> AnyView {
        let pause = Pause::new(Pause::TYPING);
        let typed = move |event| {
            self.text.set(event_target_value(&event));
            pause.then(move || self.fetch(false));
        };
        let locked = move || self.locked();
        let empty = Memo::new(move |_| self.rows.with(|rows| rows.as_ref().map(Vec::is_empty)));
        view! {
            <div class="bar">
                <input class="input" type="search" placeholder="Search members" aria-label="Search members of the group" autocomplete="off" on:input=typed/>
                <span class="gap"></span>
                <Button kind=ButtonKind::Primary icon=IconName::UserPlus disabled_reason=Signal::derive(locked) on_click=move || self.adding.set(true) attr:aria-haspopup="dialog">
                    "Add members"
                </Button>
            </div>
            {move || self.list(empty)}
            {move || self.adding.get().then(|| view! { <AddMembers people=self on_close=move || self.adding.set(false)/> })}
        }
        .into_any()
    }

    /// Why nobody new can come in.
    fn locked(self) -> Option<String> {
        let plan = self.drawn.editor.context.with(|context| context.as_ref().map(|context| context.plan))?;
        (!plan.has_groups()).then(|| "user groups need the Business plan".to_owned())
    }

    fn list(self, empty: Memo<Option<bool>>) -> AnyView {
        match empty.get() {
            None => match self.failed.get() {
                Some(error) => not_loaded(&error, move || self.fetch(false)),
                None => view! { <SkeletonLines lines=5/> }.into_any(),
            },
            Some(true) if self.text.with(|text| text.trim().is_empty()) => view! {
                <EmptyState icon=IconName::UsersRound title="Nobody is in this group yet" text="Who is added has the group's roles at once, besides their own."/>
            }
            .into_any(),
            Some(true) => {
                let text = self.text.with(|text| format!("Looked for “{}” in names and addresses.", text.trim()));
                view! { <EmptyState icon=IconName::Search title="Nobody matches" text=text/> }.into_any()
            }
            Some(false) => {
                let rows = move || self.rows.get().unwrap_or_default();
                let problem = move || self.failed.get().map(|error| view! { <p class="field-error" role="alert">{error.message()}</p> });
                let more = move || {
                    let button = move || view! { <Button pending=self.busy on_click=move || self.fetch(true)>"Show more"</Button> };
                    self.next.with(Option::is_some).then(button)
                };
                view! {
                    <ul class="people-list" aria-label="Members of the group"><For each=rows key=|row| (row.id, row.revision) children=move |row| self.line(row)/></ul>
                    {problem}
                    <p class="list-more">{more}</p>
                }
                .into_any()
            }
        }
    }

    fn line(self, row: UserRow) -> AnyView {
        let invited = matches!(row.id, UserId::Invite(_));
        let name = row.name.as_ref().map_or_else(|| row.email.to_string(), ToString::to_string);
        let href = Signal::stored(path::user(&self.drawn.access.here.slug(), row.id));
        let hue = match row.id {
            UserId::Member(id) => id.to_string(),
            UserId::Invite(id) => id.to_string(),
        };
        let side = match (row.id, &row.standing) {
            (UserId::Member(id), _) => {
                let name = name.clone();
                let label = format!("Take {name} out of the group");
                view! { <IconButton label=label icon=IconName::X on_click=move || self.remove(id, name.clone())/> }.into_any()
            }
            (UserId::Invite(_), standing @ (UserStanding::Active { .. } | UserStanding::Invited { .. })) => {
                let (tone, text) = standing_words(standing);
                view! { <StatusDot tone text=text/> }.into_any()
            }
        };
        let note = if invited { "joins the group when they accept".to_owned() } else { row.email.to_string() };
        view! { <li><Who name=name note=note id=hue invited=invited href=href/>{side}</li> }.into_any()
    }

    /// Asks for the page after what is shown, or for as many as are shown; an answer that was overtaken is left aside.
    fn fetch(self, more: bool) {
        let cursor = if more { self.next.get_untracked() } else { None };
        // whoever has read on keeps their place
        let shown = if more { 0 } else { self.rows.with_untracked(|rows| rows.as_ref().map_or(0, Vec::len)) };
        let size = PageSize::new(u16::try_from(shown).unwrap_or(PageSize::MAX).max(PageSize::SCREEN.get()));
        let search = self.text.with_untracked(|text| Some(text.trim().to_owned()).filter(|text| !text.is_empty()));
        let searched = search.clone();
        let query = UserQuery { search, groups: vec![self.id], cursor: cursor.and_then(|cursor| Cursor::decode(&cursor).ok()), size, ..UserQuery::default() };
        self.busy.set(true);
        self.newest.ask(members::users(self.drawn.access.here.slug(), query), move |answer| {
            self.busy.set(false);
            match answer {
                Ok(page) => {
                    // the lines that stay are not drawn anew
                    if self.failed.with_untracked(Option::is_some) {
                        self.failed.set(None);
                    }
                    self.found.set_value(searched);
                    self.next.set(page.next);
                    self.rows.update(|rows| match rows {
                        Some(rows) if more => rows.extend(page.rows),
                        Some(_) | None => *rows = Some(page.rows),
                    });
                }
                Err(error) if self.drawn.session.ask_again(&error, move || self.fetch(more)) => {}
                Err(error) => {
                    // who matched another search says nothing of this one; otherwise a list that is here stays where only news of it did not come
                    if self.found.with_value(|found| *found != searched) {
                        self.rows.set(None);
                    }
                    if more || self.rows.with_untracked(Option::is_none) {
                        self.failed.set(Some(error));
                    }
                }
            }
        });
    }

    fn remove(self, member: MemberId, name: String) {
        let drawn = self.drawn;
        let Some(group) = drawn.stored.with_untracked(|stored| group(stored.as_ref()).map(domain::group::Group::reference)) else { return };
        let slug = drawn.access.here.slug();
        spawn_local(async move {
            match groups::remove_members(slug, group.id, vec![member]).await {
                Ok(count) => {
                    if count > 0 {
                        taken_out(drawn, group, member, name);
                    }
                    drawn.changed();
                }
                Err(error) if drawn.session.ask_again(&error, move || self.remove(member, name.clone())) => {}
                Err(error) => drawn.toasts.error(error.message()),
            }
        });
    }
}

/// Says so, and offers the way back; the drawer may be closed by then.
fn taken_out(drawn: Drawn, group: GroupRef, member: MemberId, name: String) {
    let (access, toasts, slug) = (drawn.access, drawn.toasts, drawn.access.here.slug());
    let text = format!("{name} is out of {}.", group.name);
    toasts.undo(text, "Undo", move || {
        let (slug, name, group) = (slug.clone(), name.clone(), group.clone());
        spawn_local(async move {
            match groups::add_members(slug, group.id, vec![member]).await {
                Ok(_) => {
                    toasts.success(format!("{name} is in {} again.", group.name));
                    access.changed();
                }
                Err(error) => toasts.error(error.message()),
            }
        });
    });
}
