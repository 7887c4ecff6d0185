//! What a change of many says: whom it is about, and what it would do.

use super::bulk_bar::Job;
use crate::components::{CheckItem, grouped, plural};
use domain::{
    bulk::{BulkOutcome, UserSelection},
    page::Selection,
};

pub fn group_item(id: String, name: &str, members: u32) -> CheckItem {
    CheckItem::new(&id, name, &plural(u64::from(members), "member", "members"))
}

/// Whom it is about.
pub fn selected(selection: &UserSelection) -> String {
    match selection {
        Selection::These(ids) => format!("Of {} selected", plural(ids.len() as u64, "user", "users")),
        Selection::Matching(_) => "Of all users that match, on every page".to_owned(),
    }
}

/// What a change would do, line by line.
pub fn preview_lines(job: Job, never_end: bool, told: &BulkOutcome) -> Vec<String> {
    let who = |count: u64| match job {
        Job::ResendInvites | Job::RevokeInvites => plural(count, "invite", "invites"),
        _ => plural(count, "member", "members"),
    };
    let count = told.changed.count;
    let (is, has, loses) = if count == 1 { ("is", "has", "loses") } else { ("are", "have", "lose") };
    let mut lines = Vec::new();
    let done = match job {
        Job::JoinGroups => "will be added".to_owned(),
        Job::LeaveGroups => "will be taken out".to_owned(),
        Job::GiveRoles => "will be given what is chosen".to_owned(),
        Job::TakeRole => format!("{loses} the role, where they hold it by themselves"),
        Job::SetExpiry if never_end => format!("{has} roles that will have no end any more"),
        Job::SetExpiry => format!("{has} roles that will end then"),
        Job::Remove => format!("{loses} all access to this workspace at once. Accounts stay"),
        Job::ResendInvites => format!("{is} sent again, with a new link; the old link is dead"),
        Job::RevokeInvites => format!("{is} revoked; the link no longer works"),
    };
    if count == 0 {
        lines.push("Nothing would change.".to_owned());
    } else {
        lines.push(format!("{} {done}: {}.", who(count), told.changed.words()));
    }
    if told.owners > 0 && matches!(job, Job::Remove) {
        lines.push(format!(
            "{} of them {} owner{}.",
            grouped(told.owners),
            if told.owners == 1 { "is an" } else { "are" },
            if told.owners == 1 { "" } else { "s" }
        ));
    }
    if told.unchanged.count > 0 {
        lines.push(format!("So already: {}.", told.unchanged.words()));
    }
    for (reason, left) in &told.left_out {
        lines.push(format!("Left as they are, {}: {}.", reason.words(), left.words()));
    }
    if count > 0 {
        lines.push(match job {
            Job::ResendInvites => "Mail that is sent can't be called back.".to_owned(),
            _ => "It can be undone for ten minutes.".to_owned(),
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::bulk::{Counted, LeftOut};

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
            preview_lines(Job::Remove, false, &told),
            [
                "312 members lose all access to this workspace at once. Accounts stay: Amara, Bo and 310 more.",
                "1 of them is an owner.",
                "So already: Cy.",
                "Left as they are, invited, not a member yet: dee@acme.test.",
                "It can be undone for ten minutes.",
            ]
        );
        assert_eq!(preview_lines(Job::JoinGroups, false, &BulkOutcome::default()), ["Nothing would change."]);
    }
}
