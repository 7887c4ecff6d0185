//! What a member who is no owner sees of a workspace: what they reach and by what, and the way out.

use super::{
    access::words::{Section, sections},
    failure::FailureView,
    frame::Here,
    my_requests::MyRequests,
    newest::Newest,
    request_access::RequestAccess,
};
use crate::{
    components::{Button, ButtonKind, Chip, ConfirmDialog, DataTable, EmptyState, IconName, PageHead, SkeletonLines, Tag, plural, use_toasts},
    path,
    rpc::{members, requests},
    session::use_session,
};
use domain::{
    catalog::Catalog,
    member::{MyAccess, MyThing},
    request::MyRequest,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;
use std::sync::Arc;

#[component]
pub fn MyAccessPage(here: Here) -> impl IntoView {
    let session = use_session();
    let mine = Resource::new(move || session.version(), move |_| members::mine(here.slug()));
    let asked = Resource::new(move || session.version(), move |_| requests::mine(here.slug()));
    let leaving = RwSignal::new(false);
    let frame = here.frame();
    let workspace = frame.workspace.name.to_string();
    view! {
        <Title text="My access"/>
        <PageHead title="My access" text=format!("What you can reach in {workspace}, and by what.")/>
        <Transition fallback=|| view! { <SkeletonLines lines=6/> }>
            {move || Suspend::new(async move {
                match (mine.await, asked.await) {
                    (Ok(mine), Ok(asked)) => show(here, mine, asked),
                    (Err(error), _) | (_, Err(error)) => view! { <FailureView error retry=move || { mine.refetch(); asked.refetch(); }/> }.into_any(),
                }
            })}
        </Transition>
        <p class="mine-leave"><Button kind=ButtonKind::Danger icon=IconName::LogOut on_click=move || leaving.set(true)>"Leave workspace"</Button></p>
        {move || leaving.get().then(|| view! { <Leave here leaving/> })}
    }
    .into_any()
}

/// What is reached follows what owners change; what is being typed below it stays. Requests come first while one waits.
fn show(here: Here, first: MyAccess, asked: Vec<MyRequest>) -> AnyView {
    let (catalog, asked) = (Arc::new(first.catalog.clone()), MyRequests::new(here, asked));
    let requests = {
        let catalog = Arc::clone(&catalog);
        move |waits: bool| (asked.waits.get() == waits).then(|| asked.panel(Arc::clone(&catalog)))
    };
    let settled = requests.clone();
    let (mine, newest) = (RwSignal::new(first), Newest::default());
    Effect::new(move |ran: Option<()>| {
        let _ = here.live.version();
        if ran.is_some() {
            newest.ask(members::mine(here.slug()), move |answer| {
                if let Ok(found) = answer {
                    mine.set(found);
                }
            });
        }
    });
    view! {
        <div class="account">
            {move || requests(true)}
            {move || match mine.with(|mine| mine.access.is_minimal()) {
                true => {
                    let text = Signal::derive(move || String::from(if asked.waits.get() { WAITING } else { ASK }));
                    view! { <EmptyState icon=IconName::Lock title="You have no access yet" text=text/> }.into_any()
                }
                false => reached(mine.get(), Whose::Mine),
            }}
            {move || settled(false)}
            <RequestAccess here catalog asked/>
        </div>
    }
    .into_any()
}

/// Said to who reaches nothing.
const ASK: &str = "You are a member here, and nobody has given you a role so far. Say below what you need: an owner of this workspace answers.";
/// The same, once they asked.
const WAITING: &str = "What you asked for is with the owners of this workspace. What they give you will stand here.";

/// Whose access it is, for the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Mine,
    /// Somebody else's, whom an owner looks after.
    Theirs,
}

