//! What a change of many says: whom it is about, and what it would do.

use super::bulk_bar::Job;
use crate::components::{CheckItem, grouped, plural};
use domain::{
    bulk::{BulkOutcome, BulkProgress, BulkStage, Counted, UserSelection},
    page::Selection,
};

/// What goes with a membership and stays away when the removal is taken back.
pub const NOT_BACK: &str = "Review duties and open requests don't come back.";

pub fn group_item(id: String, name: &str, members: u32) -> CheckItem {
    CheckItem::new(&id, name, &plural(u64::from(members), "member", "members"))
}

/// Whom it is about.
pub fn selected(selection: &UserSelection) -> String {
    match selection {
        Selection::These(ids) => format!("{} selected", plural(ids.len() as u64, "user", "users")),
        Selection::Matching(_) => "All users that match, on every page".to_owned(),
    }
}

/// Names in one line, the last ones counted where they are many.
pub fn named(names: impl IntoIterator<Item = String>) -> String {
    let mut counted = Counted::default();
    names.into_iter().for_each(|name| counted.add(&name));
    counted.words()
}

/// What a change would do, line by line; `what` are the roles or groups that it is about.
pub fn preview_lines(job: Job, what: &str, never_end: bool, told: &BulkOutcome) -> Vec<String> {
    let who = |count: u64| match job {
        Job::ResendInvites | Job::RevokeInvites => plural(count, "invite", "invites"),
        _ => plural(count, "member", "members"),
    };
    let count = told.changed.count;
    let (is, has, loses) = if count == 1 { ("is", "has", "loses") } else { ("are", "have", "lose") };
    let done = match job {
        Job::JoinGroups => format!("will be added to {what}"),
        Job::LeaveGroups => format!("will be taken out of {what}"),
        Job::GiveRoles => format!("will be given {what}"),
        Job::TakeRole => format!("{loses} {what}"),
        Job::SetExpiry if never_end => format!("{has} roles that will never end"),
        Job::SetExpiry => format!("{has} roles that will end then"),
        Job::Remove => format!("{loses} all access to this workspace at once"),
        Job::ResendInvites => format!("{is} sent again"),
        Job::RevokeInvites => format!("{is} revoked"),
    };
    let mut lines = Vec::new();
    if count == 0 {
        lines.push("Nothing would change.".to_owned());
    } else {
        lines.push(format!("{} {done}: {}.", who(count), told.changed.words()));
        lines.extend(besides(job, count).map(str::to_owned));
    }
    if told.owners > 0 && matches!(job, Job::Remove) {
        lines.push(format!("{} of them {}.", grouped(told.owners), if told.owners == 1 { "is an owner" } else { "are owners" }));
    }
    if told.unchanged.count > 0 {
        lines.push(format!("No change for {}: {}.", told.unchanged.words(), already(job, what)));
    }
    for (reason, left) in &told.left_out {
        lines.push(format!("No change for {}: {}.", left.words(), reason.words()));
    }
    if count > 0 {
        lines.push(match job {
            Job::ResendInvites => "Mail that is sent can't be called back.".to_owned(),
            Job::Remove => format!("It can be undone for ten minutes. {NOT_BACK}"),
            _ => "It can be undone for ten minutes.".to_owned(),
        });
    }
    lines
}

/// What else comes of it, or doesn't.
const fn besides(job: Job, count: u64) -> Option<&'static str> {
    match (job, count) {
        (Job::TakeRole, _) => Some("What a group gives them, they keep."),
        (Job::Remove, 1) => Some("The account stays."),
        (Job::Remove, _) => Some("Their accounts stay."),
        (Job::ResendInvites, 1) => Some("The new mail has a new link; the old link stops working."),
        (Job::ResendInvites, _) => Some("Each new mail has a new link; the old links stop working."),
        (Job::RevokeInvites, 1) => Some("Its link stops working."),
        (Job::RevokeInvites, _) => Some("Their links stop working."),
        (Job::JoinGroups | Job::LeaveGroups | Job::GiveRoles | Job::SetExpiry, _) => None,
    }
}

