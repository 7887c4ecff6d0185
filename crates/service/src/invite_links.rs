//! The two links of an invite. Both let their holder join; only the mailed one shows whose mailbox it is.
//!
//! An owner may copy an invite's link, to any address they care to name. Were it enough to prove that address, whoever founds a workspace
//! could hold the proven account of somebody else and wait for them to come by single sign-on. So the mailed link bears a part more, which is
//! derived from the operator's key and shown to no owner.

use crate::services::Services;
use domain::id::InviteId;

const SECRET: &str = "invite";
const BY_MAIL: &str = "invite by mail";

/// Between the secret and the proof; it stands in no secret.
const BEFORE_PROOF: char = '.';

/// What an invite is looked up by.
pub(crate) fn secret(services: &Services, id: InviteId, generation: i32) -> String {
    services.settings.secret_key.derive(SECRET, id.uuid(), generation)
}

/// For an owner to pass on.
pub(crate) fn copied(services: &Services, id: InviteId, generation: i32) -> String {
    format!("{}/invites/{}", services.settings.public_url, secret(services, id, generation))
}

/// For the invited address alone.
pub(crate) fn mailed(services: &Services, id: InviteId, generation: i32) -> String {
    format!("{}{BEFORE_PROOF}{}", copied(services, id, generation), services.settings.secret_key.derive(BY_MAIL, id.uuid(), generation))
}

/// What somebody has opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened<'a> {
    pub(crate) secret: &'a str,
    proof: Option<&'a str>,
}

impl<'a> Opened<'a> {
    pub(crate) fn read(link: &'a str) -> Self {
        match link.split_once(BEFORE_PROOF) {
            Some((secret, proof)) => Self { secret, proof: Some(proof) },
            None => Self { secret: link, proof: None },
        }
    }

    /// Whether it came by mail; nothing where it says so and did not.
    pub(crate) fn came_by_mail(&self, services: &Services, id: InviteId, generation: i32) -> Option<bool> {
        match self.proof {
            None => Some(false),
            Some(shown) => services.settings.secret_key.has_derived(shown, BY_MAIL, id.uuid(), generation).then_some(true),
        }
    }
}
