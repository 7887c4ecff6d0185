//! The state of an open access editor: the draft, what it was made from, and what it would reach, always up to date.

use super::draft::{AccessDraft, Problem};
use crate::rpc::{Rpc, members};
use domain::{
    access_context::AccessContext,
    catalog::RoleId,
    effective::{Change, EffectiveAccess},
    grant::Grant,
    id::MemberId,
    member::{AccessPreview, Member},
    policy::{Policy, Subject},
    workspace::WorkspaceSlug,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// How long the typing must pause before the server is asked for a preview.
const PAUSE: Duration = Duration::from_millis(300);

/// What a draft would reach, and what that changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    pub access: EffectiveAccess,
    pub changes: Vec<Change>,
}

/// An open editor. Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Editor {
    /// Sets the ids of its parts apart from those of another editor.
    pub prefix: &'static str,
    pub context: Signal<Option<Arc<AccessContext>>>,
    pub draft: RwSignal<AccessDraft>,
    /// The draft as it was opened or last saved.
    pub base: RwSignal<AccessDraft>,
    held: RwSignal<Vec<Grant>>,
    /// What stands against saving now.
    pub problems: Memo<Vec<Problem>>,
    /// Problems are told once somebody tried to save.
    pub tried: RwSignal<bool>,
    pub preview: Signal<Option<Preview>>,
    pub is_dirty: Memo<bool>,
    /// Roles whose scopes are unfolded.
    pub unfolded: RwSignal<BTreeSet<RoleId>>,
}

/// Whose access is edited, for where the server has to compute it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub slug: WorkspaceSlug,
    pub member: Option<MemberId>,
}

impl Editor {
    /// An editor that starts empty; [`Editor::open`] puts a member into it.
    pub fn new(prefix: &'static str, context: Signal<Option<Arc<AccessContext>>>, place: Signal<Option<Place>>) -> Self {
        let (draft, base, held) = (RwSignal::new(AccessDraft::default()), RwSignal::new(AccessDraft::default()), RwSignal::new(Vec::new()));
        let problems = Memo::new(move |_| match context.get() {
            Some(context) => draft.with(|draft| held.with(|held| draft.problems(&context, held))),
            None => Vec::new(),
        });
        let is_dirty = Memo::new(move |_| draft.with(|draft| base.with(|base| draft.differs_from(base))));
        let preview = preview(context, place, draft, base);
        Self { prefix, context, draft, base, held, problems, tried: RwSignal::new(false), preview, is_dirty, unfolded: RwSignal::default() }
    }

    /// Shows this member's access as it is stored; edits so far are gone.
    pub fn open(self, member: &Member) {
        let fresh = self.rest_on(member);
        self.draft.set(fresh);
        self.tried.set(false);
    }

    /// Keeps the edits, and measures them against what is stored now.
    pub fn keep_on(self, member: &Member) {
        self.rest_on(member);
        self.draft.update(|draft| draft.rebase(member));
    }

    fn rest_on(self, member: &Member) -> AccessDraft {
        let fresh = self.draft.with_untracked(|draft| AccessDraft::from(member).with_keys_after(draft));
        self.held.set(member.grants.clone());
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
        problems.is_empty()
    }

    /// What to tell about one scope.
    pub fn problem(self, key: u32) -> Option<String> {
        if !self.tried.get() {
            return None;
        }
        self.problems.with(|problems| problems.iter().find(|problem| problem.key == key).map(|problem| problem.message.clone()))
    }
}

/// Computed here where the workspace fits into the browser, by the server where it doesn't.
fn preview(
    context: Signal<Option<Arc<AccessContext>>>,
    place: Signal<Option<Place>>,
    draft: RwSignal<AccessDraft>,
    base: RwSignal<AccessDraft>,
) -> Signal<Option<Preview>> {
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
        Some(Preview { access, changes })
    });
    let there = ask_server(context, place, draft);
    Signal::derive(move || if context.with(|context| context.as_ref().is_some_and(|context| !context.complete)) { there.get() } else { here.get() })
}

fn effective(policy: &mut Policy, draft: &AccessDraft, context: &AccessContext) -> EffectiveAccess {
    // no member has this id: the policy knows only the one that is edited
    let id = MemberId::new(Default::default(), [0; 10]);
    policy.put_member(draft.access().as_member(id));
    EffectiveAccess::of(policy, Subject::Member(id), context.now)
}

fn ask_server(context: Signal<Option<Arc<AccessContext>>>, place: Signal<Option<Place>>, draft: RwSignal<AccessDraft>) -> RwSignal<Option<Preview>> {
    let answer = RwSignal::new(None);
    let asked = StoredValue::new(0_u32);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(waiting) = timer.try_update_value(Option::take).flatten() {
            waiting.clear();
        }
    };
    Effect::new(move || {
        let access = draft.with(AccessDraft::access);
        let Some(place) = place.get() else { return };
        if context.with(|context| context.as_ref().is_none_or(|context| context.complete)) {
            return;
        }
        stop();
        let ask = move || {
            asked.update_value(|asked| *asked += 1);
            let mine = asked.get_value();
            leptos::task::spawn_local(async move {
                let found: Rpc<AccessPreview> = members::preview(place.slug, place.member, access).await;
                if let (Ok(found), Some(true)) = (found, asked.try_with_value(|last| *last == mine)) {
                    answer.set(Some(Preview { access: found.access, changes: found.changes }));
                }
            });
        };
        timer.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    });
    on_cleanup(stop);
    answer
}
