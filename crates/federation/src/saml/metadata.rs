//! What the two sides tell of themselves (SAML 2.0 Metadata): read from the provider, written for it.

use super::{
    IdentityProvider, ServiceProvider,
    certificate::certificate,
    names::{FORMAT_EMAIL, FORMAT_PERSISTENT, METADATA, POST, PROTOCOL, REDIRECT},
    signature::DS,
    xml::{attribute, children, escaped, is, parse, text},
};
use crate::Refusal;
use roxmltree::Node;

/// A provider's metadata; not that of a whole federation.
const MOST_METADATA: usize = 1_024 * 1_024;

/// Reads a provider's metadata. It is as trustworthy as the place that the owner has it from: a signature in it is not looked at.
pub fn read_metadata(xml: &str) -> Result<IdentityProvider, Refusal> {
    if xml.len() > MOST_METADATA {
        return Err(Refusal::TooLong);
    }
    let document = parse(xml)?;
    let root = document.root_element();
    if !is(root, METADATA, "EntityDescriptor") && !is(root, METADATA, "EntitiesDescriptor") {
        return Err(Refusal::malformed("that is no SAML metadata; take the provider's metadata file (it begins with EntityDescriptor)"));
    }
    let mut found = document.descendants().filter(|node| is(*node, METADATA, "IDPSSODescriptor") && speaks_saml2(*node));
    let role = found.next().ok_or_else(|| Refusal::malformed("the metadata describes no identity provider (it has no IDPSSODescriptor for SAML 2.0)"))?;
    if found.next().is_some() {
        return Err(Refusal::malformed("the metadata describes several identity providers; take that of one"));
    }
    let entity = role.parent_element().filter(|entity| is(*entity, METADATA, "EntityDescriptor"));
    let entity = entity.ok_or_else(|| Refusal::malformed("the metadata's IDPSSODescriptor stands in no EntityDescriptor"))?;
    let sso = redirect_address(role, "SingleSignOnService")?;
    let sso = sso.ok_or_else(|| Refusal::malformed("the provider takes no sign-in by redirect (SingleSignOnService with HTTP-Redirect); switch that on"))?;
    Ok(IdentityProvider {
        entity_id: attribute(entity, "entityID")?.trim().to_owned(),
        sso,
        slo: redirect_address(role, "SingleLogoutService")?,
        certificates: certificates(role)?,
    })
}

fn speaks_saml2(role: Node<'_, '_>) -> bool {
    role.attribute("protocolSupportEnumeration").is_none_or(|protocols| protocols.split_ascii_whitespace().any(|protocol| protocol == PROTOCOL))
}

fn redirect_address(role: Node<'_, '_>, service: &str) -> Result<Option<String>, Refusal> {
    let found = role.children().find(|node| is(*node, METADATA, service) && node.attribute("Binding") == Some(REDIRECT));
    let Some(found) = found else { return Ok(None) };
    let location = attribute(found, "Location")?.trim();
    if !location.starts_with("https://") && !location.starts_with("http://") {
        return Err(Refusal::InsecureAddress { url: location.to_owned() });
    }
    Ok(Some(location.to_owned()))
}

/// The keys for signing, each once.
fn certificates(role: Node<'_, '_>) -> Result<Vec<Vec<u8>>, Refusal> {
    let mut certificates = Vec::new();
    for key in children(role, METADATA, "KeyDescriptor").filter(|key| key.attribute("use").is_none_or(|purpose| purpose == "signing")) {
        for written in key.descendants().filter(|node| is(*node, DS, "X509Certificate")) {
            let der = certificate(&text(written))?;
            if !certificates.contains(&der) {
                certificates.push(der);
            }
        }
    }
    if certificates.is_empty() { Err(Refusal::malformed("the metadata holds no certificate for signing")) } else { Ok(certificates) }
}

/// Our metadata, to give to the provider.
#[must_use]
pub fn metadata(sp: &ServiceProvider) -> String {
    let (entity_id, acs, slo) = (escaped(&sp.entity_id), escaped(&sp.acs), escaped(&sp.slo));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="{METADATA}" entityID="{entity_id}">
  <md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="{PROTOCOL}">
    <md:SingleLogoutService Binding="{REDIRECT}" Location="{slo}"/>
    <md:SingleLogoutService Binding="{POST}" Location="{slo}"/>
    <md:NameIDFormat>{FORMAT_PERSISTENT}</md:NameIDFormat>
    <md:NameIDFormat>{FORMAT_EMAIL}</md:NameIDFormat>
    <md:AssertionConsumerService Binding="{POST}" Location="{acs}" index="0" isDefault="true"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
"#
    )
}
