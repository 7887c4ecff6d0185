//! Invites people: one address or a pasted list, with the access they will have; then their links to pass on.

use super::{
    Access,
    access_form::access_form,
    draft::sentence,
    editor::{Editor, EditorOf},
    effective_panel::EffectivePanel,
    groups_tab::GroupsTab,
    import_dialog::ImportDialog,
};
use crate::{
    components::{Banner, Button, ButtonKind, ConfirmDialog, CopyButton, Dialog, IconName, Tag, TextArea, Toaster, Tone, plural, use_toasts},
    pages::{
        discard::KEEP,
        form::{lead_to_refusal, lead_to_wrong},
    },
    rpc::{RpcError, invites},
    session::{BrowserSession, use_session},
};
use domain::{
    email::{EmailAddress, EmailError, parse_many},
    invite::{Invited, MOST_AT_ONCE},
};
use leptos::{ev, prelude::*, task::spawn_local};

/// More addresses than this are counted, not drawn.
const TAGS: usize = 60;
const FORM: &str = "invite-form";

#[derive(Clone, Copy)]
struct Inviting {
    access: Access,
    session: BrowserSession,
    toasts: Toaster,
    editor: Editor,
    text: RwSignal<String>,
    /// The addresses as they are typed, and what can't be read among them.
    parsed: Memo<(Vec<EmailAddress>, Vec<EmailError>)>,
    /// Whether the box was left: only then an unfinished address is a mistake.
    left: RwSignal<bool>,
    sending: RwSignal<bool>,
    failed: RwSignal<Option<RpcError>>,
    asking: RwSignal<bool>,
    sent: RwSignal<Option<Vec<Invited>>>,
    /// A file takes the place of what is typed.
    importing: RwSignal<bool>,
    close: Callback<()>,
}

#[component]
pub fn InviteDialog(access: Access, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let inviting = Inviting {
        access,
        session: use_session(),
        toasts: use_toasts(),
        editor: Editor::new(EditorOf::Invite, access),
        text,
        parsed: Memo::new(move |_| text.with(|text| parse_many(text))),
        left: RwSignal::new(false),
        sending: RwSignal::new(false),
        failed: RwSignal::new(None),
        asking: RwSignal::new(false),
        sent: RwSignal::new(None),
        importing: RwSignal::new(false),
        close: on_close,
    };
    let stop = move || inviting.asking.set(false);
    let importing = inviting.importing;
    view! {
        {move || match (importing.get(), inviting.sent.get()) {
            // what was typed is there again when the file is not taken
            (true, _) => view! { <ImportDialog access on_close on_back=move || importing.set(false)/> }.into_any(),
            (false, None) => inviting.form(),
            (false, Some(sent)) => inviting.results(sent),
        }}
        {move || inviting.asking.get().then(|| view! {
            <ConfirmDialog title="Discard this invitation?" confirm="Discard" cancel=KEEP on_confirm=move || { stop(); on_close.run(()); } on_close=stop>
                <p>"Nobody has been invited yet."</p>
            </ConfirmDialog>
        })}
    }
    .into_any()
}

impl Inviting {
    fn form(self) -> AnyView {
        let Self { editor, text, .. } = self;
        Effect::new(move |ran: Option<()>| {
            text.track();
            if ran.is_some() {
                self.failed.set(None);
            }
        });
        lead_to_refusal(self.failed, FORM);
        let submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            self.send();
        };
        let footer = move || {
            view! {
                <Button kind=ButtonKind::Quiet icon=IconName::Upload on_click=move || self.importing.set(true)>"Import CSV"</Button>
                <span class="gap"></span>
                <Button on_click=move || self.ask_close()>"Cancel"</Button>
                <Button kind=ButtonKind::Primary submit=true form=FORM pending=self.sending>"Send invites"</Button>
            }
        };
        let groups = move || editor.draft.with(|draft| draft.groups.len());
        view! {
            <Dialog title="Invite team members" text=Some(told(self.access)) wide=true on_close=move || self.ask_close() footer=footer>
                <form id=FORM class="access-fields" novalidate on:submit=submit>
                    <div role="alert">{move || self.failed.get().and_then(|error| error.beside(&["emails"])).map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
                    <div class="invite-addresses" on:focusout=move |_| self.left.set(true) on:focusin=move |_| self.left.set(false)>
                        <TextArea label="Email addresses" name="emails" id="invite-emails" value=text rows=3 autofocus=true placeholder="amara@example.com, bastien@example.com"
                            hint=Some("One or many, with commas or one a line. A pasted list works too.".to_owned()) error=Signal::derive(move || self.address_error())/>
                        {move || self.tags()}
                    </div>
                    {access_form(editor)}
                    <details class="more">
                        <summary>"User groups" {move || (groups() > 0).then(|| view! { <span class="n">{groups()}</span> })}</summary>
                        <div class="more-body"><GroupsTab editor/></div>
                    </details>
                </form>
                <EffectivePanel editor when="once they accept"/>
            </Dialog>
        }
        .into_any()
    }

