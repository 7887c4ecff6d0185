//! The identity providers that one's account is linked with, and taking them off.

use super::{doing::Doing, doors::leave_for, failure::FailureView};
use crate::{
    components::{Button, ConfirmDialog, Icon, IconName, TimeAgo},
    path,
    rpc::sso,
    session::use_session,
};
use domain::sso::way_in::LinkedWay;
use leptos::prelude::*;

/// Nothing where the account is linked with none.
#[component]
pub fn Links() -> impl IntoView {
    let session = use_session();
    let again = RwSignal::new(0_u32);
    let links = Resource::new(move || (again.get(), session.version()), |_| sso::links());
    let asked = RwSignal::new(None::<LinkedWay>);
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match links.await {
                    Ok(list) if list.is_empty() => ().into_any(),
                    Ok(list) => section(list, asked),
                    Err(error) => view! { <FailureView error retry=move || links.refetch()/> }.into_any(),
                }
            })}
        </Transition>
        {move || asked.get().map(|link| view! { <Ask link asked again/> })}
    }
    .into_any()
}

fn section(list: Vec<LinkedWay>, asked: RwSignal<Option<LinkedWay>>) -> AnyView {
    let row = move |link: LinkedWay| {
        let label = format!("Unlink {}", link.name);
        let (name, of) = (link.name.to_string(), format!("of {} · linked ", link.workspace));
        let linked_at = link.linked_at.micros();
        view! {
            <li>
                <span class="rows-icon"><Icon name=IconName::Link/></span>
                <div class="rows-text"><b>{name}</b><small>{of}<TimeAgo at=Some(linked_at)/></small></div>
                <Button small=true on_click=move || asked.set(Some(link.clone())) attr:aria-label=label>"Unlink"</Button>
            </li>
        }
    };
    view! {
        <section class="panel" aria-labelledby="links-title">
            <div class="section">
                <div class="section-head">
                    <h2 id="links-title">"Single sign-on"</h2>
                    <p>"Identity providers that sign you in to this account. Unlink what you don't use any more."</p>
                </div>
                <ul class="rows" aria-label="Linked identity providers">{list.into_iter().map(row).collect_view()}</ul>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Ask(link: LinkedWay, asked: RwSignal<Option<LinkedWay>>, again: RwSignal<u32>) -> impl IntoView {
    let (doing, id) = (Doing::default(), link.connection);
    let said = StoredValue::new(format!("{} is unlinked.", link.name));
    let close = Callback::from(move || asked.set(None));
    let confirm = move || {
        doing.run(
            move || sso::unlink(id),
            move |goes_on, is_here| {
                if !goes_on {
                    // this session came by it, and is over
                    leave_for(path::SIGN_IN);
                    return;
                }
                doing.toasts.success(said.try_get_value().unwrap_or_default());
                if is_here {
                    again.update(|times| *times += 1);
                    close.run(());
                }
            },
        );
    };
    let LinkedWay { name, workspace, here, kept_on, .. } = link;
    let text = format!("{name} of {workspace} signs you in to this account no longer, and sessions that came by it end.");
    let here = here.then(|| view! { <p>"You came by it: you are signed out here too."</p> });
    let kept = kept_on.clone().map(|why| view! { <p>{why}</p> });
    view! {
        <ConfirmDialog title=format!("Unlink {name}?") confirm="Unlink" on_confirm=confirm on_close=close pending=doing.pending error=doing.message()
            disabled_reason=Signal::stored(kept_on)>
            <p>{text}</p>
            {here}
            <p>"If your address is under a domain that the workspace has proven, coming by it again links it again."</p>
            {kept}
        </ConfirmDialog>
    }
    .into_any()
}