/// What is reached and by what, and the resources that this comes to.
pub fn reached(mine: MyAccess, whose: Whose) -> AnyView {
    let groups: Vec<String> = mine.member.groups.iter().map(|group| group.name.to_string()).collect();
    let name = |id| mine.member.groups.iter().find(|group| group.id == id).map(|group| group.name.to_string());
    let sections = sections(&mine.access, &mine.catalog, &name);
    let label = if whose == Whose::Mine { "Resources you can reach" } else { "Resources they can reach" };
    let things = things(mine.things, mine.complete, &mine.catalog, label);
    let (by, in_groups, personal) = match whose {
        Whose::Mine => (
            "By the roles given to you and to your groups. Owners of this workspace can change them.",
            "Your groups: ",
            "You see personal data in what you reach.",
        ),
        Whose::Theirs => ("By the roles given to them and to their groups.", "Their groups: ", "They see personal data in what they reach."),
    };
    view! {
        <section class="panel" aria-label="Effective access">
            <div class="section">
                <div class="section-head"><h2>"Effective access"</h2><p>{by}</p></div>
                <div class="mine-reach">{sections.into_iter().map(section).collect_view()}</div>
                {(!groups.is_empty()).then(|| view! { <p class="field-hint">{in_groups} {groups.into_iter().map(|name| view! { <Chip text=name icon=IconName::UsersRound/> " " }).collect_view()}</p> })}
                {mine.access.pii.then(|| view! { <p class="field-hint">{personal}</p> })}
            </div>
        </section>
        {things}
    }
    .into_any()
}

fn section(section: Section) -> AnyView {
    let lines = section.lines.into_iter().map(|line| {
        let how = line.group.map_or_else(|| line.how.clone(), |group| format!("{}, by group {group}", line.how));
        view! { <li><div class="rows-text"><b>{line.title}</b><small>{line.with.map(|with| format!("{with} · "))}{how}</small></div></li> }
    });
    view! { <h3>{section.heading}</h3><ul class="rows">{lines.collect_view()}</ul> }.into_any()
}

fn things(things: Vec<MyThing>, complete: bool, catalog: &Catalog, label: &'static str) -> AnyView {
    let count = plural(things.len() as u64, "resource", "resources");
    let shown = if complete { count } else { format!("The first {count}, in order of type and name") };
    let rows: Vec<AnyView> = things
        .into_iter()
        .map(|thing| {
            let kind = catalog.kind(&thing.resource.kind).map_or_else(|| thing.resource.kind.to_string(), |entry| entry.one.clone());
            let labels = thing.resource.labels.iter().map(|label| view! { <Tag text=label.to_string() mono=true/> " " }).collect_view();
            let verb = if thing.verb == "read" { "Can see".to_owned() } else { format!("Can {}", thing.verb) };
            view! { <tr><td><b>{thing.resource.name.to_string()}</b></td><td>{kind}</td><td>{verb}</td><td>{labels}</td></tr> }.into_any()
        })
        .collect();
    let head = || view! { <th scope="col">"Name"</th><th scope="col">"Type"</th><th scope="col">"Access"</th><th scope="col">"Labels"</th> };
    view! {
        <section class="panel" aria-label="Resources">
            <div class="section"><div class="section-head"><h2>"Resources"</h2><p>{shown}</p></div></div>
            <DataTable label=label head=head focusable=true>{rows}</DataTable>
        </section>
    }
    .into_any()
}

#[component]
fn Leave(here: Here, leaving: RwSignal<bool>) -> impl IntoView {
    let (session, toasts, navigate) = (use_session(), use_toasts(), use_navigate());
    let name = here.frame().workspace.name.to_string();
    let action = ServerAction::<members::Leave>::new();
    let error = RwSignal::new(None::<String>);
    let leave = move || {
        // another try may come after the question is closed
        if error.try_get_untracked().is_some() && !action.pending().get_untracked() {
            action.dispatch(members::Leave { slug: here.slug() });
        }
    };
    Effect::new({
        let name = name.clone();
        move || match action.value().get() {
            Some(Ok(())) => {
                toasts.success(format!("You have left {name}."));
                navigate(path::WORKSPACES, Default::default());
            }
            Some(Err(refused)) if !session.ask_again(&refused, leave) => error.set(Some(refused.message())),
            Some(Err(_)) | None => {}
        }
    });
    view! {
        <ConfirmDialog title=format!("Leave {name}?") confirm="Leave workspace" on_confirm=leave on_close=move || leaving.set(false) pending=action.pending() error=error>
            <p>"You lose all access to this workspace at once: your roles, and your place in its groups. Only an owner can bring you back, by a new invite. Your account stays."</p>
        </ConfirmDialog>
    }
    .into_any()
}
