//! The client: how it is set up, and how it asks.

use crate::{
    cache::{Cache, Caching, Following},
    decision::{Answer, Answers, Decision, Verdict},
    error::{Error, ProblemKind},
    events,
    joined::{self, Joined, Key, Place},
    question::{Question, Resource, Subject},
    retry::Retry,
    transport::{Answered, Call, Transport},
    versions::Versions,
};
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{Instant, sleep, timeout},
};

/// How many questions the server answers at once.
const MOST_QUESTIONS: usize = 1_000;

/// Asks one Rolecall, as one token of one workspace. Clones share connections and what is remembered.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
    /// Answers are at least as new as this.
    floor: Option<i64>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) transport: Arc<Transport>,
    retry: Retry,
    pub(crate) timeout: Duration,
    versions: Arc<Versions>,
    cache: Option<Arc<Cache>>,
    joined: Arc<Joined>,
    follower: Option<AbortHandle>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(follower) = &self.follower {
            follower.abort();
        }
    }
}

/// Sets a client up: [`Client::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientBuilder {
    url: String,
    token: Token,
    timeout: Duration,
    retry: Retry,
    caching: Option<Caching>,
}

/// Never printed.
#[derive(Clone)]
struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

impl ClientBuilder {
    /// How long one try may take; 5 seconds where nothing is said.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often a call is tried again; 3 times where nothing is said. Writes happen once however often they are sent.
    pub const fn retries(mut self, times: u32) -> Self {
        self.retry.times = times;
        self
    }

    /// How long a call may take with all its tries and the pauses between; 15 seconds where nothing is said.
    pub const fn patience(mut self, patience: Duration) -> Self {
        self.retry.patience = patience;
        self
    }

    /// Remembers decisions, and follows the server's stream of changes to know when they are old. Nothing is remembered without it.
    pub const fn cache(mut self, caching: Caching) -> Self {
        self.caching = Some(caching);
        self
    }

    /// Nothing is sent yet. With a cache it begins to follow, in the tokio runtime that it is called in.
    pub fn build(self) -> Result<Client, Error> {
        let transport = Arc::new(Transport::new(&self.url, &self.token.0)?);
        let versions = Arc::new(Versions::default());
        let (mut cache, mut follower) = (None, None);
        if let Some(caching) = self.caching {
            let runtime = tokio::runtime::Handle::try_current().map_err(|_| {
                Error::Setup("a client with a cache follows changes by itself; build it inside the tokio runtime that it shall run in".to_owned())
            })?;
            let held = Arc::new(Cache::new(caching, versions.clone()));
            follower = Some(runtime.spawn(events::follow(transport.clone(), held.clone())).abort_handle());
            cache = Some(held);
        }
        let inner = Inner { transport, retry: self.retry, timeout: self.timeout, versions, cache, joined: Arc::default(), follower };
        Ok(Client { inner: Arc::new(inner), floor: None })
    }
}

impl Client {
    /// For the server at this address, by a token of the workspace that is asked about: `rolecall token create` makes one.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), rolecall_client::Error> {
    /// use rolecall_client::Client;
    ///
    /// let token = std::env::var("ROLECALL_TOKEN").unwrap_or_default();
    /// let client = Client::builder("https://rolecall.example.com", token).build()?;
    /// # Ok(()) }
    /// ```
    pub fn builder(url: impl Into<String>, token: impl Into<String>) -> ClientBuilder {
        let retry = Retry { times: 3, patience: Duration::from_secs(15) };
        ClientBuilder { url: url.into(), token: Token(token.into()), timeout: Duration::from_secs(5), retry, caching: None }
    }

    /// The same client, whose answers are at least as new as the change that returned this version. What this client wrote, was answered
    /// and was told itself is taken care of without it.
    #[must_use]
    pub fn at_least(&self, version: i64) -> Self {
        Self { inner: self.inner.clone(), floor: self.floor.max(Some(version)) }
    }

