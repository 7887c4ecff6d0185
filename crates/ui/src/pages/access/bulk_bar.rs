//! What can be done with the users that are picked, and taking back what was done last.

use super::{
    Access,
    bulk::PickedUsers,
    bulk_dialog::BulkDialog,
    bulk_watch::BulkWatch,
    bulk_words::{NOT_BACK, undo_words},
};
use crate::{
    components::{Banner, Button, ButtonKind, IconName, Menu, MenuItem, Pause, TimeAgo, Tone, opener_goes, plural},
    pages::{doing::Doing, newest::Newest},
    rpc::bulk,
    session::use_session,
};
use domain::{
    bulk::{BulkDone, BulkOutcome, MOST_AT_ONCE},
    id::OperationId,
    time::Timestamp,
};
use leptos::prelude::*;
use std::time::Duration;

/// What can be done to many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    JoinGroups,
    LeaveGroups,
    GiveRoles,
    TakeRole,
    SetExpiry,
    Remove,
    ResendInvites,
    RevokeInvites,
}

impl Job {
    /// Those behind the two that have buttons of their own.
    const MORE: [(Self, IconName); 6] = [
        (Self::TakeRole, IconName::Shield),
        (Self::SetExpiry, IconName::Clock),
        (Self::LeaveGroups, IconName::UsersRound),
        (Self::ResendInvites, IconName::RotateCw),
        (Self::RevokeInvites, IconName::Trash),
        (Self::Remove, IconName::Trash),
    ];

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::JoinGroups => "Add to groups",
            Self::LeaveGroups => "Take out of groups",
            Self::GiveRoles => "Give roles",
            Self::TakeRole => "Take a role away",
            Self::SetExpiry => "Set when roles end",
            Self::Remove => "Remove from workspace",
            Self::ResendInvites => "Resend invites",
            Self::RevokeInvites => "Revoke invites",
        }
    }
}

/// The bar, and the dialog of what is chosen in it.
#[component]
pub fn BulkBar(
    picked: PickedUsers,
    /// How many the list shows, where the page says so.
    total: Signal<Option<u64>>,
) -> impl IntoView {
    let access = picked.access;
    let (job, counted, newest) = (RwSignal::new(None::<Job>), RwSignal::new(None::<u64>), Newest::default());
    // counted once somebody picks: nobody else wants to know
    Effect::new(move || {
        let query = picked.asked.get();
        let _ = access.list_version();
        counted.set(None);
        if total.get().is_none() {
            newest.ask(bulk::count(access.here.slug(), query), move |count| counted.set(count.ok()));
        }
    });
    let open = move |chosen: Job| job.set(Some(chosen));
    let actions = move || {
        let item = move |(job, icon): (Job, IconName)| {
            let item = MenuItem::run(job.title(), Callback::from(move || open(job))).icon(icon);
            if matches!(job, Job::Remove | Job::RevokeInvites) { item.danger() } else { item }
        };
        let items: Vec<MenuItem> = Job::MORE.into_iter().map(item).collect();
        view! {
            <Button small=true icon=IconName::UsersRound on_click=move || open(Job::JoinGroups) attr:aria-haspopup="dialog">{Job::JoinGroups.title()}</Button>
            <Button small=true icon=IconName::Shield on_click=move || open(Job::GiveRoles) attr:aria-haspopup="dialog">{Job::GiveRoles.title()}</Button>
            <Menu label="More actions" small=true items=Signal::stored(items)>"More"</Menu>
        }
        .into_any()
    };
    let close = move || job.set(None);
    let done = move || {
        opener_goes();
        picked.rows.clear();
        access.changed_groups();
    };
    view! {
        {picked.rows.bar(("user", "users"), MOST_AT_ONCE, Signal::derive(move || total.get().or_else(|| counted.get())), actions)}
        {move || job.get().map(|job| view! { <BulkDialog access selection=picked.rows.selection() job on_close=close on_done=done/> })}
    }
    .into_any()
}

/// How long it is until the server is asked again whether it is over where this clock says so already.
const ONCE_MORE: Duration = Duration::from_secs(5);

