//! What its owners see of a closed workspace: when it will be deleted, and the way back.

use super::{doing::Doing, frame::ClosedHere};
use crate::{
    components::{AuthLayout, Banner, Button, ButtonKind, IconName, LinkButton, TimeAgo, Tone},
    path,
    rpc::{settings, workspaces::Closed},
};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn ClosedPage() -> impl IntoView {
    let Some(here) = use_context::<ClosedHere>() else { return ().into_any() };
    let Closed { slug, name, deleted_at } = here.closed.get_value();
    let doing = Doing::default();
    let slug = StoredValue::new(slug);
    let kept = StoredValue::new(format!("{name} is open again, as it was."));
    let keep = move || {
        doing.run(
            move || settings::keep(slug.get_value()),
            move |(), is_here| {
                doing.toasts.success(kept.try_get_value().unwrap_or_default());
                if is_here {
                    here.reload.run(());
                }
            },
        );
    };
    let title = format!("This workspace will be deleted on {}", deleted_at.to_the_day());
    let footer =
        move || view! { <LinkButton kind=ButtonKind::Quiet small=true href=path::WORKSPACES.to_owned() icon=IconName::Building>"Your workspaces"</LinkButton> };
    view! {
        <Title text=name.to_string()/>
        <AuthLayout title=title text=format!("{name} is closed.") footer=footer>
            <p>"Its members and tokens reach nothing through it, and its invites lead nowhere. Everything in it is there still, and goes for good " <TimeAgo at=Some(deleted_at.micros())/> "."</p>
            {move || doing.message().get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
            <Button kind=ButtonKind::Primary icon=IconName::Undo pending=doing.pending on_click=keep>"Keep workspace"</Button>
            <p class="field-hint">"It opens again at once, as it was: its members, groups, tokens and everything else. Only owners see this page."</p>
        </AuthLayout>
    }
    .into_any()
}
