//! Asks what is to be done to many users, says what that changes before it is done, and does it.

use super::{
    Access,
    bulk_bar::Job,
    bulk_watch::BulkWatch,
    bulk_words::{group_item, named, preview_lines, progress_words, selected},
    editor::{Editor, EditorOf},
    local_time,
    role_editor::RoleEditor,
    users_filter::groups_by_search,
    words::role_name,
};
use crate::{
    components::{
        Banner, Button, ButtonKind, CheckList, ConfirmDialog, Dialog, Field, Pause, RadioCard, RadioCards, SelectField, SkeletonLines, Tone, capital, plural,
    },
    pages::{discard::Discard, doing::Doing, newest::Newest},
    rpc::{RpcError, bulk},
};
use domain::{
    bulk::{BulkChange, BulkOutcome, UserSelection},
    catalog::RoleId,
};
use leptos::{ev, prelude::*};
use std::collections::BTreeSet;

const FORM: &str = "bulk-form";

#[component]
pub fn BulkDialog(
    access: Access,
    selection: UserSelection,
    job: Job,
    #[prop(into)] on_close: Callback<()>,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let asking = Asking::new(access, selection, job, on_done);
    asking.preview();
    match job {
        Job::Remove | Job::RevokeInvites | Job::ResendInvites => asking.question(on_close),
        Job::JoinGroups | Job::LeaveGroups | Job::GiveRoles | Job::TakeRole | Job::SetExpiry => asking.form(on_close),
    }
}

/// Copy it into callbacks.
#[derive(Clone, Copy)]
struct Asking {
    access: Access,
    job: Job,
    selection: StoredValue<UserSelection>,
    /// Ids of groups.
    groups: RwSignal<Vec<String>>,
    /// Roles to give, with their scopes.
    editor: Editor,
    /// The role to take, or whose end is set; empty for every role.
    role: RwSignal<String>,
    /// `on` a day, or `never`.
    ending: RwSignal<String>,
    ends: RwSignal<String>,
    told: RwSignal<Option<BulkOutcome>>,
    failed: RwSignal<Option<RpcError>>,
    doing: Doing,
    watch: BulkWatch,
    done: Callback<()>,
}

impl Asking {
    fn new(access: Access, selection: UserSelection, job: Job, done: Callback<()>) -> Self {
        let doing = Doing::default();
        Self {
            access,
            job,
            selection: StoredValue::new(selection),
            groups: RwSignal::default(),
            editor: Editor::new(EditorOf::Invite, access),
            role: RwSignal::default(),
            ending: RwSignal::new("on".to_owned()),
            ends: RwSignal::default(),
            told: RwSignal::new(None),
            failed: RwSignal::new(None),
            doing,
            watch: BulkWatch::new(access, doing.pending),
            done,
        }
    }

    /// What is wished; nothing as long as something is missing.
    fn change(self) -> Option<BulkChange> {
        let groups = move || self.groups.with(|ids| ids.iter().filter_map(|id| id.parse().ok()).collect::<Vec<_>>());
        let role = move || self.role.with(|role| (!role.is_empty()).then(|| RoleId::new(role)));
        Some(match self.job {
            Job::JoinGroups => BulkChange::JoinGroups(Some(groups()).filter(|groups| !groups.is_empty())?),
            Job::LeaveGroups => BulkChange::LeaveGroups(Some(groups()).filter(|groups| !groups.is_empty())?),
            Job::GiveRoles => {
                let specs: Vec<_> = self.editor.draft.with(|draft| draft.access().grants).into_iter().map(|grant| grant.spec).collect();
                let ready = !specs.is_empty() && self.editor.problems.with(Vec::is_empty);
                BulkChange::GiveRoles(Some(specs).filter(|_| ready)?)
            }
            Job::TakeRole => BulkChange::TakeRole(role()?),
            Job::SetExpiry => match self.ending.get().as_str() {
                "never" => BulkChange::SetExpiry { role: role(), expires_at: None },
                _ => BulkChange::SetExpiry { role: role(), expires_at: Some(self.ends.with(|ends| local_time::from_box(ends))?) },
            },
            Job::Remove => BulkChange::Remove,
            Job::ResendInvites => BulkChange::ResendInvites,
            Job::RevokeInvites => BulkChange::RevokeInvites,
        })
    }

    /// Whether anything was chosen yet.
    fn is_begun(self) -> bool {
        self.groups.with(|groups| !groups.is_empty())
            || self.editor.is_dirty.get()
            || self.role.with(|role| !role.is_empty())
            || self.ends.with(|ends| !ends.is_empty())
    }

