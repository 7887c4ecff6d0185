//! The state of an open access editor: the draft, what it was made from, and what it would reach, always up to date.

use super::{
    Access,
    draft::{AccessDraft, Problem, sentence},
    group_names::GroupNames,
    stored::Stored,
};
use crate::{
    components::Pause,
    pages::newest::Newest,
    rpc::{RpcError, members},
    session::use_session,
};
use domain::{
    access_context::AccessContext,
    catalog::RoleId,
    effective::EffectiveAccess,
    grant::Grant,
    member::AccessPreview,
    policy::Policy,
    text::{GroupName, TokenName},
};
use leptos::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// Whose access is edited: what the form offers hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditorOf {
    Member,
    /// Somebody who is being invited.
    Invite,
    /// Somebody invited, whose access is only shown.
    Waiting,
    Group,
    Token,
}

impl EditorOf {
    /// Sets the ids of its parts apart from those of another editor.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Invite => "invite",
            Self::Waiting => "waiting",
            Self::Group => "group",
            Self::Token => "token",
        }
    }

    /// What stands against this name, if it is to have one.
    fn name_problem(self, name: &str) -> Option<String> {
        let refused = match self {
            Self::Member | Self::Invite | Self::Waiting => None,
            Self::Group => GroupName::parse(name).err(),
            Self::Token => TokenName::parse(name).err(),
        };
        refused.map(|error| sentence(&error.to_string()))
    }
}

/// What editors need to know of the workspace, once it is here.
type Known = Option<Arc<AccessContext>>;

/// How to ask once more for what could not be worked out.
type Unknown = RwSignal<Option<Callback<()>>>;

/// An open editor. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Editor {
    pub of: EditorOf,
    pub access: Access,
    /// Followed as others change it; the clock alone is no change.
    pub context: Signal<Known>,
    /// The same, told anew only where other roles can be given: what rests on it is not drawn anew because there is another resource.
    pub offered: Signal<Known>,
    pub groups: GroupNames,
    pub draft: RwSignal<AccessDraft>,
    /// The draft as it was opened or last saved.
    pub base: RwSignal<AccessDraft>,
    held: RwSignal<Vec<Grant>>,
    /// What stands against saving now.
    pub problems: Memo<Vec<Problem>>,
    /// Problems are told once somebody tried to save.
    pub tried: RwSignal<bool>,
    pub preview: Signal<Option<AccessPreview>>,
    /// Where the server is to say what the draft reaches and could not: another try.
    pub unknown: Unknown,
    pub is_dirty: Memo<bool>,
    /// Roles whose scopes are unfolded.
    pub unfolded: RwSignal<BTreeSet<RoleId>>,
    /// What the server said against the last save.
    pub failed: RwSignal<Option<RpcError>>,
}

impl Editor {
    /// An editor that starts empty; [`Editor::open`] puts what is stored into it.
    pub fn new(of: EditorOf, access: Access) -> Self {
        let (known, groups) = (access.context.known(), access.groups);
        let context: Signal<Known> = Memo::new_with_compare(move |_| known.get(), is_other).into();
        let offered: Signal<Known> = Memo::new_with_compare(move |_| context.get(), offers_other).into();
        // what others make and delete meanwhile can be chosen or not
        Effect::new(move || access.context.follow());
        let (draft, base, held) = (RwSignal::new(AccessDraft::default()), RwSignal::new(AccessDraft::default()), RwSignal::new(Vec::new()));
        let problems = Memo::new(move |_| match context.get() {
            Some(context) => draft.with(|draft| held.with(|held| draft.problems(&context, held))),
            None => Vec::new(),
        });
        let is_dirty = Memo::new(move |_| draft.with(|draft| base.with(|base| draft.differs_from(base))));
        let (preview, unknown) = preview(access, context, draft, base);
        let (tried, unfolded, failed) = (RwSignal::new(false), RwSignal::default(), RwSignal::new(None));
        // what is edited now is another thing than what was refused
        Effect::new(move |ran: Option<()>| {
            draft.track();
            if ran.is_some() {
                failed.set(None);
            }
        });
        Self { of, access, context, offered, groups, draft, base, held, problems, tried, preview, unknown, is_dirty, unfolded, failed }
    }

    /// Shows this access as it is stored; edits so far are gone.
    pub fn open(self, stored: &Stored) {
        let fresh = self.rest_on(stored);
        self.draft.set(fresh);
        self.tried.set(false);
    }

    /// Keeps the edits, and measures them against what is stored now.
    pub fn keep_on(self, stored: &Stored) {
        self.rest_on(stored);
        self.draft.update(|draft| draft.rebase(stored.grants()));
    }

    fn rest_on(self, stored: &Stored) -> AccessDraft {
        let fresh = self.draft.with_untracked(|draft| stored.draft().with_keys_after(draft));
        self.groups.learn(stored.groups());
        self.held.set(stored.grants().to_vec());
        self.base.set(fresh.clone());
        fresh
    }

    /// Undoes every edit.
    pub fn revert(self) {
        let fresh = self.draft.with_untracked(|draft| self.base.get_untracked().with_keys_after(draft));
        self.base.set(fresh.clone());
        self.draft.set(fresh);
        self.tried.set(false);
    }

