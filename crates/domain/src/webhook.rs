//! Webhooks: addresses that are told of what happens in a workspace, and the log of what was sent.

use crate::{
    id::{DeliveryId, WebhookId},
    text::PersonName,
    time::Timestamp,
    webhook_url::WebhookUrl,
};
use serde::{Deserialize, Serialize};

/// How many webhooks a workspace may have.
pub const MOST_WEBHOOKS: usize = 20;

/// How long a description may be.
pub const MOST_DESCRIPTION: usize = 200;

/// A webhook as somebody wishes it, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookDraft {
    pub url: String,
    pub description: String,
    /// Names of kinds of events; none stands for every kind, those to come included.
    pub events: Vec<String>,
    pub enabled: bool,
}

/// What of a webhook is recorded as before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSnapshot {
    pub url: String,
    pub description: String,
    pub events: Vec<String>,
    pub enabled: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub id: WebhookId,
    pub url: WebhookUrl,
    pub description: String,
    /// Empty stands for every kind.
    pub events: Vec<String>,
    pub enabled: bool,
    /// Why it was switched off, where nobody did so by hand.
    pub note: Option<String>,
    pub created_at: Timestamp,
    pub created_by: Option<PersonName>,
    /// Since when nothing was taken; nothing while it answers well.
    pub failing_since: Option<Timestamp>,
    /// Until when nothing is sent after a failure.
    pub paused_until: Option<Timestamp>,
    pub revision: i64,
}

impl Webhook {
    #[must_use]
    pub fn snapshot(&self) -> WebhookSnapshot {
        WebhookSnapshot { url: self.url.shown().to_owned(), description: self.description.clone(), events: self.events.clone(), enabled: self.enabled }
    }

    #[must_use]
    pub fn draft(&self) -> WebhookDraft {
        let WebhookSnapshot { description, events, enabled, .. } = self.snapshot();
        WebhookDraft { url: self.url.to_string(), description, events, enabled }
    }
}

/// A webhook whose secret is told, this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSecret {
    pub webhook: Webhook,
    /// `whsec_…`
    pub secret: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Waiting,
    Delivered,
    /// Given up.
    Failed,
}

/// One event on its way to one address, as the log lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    pub id: DeliveryId,
    /// The kind of event.
    pub event: String,
    pub state: DeliveryState,
    pub created_at: Timestamp,
    pub attempts: u32,
    /// The last answer's status; nothing where there was no answer.
    pub status: Option<u16>,
    /// The beginning of the last answer, or why there was none.
    pub answer: Option<String>,
    /// When it is tried next, while it waits.
    pub next_at: Option<Timestamp>,
    /// When it was taken or given up.
    pub done_at: Option<Timestamp>,
    /// What is sent: JSON.
    pub payload: String,
}