    /// Asks what it would change, at once and whenever the wish is another one.
    fn preview(self) {
        let newest = Newest::default();
        let pause = Pause::new(Pause::TYPING);
        let change = Memo::new(move |_| self.change());
        let refused = Memo::new(move |_| self.doing.refused.with(Option::is_some));
        let session = crate::session::use_session();
        Effect::new(move |ran: Option<()>| {
            let wanted = change.get();
            // refused because others changed the list: then what it would change is another thing
            let _ = (session.version(), refused.get());
            newest.overtake();
            self.told.set(None);
            self.failed.set(None);
            let Some(wanted) = wanted else { return };
            let ask = move || {
                let (slug, selection) = (self.access.here.slug(), self.selection.get_value());
                newest.ask(bulk::preview(slug, selection, wanted.clone()), move |answer| match answer {
                    Ok(answer) => self.told.set(Some(answer)),
                    Err(error) if session.ask_again(&error, || ()) => {}
                    Err(error) => self.failed.set(Some(error)),
                });
            };
            if ran.is_none() { ask() } else { pause.then(ask) }
        });
    }

    /// What is to be chosen before anything can be done.
    const fn missing(self) -> &'static str {
        match self.job {
            Job::JoinGroups | Job::LeaveGroups => "choose a group first",
            Job::GiveRoles => "choose a role first, and where it applies",
            Job::TakeRole => "choose a role first",
            Job::SetExpiry => "choose a day first",
            Job::Remove | Job::ResendInvites | Job::RevokeInvites => "choose first",
        }
    }

    /// The roles or groups that are chosen, by their names.
    fn what(self, change: &BulkChange) -> String {
        let role = |id: &RoleId| self.editor.context.with(|context| context.as_ref().map_or_else(|| id.to_string(), |context| role_name(&context.catalog, id)));
        match change {
            BulkChange::JoinGroups(ids) | BulkChange::LeaveGroups(ids) => named(ids.iter().filter_map(|id| self.access.groups.get(*id))),
            BulkChange::GiveRoles(specs) => {
                // one that is given in several scopes is named once
                let roles: BTreeSet<String> = specs.iter().map(|spec| role(&spec.role)).collect();
                named(roles)
            }
            BulkChange::TakeRole(id) => role(id),
            BulkChange::SetExpiry { .. } | BulkChange::Remove | BulkChange::ResendInvites | BulkChange::RevokeInvites => String::new(),
        }
    }

    /// Why it can't be done yet.
    fn reason(self) -> Option<String> {
        if self.change().is_none() {
            return Some(self.missing().to_owned());
        }
        match (self.failed.with(Option::is_some), self.told.get()) {
            (true, _) => Some("it can't be done as it is".to_owned()),
            (false, None) => Some("what it would change is not known yet".to_owned()),
            (false, Some(told)) => (told.changed.count == 0).then(|| "nothing would change".to_owned()),
        }
    }

    fn send(self) {
        let Some(change) = untrack(move || self.change()) else { return };
        if untrack(move || self.reason()).is_some() {
            return;
        }
        let Some(seen) = self.told.with_untracked(|told| told.as_ref().map(BulkOutcome::seen)) else { return };
        let (slug, selection, access) = (self.access.here.slug(), self.selection.get_value(), self.access);
        self.doing.run(
            move || bulk::apply(slug.clone(), selection.clone(), change.clone(), seen, self.watch.begin()),
            move |answer, is_here| {
                let words = answer
                    .done
                    .map_or_else(|| format!("Done for {}.", plural(answer.outcome.changed.count, "user", "users")), |done| format!("{}.", done.summary));
                self.doing.toasts.success(words);
                if is_here {
                    self.done.run(());
                } else {
                    access.changed();
                }
            },
        );
    }

    fn form(self, close: Callback<()>) -> AnyView {
        let discard = Discard::new(move || self.is_begun(), self.doing.pending, close);
        let kind = if matches!(self.job, Job::TakeRole | Job::LeaveGroups) { ButtonKind::DangerSolid } else { ButtonKind::Primary };
        let footer = move || {
            view! {
                <Button on_click=move || discard.leave()>"Cancel"</Button>
                <Button kind=kind submit=true form=FORM pending=self.doing.pending disabled_reason=Signal::derive(move || self.reason())>{self.button()}</Button>
            }
        };
        let submit = move |event: ev::SubmitEvent| {
            event.prevent_default();
            self.send();
        };
        let fields = match self.job {
            Job::JoinGroups | Job::LeaveGroups => self.group_list(),
            Job::GiveRoles => view! { <RoleEditor editor=self.editor/> }.into_any(),
            Job::TakeRole => self.role_choice("Choose a role"),
            Job::SetExpiry => {
                let cards = vec![
                    RadioCard::new("on", "End on a day", "What ends then is kept, and without effect"),
                    RadioCard::new("never", "Never end", "Until somebody takes it away"),
                ];
                let dated = Memo::new(move |_| self.ending.with(|ending| ending == "on"));
                view! {
                    {self.role_choice("Every role that they hold by themselves")}
                    <RadioCards label="When they end" name="ending" options=cards value=self.ending on_change=move |value: String| self.ending.set(value)/>
                    {move || dated.get().then(|| view! { <Field label="Ends" name="ends" id="bulk-ends" kind="datetime-local" value=self.ends/> })}
                }
                .into_any()
            }
            Job::Remove | Job::ResendInvites | Job::RevokeInvites => ().into_any(),
        };
        view! {
            <Dialog title=self.job.title() text=Some(self.selection.with_value(selected)) wide=self.job == Job::GiveRoles on_close=move || discard.leave() footer=footer>
                <form id=FORM class="form" novalidate on:submit=submit>
                    // what is under a long list of roles is not seen
                    {(self.job == Job::GiveRoles).then(|| self.told())}
                    {fields}
                    {(self.job != Job::GiveRoles).then(|| self.told())}
                </form>
            </Dialog>
            {discard.question(|| "Nothing has been changed yet.")}
        }
        .into_any()
    }

    /// Where there is nothing to choose, there is a question.
    fn question(self, close: Callback<()>) -> AnyView {
        let title = format!("{}?", self.job.title());
        let safe = self.job == Job::ResendInvites;
        view! {
            <ConfirmDialog title=title confirm=self.button() pending=self.doing.pending disabled_reason=Signal::derive(move || self.reason()) safe
                on_confirm=move || self.send() on_close=close>
                <p>{self.selection.with_value(selected)}"."</p>
                {self.told()}
            </ConfirmDialog>
        }
        .into_any()
    }

    const fn button(self) -> &'static str {
        match self.job {
            Job::JoinGroups => "Add to groups",
            Job::LeaveGroups => "Take out",
            Job::GiveRoles => "Give roles",
            Job::TakeRole => "Take away",
            Job::SetExpiry => "Set end",
            Job::Remove => "Remove from workspace",
            Job::ResendInvites => "Resend invites",
            Job::RevokeInvites => "Revoke invites",
        }
    }

    fn group_list(self) -> AnyView {
        let finder = groups_by_search(self.access);
        finder.ask.run((String::new(),));
        let items = move || {
            finder.found.with(|found| {
                found.iter().flat_map(|found| &found.rows).map(|row| group_item(row.id.to_string(), row.name.as_str(), row.members)).collect::<Vec<_>>()
            })
        };
        let change = move |id: String, on: bool| {
            self.groups.update(|groups| {
                groups.retain(|other| *other != id);
                groups.extend(on.then_some(id));
            });
        };
        view! {
            <CheckList id="bulk-groups" label="User groups" items=Signal::derive(items) chosen=self.groups on_change=change search=finder.search()
                empty="There are no user groups in this workspace yet"/>
        }
        .into_any()
    }

    fn role_choice(self, first: &'static str) -> AnyView {
        let options = move || {
            let roles = self.editor.context.with(|context| context.as_ref().map(|context| context.catalog.roles.clone())).unwrap_or_default();
            std::iter::once((String::new(), first.to_owned())).chain(roles.into_iter().map(|role| (role.id.to_string(), role.name))).collect::<Vec<_>>()
        };
        view! { <SelectField label="Role" name="role" id="bulk-role" value=self.role options=Signal::derive(options)/> }.into_any()
    }

    /// What it would change, what stands against it, and that it is being done.
    fn told(self) -> AnyView {
        let job = self.job;
        let content = move || match (self.told.get(), self.change()) {
            (Some(told), Some(change)) => preview_lines(job, &self.what(&change), self.ending.with(|ending| ending == "never"), &told)
                .into_iter()
                .map(|line| view! { <p>{line}</p> })
                .collect_view()
                .into_any(),
            (_, Some(_)) if self.failed.with(Option::is_some) => view! { <p>"It can't be done as it is."</p> }.into_any(),
            (_, Some(_)) => view! { <p>"Working out what would change…"</p><SkeletonLines lines=2/> }.into_any(),
            (_, None) => view! { <p>{capital(self.missing())}"."</p> }.into_any(),
        };
        let refused = move || self.failed.get().map(|error| error.message()).or_else(|| self.doing.message().get());
        let changed = move || self.told.with_untracked(|told| told.as_ref().map_or(0, |told| told.changed.count));
        let progress = self.watch.bar(move |far| progress_words(far, changed()));
        view! {
            <div class="label-preview bulk" role="status">{content}{progress}</div>
            {move || refused().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
        }
        .into_any()
    }
}
