//! Every URL of the console, in one place; and which ones a `next` parameter may lead to.

use domain::{
    catalog::RoleId,
    failure::FailureKind,
    id::{AttemptId, ConnectionId, GroupId, ResourceId, ReviewId, SignInId, TokenId, WebhookId},
    label::Label,
    member::UserId,
    workspace::WorkspaceSlug,
};
use std::fmt::Write as _;

pub const HOME: &str = "/";
pub const SIGN_IN: &str = "/signin";
pub const SIGN_UP: &str = "/signup";
pub const RESET: &str = "/reset";
pub const WORKSPACES: &str = "/workspaces";
pub const ACCOUNT: &str = "/account";
/// Where a plain form posts to end the session.
pub const SIGN_OUT: &str = "/rpc/accounts/sign_out";

/// The way in that leads on to `next`.
#[must_use]
pub fn sign_in_then(next: &str) -> String {
    with_query(SIGN_IN, &[("next", next)])
}

/// The way in by password, wherever the address's domain leads: for who is excepted, and for when a provider is down.
#[must_use]
pub fn sign_in_by_password(next: &str) -> String {
    with_query(SIGN_IN, &[("way", "password"), ("next", next)])
}

/// The page of a mailed link to set a new password.
#[must_use]
pub fn reset_link(secret: &str) -> String {
    format!("{RESET}/{}", encode(secret))
}

/// The page of a mailed link that proves an address.
#[must_use]
pub fn proof(token: &str) -> String {
    format!("/verify/{}", encode(token))
}

/// The same, after it did.
#[must_use]
pub fn proven(token: &str) -> String {
    with_query(&proof(token), &[("proven", "yes")])
}

/// The account page, once a link was mailed to the account's address.
#[must_use]
pub fn proof_sent() -> String {
    with_query(ACCOUNT, &[("sent", "proof")])
}

#[must_use]
pub fn invite(secret: &str) -> String {
    format!("/invites/{}", encode(secret))
}

#[must_use]
pub fn workspace(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}")
}

#[must_use]
pub fn access(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/access")
}

#[must_use]
pub fn users(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/access/users")
}

/// The Users list with somebody's drawer open.
#[must_use]
pub fn user(slug: &WorkspaceSlug, user: UserId) -> String {
    format!("/w/{slug}/access/users/{}", user_segment(user))
}

/// Where changes in the workspace are told.
#[must_use]
pub fn events(slug: &WorkspaceSlug) -> String {
    format!("{}/events", workspace(slug))
}

#[must_use]
pub fn users_csv(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/access/users.csv")
}

#[must_use]
pub fn groups(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/access/groups")
}

#[must_use]
pub fn group(slug: &WorkspaceSlug, group: GroupId) -> String {
    format!("/w/{slug}/access/groups/{group}")
}

#[must_use]
pub fn tokens(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/access/tokens")
}

#[must_use]
pub fn token(slug: &WorkspaceSlug, token: TokenId) -> String {
    format!("/w/{slug}/access/tokens/{token}")
}

#[must_use]
pub fn audit(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/audit")
}

#[must_use]
pub fn webhooks(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/audit/webhooks")
}

/// The list with one webhook's drawer open.
#[must_use]
pub fn webhook(slug: &WorkspaceSlug, webhook: WebhookId) -> String {
    format!("/w/{slug}/audit/webhooks/{webhook}")
}

/// The trail as a file; the page's query narrows it alike.
#[must_use]
pub fn audit_csv(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/audit.csv")
}

#[must_use]
pub fn audit_json_lines(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/audit.jsonl")
}

#[must_use]
pub fn resources(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/resources")
}

/// The Resources list with one's drawer open.
#[must_use]
pub fn resource(slug: &WorkspaceSlug, resource: ResourceId) -> String {
    format!("/w/{slug}/resources/{resource}")
}

/// The Resources list narrowed by a filter: `label`, `parent`, `type`.
#[must_use]
pub fn resources_by(slug: &WorkspaceSlug, filter: &str, value: &str) -> String {
    with_query(&resources(slug), &[("filter", &format!("{filter}:{value}"))])
}

/// The members of a group, in the list of all.
#[must_use]
pub fn users_of(slug: &WorkspaceSlug, group: GroupId) -> String {
    with_query(&users(slug), &[("filter", &format!("group:{group}"))])
}

#[must_use]
pub fn labels(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/labels")
}

/// A label's part of a URL needs no encoding: a colon is allowed in a path (RFC 3986, 3.3).
#[must_use]
pub fn label(slug: &WorkspaceSlug, label: &Label) -> String {
    format!("/w/{slug}/labels/{label}")
}

#[must_use]
pub fn reviews(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/reviews")
}

#[must_use]
pub fn review(slug: &WorkspaceSlug, review: ReviewId) -> String {
    format!("/w/{slug}/reviews/{review}")
}

/// What was decided in it, as a file.
#[must_use]
pub fn review_csv(slug: &WorkspaceSlug, review: ReviewId) -> String {
    format!("/w/{slug}/reviews/{review}/record.csv")
}

#[must_use]
pub fn notifications(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/notifications")
}

#[must_use]
pub fn map(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/map")
}

#[must_use]
pub fn roles(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/roles")
}

#[must_use]
pub fn role(slug: &WorkspaceSlug, role: &RoleId) -> String {
    format!("/w/{slug}/roles/{}", encode(role.as_str()))
}

#[must_use]
pub fn settings(slug: &WorkspaceSlug) -> String {
    format!("/w/{slug}/settings")
}

/// Single sign-on in a workspace's settings.
#[must_use]
pub fn authentication(slug: &WorkspaceSlug) -> String {
    format!("{}/authentication", settings(slug))
}

