//! How what the floors below refuse becomes what people read.

use domain::{
    catalog::GrantError,
    failure::{Failure, FailureKind},
    page::PageSize,
    text::NameError,
};
use store::{Constraint, StoreError};

/// A store's error: logged once here, told without its inside.
pub(crate) fn stored(error: StoreError) -> Failure {
    match error {
        StoreError::Busy => Failure::new(FailureKind::Unavailable, "the database is busy; nothing was changed, try again in a moment"),
        StoreError::Conflict(Constraint::OnceKey) => {
            Failure::new(FailureKind::Conflict, "another request with this idempotency key was done meanwhile; send yours again for its answer")
        }
        other => {
            tracing::error!(error = %other, "the store failed");
            Failure::internal()
        }
    }
}

pub(crate) fn named(field: &'static str) -> impl Fn(NameError) -> Failure {
    move |error| Failure::field(field, error)
}

pub(crate) fn granted(error: &GrantError) -> Failure {
    Failure::field("roles", error)
}

/// A list of ids, unless it is too long to be answered at once.
pub(crate) fn few<'a, T>(ids: &'a [T], field: &'static str) -> Result<&'a [T], Failure> {
    if ids.len() <= usize::from(PageSize::MAX) {
        return Ok(ids);
    }
    Err(Failure::field(field, format_args!("{} at once are too many; ask for at most {}", ids.len(), PageSize::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_busy_is_to_be_asked_again() {
        assert_eq!(stored(StoreError::Busy).kind.status(), 503);
    }
}
