//! What an event changed, in words, a line each: `+ Source Admin (2 sources)`. Screens and exports say the same.

use crate::{
    audit::{AccessSnapshot, BorneBefore, Event, RegisteredSnapshot, TokenSnapshot},
    audit_kinds,
    catalog::{Catalog, RoleId},
    grant::{GrantSpec, ScopeSummary},
    member::MemberKind,
    number::plural,
    webhook::WebhookSnapshot,
    workspace::WorkspaceContents,
};

/// How many addresses are named before it says how many more there are.
const NAMED: usize = 20;

/// What the sentence leaves out: before and after, in words.
#[must_use]
pub fn details(event: &Event, catalog: &Catalog) -> Vec<String> {
    match event {
        Event::MemberAccessChanged { before, after, .. } | Event::GroupChanged { before, after, .. } => changes(before, after, catalog),
        Event::GroupCreated { access, .. } => changes(&AccessSnapshot::default(), access, catalog),
        Event::GroupDeleted { before, .. } => changes(before, &AccessSnapshot::default(), catalog),
        Event::TokenCreated { access, expires_at, .. } => {
            token_changes(&TokenSnapshot::default(), &TokenSnapshot { access: access.clone(), expires_at: *expires_at }, catalog)
        }
        Event::TokenChanged { before, after, .. } => token_changes(before, after, catalog),
        Event::MembersInvited { emails, access } => {
            let mut lines = if emails.len() > 1 { names(emails) } else { Vec::new() };
            lines.extend(access.kind.map(|kind| format!("as {}", kind.title().to_lowercase())));
            lines.extend(changes(&AccessSnapshot { kind: access.kind, ..AccessSnapshot::default() }, access, catalog));
            lines
        }
        Event::MemberRemoved { email, before, .. } | Event::MemberLeft { email, before, .. } => {
            let mut lines = vec![email.clone()];
            lines.extend(before.kind.map(|kind| format!("was {}", kind.title().to_lowercase())));
            lines.extend(changes(before, &AccessSnapshot { kind: before.kind, ..AccessSnapshot::default() }, catalog));
            lines
        }
        Event::MemberRestored { email, after, .. } => {
            let mut lines = vec![email.clone()];
            lines.extend(after.kind.map(|kind| format!("as {}", kind.title().to_lowercase())));
            lines.extend(changes(&AccessSnapshot { kind: after.kind, ..AccessSnapshot::default() }, after, catalog));
            lines
        }
        Event::AccountRenamed { before, .. } => vec![format!("instead of {before}")],
        Event::AccountDeleted { workspaces, .. } => {
            vec![format!("was in {}", plural(*workspaces, "workspace", "workspaces"))]
        }
        Event::WorkspaceCreated { slug, .. } => vec![format!("in addresses it is called {slug}")],
        Event::WorkspaceSeeded { members, groups, resources } => vec![format!("{members} members, {groups} groups, {resources} resources")],
        Event::SettingsChanged { before, after } => before.changes(after),
        Event::WorkspaceClosed { contents, .. } => vec![went(contents)],
        Event::WorkspaceDeleted { slug, contents, .. } => vec![format!("in addresses it was called {slug}"), went(contents)],
        Event::UsersExported { count } => vec![if *count == 1 { "1 user".to_owned() } else { format!("{count} users") }],
        Event::AuditExported { format, filter } => {
            let narrowed = (!filter.is_empty()).then(|| format!("only {filter}"));
            std::iter::once(format!("as {format}")).chain(narrowed).collect()
        }
        Event::AuditPruned { through, seal, .. } => vec![format!("up to entry {through}, sealed {seal}")],
        Event::AccessRequested { reason, .. } => vec![format!("because “{reason}”")],
        Event::AccessRequestDeclined { answer, .. } => answer.iter().map(|answer| format!("answered “{answer}”")).collect(),
        Event::WebhookChanged { before, after } => webhook_changes(before, after),
        Event::WebhookSwitchedOff { note, .. } => vec![note.clone()],
        Event::ResourceCreated { kind, key, .. } => vec![format!("{kind}:{key}")],
        Event::ResourceChanged { kind, key, before, after } => {
            let mut lines = vec![format!("{kind}:{key}")];
            if before.name != after.name {
                lines.push(format!("{} instead of {}", after.name, before.name));
            }
            if before.parent != after.parent {
                lines.extend(after.parent.iter().map(|parent| format!("+ hangs on {parent}")));
                lines.extend(before.parent.iter().map(|parent| format!("− hangs on {parent}")));
            }
            lines
        }
        Event::ResourcesRegistered { created, changed } => {
            created.iter().map(RegisteredSnapshot::words).chain(changed.iter().map(|(before, after)| before.change(after))).collect()
        }
        Event::ResourceDeleted { kind, key, parent, labels, .. } => {
            let mut lines = vec![format!("{kind}:{key}")];
            lines.extend(parent.iter().map(|parent| format!("− hangs on {parent}")));
            lines.extend(labels.iter().map(|label| format!("− {label}")));
            lines
        }
        Event::ResourcesRelabelled { key, before, .. } => before.iter().flat_map(|borne| borne_before(key, borne)).collect(),
        Event::LabelDescribed { before, after, .. } => {
            let quoted = |text: &Option<String>| text.as_ref().map_or_else(|| "nothing".to_owned(), |text| format!("“{text}”"));
            vec![format!("{} instead of {}", quoted(after), quoted(before))]
        }
        Event::LabelDeleted { description, .. } => description.iter().map(|text| format!("described as “{text}”")).collect(),
        Event::ReviewStarted { about, items, due_at, reviewers, .. } => {
            vec![format!("of {about}: {items} to decide"), format!("due {}", due_at.to_the_minute()), format!("reviewed by {}", reviewers.join(", "))]
        }
        Event::ReviewChanged { before, after, .. } => {
            let mut lines = Vec::new();
            if before.due_at != after.due_at {
                lines.push(format!("due {} instead of {}", after.due_at.to_the_minute(), before.due_at.to_the_minute()));
            }
            lines.extend(before.reviewers.iter().filter(|name| !after.reviewers.contains(name)).map(|name| format!("− reviewed by {name}")));
            lines.extend(after.reviewers.iter().filter(|name| !before.reviewers.contains(name)).map(|name| format!("+ reviewed by {name}")));
            lines
        }
        Event::ReviewDecided { whose, count, .. } if *count > 1 => {
            let more = count.saturating_sub(whose.len() as u64);
            whose.iter().cloned().chain((more > 0).then(|| format!("and {more} more"))).collect()
        }
        Event::ReviewReminded { reviewers, .. } => vec![reviewers.join(", ")],
        Event::ReviewSignedOff { kept, undecided, stayed, digest, .. } => {
            let mut lines = vec![format!("{kept} kept")];
            lines.extend((*undecided > 0).then(|| format!("{undecided} not decided: they stay")));
            lines.extend((*stayed > 0).then(|| format!("{stayed} not revoked: gone before, or changed since")));
            lines.push(format!("SHA-256 of the record: {digest}"));
            lines
        }
        Event::Sso(event) => event.details(),
        Event::AccountCreated { .. }
        | Event::SignedIn { .. }
        | Event::SignInFailed { .. }
        | Event::SignedOut
        | Event::SessionEnded { .. }
        | Event::AllSessionsEnded { .. }
        | Event::PasswordChanged
        | Event::PasswordResetRequested { .. }
        | Event::PasswordReset
        | Event::AddressProofSent { .. }
        | Event::AddressProven { .. }
        | Event::PlanChanged { .. }
        | Event::WorkspaceKept { .. }
        | Event::InviteResent { .. }
        | Event::InviteLinkCopied { .. }
        | Event::InviteRevoked { .. }
        | Event::InviteReopened { .. }
        | Event::InviteAccepted { .. }
        | Event::AccessRequestApproved { .. }
        | Event::AccessRequestWithdrawn { .. }
        | Event::WebhookCreated { .. }
        | Event::WebhookSecretChanged { .. }
        | Event::WebhookDeleted { .. }
        | Event::WebhookTested { .. }
        | Event::WebhookRedelivered { .. }
        | Event::MemberJoinedGroup { .. }
        | Event::MemberLeftGroup { .. }
        | Event::LabelCreated { .. }
        | Event::ReviewDecided { .. }
        | Event::ReviewCancelled { .. }
        | Event::ReviewExported { .. }
        | Event::TokenRotated { .. }
        | Event::TokenRevoked { .. }
        | Event::GrantGiven { .. } => Vec::new(),
    }
}

