//! The words of the guided set-up: for each product what to do there, and how what it gives looks. `docs/sso/` tells the same at length.

use domain::sso::{Preset, Protocol};

/// What to do at the provider before anything can be brought back, step by step.
#[must_use]
pub const fn steps(preset: Preset, protocol: Protocol) -> &'static [&'static str] {
    match (preset, protocol) {
        (Preset::Okta, Protocol::Oidc) => &[
            "In the Okta admin console open Applications, then Create App Integration.",
            "Choose OIDC - OpenID Connect, then Web Application.",
            "Enter the sign-in redirect URI below. Leave the grant type at Authorization Code.",
            "Assign the people or groups who may sign in, and save.",
        ],
        (Preset::Okta, Protocol::Saml) => &[
            "In the Okta admin console open Applications, then Create App Integration, and choose SAML 2.0.",
            "Enter the Single sign-on URL and the Audience URI below. Set Name ID format to Persistent and Application username to Custom, user.getInternalProperty(\"id\"): an address may be given to somebody else.",
            "Under Attribute Statements send email as user.email and displayName as user.displayName; for groups add a Group Attribute Statement called groups.",
            "Assign the people or groups who may sign in. On the tab Sign On copy the Metadata URL and open it: save what it shows as a file.",
        ],
        (Preset::EntraId, Protocol::Oidc) => &[
            "In the Entra admin center open App registrations, then New registration, for accounts in this directory only.",
            "As Redirect URI choose Web, and enter the one below.",
            "Under Certificates & secrets make a client secret, and copy its Value at once.",
            "Under Token configuration add the optional claim email to the ID token; for groups add a groups claim. Their values are object ids.",
        ],
        (Preset::EntraId, Protocol::Saml) => &[
            "In the Entra admin center open Enterprise applications, New application, Create your own application.",
            "Under Single sign-on choose SAML. Upload the metadata file below, or enter Identifier and Reply URL.",
            "Under Attributes & Claims set Unique User Identifier to user.objectid as Persistent, and leave emailaddress as user.mail; for groups add a group claim.",
            "Assign users and groups, then download the Federation Metadata XML.",
        ],
        (Preset::Google, Protocol::Oidc) => &[
            "In the Google Cloud console open APIs & Services, then OAuth consent screen, and make it Internal.",
            "Under Credentials make an OAuth client ID of the type Web application.",
            "Enter the redirect URI below as an authorized redirect URI, and create it.",
        ],
        (Preset::Google, Protocol::Saml) => &[
            "In the Google Admin console open Apps, Web and mobile apps, then Add custom SAML app.",
            "Download the metadata that it shows: it is what to bring back here.",
            "Enter ACS URL and Entity ID below. Leave Signed response unchecked. As Name ID choose what stays with a person, like Employee ID: with Primary email, whoever is given somebody's old address opens their account.",
            "Map Primary email to email; for groups choose them under Group membership and call the attribute groups. Then switch the app on for your people.",
        ],
        (Preset::OneLogin, Protocol::Oidc) => &[
            "In the OneLogin administration open Applications, Add App, and choose OpenId Connect (OIDC).",
            "Under Configuration enter the redirect URI below.",
            "Under SSO set Application Type to Web and Token Endpoint to Basic; there are the client id and secret.",
            "Under Access choose the roles that may sign in, and save.",
        ],
        (Preset::OneLogin, Protocol::Saml) => &[
            "In the OneLogin administration open Applications, Add App, and choose SAML Custom Connector (Advanced).",
            "Under Configuration enter Audience (the entity id), Recipient and ACS (Consumer) URL below; as validator take the ACS URL, its dots and slashes escaped. Set SAML nameID format to Persistent.",
            "Under Parameters set NameID value to UUID: an address may be given to somebody else. Add email, displayName and, for groups, groups, each included in the SAML assertion.",
            "Under More Actions download the SAML Metadata.",
        ],
        (Preset::Keycloak, Protocol::Oidc) => &[
            "In your realm open Clients, then Create client, of the type OpenID Connect.",
            "Switch Client authentication on, and leave the Standard flow alone on.",
            "Enter the redirect URI below under Valid redirect URIs, and the back-channel logout URL under Logout settings.",
            "For groups add a Group Membership mapper to the client's dedicated scope, called groups, with Full group path off. The secret is under Credentials.",
        ],
        (Preset::Keycloak, Protocol::Saml) => &[
            "In your realm open Clients, then Import client, and upload the metadata file below.",
            "Under Settings leave Sign assertions on; under Keys switch Client signature required off.",
            "Under Client scopes add mappers to the dedicated scope: User Property email, called email, and for groups a Group list called groups.",
            "Under Realm settings open SAML 2.0 Identity Provider Metadata and save it as a file.",
        ],
        (Preset::Other, Protocol::Oidc) => &[
            "Register a confidential web application with the authorization code flow and PKCE.",
            "Enter the redirect URI below, and let it have the scopes openid, email and profile.",
            "For groups send their names in a claim of the ID token or of the userinfo endpoint.",
        ],
        (Preset::Other, Protocol::Saml) => &[
            "Add a service provider by the metadata below, or by its entity id and ACS URL.",
            "Send a persistent NameID and the attributes email and displayName; for groups their names in one of several values.",
            "Sign assertions with SHA-256 or better, and don't encrypt them.",
        ],
    }
}

