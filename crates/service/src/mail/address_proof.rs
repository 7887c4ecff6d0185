//! Mail to who wants to show that their account's address is theirs.

use super::{Letter, rendered};
use crate::{address_proof, refusal::stored, services::Services};
use askama::Template;
use domain::{account::PROOF_LIFETIME, email::EmailAddress, failure::Failure, id::AccountId, time::Timestamp};

#[derive(Template)]
#[template(path = "address_proof.html")]
struct AddressProofHtml<'a> {
    name: &'a str,
    email: &'a str,
    lasts: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "address_proof.txt")]
struct AddressProofText<'a> {
    name: &'a str,
    email: &'a str,
    lasts: &'a str,
    link: &'a str,
}

/// Nothing is left to say where it was proven meanwhile, or the account has another address.
pub(super) async fn write(services: &Services, account: AccountId, ends_at: Timestamp, to: &EmailAddress) -> Result<Option<Letter>, Failure> {
    let found = store::accounts::by_id(&services.store, account).await.map_err(stored)?;
    let Some(account) = found.filter(|account| !account.email_verified && account.email == *to && services.now() < ends_at) else { return Ok(None) };
    let link = format!("{}/verify/{}", services.settings.public_url, address_proof::token(services, account.id, to, ends_at));
    let lasts = PROOF_LIFETIME.words();
    let (name, email, lasts, link) = (account.name.as_str(), to.as_str(), lasts.as_str(), link.as_str());
    Ok(Some(Letter {
        subject: "Prove your address for Rolecall".to_owned(),
        text: rendered(&AddressProofText { name, email, lasts, link })?,
        html: rendered(&AddressProofHtml { name, email, lasts, link })?,
    }))
}
