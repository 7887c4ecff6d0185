//! What is typed into the form of a connection.

use domain::{
    id::GroupId,
    sso::{Connection, ConnectionDraft, OidcDraft, Preset, Protocol, Provider, ProviderDraft, SamlDraft, mapping::MappingRule},
};
use leptos::prelude::*;

/// A certificate: one that is kept has its fingerprint, another is being typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TypedCertificate {
    pub key: usize,
    pub text: RwSignal<String>,
    pub fingerprint: StoredValue<Option<String>>,
}

/// A rule of the mapping.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TypedRule {
    pub key: usize,
    pub claim: RwSignal<String>,
    pub value: RwSignal<String>,
    pub group: RwSignal<String>,
}

/// Copy it into callbacks.
#[derive(Clone, Copy)]
pub struct Typed {
    pub protocol: Protocol,
    pub name: RwSignal<String>,
    pub preset: RwSignal<String>,
    pub issuer: RwSignal<String>,
    pub client_id: RwSignal<String>,
    pub client_secret: RwSignal<String>,
    /// `metadata` or `by_hand`.
    pub how: RwSignal<String>,
    pub metadata: RwSignal<String>,
    pub entity_id: RwSignal<String>,
    pub sso_url: RwSignal<String>,
    pub slo_url: RwSignal<String>,
    pub certificates: RwSignal<Vec<TypedCertificate>>,
    pub idp_initiated: RwSignal<bool>,
    pub rules: RwSignal<Vec<TypedRule>>,
    next_key: StoredValue<usize>,
}

impl Typed {
    pub fn of(connection: &Connection) -> Self {
        let text = || RwSignal::new(String::new());
        let typed = Self {
            protocol: connection.protocol(),
            name: text(),
            preset: text(),
            issuer: text(),
            client_id: text(),
            client_secret: text(),
            how: text(),
            metadata: text(),
            entity_id: text(),
            sso_url: text(),
            slo_url: text(),
            certificates: RwSignal::default(),
            idp_initiated: RwSignal::new(false),
            rules: RwSignal::default(),
            next_key: StoredValue::new(0),
        };
        typed.fill(connection);
        typed
    }

    /// Shows what is kept.
    pub fn fill(self, connection: &Connection) {
        let ConnectionDraft { name, preset, provider, allow_idp_initiated, mapping } = connection.draft();
        self.name.set(name);
        self.preset.set(preset.as_str().to_owned());
        self.idp_initiated.set(allow_idp_initiated);
        self.client_secret.set(String::new());
        self.metadata.set(String::new());
        match provider {
            ProviderDraft::Oidc(OidcDraft { issuer, client_id, .. }) => {
                self.issuer.set(issuer);
                self.client_id.set(client_id);
            }
            ProviderDraft::Saml(SamlDraft { entity_id, sso_url, slo_url, .. }) => {
                // what there is, is shown; a new one begins with the file
                self.how.set(if entity_id.is_empty() { "metadata" } else { "by_hand" }.to_owned());
                self.entity_id.set(entity_id);
                self.sso_url.set(sso_url);
                self.slo_url.set(slo_url);
            }
        }
        let kept = match &connection.provider {
            Provider::Saml(Some(told)) => told.certificates.clone(),
            Provider::Saml(None) | Provider::Oidc(_) => Vec::new(),
        };
        self.certificates.set(kept.into_iter().map(|one| self.certificate(one.der, Some(one.fingerprint))).collect());
        self.rules.set(mapping.into_iter().map(|rule| self.rule(rule.claim, rule.value, rule.group.to_string())).collect());
    }

    fn key(self) -> usize {
        self.next_key
            .try_update_value(|key| {
                *key += 1;
                *key
            })
            .unwrap_or_default()
    }

    pub fn certificate(self, text: String, fingerprint: Option<String>) -> TypedCertificate {
        TypedCertificate { key: self.key(), text: RwSignal::new(text), fingerprint: StoredValue::new(fingerprint) }
    }

    pub fn rule(self, claim: String, value: String, group: String) -> TypedRule {
        TypedRule { key: self.key(), claim: RwSignal::new(claim), value: RwSignal::new(value), group: RwSignal::new(group) }
    }

    pub fn chosen(self) -> Preset {
        self.preset.with(|preset| preset.parse().unwrap_or_default())
    }

    /// All of it. Followed by whoever asks for it.
    pub fn draft(self) -> ConnectionDraft {
        let provider = match self.protocol {
            Protocol::Oidc => {
                let secret = self.client_secret.get();
                ProviderDraft::Oidc(OidcDraft {
                    issuer: self.issuer.get(),
                    client_id: self.client_id.get(),
                    client_secret: (!secret.trim().is_empty()).then_some(secret),
                })
            }
            Protocol::Saml => ProviderDraft::Saml(self.saml()),
        };
        ConnectionDraft { name: self.name.get(), preset: self.chosen(), provider, allow_idp_initiated: self.idp_initiated.get(), mapping: self.mapping() }
    }

    fn saml(self) -> SamlDraft {
        let metadata = if self.how.with(|how| how == "metadata") { Some(self.metadata.get()).filter(|xml| !xml.trim().is_empty()) } else { None };
        let texts = self.certificates.with(|all| all.iter().map(|one| one.text.get()).collect::<Vec<_>>());
        SamlDraft {
            metadata,
            entity_id: self.entity_id.get(),
            sso_url: self.sso_url.get(),
            slo_url: self.slo_url.get(),
            certificates: texts.into_iter().filter(|text| !text.trim().is_empty()).collect(),
        }
    }

    /// The rules of which anything is typed; one without a group is told of by [`Typed::unfinished`].
    fn mapping(self) -> Vec<MappingRule> {
        let rule = |rule: &TypedRule| {
            let group = rule.group.with(|group| group.parse::<GroupId>().ok())?;
            Some(MappingRule { claim: rule.claim.get(), value: rule.value.get(), group, group_name: None })
        };
        self.rules.with(|rules| rules.iter().filter_map(rule).collect())
    }

    /// A rule that no group was chosen for: it can't be saved, and is not to be lost.
    pub fn unfinished(self) -> bool {
        self.rules.with(|rules| rules.iter().any(|rule| rule.group.with(|group| group.parse::<GroupId>().is_err())))
    }

    /// Whether it says anything else than what is kept.
    pub fn is_other_than(self, connection: &Connection) -> bool {
        let mut kept = connection.draft();
        for rule in &mut kept.mapping {
            rule.group_name = None;
        }
        self.unfinished() || self.draft() != kept
    }
}
