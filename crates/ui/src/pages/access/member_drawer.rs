//! The drawer of a member: what they may do, edited at the left and shown at the right, and saved as one change.

use super::{
    Access, access_form::access_form, activity_tab::ActivityTab, conflict::Conflict, draft::AccessDraft, drawer::nobody, editor::Editor,
    effective_panel::EffectivePanel, groups_tab::GroupsTab, remove_dialog::RemoveDialog,
};
use crate::{
    components::{
        Avatar, Banner, Button, ButtonKind, ConfirmDialog, Drawer, EmptyState, IconName, SkeletonLines, TabItem, TabPanel, Tabs, TimeAgo, Toaster, Tone,
        use_toasts,
    },
    rpc::{Rpc, RpcError, members},
    session::{BrowserSession, use_session},
};
use domain::{
    failure::FailureKind,
    id::MemberId,
    member::{Member, MemberKind, SaveOutcome, UserQuery, UserStatus},
    page::PageSize,
};
use leptos::{ev, prelude::*, task::spawn_local};

/// What somebody is doing in the drawer beside editing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Nothing,
    /// Whether to throw away what was edited.
    Discard,
    Remove,
}

#[derive(Clone, Copy)]
pub(super) struct Drawn {
    access: Access,
    session: BrowserSession,
    toasts: Toaster,
    id: MemberId,
    pub editor: Editor,
    /// The member as last stored.
    pub member: RwSignal<Option<Member>>,
    failed: RwSignal<Option<RpcError>>,
    saving: RwSignal<bool>,
    error: RwSignal<Option<String>>,
    pub theirs: RwSignal<Option<Member>>,
    asking: RwSignal<Asking>,
    /// These are edits of before, kept while the drawer was closed.
    restored: RwSignal<bool>,
    close: Callback<()>,
}

#[component]
pub fn MemberDrawer(access: Access, id: MemberId, on_close: Callback<()>) -> impl IntoView {
    let editor = Editor::new("member", access, Some(id));
    let drawn = Drawn {
        access,
        session: use_session(),
        toasts: use_toasts(),
        id,
        editor,
        member: RwSignal::new(None),
        failed: RwSignal::new(None),
        saving: RwSignal::new(false),
        error: RwSignal::new(None),
        theirs: RwSignal::new(None),
        asking: RwSignal::new(Asking::Nothing),
        restored: RwSignal::new(false),
        close: on_close,
    };
    Effect::new(move || drawn.load());
    warn_before_leaving(editor);
    on_cleanup(move || drawn.stash());
    let tab = RwSignal::new("member-roles".to_owned());
    let name = Signal::derive(move || drawn.member.with(|member| member.as_ref().map_or_else(|| "Team member".to_owned(), |member| member.name.to_string())));
    let ready = Memo::new(move |_| drawn.member.with(Option::is_some));
    let header = move || view! { {move || drawn.header()} };
    let items = move || {
        let groups = editor.draft.with(|draft| draft.groups.len());
        vec![
            TabItem::here("member-roles", "Roles"),
            TabItem::here("member-groups", "Groups").count((groups > 0).then(|| groups.to_string())),
            TabItem::here("member-activity", "Activity"),
        ]
    };
    let tabs = move || view! { <Tabs label="Team member" items=Signal::derive(items) current=tab on_select=move |id: String| tab.set(id)/> };
    let footer = move || view! { {move || ready.get().then(|| drawn.footer())} };
    let body = move || match (ready.get(), drawn.failed.get()) {
        (true, _) => drawn.body(tab),
        (false, None) => view! { <div class="drawer-section"><SkeletonLines lines=8/></div> }.into_any(),
        (false, Some(error)) if error.kind() == FailureKind::NotFound => nobody(),
        (false, Some(error)) => view! {
            <EmptyState icon=IconName::TriangleAlert title="This could not be loaded" text=error.message()>
                <Button icon=IconName::RotateCw on_click=move || drawn.load()>"Try again"</Button>
            </EmptyState>
        }
        .into_any(),
    };
    view! {
        <Drawer label=name on_close=move || drawn.ask_close() header=header tabs=tabs footer=footer>{body}</Drawer>
        {move || drawn.questions()}
    }
    .into_any()
}