    /// The newest version of the policy that this client knows of; pass it to another process that shall see no older one.
    #[must_use]
    pub fn newest_version(&self) -> Option<i64> {
        self.inner.versions.newest()
    }

    /// What is heard of changes, to be waited on; `None` where no cache follows them.
    #[must_use]
    pub fn following(&self) -> Option<watch::Receiver<Following>> {
        self.inner.cache.as_ref().map(|cache| cache.following())
    }

    /// May this subject do this to that?
    ///
    /// ```no_run
    /// # async fn ask(client: rolecall_client::Client) -> Result<(), rolecall_client::Error> {
    /// use rolecall_client::{Resource, Subject};
    ///
    /// let decision = client.check(Subject::email("bea@acme.test"), "source:edit", Resource::one("source", "website")).await?;
    /// if !decision.allowed {
    ///     println!("no: {}", decision.why);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn check(&self, subject: impl Into<Subject>, action: impl Into<String>, resource: impl Into<Resource>) -> Result<Decision, Error> {
        let question = Question::new(subject, action, resource);
        if let Some(decision) = self.remembered(&question) {
            return Ok(decision);
        }
        match &self.inner.cache {
            // a change that comes before the answer is heard of
            Some(cache) if cache.is_trusted(Instant::now()) => self.ask_together(question).await,
            Some(_) | None => self.ask_alone(&question).await,
        }
    }

    async fn ask_alone(&self, question: &Question) -> Result<Decision, Error> {
        let begun = Instant::now();
        let answered = self.asked("/api/v1/check", |at_least| Asked { question, at_least }).await?;
        let Answer { verdict, policy_version } = answered.json(&self.inner.transport)?;
        Ok(self.taken(question.clone(), verdict, policy_version, &answered, begun))
    }

    /// Asks, or waits for the answer of whoever asks the same at this moment.
    async fn ask_together(&self, question: Question) -> Result<Decision, Error> {
        let key = Key { question: question.clone(), floor: self.floor, known: self.inner.versions.newest() };
        let told = match self.inner.joined.place(key) {
            Place::Behind(told) => told,
            Place::First(asking, told) => {
                // whoever asked before may have been answered since it was looked for
                if let Some(decision) = self.remembered(&question) {
                    asking.tell(Ok(decision.clone()));
                    return Ok(decision);
                }
                // by itself: a caller who is not awaited any more keeps nobody else waiting
                let (client, question) = (self.clone(), question.clone());
                tokio::spawn(async move { asking.tell(client.ask_alone(&question).await) });
                told
            }
        };
        match joined::heard(told).await {
            Some(answered) => answered,
            None => self.ask_alone(&question).await,
        }
    }

    /// Each question's own answer, in the questions' order. Of up to 1,000 all are by one version; of more, each thousand is.
    pub async fn check_many(&self, questions: &[Question]) -> Result<Vec<Decision>, Error> {
        let mut decisions = Vec::with_capacity(questions.len());
        for questions in questions.chunks(MOST_QUESTIONS) {
            decisions.extend(self.check_some(questions).await?);
        }
        Ok(decisions)
    }

    async fn check_some(&self, questions: &[Question]) -> Result<Vec<Decision>, Error> {
        let held: Vec<Option<Decision>> = questions.iter().map(|question| self.remembered(question)).collect();
        let version = held.iter().flatten().map(|decision| decision.policy_version).max();
        let missing: Vec<&Question> = questions.iter().zip(&held).filter(|(_, held)| held.is_none()).map(|(question, _)| question).collect();
        if missing.is_empty() {
            return Ok(held.into_iter().flatten().collect());
        }
        let mut asked = self.ask_all(&missing).await?.into_iter();
        let is_one = |decision: &Decision| version.is_none_or(|version| version == decision.policy_version);
        if asked.as_slice().iter().all(is_one) && held.iter().flatten().all(is_one) {
            return held.into_iter().map(|held| held.or_else(|| asked.next()).ok_or_else(|| self.short())).collect();
        }
        // the policy changed in between: what was remembered is of another
        self.ask_all(&questions.iter().collect::<Vec<_>>()).await
    }

    async fn ask_all(&self, questions: &[&Question]) -> Result<Vec<Decision>, Error> {
        let begun = Instant::now();
        let answered = self.asked("/api/v1/check/batch", |at_least| AskedAll { checks: questions, at_least }).await?;
        let Answers { results, policy_version } = answered.json(&self.inner.transport)?;
        if results.len() != questions.len() {
            return Err(self.short());
        }
        let taken = |(question, verdict): (&&Question, Verdict)| self.taken((*question).clone(), verdict, policy_version, &answered, begun);
        Ok(questions.iter().zip(results).map(taken).collect())
    }

    fn short(&self) -> Error {
        self.inner.transport.foreign("it answered more or fewer questions than it was asked")
    }

    fn remembered(&self, question: &Question) -> Option<Decision> {
        let at_least = self.floor.max(self.inner.versions.newest()).unwrap_or_default();
        self.inner.cache.as_ref()?.find(question, at_least, Instant::now())
    }

    /// A decision just answered, which may be remembered. How long is counted from when it was asked: it may have been made right then.
    fn taken(&self, question: Question, verdict: Verdict, policy_version: i64, answered: &Answered, asked: Instant) -> Decision {
        let decision = Decision::new(verdict, policy_version);
        self.note(policy_version);
        if let Some(cache) = &self.inner.cache {
            let date = answered.headers.get(http::header::DATE).and_then(|date| date.to_str().ok());
            cache.keep(question, &decision, crate::ends::left(&decision, date), asked);
        }
        decision
    }

    /// Asks with a body for an answer that is no older than what is known.
    async fn asked<Q: Serialize>(&self, path: &str, question: impl Fn(Option<i64>) -> Q) -> Result<Answered, Error> {
        self.as_new_as_known(|at_least| Call::ask(path, &question(at_least))).await
    }

    /// Calls for an answer that is no older than what is known.
    pub(crate) async fn as_new_as_known(&self, call: impl Fn(Option<i64>) -> Result<Call, Error>) -> Result<Answered, Error> {
        let known = self.inner.versions.newest();
        let refused = match self.call(&call(self.floor.max(known))?).await {
            Err(Error::Refused(problem)) if problem.field.as_deref() == Some("at_least") && problem.kind == ProblemKind::Invalid => Error::Refused(problem),
            answered => return answered,
        };
        if known <= self.floor {
            return Err(refused);
        }
        // the server's database was put back to an earlier version: what is known here never was
        self.inner.versions.forget();
        if let Some(cache) = &self.inner.cache {
            cache.forget();
        }
        self.call(&call(self.floor)?).await
    }

    /// A version that was answered or written.
    pub(crate) fn note(&self, version: i64) {
        self.inner.versions.note(version);
    }

    /// Sends it, and again where that may help.
    pub(crate) async fn call(&self, call: &Call) -> Result<Answered, Error> {
        let Inner { transport, retry, timeout: most, .. } = &*self.inner;
        let begun = Instant::now();
        let mut tried = 0;
        loop {
            let error = match timeout(*most, transport.exchange(call)).await {
                Ok(Ok(answered)) => {
                    answered.version().iter().for_each(|version| self.note(*version));
                    return Ok(answered);
                }
                Ok(Err(error)) => error,
                Err(_) => transport.slow(*most),
            };
            let Some(pause) = retry.pause(tried, &error, begun.elapsed()) else { return Err(error) };
            tracing::debug!(%error, tried, pause_ms = pause.as_millis(), "trying again");
            sleep(pause).await;
            tried += 1;
        }
    }
}

#[derive(Serialize)]
struct Asked<'a> {
    #[serde(flatten)]
    question: &'a Question,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<i64>,
}

#[derive(Serialize)]
struct AskedAll<'a> {
    checks: &'a [&'a Question],
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<i64>,
}
