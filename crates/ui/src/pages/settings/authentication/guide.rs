//! The words of the guided set-up: for each product all that is to be done there, and how what it gives looks. The server has no pages of
//! documentation to lead to, so all that is to be done stands here; `docs/sso/` tells the same with more of why.

use domain::sso::{Preset, Protocol};

/// What to do at the provider before anything can be brought back, step by step.
#[must_use]
pub const fn steps(preset: Preset, protocol: Protocol) -> &'static [&'static str] {
    match (preset, protocol) {
        (Preset::Okta, Protocol::Oidc) => &[
            "In the Okta admin console open Applications, then Create App Integration.",
            "Choose OIDC - OpenID Connect, then Web Application.",
            "Enter the sign-in redirect URI below. Leave the grant type at Authorization Code, and Require PKCE on.",
            "Under Assignments choose who may sign in, and save.",
            "For groups, under Security, API, add the claim groups to a custom authorization server: of the type Groups, filter Matches regex .*, for any scope, in the ID token always. The issuer is then that server's. Without one, take SAML for groups.",
            "For a tile, let the login be initiated by either Okta or the app, with the address below where a sign-in begins.",
        ],
        (Preset::Okta, Protocol::Saml) => &[
            "In the Okta admin console open Applications, then Create App Integration, and choose SAML 2.0.",
            "Enter the Single sign-on URL and the Audience URI below. Set Name ID format to Persistent and Application username to Custom, user.getInternalProperty(\"id\"): an address may be given to somebody else.",
            "Leave Response and Assertion Signature signed, and Assertion Encryption off.",
            "Under Attribute Statements send email as user.email and displayName as user.displayName; for groups add a Group Attribute Statement called groups, Matches regex .*.",
            "Under Assignments choose who may sign in. On the tab Sign On open the Metadata URL: save what it shows as a file.",
        ],
        (Preset::EntraId, Protocol::Oidc) => &[
            "In the Entra admin center open App registrations, then New registration, for accounts in this directory only: the issuer common is refused, since anybody's tenant could speak by it.",
            "As Redirect URI choose Web, and enter the one below.",
            "Under Certificates & secrets make a client secret, and copy its Value at once, not the Secret ID. Note when it ends: bring the next one here before.",
            "Under Token configuration add the optional claim email to the ID token, and say yes to the permission that it asks for.",
            "For groups add a groups claim, Security groups, for the ID token. Its values are object ids; where somebody has more than 200 groups, choose Groups assigned to the application.",
            "Under Enterprise applications, your app, Properties set Assignment required to yes, and choose people under Users and groups.",
        ],
        (Preset::EntraId, Protocol::Saml) => &[
            "In the Entra admin center open Enterprise applications, New application, Create your own application, one that is not in the gallery.",
            "Under Single sign-on choose SAML. Upload the metadata file below, or enter Identifier and Reply URL.",
            "Under Attributes & Claims set Unique User Identifier to user.objectid as Persistent, and leave emailaddress as user.mail.",
            "For groups add a group claim, Groups assigned to the application. Its name in the mapping is http://schemas.microsoft.com/ws/2008/06/identity/claims/groups, its values are object ids.",
            "Under Users and groups choose who may sign in. Under SAML Certificates download the Federation Metadata XML.",
        ],
        (Preset::Google, Protocol::Oidc) => &[
            "In the Google Cloud console, in a project of your organisation, open APIs & Services, then OAuth consent screen, and make it Internal: only so Google refuses people of other organisations.",
            "Under Credentials make an OAuth client ID of the type Web application.",
            "Enter the redirect URI below as an authorized redirect URI, and create it.",
            "Prove your domain here before you switch the connection on: Google's word counts for addresses under it alone.",
        ],
        (Preset::Google, Protocol::Saml) => &[
            "In the Google Admin console open Apps, Web and mobile apps, then Add custom SAML app.",
            "Download the metadata that it shows: it is what to bring back here.",
            "Enter ACS URL and Entity ID below. Leave Signed response unchecked. As Name ID choose what stays with a person, like Employee ID: with Primary email, whoever is given somebody's old address opens their account.",
            "Map Primary email to email, First name to firstName and Last name to lastName; for groups choose them under Group membership, 75 at most, and call the attribute groups. The values in the mapping are their names.",
            "Open the app's User access and switch it on for those who may sign in. Google takes up to a day for that.",
        ],
        (Preset::OneLogin, Protocol::Oidc) => &[
            "In the OneLogin administration open Applications, Add App, and choose OpenId Connect (OIDC).",
            "Under Configuration enter the redirect URI below; for the tile, as Login Url, the address where a sign-in begins.",
            "Under SSO set Application Type to Web and Token Endpoint to Basic; there are the client id and secret.",
            "For groups, under Parameters, Groups, set Default if no value selected to User Roles, Semicolon Delimited input. They come as the claim groups.",
            "Under Access choose the roles that may sign in, and save.",
        ],
        (Preset::OneLogin, Protocol::Saml) => &[
            "In the OneLogin administration open Applications, Add App, and choose SAML Custom Connector (Advanced).",
            "Under Configuration enter Audience (the entity id), Recipient and ACS (Consumer) URL below; as validator take the ACS URL, its dots and slashes escaped. Set SAML nameID format to Persistent, and SAML signature element to Assertion.",
            "Under Parameters set NameID value to UUID: an address may be given to somebody else. Add email as Email, displayName as Name and, for groups, groups as User Roles with Multi-value parameter, each with Include in SAML assertion.",
            "Under SSO set SAML Signature Algorithm to SHA-256: Rolecall refuses SHA-1. Under Access choose the roles that may sign in, and save.",
            "Under More Actions download the SAML Metadata.",
        ],
        (Preset::Keycloak, Protocol::Oidc) => &[
            "In your realm open Clients, then Create client, of the type OpenID Connect, with a client id of your choice.",
            "Switch Client authentication on, and leave the Standard flow alone on. Enter the redirect URI below under Valid redirect URIs.",
            "Under Advanced set Proof Key for Code Exchange Code Challenge Method to S256.",
            "Under Logout settings switch Front channel logout off, enter the back-channel logout URI below, and switch Backchannel logout session required on.",
            "For groups add a Group Membership mapper to the client's dedicated scope, token claim name groups, Full group path off, Add to ID token on. The secret is under Credentials.",
        ],
        (Preset::Keycloak, Protocol::Saml) => &[
            "In your realm open Clients, then Import client, and upload the metadata file below.",
            "Under Settings set Name ID format to persistent, leave Sign assertions on, Signature algorithm at RSA_SHA256 and Encrypt assertions off; under Keys switch Client signature required off.",
            "Under Client scopes add mappers to the dedicated scope: User Property email as email, firstName and lastName likewise; for groups a Group list called groups, Single Group Attribute on, Full group path off.",
            "Under Realm settings open SAML 2.0 Identity Provider Metadata and save it as a file.",
        ],
        (Preset::Other, Protocol::Oidc) => &[
            "Register a confidential web application with the authorization code flow and, where it can, PKCE with S256.",
            "Enter the redirect URI below, to the letter, and let it have the scopes openid, email and profile.",
            "Let it name people by an id that stays with them, and send the claims email and name; where it has email_verified, that must not be false.",
            "For groups send their names in a claim of the ID token: the userinfo endpoint is asked only where the ID token holds no email.",
            "Where it tells of sign-outs, enter the back-channel logout URI below.",
        ],
        (Preset::Other, Protocol::Saml) => &[
            "Add a service provider by the metadata below, or by its entity id and ACS URL (binding HTTP-POST).",
            "Send a persistent NameID, an id that stays with a person and is given to nobody else, and the attributes email and displayName; for groups their names in one of several values.",
            "Sign assertions or responses with SHA-256 or better, don't encrypt them, and let them last for some minutes. Our requests are not signed.",
            "Bring back its metadata, or its entity id, its sign-in address (binding HTTP-Redirect) and its certificate.",
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
        Preset::Keycloak => Some("Where Keycloak stands in your own network, whoever runs Rolecall starts it with ROLECALL_SSO_TO_PRIVATE=true."),
        Preset::OneLogin | Preset::Other => None,
    }
}

/// What to do when what a SAML provider signs with is renewed. By OpenID Connect new keys are found by themselves.
#[must_use]
pub const fn renewal(preset: Preset) -> &'static str {
    match preset {
        Preset::Okta => {
            "Okta shows the new one under SAML Signing Certificates before it is used. Add it here beside the old one, activate it in Okta, then remove the old one here."
        }
        Preset::EntraId => {
            "Make the new one under SAML Certificates, Edit, New Certificate, and leave it inactive. Add it here beside the old one, make it active in Entra, then remove the old one here."
        }
        Preset::Google => {
            "Google keeps two under Security, Authentication, SSO with SAML applications. Add the second here beside the first, choose it in the app's Service provider details, then remove the first here."
        }
        Preset::OneLogin => {
            "Make the new one under Security, Certificates. Add it here beside the old one, choose it on the app's tab SSO, then remove the old one here."
        }
        Preset::Keycloak => {
            "Add a key under Realm settings, Keys, Add provider, with a lower priority. Add its certificate here beside the old one, raise its priority, then remove the old one here."
        }
        Preset::Other => "Add the new one here beside the old one before the provider signs with it, and remove the old one when it does.",
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
        assert!(Preset::ALL.iter().all(|preset| issuer(*preset).starts_with("https://") && found(*preset).ends_with('.') && renewal(*preset).ends_with('.')));
    }
}
