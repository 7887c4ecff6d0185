//! Asks an identity provider to sign somebody in (Core 3.4.1).

use super::{
    IdentityProvider, ServiceProvider,
    names::{ASSERTION, POST, PROTOCOL},
    redirect::{address, heading},
    xml::escaped,
};

/// The address to send the browser to. `id` must be unguessable and begin with a letter or `_`; it comes back in the answer, as
/// [`Expected::Answer`](super::Expected) is to say. `relay_state` comes back beside it, unsigned, and may have 80 characters.
#[must_use]
pub fn request(sp: &ServiceProvider, idp: &IdentityProvider, id: &str, now: i64, relay_state: &str) -> String {
    let message = format!(
        r#"<samlp:AuthnRequest xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" {} ProtocolBinding="{POST}" AssertionConsumerServiceURL="{}"><saml:Issuer>{}</saml:Issuer><samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>"#,
        heading(id, now, &idp.sso),
        escaped(&sp.acs),
        escaped(&sp.entity_id),
    );
    address(&idp.sso, "SAMLRequest", &message, Some(relay_state))
}
