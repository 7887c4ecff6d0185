//! What a group's drawer has: name, roles and personal data, who is in it, what was done to it, and deleting it.

use super::{
    access_form::access_form,
    activity_tab::ActivityTab,
    delete_group::DeleteGroup,
    effective_panel::EffectivePanel,
    explain_tab::ExplainTab,
    group_members::GroupMembers,
    stored::Stored,
    subject_drawer::{Asking, Drawn, Looks},
};
use crate::components::{Button, ButtonKind, TabItem, TabPanel, TimeAgo, grouped, plural};
use domain::{group::Group, id::GroupId};
use leptos::prelude::*;

pub fn looks(drawn: Drawn, id: GroupId) -> Looks {
    let tabs = move || {
        let members = drawn.stored.with(|stored| group(stored.as_ref()).map_or(0, |group| group.members));
        vec![
            TabItem::here("group-roles", "Roles"),
            TabItem::here("group-members", "Members").count((members > 0).then(|| grouped(u64::from(members)))),
            TabItem::here("group-explain", "Explain"),
            TabItem::here("group-activity", "Activity"),
        ]
    };
    Looks {
        what: "User group",
        tabs: Signal::derive(tabs),
        panels: Box::new(move |tab| panels(drawn, id, tab)),
        actions: Box::new(move || {
            view! { <Button kind=ButtonKind::Danger on_click=move || drawn.asking.set(Asking::Remove)>"Delete group"</Button> }.into_any()
        }),
        questions: Box::new(move |_| match drawn.stored.get_untracked() {
            Some(Stored::Group(group)) => view! { <DeleteGroup drawn group/> }.into_any(),
            Some(Stored::Member(_) | Stored::Token(_)) | None => ().into_any(),
        }),
    }
}

pub fn group(stored: Option<&Stored>) -> Option<&Group> {
    match stored {
        Some(Stored::Group(group)) => Some(group),
        Some(Stored::Member(_) | Stored::Token(_)) | None => None,
    }
}

pub fn header(group: &Group) -> AnyView {
    let members = plural(u64::from(group.members), "member", "members");
    let invited = (group.invited > 0).then(|| format!(" · {} invited", grouped(u64::from(group.invited))));
    view! {
        <div>
            <h2>{group.name.to_string()}</h2>
            <p>{members} {invited} " · created " <TimeAgo at=Some(group.created_at.micros())/></p>
        </div>
    }
    .into_any()
}

fn panels(drawn: Drawn, id: GroupId, tab: RwSignal<String>) -> AnyView {
    let editor = drawn.editor;
    // every tab stays mounted: what is unfolded, searched or half typed in one survives a look at another
    let elsewhere = move |id: &'static str| move || tab.with(|tab| tab != id);
    let is = move |id: &'static str| Signal::derive(move || tab.with(|tab| tab == id));
    view! {
        <TabPanel tab="group-roles" attr:hidden=elsewhere("group-roles")>
            <div class="drawer-columns">
                <div class="edit">{drawn.restored()}{access_form(editor)}</div>
                <EffectivePanel editor/>
            </div>
        </TabPanel>
        <TabPanel tab="group-members" attr:hidden=elsewhere("group-members")>
            <GroupMembers drawn id shown=is("group-members")/>
        </TabPanel>
        <TabPanel tab="group-explain" attr:hidden=elsewhere("group-explain")>
            <ExplainTab drawn shown=Signal::derive(move || tab.with(|tab| tab == "group-explain"))/>
        </TabPanel>
        <TabPanel tab="group-activity" attr:hidden=elsewhere("group-activity")>
            <ActivityTab drawn shown=is("group-activity")/>
        </TabPanel>
    }
    .into_any()
}