/// All that is in a workspace, in numbers.
fn went(contents: &WorkspaceContents) -> String {
    let count = |count: u64, thing: &str| format!("{count} {thing}{}", if count == 1 { "" } else { "s" });
    let WorkspaceContents { members, invites, groups, tokens, resources } = *contents;
    let most = [count(members, "member"), count(invites, "invite"), count(groups, "group"), count(tokens, "token")].join(", ");
    format!("with {most} and {}", count(resources, "resource"))
}

/// What bore which value of a label before.
fn borne_before(key: &str, borne: &BorneBefore) -> Vec<String> {
    let was = borne.value.as_ref().map_or_else(|| format!("before without {key}:"), |value| format!("before {key}:{value}:"));
    std::iter::once(was).chain(names(&borne.resources)).collect()
}

/// `Source Admin (2 sources), until 2026-12-01`
#[must_use]
pub fn grant_words(catalog: &Catalog, spec: &GrantSpec) -> String {
    let mut words = format!("{} ({})", role_name(catalog, &spec.role), scope_words(catalog, &spec.role, &ScopeSummary::from(&spec.scope)));
    if let Some(end) = spec.expires_at {
        words.push_str(&format!(", until {}", end.to_the_day()));
    }
    words
}

/// What became different between two accesses.
#[must_use]
pub fn changes(before: &AccessSnapshot, after: &AccessSnapshot, catalog: &Catalog) -> Vec<String> {
    let mut lines = Vec::new();
    if let (Some(was), Some(is)) = (before.kind, after.kind)
        && was != is
    {
        lines.push(format!("{} instead of {}", is.title(), was.title().to_lowercase()));
    }
    let grant = |spec: &GrantSpec| grant_words(catalog, spec);
    lines.extend(after.grants.iter().filter(|spec| !before.grants.contains(spec)).map(|spec| format!("+ {}", grant(spec))));
    lines.extend(before.grants.iter().filter(|spec| !after.grants.contains(spec)).map(|spec| format!("− {}", grant(spec))));
    lines.extend(after.groups.iter().filter(|group| !before.groups.contains(group)).map(|group| format!("+ group {}", group.name)));
    lines.extend(before.groups.iter().filter(|group| !after.groups.contains(group)).map(|group| format!("− group {}", group.name)));
    match (before.pii, after.pii) {
        (false, true) => lines.push("+ personal data".to_owned()),
        (true, false) => lines.push("− personal data".to_owned()),
        (true, true) | (false, false) => {}
    }
    lines
}

