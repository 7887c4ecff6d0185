//! Carries mail from the outbox to the SMTP server: written with the change that causes it, tried again with growing pauses.

use crate::{
    mail::{self, Letter, Mail},
    refusal::stored,
    services::Services,
};
use domain::{
    email::EmailAddress,
    failure::Failure,
    id::{MailId, WorkspaceId},
    time::Span,
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use std::time::Duration;
use store::{
    WriteTx,
    outbox::{NewMail, OutboxMail},
};

/// How many mails are taken from the outbox at once.
const BATCH: u64 = 20;

/// How often the outbox is looked at when nothing rings.
const EVERY: Duration = Duration::from_secs(15);

/// After this many tries a mail is given up; the log and the outbox say so.
const TRIES: i32 = 10;

/// Puts a mail in the outbox, inside the transaction of what it tells.
pub(crate) async fn post(services: &Services, tx: &WriteTx, workspace: Option<WorkspaceId>, to: &EmailAddress, mail: &Mail) -> Result<(), Failure> {
    post_all(services, tx, workspace, std::iter::once((to, mail))).await
}

/// The same for many.
pub(crate) async fn post_all<'a>(
    services: &Services,
    tx: &WriteTx,
    workspace: Option<WorkspaceId>,
    mails: impl Iterator<Item = (&'a EmailAddress, &'a Mail)> + Send,
) -> Result<(), Failure> {
    if !services.mail_is_on() {
        return Ok(());
    }
    let now = services.now();
    let new = |(to, mail): (&EmailAddress, &Mail)| {
        let payload = serde_json::to_string(mail).map_err(|_| Failure::internal())?;
        Ok(NewMail { id: MailId::new(now, services.random()), kind: mail.kind().to_owned(), workspace, recipient: to.clone(), payload, created_at: now })
    };
    let mails = mails.map(new).collect::<Result<Vec<_>, Failure>>()?;
    store::outbox::add(tx, &mails).await.map_err(stored)
}

/// Where mail goes out and whom it comes from.
pub struct Postman {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A set-up that can't work; the message names the cure.
#[derive(Debug, thiserror::Error)]
pub enum PostmanError {
    #[error("ROLECALL_SMTP_URL can't be used ({0}); write it as smtp://user:password@host:587?tls=required or smtps://user:password@host:465")]
    Url(lettre::transport::smtp::Error),
    #[error("ROLECALL_MAIL_FROM `{0}` is no sender; write it as `Rolecall <rolecall@example.com>`")]
    From(String),
}

impl std::fmt::Debug for Postman {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postman").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Postman {
    pub fn new(smtp_url: &str, from: &str) -> Result<Self, PostmanError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url).map_err(PostmanError::Url)?;
        let transport = transport.timeout(Some(Duration::from_secs(20))).build();
        let from = from.parse().map_err(|_| PostmanError::From(from.to_owned()))?;
        Ok(Self { transport, from })
    }

    /// Carries mail until the server stops.
    pub async fn run(self, services: Services) {
        while !services.ending.has_begun() {
            match self.round(&services).await {
                Ok(0) => services.ending.rest(EVERY, services.mail_waits.notified()).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the outbox could not be read");
                    services.ending.rest(EVERY, std::future::pending()).await;
                }
            }
        }
    }

    /// Tries every mail that is due; says how many there were. When the server ends, what wasn't tried yet is put back.
    pub async fn round(&self, services: &Services) -> Result<usize, Failure> {
        let due = store::outbox::due(&services.store, services.now(), BATCH).await.map_err(stored)?;
        for (place, mail) in due.iter().enumerate() {
            let now = services.now();
            if services.ending.has_begun() {
                let untried: Vec<MailId> = due.iter().skip(place).map(|mail| mail.id).collect();
                store::outbox::put_back(&services.store, &untried, now).await.map_err(stored)?;
                break;
            }
            match self.carry(services, mail).await {
                Ok(()) => {
                    store::outbox::sent(&services.store, mail.id, now).await.map_err(stored)?;
                    services.meters.mailed("sent");
                }
                Err(reason) => {
                    let next = (mail.attempts < TRIES).then(|| now.plus(pause(mail.attempts)));
                    tracing::warn!(mail.id = %mail.id, mail.kind, attempt = mail.attempts, given_up = next.is_none(), %reason, "mail not sent");
                    store::outbox::failed(&services.store, mail.id, now, next, &reason).await.map_err(stored)?;
                    services.meters.mailed(if next.is_none() { "given_up" } else { "failed" });
                }
            }
        }
        Ok(due.len())
    }

    async fn carry(&self, services: &Services, waiting: &OutboxMail) -> Result<(), String> {
        let what: Mail = serde_json::from_str(&waiting.payload).map_err(|error| format!("the outbox row can't be read: {error}"))?;
        let letter = mail::write(services, &what, waiting.workspace, &waiting.recipient).await.map_err(|failure| failure.message)?;
        // nothing to say any more: revoked, replaced or used before it went out
        let Some(Letter { subject, text, html }) = letter else { return Ok(()) };
        let to = waiting.recipient.as_str().parse().map_err(|error| format!("the address can't be written to: {error}"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(format!("<{}@rolecall>", waiting.id)))
            .multipart(MultiPart::alternative_plain_html(text, html))
            .map_err(|error| format!("the mail can't be written: {error}"))?;
        self.transport.send(message).await.map(drop).map_err(|error| error.to_string())
    }
}

/// 10 seconds, then twice as long each time, at most six hours.
fn pause(attempts: i32) -> Span {
    let doubled = 10_i64 << attempts.clamp(0, 11);
    Span::seconds(doubled.min(6 * 3_600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        assert_eq!(pause(0), Span::seconds(10));
        assert_eq!(pause(3), Span::seconds(80));
        assert!(pause(20) <= Span::hours(6));
        assert!((0..TRIES).all(|n| pause(n) <= pause(n + 1)));
    }

    #[tokio::test]
    async fn a_wrong_setting_is_named() {
        assert!(Postman::new("nonsense", "Rolecall <r@b.co>").unwrap_err().to_string().contains("ROLECALL_SMTP_URL"));
        assert!(Postman::new("smtp://127.0.0.1:1", "nobody").unwrap_err().to_string().contains("ROLECALL_MAIL_FROM"));
    }
}