/// The browser asks before a tab with unsaved edits is closed.
fn warn_before_leaving(editor: Editor) {
    Effect::new(move || {
        let handle = window_event_listener(ev::beforeunload, move |event| {
            if editor.is_dirty.try_get_untracked() == Some(true) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

impl Drawn {
    fn load(self) {
        let slug = self.access.here.slug();
        self.failed.set(None);
        spawn_local(async move {
            let answer = members::find(slug, self.id).await;
            // the drawer may be gone by now
            let Some(editor_is_here) = self.member.try_with_untracked(Option::is_none) else { return };
            match answer {
                Ok(member) if editor_is_here => {
                    self.editor.open(&member);
                    self.unstash(&member);
                    self.member.set(Some(member));
                }
                Ok(_) => {}
                Err(error) if self.session.ask_again(&error, move || self.load()) => {}
                Err(error) => self.failed.set(Some(error)),
            }
        });
    }

    /// Going back in history closes the drawer without a question; what was edited waits for its return.
    fn stash(self) {
        if self.editor.is_dirty.try_get_untracked() == Some(true)
            && let Some(draft) = self.editor.draft.try_get_untracked()
        {
            self.access.unsaved.set_value(Some((self.id, draft)));
        }
    }

    fn unstash(self, member: &Member) {
        let unsaved = self.access.unsaved.try_update_value(Option::take).flatten();
        if let Some((id, draft)) = unsaved
            && id == self.id
        {
            self.editor.draft.set(draft.with_keys_after(&self.editor.draft.get_untracked()));
            self.editor.keep_on(member);
            self.restored.set(true);
        }
    }

    fn header(self) -> AnyView {
        let Some(member) = self.member.get() else { return view! { <SkeletonLines lines=2/> }.into_any() };
        let you = if member.id == self.access.here.frame().me { " · you" } else { "" };
        view! {
            <Avatar name=member.name.to_string() id=member.id.to_string() big=true/>
            <div>
                <h2>{member.name.to_string()}</h2>
                <p>{member.email.to_string()} " · joined " <TimeAgo at=Some(member.joined_at.micros())/> {you}</p>
            </div>
        }
        .into_any()
    }

    fn body(self, tab: RwSignal<String>) -> AnyView {
        let editor = self.editor;
        // every tab stays mounted: what is unfolded, searched or half typed in one survives a look at another
        let elsewhere = move |id: &'static str| move || tab.with(|tab| tab != id);
        let slug = self.access.here.slug();
        let (id, revision) = (self.id, Signal::derive(move || self.member.with(|member| member.as_ref().map(|member| member.revision))));
        let visited = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or(false) || tab.with(|tab| tab == "member-activity"));
        let undo = move || {
            editor.revert();
            self.restored.set(false);
        };
        let restored = move || {
            self.restored.get().then(|| view! {
                <Banner actions=move || view! { <Button small=true on_click=undo>"Discard them"</Button> }>"Your unsaved changes of before are still here."</Banner>
            })
        };
        view! {
            <TabPanel tab="member-roles" attr:hidden=elsewhere("member-roles")>
                <div class="drawer-columns">
                    <div class="edit">{restored}{access_form(editor)}</div>
                    <EffectivePanel editor/>
                </div>
            </TabPanel>
            <TabPanel tab="member-groups" attr:hidden=elsewhere("member-groups")><div class="drawer-section"><GroupsTab editor/></div></TabPanel>
            <TabPanel tab="member-activity" attr:hidden=elsewhere("member-activity")>
                <div class="drawer-section">
                    {move || visited.get().then(|| view! { <ActivityTab slug=slug.clone() id revision known=self.access.context.known()/> })}
                </div>
            </TabPanel>
        }
        .into_any()
    }

    fn footer(self) -> AnyView {
        let editor = self.editor;
        let sole = sole_owner(self);
        let reason = move || sole.get().then(|| "this is the workspace's only owner; make somebody else an owner first".to_owned());
        let nothing = move || (!editor.is_dirty.get()).then(|| "nothing was changed".to_owned());
        view! {
            {move || self.error.get().map(|error| view! { <div class="drawer-error"><Banner tone=Tone::Bad>{error}</Banner></div> })}
            <Button kind=ButtonKind::Danger disabled_reason=Signal::derive(reason) on_click=move || self.asking.set(Asking::Remove)>"Remove from workspace"</Button>
            <span class="gap"></span>
            <Button on_click=move || self.ask_close()>"Cancel"</Button>
            <Button kind=ButtonKind::Primary pending=self.saving disabled_reason=Signal::derive(nothing) on_click=move || self.save()>"Save changes"</Button>
        }
        .into_any()
    }

    fn ask_close(self) {
        if self.saving.get_untracked() {
            return;
        }
        if self.editor.is_dirty.get_untracked() { self.asking.set(Asking::Discard) } else { self.close.run(()) }
    }

    pub(super) fn save(self) {
        let Some(revision) = self.member.with_untracked(|member| member.as_ref().map(|member| member.revision)) else { return };
        if self.saving.get_untracked() || !self.editor.is_dirty.get_untracked() {
            return;
        }
        if !self.editor.check() {
            self.error.set(Some("Not saved yet: mend what is marked below first.".to_owned()));
            return;
        }
        self.error.set(None);
        self.saving.set(true);
        let sent = self.editor.draft.get_untracked();
        let (slug, access) = (self.access.here.slug(), sent.access());
        spawn_local(async move {
            let answer = members::change_access(slug, self.id, revision, access).await;
            if self.saving.try_set(false).is_some() {
                return;
            }
            self.settle(answer, &sent);
        });
    }

    fn settle(self, answer: Rpc<SaveOutcome>, sent: &AccessDraft) {
        match answer {
            Ok(SaveOutcome::Saved(member)) => {
                self.toasts.success(format!("Access of {} saved.", member.name));
                self.access.changed();
                self.restored.set(false);
                let untouched = self.editor.draft.with_untracked(|draft| !draft.differs_from(sent));
                if untouched {
                    self.editor.open(&member);
                    self.close.run(());
                } else {
                    // edited on while it was saved: that waits for another save
                    self.editor.keep_on(&member);
                    self.member.set(Some(member));
                }
            }
            Ok(SaveOutcome::Conflict(theirs)) => self.theirs.set(Some(theirs)),
            Err(error) if self.session.ask_again(&error, move || self.save()) => {}
            Err(error) if error.kind() == FailureKind::Offline => {
                self.error.set(Some("The server can't be reached. Nothing was saved, and all you changed is still here: try again in a moment.".to_owned()));
            }
            Err(error) => self.error.set(Some(error.message())),
        }
    }

    fn questions(self) -> AnyView {
        if let Some(theirs) = self.theirs.get() {
            return view! { <Conflict drawn=self theirs/> }.into_any();
        }
        let stop = move || self.asking.set(Asking::Nothing);
        match self.asking.get() {
            Asking::Nothing => ().into_any(),
            Asking::Discard => {
                let discard = move || {
                    self.editor.revert();
                    stop();
                    self.close.run(());
                };
                view! {
                    <ConfirmDialog title="Discard your changes?" confirm="Discard changes" on_confirm=discard on_close=stop>
                        <p>"What you changed here has not been saved."</p>
                    </ConfirmDialog>
                }
                .into_any()
            }
            Asking::Remove => match self.member.get_untracked() {
                Some(member) => {
                    let removed = move || {
                        self.editor.revert();
                        self.access.changed();
                        self.close.run(());
                    };
                    view! { <RemoveDialog access=self.access member on_close=stop on_removed=removed/> }.into_any()
                }
                None => ().into_any(),
            },
        }
    }
}

/// Whether this member is the only owner: asked for only where it matters.
fn sole_owner(drawn: Drawn) -> RwSignal<bool> {
    let sole = RwSignal::new(false);
    Effect::new(move || {
        let is_owner = drawn.member.with(|member| member.as_ref().is_some_and(|member| member.kind == MemberKind::Owner));
        if !is_owner {
            sole.set(false);
            return;
        }
        let query = UserQuery { kinds: vec![MemberKind::Owner], statuses: vec![UserStatus::Active], size: PageSize::new(2), ..UserQuery::default() };
        let slug = drawn.access.here.slug();
        spawn_local(async move {
            if let Ok(page) = members::users(slug, query).await {
                let _ = sole.try_set(page.rows.len() == 1);
            }
        });
    });
    sole
}
