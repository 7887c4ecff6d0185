//! What a SAML provider hands back beside its answer: which attempt it belongs to, and a proof that we sent it out.
//!
//! An attempt is found by it for as long as it waits for the answer; then something else brings the attempt on. By its proof the state is known
//! even then, and when the attempt is long forgotten: so an answer that comes again, from a page that is loaded anew, is not taken for one that
//! nobody asked for. Who makes one up without the operator's key is told nothing.

use crate::services::Services;
use domain::id::AttemptId;

const PURPOSE: &str = "sso-state";

/// Between the attempt and the proof; it stands in neither.
const BEFORE_PROOF: char = '.';

/// Of 76 characters: providers need not hand back more than 80 bytes (SAML Bindings, 3.4.3).
pub(super) fn of(services: &Services, id: AttemptId) -> String {
    format!("{}{BEFORE_PROOF}{}", id.uuid().simple(), services.settings.secret_key.derive(PURPOSE, id.uuid(), 0))
}

/// The attempt that it was sent out for, however long ago; nothing where it is none of ours.
pub(super) fn attempt_of(services: &Services, state: &str) -> Option<AttemptId> {
    let (id, shown) = state.split_once(BEFORE_PROOF)?;
    let id = id.parse::<AttemptId>().ok()?;
    services.settings.secret_key.has_derived(shown, PURPOSE, id.uuid(), 0).then_some(id)
}