/// The same with the dialog open that adds a connection.
#[must_use]
pub fn add_connection(slug: &WorkspaceSlug) -> String {
    with_query(&authentication(slug), &[("add", "connection")])
}

#[must_use]
pub fn connection(slug: &WorkspaceSlug, connection: ConnectionId) -> String {
    format!("{}/{connection}", authentication(slug))
}

/// Where a test of a connection ends: what it showed.
#[must_use]
pub fn connection_test(slug: &WorkspaceSlug, at: ConnectionId, attempt: AttemptId) -> String {
    with_query(&connection(slug, at), &[("test", &attempt.to_string())])
}

/// Where somebody agrees to be linked with what their provider calls them.
#[must_use]
pub fn sso_link(secret: &str) -> String {
    format!("/signin/link/{}", encode(secret))
}

/// Where who is signed in says whether they go on as somebody else, whom their provider has shown.
#[must_use]
pub fn sso_switch(secret: &str) -> String {
    format!("/signin/switch/{}", encode(secret))
}

/// The way in, saying why single sign-on was refused: by the entry of the connection's log.
#[must_use]
pub fn sso_refused(sign_in: SignInId) -> String {
    with_query(SIGN_IN, &[("refused", &sign_in.to_string())])
}

/// The way in, saying that single sign-on could not even be refused: what stood in its way, and from there on to `next`.
#[must_use]
pub fn sso_stopped(by: FailureKind, next: &str) -> String {
    with_query(SIGN_IN, &[("refused", stopped_by(by)), ("next", next)])
}

/// How an address says it.
#[must_use]
pub const fn stopped_by(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::NotFound => "gone",
        FailureKind::Conflict => "changed",
        FailureKind::Limited => "busy",
        FailureKind::Internal | FailureKind::Unavailable | FailureKind::Offline => "failed",
        FailureKind::Invalid | FailureKind::Forbidden | FailureKind::SignedOut | FailureKind::SsoRequired => "unknown",
    }
}

/// The workspace that a path is in.
#[must_use]
pub fn workspace_of(path: &str) -> Option<WorkspaceSlug> {
    let rest = path.strip_prefix("/w/")?;
    WorkspaceSlug::parse(rest.split(['/', '?', '#']).next().unwrap_or_default()).ok()
}

/// A user's part of a URL: a member's id, or `invite-` and an invite's.
#[must_use]
pub fn user_segment(user: UserId) -> String {
    match user {
        UserId::Member(id) => id.to_string(),
        UserId::Invite(id) => format!("invite-{id}"),
    }
}

/// Reads back what [`user_segment`] wrote.
#[must_use]
pub fn parse_user(segment: &str) -> Option<UserId> {
    match segment.strip_prefix("invite-") {
        Some(id) => id.parse().ok().map(UserId::Invite),
        None => segment.parse().ok().map(UserId::Member),
    }
}

/// A path with a query; pairs with an empty value are left out.
#[must_use]
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut url = path.to_owned();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        url.push(if url.contains('?') { '&' } else { '?' });
        let _ = write!(url, "{name}={}", encode(value));
    }
    url
}

/// Percent-encodes all but the unreserved characters (RFC 3986, 2.3).
#[must_use]
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// `next` if it is a place within this console; never another site.
#[must_use]
pub fn local(next: &str) -> Option<&str> {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    // browsers read `\` as `/` and drop tabs and line breaks, and `//` begins a host
    let is_local = path.starts_with('/') && !path.contains("//") && !next.contains('\\') && next.bytes().all(|byte| byte.is_ascii_graphic());
    (is_local && next.len() <= 2_000).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_on_to_local_paths_only() {
        for good in ["/", "/account", "/w/acme/access/users?q=a%20b&sort=-name", "/w/acme?next=https://other.example//x"] {
            assert_eq!(local(good), Some(good));
        }
        for bad in [
            "",
            "account",
            "//other.example",
            "/\\other.example",
            "/a\\b",
            "/\t/other.example",
            "https://other.example",
            "/é",
            "/a//b",
            "javascript:alert(1)",
            " /",
        ] {
            assert_eq!(local(bad), None, "{bad:?}");
        }
        assert_eq!(local(&format!("/{}", "a".repeat(2_000))), None);
    }

    #[test]
    fn builds_queries() {
        assert_eq!(with_query("/a", &[("q", "b c&d"), ("sort", ""), ("after", "ñ")]), "/a?q=b%20c%26d&after=%C3%B1");
        assert_eq!(with_query("/a?x=1", &[("y", "2")]), "/a?x=1&y=2");
        assert_eq!(sign_in_then("/w/acme?q=1"), "/signin?next=%2Fw%2Facme%3Fq%3D1");
    }

    #[test]
    fn knows_the_workspace_of_a_path() {
        let slug = |path| workspace_of(path).map(|slug| slug.to_string());
        assert_eq!(["/w/acme", "/w/acme?q=1", "/w/acme/access/users#x"].map(slug), [const { None::<String> }; 3].map(|_| Some("acme".to_owned())));
        assert_eq!(["/account", "/w/", "/w/A", "/x/w/acme"].map(slug), [const { None::<String> }; 4]);
    }

    #[test]
    fn names_users_in_urls() {
        let id = "018f3c1e-6d5a-7b3c-8d4e-0123456789ab";
        for user in [UserId::Member(id.parse().unwrap()), UserId::Invite(id.parse().unwrap())] {
            assert_eq!(parse_user(&user_segment(user)), Some(user));
        }
        assert_eq!(parse_user("invite-42"), None);
    }
}