/// Why what is wished changes nothing for some of them.
fn already(job: Job, what: &str) -> String {
    match job {
        Job::JoinGroups => format!("in {what} already"),
        Job::LeaveGroups => format!("not in {what}"),
        Job::GiveRoles => format!("{what} held already"),
        Job::TakeRole => format!("{what} not held, or by a group only"),
        Job::SetExpiry => "no role of their own, or one that ends so already".to_owned(),
        Job::Remove | Job::ResendInvites | Job::RevokeInvites => "so already".to_owned(),
    }
}

/// What the bar says while it is being done to so many.
pub fn progress_words(far: Option<BulkProgress>, changed: u64) -> String {
    let users = |count: u64| plural(count, "user", "users");
    match far {
        None => format!("Changing {}…", users(changed)),
        Some(BulkProgress { stage: BulkStage::Looking, of, .. }) => format!("Looking at {}…", users(of)),
        Some(BulkProgress { stage: BulkStage::Writing, of, .. }) => format!("Changing {}…", users(of)),
        Some(BulkProgress { stage: BulkStage::Recording, of, .. }) => format!("Writing {} of the audit trail…", plural(of, "entry", "entries")),
    }
}

/// What it says while a change is taken back.
pub fn undo_words(far: Option<BulkProgress>) -> String {
    match far {
        None => "Taking it back…".to_owned(),
        Some(BulkProgress { stage: BulkStage::Writing, of, .. }) => format!("Taking it back for {}…", plural(of, "user", "users")),
        Some(far) => progress_words(Some(far), far.of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::bulk::LeftOut;

    fn counted(count: u64, names: &[&str]) -> Counted {
        Counted { count, names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    #[test]
    fn says_what_will_change_and_who_stays() {
        let told = BulkOutcome {
            changed: counted(312, &["Amara", "Bo"]),
            owners: 1,
            unchanged: counted(1, &["Cy"]),
            left_out: vec![(LeftOut::Invited, counted(1, &["dee@acme.test"]))],
            ..BulkOutcome::default()
        };
        assert_eq!(
            preview_lines(Job::Remove, "", false, &told),
            [
                "312 members lose all access to this workspace at once: Amara, Bo and 310 more.",
                "Their accounts stay.",
                "1 of them is an owner.",
                "No change for Cy: so already.",
                "No change for dee@acme.test: invited, not a member yet.",
                "It can be undone for ten minutes. Review duties and open requests don't come back.",
            ]
        );
        assert_eq!(preview_lines(Job::JoinGroups, "Analysts", false, &BulkOutcome::default()), ["Nothing would change."]);
    }

    #[test]
    fn roles_and_groups_are_named() {
        let told = BulkOutcome { changed: counted(9_636, &["Amara", "Bo"]), unchanged: counted(1, &["Cy"]), ..BulkOutcome::default() };
        let what = named(["Analysts".to_owned(), "Night shift".to_owned()]);
        let lines = preview_lines(Job::JoinGroups, &what, false, &told);
        assert_eq!(lines[0], "9,636 members will be added to Analysts and Night shift: Amara, Bo and 9,634 more.");
        assert_eq!(lines[1], "No change for Cy: in Analysts and Night shift already.");
        let lines = preview_lines(Job::GiveRoles, "Source Admin", false, &told);
        assert_eq!(lines[0], "9,636 members will be given Source Admin: Amara, Bo and 9,634 more.");
    }

    #[test]
    fn says_what_it_is_at() {
        let at = |stage| progress_words(Some(BulkProgress { stage, done: 4_000, of: 9_636 }), 9_636);
        assert_eq!(progress_words(None, 1), "Changing 1 user…");
        assert_eq!(at(BulkStage::Looking), "Looking at 9,636 users…");
        assert_eq!(at(BulkStage::Writing), "Changing 9,636 users…");
        assert_eq!(at(BulkStage::Recording), "Writing 9,636 entries of the audit trail…");
        let back = |stage| undo_words(Some(BulkProgress { stage, done: 0, of: 2 }));
        assert_eq!(
            [undo_words(None), back(BulkStage::Looking), back(BulkStage::Writing)],
            ["Taking it back…", "Looking at 2 users…", "Taking it back for 2 users…"]
        );
    }
}
