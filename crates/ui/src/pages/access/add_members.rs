//! Chooses members to put into a group: searched by name or address, as many as wanted, added in one step.

use super::{found::Finder, group_members::People};
use crate::{
    components::{Banner, Button, ButtonKind, CheckItem, CheckList, Dialog, Tag, Tone, plural},
    pages::{discard::Discard, doing::Doing},
    rpc::{groups, members},
};
use domain::{
    id::MemberId,
    member::{UserId, UserQuery, UserRow, UserStatus},
};
use leptos::prelude::*;

/// Names of those chosen beyond these are counted.
const TAGS: usize = 20;

#[component]
pub fn AddMembers(people: People, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let drawn = people.drawn;
    let slug = StoredValue::new(drawn.access.here.slug());
    // in the order in which they were chosen
    let chosen = RwSignal::new(Vec::<(MemberId, String)>::new());
    let doing = Doing::default();
    let discard = Discard::new(move || chosen.with(|chosen| !chosen.is_empty()), doing.pending, on_close);
    let finder = Finder::new(move |search| {
        let query = UserQuery { search, statuses: vec![UserStatus::Active], ..UserQuery::default() };
        members::users(slug.get_value(), query)
    });
    finder.ask.run((String::new(),));
    let outside = move |row: &&UserRow| row.groups.iter().all(|group| group.id != people.id);
    let items = Signal::derive(move || finder.found.with(|found| found.iter().flat_map(|found| &found.rows).filter(outside).map(item).collect::<Vec<_>>()));
    let ids = Signal::derive(move || chosen.with(|chosen| chosen.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>()));
    let change = move |id: String, on: bool| {
        let Ok(id) = id.parse::<MemberId>() else { return };
        let name = items.with_untracked(|items| items.iter().find(|item| item.id == id.to_string()).map(|item| item.title.clone()));
        chosen.update(|chosen| {
            chosen.retain(|(other, _)| *other != id);
            chosen.extend(on.then(|| (id, name.unwrap_or_default())));
        });
    };
    let tags = move || {
        let all = chosen.get();
        if all.is_empty() {
            return ().into_any();
        }
        let rest = all.len().saturating_sub(TAGS);
        let tag = move |(id, name): (MemberId, String)| {
            let remove = Callback::from(move || chosen.update(|chosen| chosen.retain(|(other, _)| *other != id)));
            view! { <Tag text=name on_remove=remove/> " " }
        };
        let tags = all.into_iter().take(TAGS).map(tag).collect_view();
        view! { <p class="invite-tags"><span class="n">"Chosen: "</span>{tags}{(rest > 0).then(|| format!("and {rest} more"))}</p> }.into_any()
    };
    let add = move || {
        let members: Vec<MemberId> = chosen.with_untracked(|chosen| chosen.iter().map(|(id, _)| *id).collect());
        if members.is_empty() {
            return;
        }
        let slug = slug.get_value();
        doing.run(
            move || groups::add_members(slug.clone(), people.id, members.clone()),
            move |count, is_here| {
                doing.toasts.success(format!("{} added.", plural(u64::from(count), "member", "members")));
                if is_here {
                    drawn.changed();
                    on_close.run(());
                } else {
                    drawn.access.changed();
                }
            },
        );
    };
    let words = move || match chosen.with(Vec::len) {
        0 => "Add members".to_owned(),
        count => format!("Add {}", plural(count as u64, "member", "members")),
    };
    let nobody = Signal::derive(move || chosen.with(Vec::is_empty).then(|| "choose somebody first".to_owned()));
    let footer = move || {
        view! {
            <Button on_click=move || discard.leave()>"Cancel"</Button>
            <Button kind=ButtonKind::Primary pending=doing.pending disabled_reason=nobody on_click=add>{words}</Button>
        }
    };
    view! {
        <Dialog title="Add members" text=Some("They have the group's roles at once, besides their own.".to_owned()) on_close=move || discard.leave() footer=footer>
            {move || doing.message().get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
            {tags}
            <CheckList id="add-members" label="Team members" items chosen=ids on_change=change search=finder.search()
                empty="Everybody in the workspace is in this group already"/>
        </Dialog>
        {discard.question(|| "Nobody has been added yet.")}
    }
    .into_any()
}

fn item(row: &UserRow) -> CheckItem {
    let id = match row.id {
        UserId::Member(id) => id.to_string(),
        UserId::Invite(id) => id.to_string(),
    };
    let name = row.name.as_ref().map_or_else(|| row.email.to_string(), ToString::to_string);
    CheckItem::new(&id, &name, row.email.as_str())
}
