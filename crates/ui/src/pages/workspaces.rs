//! Choosing a workspace, or making another.

use super::{
    failure::FailureView,
    form::{MOST, Refusal, on, refusal},
};
use crate::{
    components::{AuthLayout, Button, ButtonKind, Field, Icon, IconName, LinkButton, SkeletonLines},
    path,
    rpc::{accounts, workspaces},
};
use domain::workspace::Membership;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn WorkspacesPage() -> impl IntoView {
    let mine = Resource::new(|| (), |()| workspaces::mine());
    let start = Resource::new(|| (), |()| accounts::start(None));
    let may_create = move || start.get().and_then(Result::ok).is_some_and(|start| start.signup_is_open);
    let footer = move || {
        view! {
            <form method="post" action=path::SIGN_OUT>
                <LinkButton kind=ButtonKind::Quiet small=true href=path::ACCOUNT.to_owned() icon=IconName::UserRound>"Account"</LinkButton>
                <Button kind=ButtonKind::Quiet small=true submit=true icon=IconName::LogOut>"Sign out"</Button>
            </form>
        }
    };
    view! {
        <Title text="Workspaces"/>
        <AuthLayout title="Workspaces" text="Choose where to go on.".to_owned() footer=footer>
            <Suspense fallback=|| view! { <SkeletonLines lines=3/> }>
                {move || Suspend::new(async move {
                    match mine.await {
                        Ok(mine) => list(mine),
                        Err(error) => view! { <FailureView error retry=move || mine.refetch()/> }.into_any(),
                    }
                })}
                {move || may_create().then(|| view! { <NewWorkspace/> })}
            </Suspense>
        </AuthLayout>
    }
    .into_any()
}

fn list(mine: Vec<Membership>) -> AnyView {
    if mine.is_empty() {
        return view! { <p class="field-hint">"You are in no workspace yet. Ask an owner to invite you, or make one of your own."</p> }.into_any();
    }
    let row = |one: Membership| {
        let name = one.workspace.name.to_string();
        // its owners alone have it here: it leads to the way back
        let note = match one.workspace.deleted_at {
            Some(moment) => format!("Closed. Will be deleted on {}; open it to keep it", moment.to_the_day()),
            None => one.kind.title().to_owned(),
        };
        let letter: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
        view! {
            <li>
                <a href=path::workspace(&one.workspace.slug)>
                    <span class="choose-mark" aria-hidden="true">{letter}</span>
                    <span class="choose-text"><b>{name}</b><small>{note}</small></span>
                    <Icon name=IconName::ChevronRight/>
                </a>
            </li>
        }
    };
    view! { <ul class="choose">{mine.into_iter().map(row).collect_view()}</ul> }.into_any()
}

#[component]
fn NewWorkspace() -> impl IntoView {
    let action = ServerAction::<workspaces::Create>::new();
    let error = refusal(action.value().into(), action.pending());
    let name = RwSignal::new(String::new());
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate=true>
            <Refusal error=error fields=&["workspace_name"]/>
            <Field label="Workspace name" name="workspace_name" value=name required=true maxlength=MOST hint="A new workspace, owned by you.".to_owned() error=on(error, "workspace_name")/>
            <Button kind=ButtonKind::Strong submit=true pending=action.pending() icon=IconName::Plus>"Create workspace"</Button>
        </ActionForm>
    }
    .into_any()
}