/// What this owner did last to many, and whom they removed, each for as long as it can be taken back: the newest in full, the others a line each.
#[component]
pub fn LastBulk(access: Access) -> impl IntoView {
    let (session, doing, newest) = (use_session(), Doing::default(), Newest::default());
    let latest = RwSignal::new(Vec::<BulkDone>::new());
    let watch = BulkWatch::new(access, doing.pending);
    let refused = Memo::new(move |_| doing.refused.with(Option::is_some));
    let (minute, ended) = (RwSignal::new(0_u32), RwSignal::new(0_u32));
    let once_more = Pause::new(ONCE_MORE);
    Effect::new(move || {
        // a refusal too may say that it is over
        let _ = (access.list_version(), session.version(), refused.get(), ended.get());
        newest.ask(bulk::latest(access.here.slug()), move |answer| {
            let is_over = |done: &BulkDone| to_next_minute(done.undo_until, now()).is_none();
            // where nobody answered, what is shown goes by this clock
            let all = answer.unwrap_or_else(|_| latest.get_untracked().into_iter().filter(|done| !is_over(done)).collect());
            // this clock is ahead: over by it though the server has just said that it is not
            if all.iter().any(is_over) {
                once_more.then(move || ended.update(|count| *count += 1));
            }
            // who is about to press the button keeps it
            if latest.with_untracked(|known| *known != all) {
                latest.set(all);
            }
        });
    });
    Effect::new(move || {
        minute.track();
        let left = |done: &BulkDone| to_next_minute(done.undo_until, now());
        // those that are over by this clock: asked once more already
        let Some(pause) = latest.with(|all| all.iter().filter_map(left).min()) else { return };
        Pause::new(pause).then(move || {
            // late where the machine slept
            let Some((some_last, some_are_over)) =
                latest.try_with_untracked(|all| (all.iter().any(|done| left(done).is_some()), all.iter().any(|done| left(done).is_none())))
            else {
                return;
            };
            for signal in [some_last.then_some(minute), some_are_over.then_some(ended)].into_iter().flatten() {
                let _ = signal.try_update(|count| *count += 1);
            }
        });
    });
    let undo = move |id: OperationId| {
        let slug = access.here.slug();
        doing.run(
            move || bulk::undo(slug.clone(), id, watch.begin()),
            move |outcome, is_here| {
                let (good, bad) = taken_back(&outcome);
                doing.toasts.success(good);
                if let Some(bad) = bad {
                    doing.toasts.error(bad);
                }
                if is_here {
                    access.changed_groups();
                }
            },
        );
    };
    let banner = move |done: BulkDone| {
        let id = done.id;
        let actions = move || view! { <Button small=true pending=doing.pending on_click=move || undo(id)>"Undo"</Button> };
        let until = done.undo_until.micros();
        // told anew with each minute that goes
        let at = Signal::derive(move || {
            minute.track();
            Some(until)
        });
        view! { <Banner tone=Tone::Good actions=actions>{done.summary} ". Undo ends " <TimeAgo at=at/> "."<div role="status">{watch.bar(undo_words)}</div></Banner> }
    };
    let line = move |done: BulkDone| {
        let (id, label) = (done.id, format!("Undo: {}", done.summary));
        view! {
            <li>
                <span>{done.summary}</span>
                <Button kind=ButtonKind::Quiet small=true pending=doing.pending on_click=move || undo(id) attr:aria-label=label>"Undo"</Button>
            </li>
        }
        .into_any()
    };
    let all = move || {
        let mut all = latest.get().into_iter();
        let first = all.next().map(banner);
        let lines: Vec<AnyView> = all.map(line).collect();
        let earlier = (!lines.is_empty()).then(|| view! { <ul class="earlier" aria-label="Earlier changes">{lines}</ul> });
        view! { {first} {earlier} }.into_any()
    };
    let message = doing.message();
    view! {
        {all}
        {move || message.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
    }
    .into_any()
}

fn now() -> Timestamp {
    Timestamp::from_micros(js_sys::Date::now() as i64 * 1_000)
}

/// How long it is until there is a minute less, or none; nothing once it is over.
fn to_next_minute(until: Timestamp, now: Timestamp) -> Option<Duration> {
    const MINUTE: u64 = 60_000_000;
    let left = u64::try_from(until.micros() - now.micros()).ok().filter(|left| *left > 0)?;
    // a moment more, for timers that are early
    Some(Duration::from_micros(left % MINUTE) + Duration::from_millis(50))
}

/// What was taken back, and whom it left as they are.
fn taken_back(outcome: &BulkOutcome) -> (String, Option<String>) {
    let mut good = format!("Taken back for {}.", plural(outcome.changed.count, "user", "users"));
    if outcome.restored > 0 {
        good = format!("{good} {NOT_BACK}");
    }
    let left: Vec<String> = outcome.left_out.iter().map(|(reason, who)| format!("{} ({})", who.words(), reason.words())).collect();
    let bad = (!left.is_empty()).then(|| format!("Left as they are: {}.", left.join("; ")));
    (good, bad)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::bulk::{Counted, LeftOut};

    #[test]
    fn the_minutes_that_are_left_are_followed_to_the_end() {
        let left = |seconds: i64| to_next_minute(Timestamp::from_micros(seconds * 1_000_000), Timestamp::from_micros(0));
        let after = |seconds: u64| Some(Duration::from_millis(seconds * 1_000 + 50));
        assert_eq!([left(570), left(540), left(30), left(0), left(-1)], [after(30), after(0), after(30), None, None]);
    }

    #[test]
    fn says_whom_undo_left_as_they_are() {
        let mut outcome = BulkOutcome { changed: Counted { count: 1, names: vec!["Cy".to_owned()] }, ..BulkOutcome::default() };
        assert_eq!(taken_back(&outcome), ("Taken back for 1 user.".to_owned(), None));
        outcome.left_out = vec![(LeftOut::Changed, Counted { count: 1, names: vec!["Bea".to_owned()] })];
        assert_eq!(taken_back(&outcome).1.as_deref(), Some("Left as they are: Bea (changed by somebody since)."));
        outcome.restored = 1;
        assert_eq!(taken_back(&outcome).0, "Taken back for 1 user. Review duties and open requests don't come back.");
    }
}