/// How the issuer looks.
#[must_use]
pub const fn issuer(preset: Preset) -> &'static str {
    match preset {
        Preset::Okta => "https://your-company.okta.com",
        Preset::EntraId => "https://login.microsoftonline.com/your-tenant-id/v2.0",
        Preset::Google => "https://accounts.google.com",
        Preset::OneLogin => "https://your-company.onelogin.com/oidc/2",
        Preset::Keycloak => "https://keycloak.example.com/realms/your-realm",
        Preset::Other => "https://login.example.com",
    }
}

/// Where the three values of OpenID Connect are found.
#[must_use]
pub const fn found(preset: Preset) -> &'static str {
    match preset {
        Preset::Okta => "Client id and secret are on the app's General tab; the issuer is your Okta address, or that of a custom authorization server.",
        Preset::EntraId => "On the app's Overview: Application (client) ID, and the Directory (tenant) ID that belongs into the issuer.",
        Preset::Google => "Client ID and secret are shown when it is created; the issuer is the same for everybody.",
        Preset::OneLogin => "On the app's SSO tab: Client ID, Client Secret and Issuer URL.",
        Preset::Keycloak => "The client id is the one you chose; the secret is under Credentials; the issuer ends with the realm's name.",
        Preset::Other => "The issuer is what stands before /.well-known/openid-configuration.",
    }
}

/// What to know of a product before one chooses the protocol.
#[must_use]
pub const fn advice(preset: Preset) -> Option<&'static str> {
    match preset {
        Preset::Google => Some("Google tells groups by SAML only."),
        Preset::Okta => Some("By OpenID Connect, Okta tells groups from a custom authorization server; by SAML from any."),
        Preset::EntraId => Some("Entra ID tells groups by their object ids, by either protocol."),
        Preset::OneLogin | Preset::Keycloak | Preset::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_is_guided_by_sentences() {
        for (preset, protocol) in Preset::ALL.into_iter().flat_map(|preset| Protocol::ALL.map(|protocol| (preset, protocol))) {
            let steps = steps(preset, protocol);
            assert!(steps.len() >= 3 && steps.iter().all(|step| step.ends_with('.')), "{preset:?} {protocol}");
        }
        let says = |preset, words: &str| steps(preset, Protocol::Saml).iter().any(|step| step.contains(words));
        assert!(
            says(Preset::Okta, "getInternalProperty") && says(Preset::EntraId, "user.objectid") && says(Preset::OneLogin, "UUID"),
            "people are known by what stays, not by an address"
        );
        assert!(Preset::ALL.iter().all(|preset| issuer(*preset).starts_with("https://") && found(*preset).ends_with('.')));
    }
}
