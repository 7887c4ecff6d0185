//! SAML 2.0: what a connection is to its provider, what a person typed of the provider, and the metadata that the provider is given.

use super::{
    Gate,
    connections::{address, addresses},
    refused::Refused,
};
use crate::{access::Anonymous, services::Services};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    failure::{Failure, FailureKind},
    id::ConnectionId,
    sso::{Connection, MOST_CERTIFICATES, MOST_TEXT, Protocol, Provider, ProviderCertificate, SamlDraft, SamlProvider},
    text,
};
use federation::saml::{self, IdentityProvider, ServiceProvider};

/// Us, as this connection's provider knows us.
pub(super) fn ours(services: &Services, connection: &Connection) -> ServiceProvider {
    let addresses = addresses(services, connection);
    ServiceProvider { entity_id: addresses.entity_id, acs: addresses.acs_url, slo: addresses.slo_url }
}

/// The provider as it was told.
pub(super) fn theirs(connection: &Connection) -> Result<IdentityProvider, Refused> {
    let Provider::Saml(Some(told)) = &connection.provider else {
        return Err(Refused::new("not-set-up", "this connection does not speak SAML, or is not set up yet"));
    };
    Ok(IdentityProvider {
        entity_id: told.entity_id.clone(),
        sso: told.sso_url.to_string(),
        slo: told.slo_url.as_ref().map(ToString::to_string),
        certificates: told.certificates.iter().filter_map(|certificate| STANDARD.decode(&certificate.der).ok()).collect(),
    })
}

/// What the provider takes over of us, as a file. There as soon as the connection is, since providers ask for it first.
pub async fn metadata(services: &Services, anyone: &Anonymous, id: ConnectionId) -> Result<String, Failure> {
    services.limits.sso(anyone.meta().address.as_deref())?;
    let gate = Gate::find(services, id).await?;
    if gate.found.connection.protocol() != Protocol::Saml {
        return Err(Failure::not_found());
    }
    Ok(saml::metadata(&ours(services, &gate.found.connection)))
}

/// What was typed of the provider, if it can be taken; nothing where nothing was.
pub(super) fn provider(services: &Services, draft: &SamlDraft) -> Result<Option<SamlProvider>, Failure> {
    if let Some(xml) = draft.metadata.as_deref().filter(|xml| !xml.trim().is_empty()) {
        return from_metadata(services, xml).map(Some);
    }
    let certificates: Vec<&str> = draft.certificates.iter().map(String::as_str).filter(|text| !text.trim().is_empty()).collect();
    if draft.entity_id.trim().is_empty() && draft.sso_url.trim().is_empty() && certificates.is_empty() {
        return Ok(None);
    }
    let ders = certificates.iter().map(|text| saml::certificate(text).map_err(|refusal| Failure::field("certificates", refusal)));
    let ders = ders.collect::<Result<Vec<_>, _>>()?;
    let slo = Some(draft.slo_url.trim()).filter(|slo| !slo.is_empty());
    checked(services, &draft.entity_id, &draft.sso_url, slo, &ders).map(Some)
}

fn from_metadata(services: &Services, xml: &str) -> Result<SamlProvider, Failure> {
    let read = saml::read_metadata(xml).map_err(|refusal| Failure::field("metadata", refusal))?;
    let checked = checked(services, &read.entity_id, &read.sso, read.slo.as_deref(), &read.certificates);
    // what is wrong in it stands in the file, and in no field beside
    checked.map_err(|failure| Failure { field: Some("metadata".to_owned()), ..failure })
}

fn checked(services: &Services, entity_id: &str, sso: &str, slo: Option<&str>, certificates: &[Vec<u8>]) -> Result<SamlProvider, Failure> {
    let entity_id = text::line("the entity id", entity_id, MOST_TEXT).map_err(|error| Failure::field("entity_id", error))?;
    let sso_url = address(services, sso, "sso_url")?;
    let slo_url = slo.map(|slo| address(services, slo, "slo_url")).transpose()?;
    if certificates.is_empty() {
        return Err(Failure::field("certificates", "the provider's certificate is missing; copy it from the provider, or upload its metadata"));
    }
    if certificates.len() > MOST_CERTIFICATES {
        let message = format_args!("{} certificates are too many; keep the {MOST_CERTIFICATES} that are used", certificates.len());
        return Err(Failure { kind: FailureKind::Invalid, ..Failure::field("certificates", message) });
    }
    let certificate = |der: &Vec<u8>| ProviderCertificate { der: STANDARD.encode(der), fingerprint: saml::fingerprint(der) };
    Ok(SamlProvider { entity_id, sso_url, slo_url, certificates: certificates.iter().map(certificate).collect() })
}