    /// Whether it can be saved; if not, unfolds what has to be mended.
    pub fn check(self) -> bool {
        let problems = self.problems.get_untracked();
        self.tried.set(true);
        if !problems.is_empty() {
            self.unfolded.update(|open| open.extend(problems.iter().map(|problem| problem.role.clone())));
        }
        problems.is_empty() && self.draft.with_untracked(|draft| self.of.name_problem(&draft.name)).is_none()
    }

    /// What to tell about the name.
    pub fn name_problem(self) -> Option<String> {
        if self.tried.get() { self.draft.with(|draft| self.of.name_problem(&draft.name)) } else { None }
    }

    /// What the server said against this field.
    pub fn refused(self, field: &str) -> Option<String> {
        self.failed.with(|failed| failed.as_ref().and_then(|error| error.on(field)))
    }

    /// What it said against the whole, to stand above the form.
    pub fn refusal(self) -> Option<String> {
        self.failed.with(|failed| failed.as_ref().and_then(|error| error.beside(&["name", "expires"])))
    }

    /// What to tell about one scope.
    pub fn problem(self, key: u32) -> Option<String> {
        if !self.tried.get() {
            return None;
        }
        self.problems.with(|problems| problems.iter().find(|problem| problem.key == key).map(|problem| problem.message.clone()))
    }
}

/// Whether more than the clock is another.
fn is_other(before: Option<&Known>, now: Option<&Known>) -> bool {
    let is_another =
        |before: &AccessContext, now: &AccessContext| before.labels != now.labels || before.groups != now.groups || before.resources != now.resources;
    offers_other(before, now) || before.and_then(Option::as_ref).zip(now.and_then(Option::as_ref)).is_some_and(|(before, now)| is_another(before, now))
}

/// Whether other roles can be given, or they are to be searched for.
fn offers_other(before: Option<&Known>, now: Option<&Known>) -> bool {
    match (before.and_then(Option::as_ref), now.and_then(Option::as_ref)) {
        (Some(before), Some(now)) => before.catalog != now.catalog || before.plan != now.plan || before.complete != now.complete,
        (before, now) => before.is_some() != now.is_some(),
    }
}

/// Computed here where the workspace fits into the browser, by the server where it doesn't.
fn preview(access: Access, context: Signal<Known>, draft: RwSignal<AccessDraft>, base: RwSignal<AccessDraft>) -> (Signal<Option<AccessPreview>>, Unknown) {
    let policy = StoredValue::new(None::<(Arc<AccessContext>, Policy)>);
    let reach = move |of: RwSignal<AccessDraft>| {
        let context = context.get().filter(|context| context.complete)?;
        policy.update_value(|policy| {
            if policy.as_ref().is_none_or(|(from, _)| !Arc::ptr_eq(from, &context)) {
                *policy = Some((Arc::clone(&context), context.policy()));
            }
        });
        policy.try_update_value(|policy| policy.as_mut().map(|(context, policy)| of.with(|draft| effective(policy, draft, context)))).flatten()
    };
    let before = Memo::new(move |_| reach(base));
    let here = Memo::new(move |_| {
        let access = reach(draft)?;
        let changes = before.with(|before| before.as_ref().map(|before| EffectiveAccess::diff(before, &access)))?;
        Some(AccessPreview { access, changes })
    });
    let (there, unknown) = ask_server(access, draft, base);
    let known = move || if context.with(|context| context.as_ref().is_some_and(|context| !context.complete)) { there.get() } else { here.get() };
    (Signal::derive(known), unknown)
}

fn effective(policy: &mut Policy, draft: &AccessDraft, context: &AccessContext) -> EffectiveAccess {
    policy.with_trial(&draft.access(), |policy, subject| EffectiveAccess::of(policy, subject, context.now))
}

fn ask_server(access: Access, draft: RwSignal<AccessDraft>, base: RwSignal<AccessDraft>) -> (RwSignal<Option<AccessPreview>>, Unknown) {
    let (answer, unknown, tries) = (RwSignal::new(None), RwSignal::new(None), RwSignal::new(0_u32));
    let (newest, session) = (Newest::default(), use_session());
    let pause = Pause::new(Pause::TYPING);
    let is_here = move || access.context.known().with(|context| context.as_ref().is_none_or(|context| context.complete));
    let again: Callback<()> = Callback::from(move || tries.update(|tries| *tries += 1));
    Effect::new(move || {
        let (before, wish) = (base.with(AccessDraft::access), draft.with(AccessDraft::access));
        let _ = (tries.get(), session.version());
        if is_here() {
            return;
        }
        unknown.set(None);
        let slug = access.here.slug();
        pause.then(move || {
            newest.ask(members::preview(slug, before, wish), move |found| {
                if let Err(error) = &found {
                    let _ = session.ask_again(error, || ());
                    unknown.set(Some(again));
                }
                // what was reached with the draft before says nothing of this one
                answer.set(found.ok());
            });
        });
    });
    (answer, unknown)
}