fn token_changes(before: &TokenSnapshot, after: &TokenSnapshot, catalog: &Catalog) -> Vec<String> {
    let mut lines = Vec::new();
    let owns = |token: &TokenSnapshot| token.access.kind == Some(MemberKind::Owner);
    match (owns(before), owns(after)) {
        (false, true) => lines.push("+ owner access".to_owned()),
        (true, false) => lines.push("− owner access".to_owned()),
        (true, true) | (false, false) => {}
    }
    let roles = |token: &TokenSnapshot| AccessSnapshot { kind: None, ..token.access.clone() };
    lines.extend(changes(&roles(before), &roles(after), catalog));
    if before.expires_at != after.expires_at {
        lines.push(match after.expires_at {
            Some(end) => format!("ends {end}"),
            None => "never ends".to_owned(),
        });
    }
    lines
}

fn webhook_changes(before: &WebhookSnapshot, after: &WebhookSnapshot) -> Vec<String> {
    let mut lines = Vec::new();
    if before.url != after.url {
        lines.push(format!("to {} instead of {}", after.url, before.url));
    }
    if before.description != after.description {
        lines.push(format!("described as “{}” instead of “{}”", after.description, before.description));
    }
    if before.enabled != after.enabled {
        lines.push(if after.enabled { "switched on" } else { "switched off" }.to_owned());
    }
    let title = |name: &String| audit_kinds::kind(name).map_or(name.as_str(), |kind| kind.title).to_owned();
    match (before.events.is_empty(), after.events.is_empty()) {
        (false, true) => lines.push("+ every event".to_owned()),
        (true, false) => lines.push(format!("only {}", after.events.iter().map(title).collect::<Vec<_>>().join(", "))),
        (true, true) | (false, false) => {
            lines.extend(after.events.iter().filter(|event| !before.events.contains(event)).map(|event| format!("+ {}", title(event))));
            lines.extend(before.events.iter().filter(|event| !after.events.contains(event)).map(|event| format!("− {}", title(event))));
        }
    }
    lines
}

fn names(all: &[String]) -> Vec<String> {
    let mut names: Vec<String> = all.iter().take(NAMED).cloned().collect();
    if all.len() > NAMED {
        names.push(format!("and {} more", all.len() - NAMED));
    }
    names
}

/// As the catalogue calls it; its id where it no longer has it.
#[must_use]
pub fn role_name(catalog: &Catalog, role: &RoleId) -> String {
    catalog.role(role).map_or_else(|| role.to_string(), |role| role.name.clone())
}