    /// What is wrong with the addresses, each mistake a line. One that is still being typed is left in peace.
    fn address_error(self) -> Option<String> {
        if let Some(error) = self.failed.get().and_then(|error| error.on("emails")) {
            return Some(error);
        }
        let (good, bad) = self.parsed.get();
        let unfinished = !self.left.get() && !self.editor.tried.get() && self.text.with(|text| !text.ends_with([',', ';', '\n']));
        let told = bad.len().saturating_sub(usize::from(unfinished && !bad.is_empty() && self.last_is_bad()));
        if told > 0 {
            let mut words: Vec<String> = bad.iter().take(told.min(5)).map(|error| sentence(&error.to_string())).collect();
            if told > 5 {
                words.push(format!("And {} more.", told - 5));
            }
            return Some(words.join("\n"));
        }
        if good.len() > MOST_AT_ONCE {
            return Some(format!("{} addresses are too many for one invitation; send at most {MOST_AT_ONCE} at once.", good.len()));
        }
        (self.editor.tried.get() && good.is_empty()).then(|| "Type at least one email address.".to_owned())
    }

    fn last_is_bad(self) -> bool {
        let last = self.text.with(|text| text.rsplit([',', ';', '\n']).next().map(|piece| parse_many(piece).1.len()));
        last.is_some_and(|bad| bad > 0)
    }

    fn tags(self) -> Option<AnyView> {
        let (good, _) = self.parsed.get();
        if good.is_empty() {
            return None;
        }
        let count = plural(good.len() as u64, "address", "addresses");
        let rest = good.len().saturating_sub(TAGS);
        let tags = good.into_iter().take(TAGS).map(|email| view! { <Tag text=email.to_string()/> }).collect_view();
        Some(view! { <p class="invite-tags"><span class="n">{count} ": "</span>{tags}{(rest > 0).then(|| format!(" and {rest} more"))}</p> }.into_any())
    }

    fn ask_close(self) {
        if self.sending.get_untracked() {
            return;
        }
        let typed = self.text.with_untracked(|text| !text.trim().is_empty());
        if typed || self.editor.is_dirty.get_untracked() { self.asking.set(true) } else { self.close.run(()) }
    }

    fn send(self) {
        // another try may come after the dialog is gone
        if self.sending.try_get_untracked() != Some(false) {
            return;
        }
        let ready = self.editor.check();
        let (emails, bad) = self.parsed.get_untracked();
        if !ready || !bad.is_empty() || emails.is_empty() || emails.len() > MOST_AT_ONCE {
            lead_to_wrong(FORM);
            return;
        }
        self.failed.set(None);
        self.sending.set(true);
        let (session, toasts) = (self.session, self.toasts);
        let (slug, mail_is_on) = (self.access.here.slug(), self.access.here.frame().mail_is_on);
        let invitation = self.editor.draft.with_untracked(|draft| draft.invitation(emails));
        spawn_local(async move {
            let answer = invites::send(slug, invitation).await;
            let _ = self.sending.try_set(false);
            match answer {
                Ok(sent) => {
                    let made = plural(sent.len() as u64, "invite", "invites");
                    let done = if mail_is_on { "sent" } else { "made" };
                    toasts.success(format!("{made} {done}."));
                    self.access.changed();
                    let _ = self.sent.try_set(Some(sent));
                }
                Err(error) if session.ask_again(&error, move || self.send()) => {}
                Err(error) => {
                    let _ = self.failed.try_set(Some(error));
                }
            }
        });
    }

    fn results(self, sent: Vec<Invited>) -> AnyView {
        let mail_is_on = self.access.here.frame().mail_is_on;
        let text = if mail_is_on {
            "A mail is on its way to each of them. You can pass the link on yourself as well."
        } else {
            "Mail is off, so nothing was sent. Pass each link on yourself."
        };
        let line = |invited: Invited| {
            let note = invited.replaced.then(|| view! { <small>"Takes the place of the invite sent before; the old link no longer works."</small> });
            view! {
                <li>
                    <span><b>{invited.email.to_string()}</b>{note}</span>
                    <CopyButton text=invited.link label="Copy invite link" small=true/>
                </li>
            }
        };
        let all = sent.iter().map(|invited| format!("{} {}", invited.email, invited.link)).collect::<Vec<_>>().join("\n");
        let many = sent.len() > 1;
        let footer = move || {
            view! {
                {many.then(|| view! { <CopyButton text=all label="Copy all addresses and links"/> })}
                <span class="gap"></span>
                <Button kind=ButtonKind::Primary on_click=move || self.close.run(())>"Done"</Button>
            }
        };
        view! {
            <Dialog title=if mail_is_on { "Invites sent" } else { "Invites made" } text=Some(text.to_owned()) wide=true on_close=self.close footer=footer>
                <ul class="invite-results">{sent.into_iter().map(line).collect_view()}</ul>
            </Dialog>
        }
        .into_any()
    }
}

/// What comes of it: a mail, or a link to pass on, for as long as the workspace lets invites last.
fn told(access: Access) -> String {
    let frame = access.here.frame();
    let days = plural(u64::from(frame.invite_days), "day", "days");
    match frame.mail_is_on {
        true => format!("They get a mail with a link that works for {days}."),
        false => format!("Mail is off: you get a link for each of them to pass on. It works for {days}."),
    }
}
