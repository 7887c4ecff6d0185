//! What each product calls the addresses of ours that are copied to it: it stands under each, so that both sides read alike.

use domain::sso::{Preset, Protocol};

/// What is to be copied to a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ours {
    RedirectUri,
    BackchannelLogout,
    Start,
    Acs,
    EntityId,
    Metadata,
    Slo,
}

/// The line under it; nothing where the product has no place for it, or calls it what it is called here.
#[must_use]
pub fn hint(preset: Preset, protocol: Protocol, ours: Ours) -> Option<String> {
    let name = name(preset, protocol, ours)?;
    Some(match preset {
        Preset::Other => format!("Also called: {name}"),
        Preset::Okta | Preset::EntraId | Preset::Google | Preset::OneLogin | Preset::Keycloak => format!("In {}: {name}", preset.title()),
    })
}

const fn name(preset: Preset, protocol: Protocol, ours: Ours) -> Option<&'static str> {
    match protocol {
        Protocol::Oidc => by_oidc(preset, ours),
        Protocol::Saml => by_saml(preset, ours),
    }
}

const fn by_oidc(preset: Preset, ours: Ours) -> Option<&'static str> {
    match (preset, ours) {
        (Preset::Okta, Ours::RedirectUri) => Some("Sign-in redirect URIs"),
        (Preset::Okta, Ours::Start) => Some("Initiate login URI"),
        (Preset::EntraId, Ours::RedirectUri) => Some("Redirect URI"),
        (Preset::Google, Ours::RedirectUri) => Some("Authorized redirect URIs"),
        (Preset::OneLogin, Ours::RedirectUri) => Some("Redirect URI's"),
        (Preset::OneLogin, Ours::Start) => Some("Login Url"),
        (Preset::Keycloak, Ours::RedirectUri) => Some("Valid redirect URIs"),
        (Preset::Keycloak, Ours::BackchannelLogout) => Some("Backchannel logout URL"),
        (Preset::Keycloak, Ours::Start) => Some("Home URL"),
        (Preset::Other, Ours::RedirectUri) => Some("callback URL"),
        (Preset::Other, Ours::Start) => Some("initiate login URI"),
        (Preset::Okta | Preset::EntraId | Preset::Google | Preset::OneLogin | Preset::Keycloak | Preset::Other, _) => None,
    }
}

const fn by_saml(preset: Preset, ours: Ours) -> Option<&'static str> {
    match (preset, ours) {
        (Preset::Okta, Ours::Acs) => Some("Single sign-on URL"),
        (Preset::Okta, Ours::EntityId) => Some("Audience URI (SP Entity ID)"),
        (Preset::EntraId, Ours::Acs) => Some("Reply URL"),
        (Preset::EntraId, Ours::EntityId) => Some("Identifier (Entity ID)"),
        (Preset::EntraId, Ours::Slo) => Some("Logout URL"),
        (Preset::Google, Ours::Acs) => Some("ACS URL"),
        (Preset::Google, Ours::EntityId) => Some("Entity ID"),
        (Preset::OneLogin, Ours::Acs) => Some("Recipient, ACS (Consumer) URL"),
        (Preset::OneLogin, Ours::EntityId) => Some("Audience (EntityID)"),
        (Preset::OneLogin, Ours::Slo) => Some("Single Logout URL"),
        (Preset::Keycloak, Ours::Acs) => Some("Valid redirect URIs, Assertion Consumer Service POST Binding URL"),
        (Preset::Keycloak, Ours::EntityId) => Some("Client ID"),
        (Preset::Keycloak, Ours::Slo) => Some("Logout Service Redirect Binding URL"),
        (Preset::Other, Ours::Acs) => Some("assertion consumer service, reply URL"),
        (Preset::Other, Ours::EntityId) => Some("identifier, SP entity ID"),
        (Preset::Other, Ours::Slo) => Some("single logout service"),
        (Preset::Okta | Preset::EntraId | Preset::Google | Preset::OneLogin | Preset::Keycloak | Preset::Other, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_has_a_place_for_what_it_must_be_told() {
        for preset in Preset::ALL {
            assert!(hint(preset, Protocol::Oidc, Ours::RedirectUri).is_some(), "{preset:?}");
            for ours in [Ours::Acs, Ours::EntityId] {
                assert!(hint(preset, Protocol::Saml, ours).is_some(), "{preset:?} {ours:?}");
            }
        }
        assert_eq!(hint(Preset::Google, Protocol::Saml, Ours::Acs).as_deref(), Some("In Google Workspace: ACS URL"));
        assert_eq!(hint(Preset::Other, Protocol::Oidc, Ours::RedirectUri).as_deref(), Some("Also called: callback URL"));
    }
}