/// `all`, `2 sources`, `environment:prod and region:apac`.
#[must_use]
pub fn scope_words(catalog: &Catalog, role: &RoleId, scope: &ScopeSummary) -> String {
    let kind = catalog.role(role).and_then(|role| role.main_type()).and_then(|kind| catalog.kind(kind));
    let (one, many) = kind.map_or(("resource", "resources"), |kind| (kind.one.as_str(), kind.many.as_str()));
    scope.words(one, many)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalog::RoleId,
        grant::Scope,
        group::GroupRef,
        id::{GroupId, ResourceId},
        text::GroupName,
        time::Timestamp,
    };

    fn catalog() -> Catalog {
        Catalog::parse(Catalog::BUILT_IN).unwrap()
    }

    fn grant(role: &str) -> GrantSpec {
        GrantSpec::new(RoleId::new(role), Scope::All)
    }

    #[test]
    fn a_change_is_told_line_by_line() {
        let before = AccessSnapshot { kind: Some(MemberKind::Owner), pii: true, grants: vec![grant("source_admin")], groups: Vec::new() };
        let after = AccessSnapshot { kind: Some(MemberKind::Member), pii: false, grants: vec![grant("function_admin")], groups: Vec::new() };
        assert_eq!(
            changes(&before, &after, &catalog()),
            ["Workspace member instead of workspace owner", "+ Function Admin (all)", "− Source Admin (all)", "− personal data"]
        );
        assert!(changes(&after, &after, &catalog()).is_empty());
    }

    #[test]
    fn what_became_of_an_account_is_told() {
        let renamed = Event::AccountRenamed { before: "Bea".to_owned(), after: "Bea Brandt".to_owned() };
        assert_eq!(details(&renamed, &catalog()), ["instead of Bea"]);
        let deleted = |workspaces| details(&Event::AccountDeleted { email: "bea@acme.test".to_owned(), workspaces }, &catalog());
        assert_eq!([deleted(1), deleted(2)].concat(), ["was in 1 workspace", "was in 2 workspaces"]);
    }

    #[test]
    fn what_went_with_somebody_is_told() {
        let two = Scope::Only([ResourceId::new(Timestamp::from_micros(1), [1; 10]), ResourceId::new(Timestamp::from_micros(2), [2; 10])].into());
        let until = GrantSpec { expires_at: Some(Timestamp::from_micros(0)), ..GrantSpec::new(RoleId::new("source_admin"), two) };
        let group = GroupRef { id: GroupId::new(Timestamp::from_micros(1), [1; 10]), name: GroupName::parse("Data").unwrap() };
        let before = AccessSnapshot { kind: Some(MemberKind::Member), pii: false, grants: vec![until, grant("gone_role")], groups: vec![group] };
        let event = Event::MemberRemoved { member: "Bea".to_owned(), email: "bea@acme.test".to_owned(), before };
        assert_eq!(
            details(&event, &catalog()),
            ["bea@acme.test", "was workspace member", "− Source Admin (2 sources), until 1970-01-01", "− gone_role (all)", "− group Data"]
        );
    }

    #[test]
    fn a_token_s_change_is_told() {
        let catalog = catalog();
        let access = |kind, grants| AccessSnapshot { kind: Some(kind), grants, ..AccessSnapshot::default() };
        let before = TokenSnapshot { access: access(MemberKind::Member, vec![grant("source_admin")]), expires_at: Some(Timestamp::from_micros(0)) };
        let after = TokenSnapshot { access: access(MemberKind::Owner, Vec::new()), expires_at: None };
        assert_eq!(token_changes(&before, &after, &catalog), ["+ owner access", "− Source Admin (all)", "never ends"]);
        let made = Event::TokenCreated { name: "Shop".to_owned(), access: before.access, expires_at: None };
        assert_eq!(details(&made, &catalog), ["+ Source Admin (all)"]);
    }

    #[test]
    fn a_webhook_s_change_is_told() {
        let events = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let before = WebhookSnapshot { url: "https://a.test/".to_owned(), description: "A".to_owned(), events: events(&["plan_changed"]), enabled: true };
        let after = WebhookSnapshot { url: "https://b.test/".to_owned(), events: events(&["member_left"]), enabled: false, ..before.clone() };
        assert_eq!(webhook_changes(&before, &after), ["to https://b.test/ instead of https://a.test/", "switched off", "+ Member left", "− Plan changed"]);
        let all = WebhookSnapshot { events: Vec::new(), ..before.clone() };
        assert_eq!((webhook_changes(&before, &all), webhook_changes(&all, &before)), (vec!["+ every event".to_owned()], vec!["only Plan changed".to_owned()]));
    }

    #[test]
    fn an_invite_of_many_names_them() {
        let emails: Vec<String> = (0..22).map(|n| format!("a{n}@acme.test")).collect();
        let access = AccessSnapshot { kind: Some(MemberKind::Member), grants: vec![grant("source_admin")], ..AccessSnapshot::default() };
        let lines = details(&Event::MembersInvited { emails, access }, &catalog());
        assert_eq!(lines.len(), 23);
        assert_eq!(lines[20..], ["and 2 more", "as workspace member", "+ Source Admin (all)"]);
    }
}
