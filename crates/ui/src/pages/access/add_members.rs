//! Chooses members to put into a group: searched by name or address, as many as wanted, added in one step.

use super::{
    chosen::{Chosen, item, members_finder},
    group_members::People,
};
use crate::{
    components::{Banner, Button, ButtonKind, CheckList, Dialog, Tone, plural},
    pages::{discard::Discard, doing::Doing},
    rpc::groups,
};
use domain::member::UserRow;
use leptos::prelude::*;

/// Names of those chosen beyond these are counted.
const TAGS: usize = 20;

#[component]
pub fn AddMembers(people: People, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let drawn = people.drawn;
    let slug = StoredValue::new(drawn.access.here.slug());
    let chosen = Chosen::new(Vec::new());
    let doing = Doing::default();
    let discard = Discard::new(move || !chosen.is_empty(), doing.pending, on_close);
    let finder = members_finder(drawn.access.here);
    finder.ask.run((String::new(),));
    let outside = move |row: &&UserRow| row.groups.iter().all(|group| group.id != people.id);
    let items =
        Signal::derive(move || finder.found.with(|found| found.iter().flat_map(|found| &found.rows).filter(outside).filter_map(item).collect::<Vec<_>>()));
    let change = move |id: String, on: bool| chosen.tick(&id, on, items);
    let tags = move || {
        if chosen.is_empty() {
            return ().into_any();
        }
        let rest = chosen.len().saturating_sub(TAGS);
        let tags = chosen.tags().take(TAGS).collect_view();
        view! { <p class="invite-tags"><span class="n">"Chosen: "</span>{tags}{(rest > 0).then(|| format!("and {rest} more"))}</p> }.into_any()
    };
    let add = move || {
        let members = untrack(|| chosen.ids());
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
    let words = move || match chosen.len() {
        0 => "Add members".to_owned(),
        count => format!("Add {}", plural(count as u64, "member", "members")),
    };
    let nobody = Signal::derive(move || chosen.is_empty().then(|| "choose somebody first".to_owned()));
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
            <CheckList id="add-members" label="Team members" items chosen=chosen.ticked() on_change=change search=finder.search()
                empty="Everybody in the workspace is in this group already"/>
        </Dialog>
        {discard.question(|| "Nobody has been added yet.")}
    }
    .into_any()
}
