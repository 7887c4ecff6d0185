//! What can be done about an invite that waits: send it again, copy its link, take it back. Rows and the drawer share it.

use super::{Access, editing};
use crate::{
    components::{ConfirmDialog, CopyField, Dialog, Toaster, copy_text, opener_goes, use_toasts},
    rpc::{RpcError, invites},
    session::{BrowserSession, use_session},
};
use domain::id::InviteId;
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeSet;

/// An invite and the address it went to.
type Named = (InviteId, String);

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct InviteActions {
    access: Access,
    toasts: Toaster,
    session: BrowserSession,
    resending: RwSignal<BTreeSet<InviteId>>,
    /// Whose link is shown, where the browser would not copy it.
    link: RwSignal<Option<(String, String)>>,
    revoking: RwSignal<Option<Named>>,
    revoke_pending: RwSignal<bool>,
    revoke_error: RwSignal<Option<String>>,
    /// Run after an invite was taken back: the drawer closes.
    pub on_revoked: StoredValue<Option<Callback<(InviteId,)>>>,
}

impl InviteActions {
    pub fn new(access: Access) -> Self {
        Self {
            access,
            toasts: use_toasts(),
            session: use_session(),
            resending: RwSignal::default(),
            link: RwSignal::default(),
            revoking: RwSignal::default(),
            revoke_pending: RwSignal::new(false),
            revoke_error: RwSignal::default(),
            on_revoked: StoredValue::default(),
        }
    }

    /// Whether one of the [`InviteQuestions`] is open.
    pub fn is_asking(self) -> bool {
        self.revoking.with(Option::is_some) || self.link.with(Option::is_some)
    }

    pub fn is_resending(self, id: InviteId) -> Signal<bool> {
        Signal::derive(move || self.resending.with(|ids| ids.contains(&id)))
    }

    /// Makes the old link dead and sends a new one; a second click while it runs does nothing.
    pub fn resend(self, id: InviteId, email: String) {
        if !self.resending.try_update(|ids| ids.insert(id)).unwrap_or(false) {
            return;
        }
        let slug = self.access.here.slug();
        let mail_is_on = self.access.here.frame().mail_is_on;
        spawn_local(async move {
            let answer = match editing::loaded().await {
                Ok(editing) => (editing.resend)(slug, id).await,
                Err(error) => Err(error),
            };
            let _ = self.resending.try_update(|ids| ids.remove(&id));
            match answer {
                Ok(invited) => {
                    self.access.changed();
                    if mail_is_on {
                        self.toasts.success(format!("Invite sent to {email} again. The link sent before no longer works."));
                    } else {
                        let _ = self.link.try_set(Some((email, invited.link)));
                    }
                }
                Err(error) => self.failed(&error, move || self.resend(id, email.clone())),
            }
        });
    }

    /// Puts the link on the clipboard, or shows it where the browser refuses.
    pub fn copy(self, id: InviteId, email: String) {
        // another try may come after the page was left
        let Some(slug) = self.access.here.try_slug() else { return };
        spawn_local(async move {
            let answer = match editing::loaded().await {
                Ok(editing) => (editing.invite_link)(slug, id).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(link) => {
                    if copy_text(&link).await {
                        self.toasts.success(format!("Invite link of {email} copied."));
                    } else {
                        let _ = self.link.try_set(Some((email, link)));
                    }
                }
                Err(error) => self.failed(&error, move || self.copy(id, email.clone())),
            }
        });
    }

    /// Asks whether to take the invite back.
    pub fn ask_revoke(self, id: InviteId, email: String) {
        self.revoke_error.set(None);
        self.revoking.set(Some((id, email)));
    }

    fn revoke(self) {
        let Some((id, email)) = self.revoking.try_get_untracked().flatten() else { return };
        let slug = self.access.here.slug();
        self.revoke_pending.set(true);
        self.revoke_error.set(None);
        spawn_local(async move {
            let answer = invites::revoke(slug, id).await;
            let _ = self.revoke_pending.try_set(false);
            match answer {
                Ok(()) => {
                    opener_goes();
                    let _ = self.revoking.try_set(None);
                    if let Some(Some(done)) = self.on_revoked.try_get_value() {
                        done.try_run((id,));
                    }
                    self.access.changed();
                    self.toasts.success(format!("Invite of {email} revoked. Its link no longer works."));
                }
                Err(error) if self.session.ask_again(&error, move || self.revoke()) => {}
                Err(error) => {
                    let _ = self.revoke_error.try_set(Some(error.message()));
                }
            }
        });
    }

    fn failed(self, error: &RpcError, retry: impl Fn() + Send + Sync + 'static) {
        if !self.session.ask_again(error, retry) {
            self.toasts.error(error.message());
            // somebody else may have settled the invite meanwhile
            self.access.changed();
        }
    }
}

/// The dialogs that these actions open: once on the page.
#[component]
pub fn InviteQuestions(actions: InviteActions) -> impl IntoView {
    let revoke = move || {
        actions.revoking.get().map(|(_, email)| {
            view! {
                <ConfirmDialog title=format!("Revoke the invite of {email}?") confirm="Revoke invite" pending=actions.revoke_pending error=actions.revoke_error
                    on_confirm=move || actions.revoke() on_close=move || actions.revoking.set(None)>
                    <p>"The link they were sent stops working at once. You can invite the address again at any time."</p>
                </ConfirmDialog>
            }
        })
    };
    let link = move || {
        actions.link.get().map(|(email, link)| {
            view! {
                <Dialog title=format!("Invite link of {email}") text=Some("Pass it on yourself: only this address can accept it.".to_owned()) on_close=move || actions.link.set(None)>
                    <CopyField id="invite-link" label="Link" value=link copy_label="Copy invite link"/>
                </Dialog>
            }
        })
    };
    view! { {revoke}{link} }.into_any()
}
