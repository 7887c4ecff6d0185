//! Another provider: what is typed names somebody else than what is kept, and saving it ends the connection's links and sessions, since nobody
//! knows whom it calls by the names of before. It is said while one can still think better of it, at the field and beside the button.

use crate::components::plural;
use domain::sso::{ConnectionPage, Provider, ProviderDraft, SamlDraft};
use leptos::prelude::*;

/// What makes another provider of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Another {
    Issuer,
    ClientId,
    EntityId,
}

impl Another {
    const fn words(self) -> &'static str {
        match self {
            Self::Issuer => "Another issuer is another provider: saving it ends this connection's links and sessions.",
            Self::ClientId => "A provider may call people otherwise for another client ID: saving it ends this connection's links and sessions.",
            Self::EntityId => "Another entity ID is another provider: saving it ends this connection's links and sessions.",
        }
    }

    /// What is typed that does so. Nothing as long as nobody came by the connection: then there is nothing to end.
    pub fn of(page: &ConnectionPage, typed: &ProviderDraft) -> Vec<Self> {
        if page.connection.used_at.is_none() {
            return Vec::new();
        }
        between(&page.connection.provider, typed)
    }

    /// The hint of its field: that, or else what it always says.
    pub fn hint(self, all: Memo<Vec<Self>>, usual: impl Fn() -> Option<String> + Send + Sync + 'static) -> Signal<Option<String>> {
        Signal::derive(move || if all.with(|all| all.contains(&self)) { Some(self.words().to_owned()) } else { usual() })
    }
}

fn between(kept: &Provider, typed: &ProviderDraft) -> Vec<Another> {
    match (kept, typed) {
        (Provider::Oidc(Some(kept)), ProviderDraft::Oidc(typed)) => {
            let issuer = (typed.issuer.trim() != kept.issuer.as_str()).then_some(Another::Issuer);
            let client = (typed.client_id.trim() != kept.client_id).then_some(Another::ClientId);
            issuer.into_iter().chain(client).collect()
        }
        (Provider::Saml(Some(kept)), ProviderDraft::Saml(typed)) => {
            let is_another = entity_id(typed).is_some_and(|entity_id| entity_id != kept.entity_id);
            is_another.then_some(Another::EntityId).into_iter().collect()
        }
        // nobody told it of a provider yet; and a connection keeps its protocol
        (Provider::Oidc(_) | Provider::Saml(_), ProviderDraft::Oidc(_) | ProviderDraft::Saml(_)) => Vec::new(),
    }
}

/// The one that would be kept; nothing where metadata names none that can be found without a parser. The server reads it in earnest.
fn entity_id(typed: &SamlDraft) -> Option<String> {
    let Some(metadata) = &typed.metadata else { return Some(typed.entity_id.trim().to_owned()) };
    let (_, rest) = metadata.split_once("entityID")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
    let value = rest.strip_prefix(quote)?.split(quote).next()?;
    Some(value.trim().replace("&amp;", "&"))
}

/// What ends, beside the button.
pub fn ends(sessions: u64) -> String {
    let sessions = match sessions {
        0 => "nobody is signed in by it at the moment".to_owned(),
        1 => "one session that came by it ends".to_owned(),
        many => format!("{} that came by it end", plural(many, "session", "sessions")),
    };
    format!(
        "Nobody is linked by it any more, and {sessions}. Whose address is under a proven domain is linked again when they come next; others agree once more."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::sso::{OidcDraft, OidcProvider, ProviderUrl, SamlProvider};

    #[test]
    fn another_issuer_or_client_is_another_provider() {
        let issuer = ProviderUrl::parse("https://idp.test").unwrap();
        let kept = Provider::Oidc(Some(OidcProvider { issuer, client_id: "rolecall".to_owned() }));
        let typed = |issuer: &str, client: &str| {
            let draft = OidcDraft { issuer: issuer.to_owned(), client_id: client.to_owned(), client_secret: Some("another".to_owned()) };
            between(&kept, &ProviderDraft::Oidc(draft))
        };
        assert_eq!(typed(" https://idp.test ", "rolecall"), [], "a secret may be renewed");
        assert_eq!(typed("https://idp.test/", "rolecall"), [Another::Issuer], "issuers are compared to the letter");
        assert_eq!(typed("https://idp.test", "other"), [Another::ClientId]);
        assert_eq!(typed("", ""), [Another::Issuer, Another::ClientId]);
        assert_eq!(between(&Provider::Oidc(None), &ProviderDraft::Oidc(OidcDraft::default())), []);
    }

    #[test]
    fn another_entity_id_is_another_provider_typed_or_in_metadata() {
        let sso_url = ProviderUrl::parse("https://idp.test/sso").unwrap();
        let kept = SamlProvider { entity_id: "https://idp.test/?a=1&b=2".to_owned(), sso_url, slo_url: None, certificates: Vec::new() };
        let kept = Provider::Saml(Some(kept));
        let by_hand = |entity_id: &str| between(&kept, &ProviderDraft::Saml(SamlDraft { entity_id: entity_id.to_owned(), ..SamlDraft::default() }));
        assert_eq!(by_hand(" https://idp.test/?a=1&b=2 "), []);
        assert_eq!(by_hand("https://idp.test"), [Another::EntityId]);
        let by_metadata = |xml: &str| {
            let typed = SamlDraft { metadata: Some(xml.to_owned()), entity_id: "is not looked at".to_owned(), ..SamlDraft::default() };
            between(&kept, &ProviderDraft::Saml(typed))
        };
        assert_eq!(by_metadata(r#"<EntityDescriptor entityID="https://idp.test/?a=1&amp;b=2">"#), []);
        assert_eq!(by_metadata("<EntityDescriptor ID='_1' entityID = 'https://other.test'>"), [Another::EntityId]);
        assert_eq!(by_metadata("<EntityDescriptor/>"), [], "what can't be read is not guessed at");
    }
}
