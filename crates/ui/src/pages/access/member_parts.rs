//! What a member's drawer has: access, groups and activity, and removing them.

use super::{
    access_form::access_form,
    activity_tab::ActivityTab,
    effective_panel::EffectivePanel,
    explain_tab::ExplainTab,
    groups_tab::GroupsTab,
    remove_dialog::RemoveDialog,
    step_down::step_down,
    stored::Stored,
    subject_drawer::{Asking, Drawn, Looks},
};
use crate::{
    components::{Avatar, Button, ButtonKind, TabItem, TabPanel, TimeAgo},
    pages::newest::Newest,
    rpc::members,
};
use domain::{
    id::MemberId,
    member::{Member, MemberKind, UserQuery, UserStatus},
    page::PageSize,
};
use leptos::prelude::*;

pub fn looks(drawn: Drawn) -> Looks {
    let editor = drawn.editor;
    let tabs = move || {
        let groups = editor.draft.with(|draft| draft.groups.len());
        vec![
            TabItem::here("member-roles", "Roles"),
            TabItem::here("member-groups", "Groups").count((groups > 0).then(|| groups.to_string())),
            TabItem::here("member-explain", "Explain"),
            TabItem::here("member-activity", "Activity"),
        ]
    };
    let sole = sole_owner(drawn);
    let reason = Signal::derive(move || sole.get().then(|| "this is the workspace's only owner; make somebody else an owner first".to_owned()));
    Looks {
        what: "Team member",
        tabs: Signal::derive(tabs),
        panels: Box::new(move |tab| panels(drawn, tab)),
        actions: Box::new(move || {
            view! { <Button kind=ButtonKind::Danger disabled_reason=reason on_click=move || drawn.asking.set(Asking::Remove)>"Remove from workspace"</Button> }
                .into_any()
        }),
        questions: Box::new(move |asking| match drawn.stored.get_untracked() {
            Some(Stored::Member(_)) if asking == Asking::Other => drawn.request.question(drawn),
            Some(Stored::Member(_)) if asking == Asking::StepDown => step_down(drawn, reason),
            Some(Stored::Member(member)) => {
                let stop = move || drawn.asking.set(Asking::Nothing);
                view! { <RemoveDialog access=drawn.access member on_close=stop on_removed=move || drawn.leave()/> }.into_any()
            }
            Some(Stored::Group(_) | Stored::Token(_)) | None => ().into_any(),
        }),
    }
}

pub fn header(member: &Member, me: MemberId) -> AnyView {
    let you = if member.id == me { " · you" } else { "" };
    view! {
        <Avatar name=member.name.to_string() id=member.id.to_string() big=true/>
        <div>
            <h2>{member.name.to_string()}</h2>
            <p>{member.email.to_string()} " · joined " <TimeAgo at=Some(member.joined_at.micros())/> {you}</p>
        </div>
    }
    .into_any()
}

fn panels(drawn: Drawn, tab: RwSignal<String>) -> AnyView {
    let editor = drawn.editor;
    // every tab stays mounted: what is unfolded, searched or half typed in one survives a look at another
    let elsewhere = move |id: &'static str| move || tab.with(|tab| tab != id);
    view! {
        <TabPanel tab="member-roles" attr:hidden=elsewhere("member-roles")>
            <div class="drawer-columns">
                <div class="edit">{drawn.restored()}{drawn.request.banner(drawn)}{access_form(editor)}</div>
                <EffectivePanel editor/>
            </div>
        </TabPanel>
        <TabPanel tab="member-groups" attr:hidden=elsewhere("member-groups")><div class="drawer-section"><GroupsTab editor/></div></TabPanel>
        <TabPanel tab="member-explain" attr:hidden=elsewhere("member-explain")>
            <ExplainTab drawn shown=Signal::derive(move || tab.with(|tab| tab == "member-explain"))/>
        </TabPanel>
        <TabPanel tab="member-activity" attr:hidden=elsewhere("member-activity")>
            <ActivityTab drawn shown=Signal::derive(move || tab.with(|tab| tab == "member-activity"))/>
        </TabPanel>
    }
    .into_any()
}

/// Whether this member is the only owner: asked for only where it matters.
fn sole_owner(drawn: Drawn) -> RwSignal<bool> {
    let (sole, newest) = (RwSignal::new(false), Newest::default());
    let is_owner = Memo::new(move |_| drawn.stored.with(|stored| matches!(stored, Some(Stored::Member(member)) if member.kind == MemberKind::Owner)));
    Effect::new(move || {
        // others may become owners, or be removed
        let _ = drawn.seen.get();
        if !is_owner.get() {
            newest.overtake();
            sole.set(false);
            return;
        }
        let query = UserQuery { kinds: vec![MemberKind::Owner], statuses: vec![UserStatus::Active], size: PageSize::new(2), ..UserQuery::default() };
        let slug = drawn.access.here.slug();
        newest.ask(members::users(slug, query), move |answer| {
            if let Ok(page) = answer {
                sole.set(page.rows.len() == 1);
            }
        });
    });
    sole
}
