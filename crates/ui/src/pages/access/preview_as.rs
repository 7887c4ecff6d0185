//! What a member sees of the workspace, shown to an owner who acts as nobody but themselves.

use super::Access;
use crate::{
    components::{Banner, Button, ButtonKind, Dialog, EmptyState, IconName, SkeletonLines, Tone},
    pages::my_access::{Whose, reached},
    rpc::members,
};
use domain::id::MemberId;
use leptos::prelude::*;

#[component]
pub fn PreviewAs(access: Access, member: MemberId, #[prop(into)] name: String, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let slug = access.here.slug();
    let seen = LocalResource::new(move || members::seen_by(slug.clone(), member));
    let content = move || {
        match seen.get() {
        None => view! { <SkeletonLines lines=8/> }.into_any(),
        Some(Err(error)) => view! { <Banner tone=Tone::Bad>{error.message()}</Banner> }.into_any(),
        Some(Ok(seen)) if seen.access.owner => {
            view! { <EmptyState icon=IconName::Users title="They see what you see" text="An owner of this workspace sees and changes everything in it."/> }.into_any()
        }
        Some(Ok(seen)) if seen.access.is_minimal() => {
            view! { <EmptyState icon=IconName::Lock title="They have no access yet" text="They see the workspace's name, and the form by which they ask for access."/> }.into_any()
        }
        Some(Ok(seen)) => reached(seen, Whose::Theirs),
    }
    };
    let footer = move || view! { <Button kind=ButtonKind::Primary on_click=move || on_close.run(())>"Done"</Button> };
    view! {
        <Dialog title=format!("What {name} sees") text=Some("As saved, and read only: you are not acting as them.".to_owned()) wide=true on_close=on_close footer=footer>
            <div class="preview-as">{content}</div>
        </Dialog>
    }
    .into_any()
}
