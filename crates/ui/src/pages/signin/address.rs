//! The address first: its domain tells whether a password is asked for, or which provider one goes on to. The answer says nothing about whether
//! the address has an account.
//!
//! Without scripts the address is sent by the form itself, and the page comes back with the next step.

use super::SignInForm;
use crate::{
    components::{Button, ButtonKind, Field},
    pages::{
        doing::Doing,
        doors::{begins, doors, leave_for},
        form::{MOST, Refusal, focus, on},
    },
    path,
    rpc::{Rpc, sso},
};
use domain::sso::way_in::{Door, WayIn};
use leptos::{ev, prelude::*};

#[derive(Clone, PartialEq)]
enum Step {
    Address,
    Password,
    /// On the way to a provider.
    Away(Door),
}

impl From<WayIn> for Step {
    fn from(way: WayIn) -> Self {
        match way {
            WayIn::Password => Self::Password,
            WayIn::Sso(door) => Self::Away(door),
        }
    }
}

#[component]
pub fn AddressFirst(
    next: Memo<String>,
    /// An address that was sent already, and where it leads.
    led: Option<(String, Rpc<WayIn>)>,
) -> impl IntoView {
    let (typed, first, refused) = match led {
        None => (String::new(), Step::Address, None),
        Some((typed, Ok(way))) => (typed, way.into(), None),
        Some((typed, Err(error))) => (typed, Step::Address, Some(error)),
    };
    let (email, password, step) = (RwSignal::new(typed), RwSignal::new(String::new()), RwSignal::new(first));
    let doing = Doing::telling(RwSignal::new(refused));
    let back = Callback::from(move || step.set(Step::Address));
    let go_on = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let address = email.get_untracked();
        doing.run(
            move || sso::where_to_sign_in(address.clone()),
            move |way, is_here| {
                if !is_here {
                    return;
                }
                if let WayIn::Sso(door) = &way {
                    leave_for(&begins(door, &next.get_untracked()));
                }
                step.set(way.into());
            },
        );
    };
    // the step was taken here, not on the page as it came
    Effect::new(move |before: Option<bool>| {
        let asks = step.with(|step| *step == Step::Password);
        if asks && before == Some(false) {
            request_animation_frame(|| focus("field-password"));
        }
        asks
    });
    let address = move || {
        let error: Signal<_> = doing.refused.into();
        view! {
            <form class="form" method="get" action=path::SIGN_IN novalidate on:submit=go_on>
                <Refusal error fields=&["email"]/>
                {move || Some(next.get()).filter(|next| !next.is_empty()).map(|next| view! { <input type="hidden" name="next" value=next/> })}
                <Field label="Email" name="email" kind="email" value=email autocomplete="username" required=true maxlength=MOST autofocus=true error=on(error, "email")/>
                // for password managers, which fill both at once; it has no name, and is not sent
                <input type="password" class="visually-hidden" autocomplete="current-password" tabindex="-1" aria-hidden="true"
                    on:input=move |event| password.set(event_target_value(&event))/>
                <Button kind=ButtonKind::Primary submit=true pending=doing.pending>"Continue"</Button>
                <p class="auth-side"><a href=move || path::sign_in_by_password(&next.get())>"Sign in with a password"</a></p>
            </form>
        }
        .into_any()
    };
    (move || match step.get() {
        Step::Address => address(),
        Step::Password => view! { <SignInForm next email=email.get_untracked() password change=back/> }.into_any(),
        Step::Away(door) => away(&door, &email.get_untracked(), &next.get_untracked(), back),
    })
    .into_any()
}

/// The browser goes on by itself where it can; here is the way for where it can't.
fn away(door: &Door, email: &str, next: &str, back: Callback<()>) -> AnyView {
    let other = path::sign_in_then(next);
    view! {
        <p role="status">{format!("{email} signs in with {}.", door.name)}</p>
        {doors(std::slice::from_ref(door), next, false)}
        <p class="auth-side"><a href=other on:click=move |event| { event.prevent_default(); back.run(()); }>"Use another address"</a></p>
    }
    .into_any()
}
