//! Where one is signed in, and ending it there: one by one, or all but here.

use super::failure::FailureView;
use crate::{
    components::{Button, ButtonKind, Chip, ConfirmDialog, Icon, IconName, SkeletonLines, TimeAgo, Tone, plural, use_toasts},
    rpc::{Rpc, accounts},
    session::use_session,
};
use domain::{account::Session, id::SessionId};
use leptos::prelude::*;

/// What is asked about before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    One(SessionId, String),
    Others(u64),
}

#[component]
pub fn Sessions() -> impl IntoView {
    let session = use_session();
    let again = RwSignal::new(0_u32);
    let sessions = Resource::new(move || (again.get(), session.version()), |_| accounts::sessions());
    let asked = RwSignal::new(None::<Asked>);
    view! {
        <Transition fallback=|| view! { <SkeletonLines lines=3/> }>
            {move || Suspend::new(async move {
                match sessions.await {
                    Ok(list) => table(list, asked),
                    Err(error) => view! { <FailureView error retry=move || sessions.refetch()/> }.into_any(),
                }
            })}
        </Transition>
        {move || asked.get().map(|what| view! { <End what asked again/> })}
    }
    .into_any()
}

fn table(list: Vec<Session>, asked: RwSignal<Option<Asked>>) -> AnyView {
    let others = u64::try_from(list.iter().filter(|session| !session.current).count()).unwrap_or(u64::MAX);
    let row = move |session: Session| {
        let (id, device) = (session.id, session.device.clone());
        let came = match &session.sso {
            Some(sso) => format!(" by {} of {}", sso.connection, sso.workspace),
            None => " by password".to_owned(),
        };
        let place = if session.address.is_empty() { "unknown place".to_owned() } else { session.address };
        let action = if session.current {
            view! { <Chip text="This device" tone=Tone::Good/> }.into_any()
        } else {
            let label = format!("End session on {device}");
            let end = move || asked.set(Some(Asked::One(id, device.clone())));
            view! { <Button small=true on_click=end attr:aria-label=label>"End session"</Button> }.into_any()
        };
        view! {
            <li>
                <span class="rows-icon"><Icon name=IconName::Monitor/></span>
                <div class="rows-text">
                    <b>{session.device}</b>
                    <small>{place}" · last seen "<TimeAgo at=Some(session.last_seen_at.micros())/>" · signed in "<TimeAgo at=Some(session.created_at.micros())/>{came}</small>
                </div>
                {action}
            </li>
        }
    };
    view! {
        <ul class="rows">{list.into_iter().map(row).collect_view()}</ul>
        {(others > 0).then(|| view! { <div><Button kind=ButtonKind::Danger icon=IconName::LogOut on_click=move || asked.set(Some(Asked::Others(others)))>"End all other sessions"</Button></div> })}
    }
    .into_any()
}

#[component]
fn End(what: Asked, asked: RwSignal<Option<Asked>>, again: RwSignal<u32>) -> impl IntoView {
    let (toasts, session) = (use_toasts(), use_session());
    let ending = Action::new(|what: &Asked| {
        let what = what.clone();
        async move { end(what).await }
    });
    let error = RwSignal::new(None::<String>);
    Effect::new({
        let what = what.clone();
        move || match ending.value().get() {
            Some(Ok(said)) => {
                toasts.success(said);
                again.update(|times| *times += 1);
                asked.set(None);
            }
            Some(Err(refused)) => {
                let what = what.clone();
                let retry = move || {
                    // the question may be closed by then
                    if error.try_get_untracked().is_some() {
                        ending.dispatch(what.clone());
                    }
                };
                if !session.ask_again(&refused, retry) {
                    error.set(Some(refused.message()));
                }
            }
            None => {}
        }
    });
    let (title, text) = match &what {
        Asked::One(_, device) => (format!("End the session on {device}?"), "Whoever uses it there is signed out at once.".to_owned()),
        Asked::Others(count) => {
            (format!("End {}?", plural(*count, "other session", "other sessions")), "Everywhere but here you are signed out at once.".to_owned())
        }
    };
    let confirm = move || {
        ending.dispatch(what.clone());
    };
    view! {
        <ConfirmDialog title=title confirm="End" on_confirm=confirm on_close=move || asked.set(None) pending=ending.pending() error=error>
            <p>{text}</p>
        </ConfirmDialog>
    }
    .into_any()
}

async fn end(what: Asked) -> Rpc<String> {
    match what {
        Asked::One(id, device) => accounts::end_session(id).await.map(|()| format!("The session on {device} has ended.")),
        Asked::Others(_) => accounts::end_other_sessions().await.map(|count| format!("{} ended.", plural(count, "session has", "sessions have"))),
    }
}
