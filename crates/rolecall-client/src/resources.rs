//! The product's things, told to Rolecall, so that access to them can be given.

use crate::{
    client::Client,
    error::{Error, ProblemKind},
    paging::{Pages, escaped},
    transport::{Answered, Call},
};
use http::Method;
use serde::{Deserialize, Serialize};

/// How many are written in one call.
const MOST: usize = 10_000;

/// What a resource shall be.
///
/// ```
/// use rolecall_client::ResourceWish;
///
/// let wish = ResourceWish::new("Web site").labels(["environment:prod"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use]
pub struct ResourceWish {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<Vec<String>>,
    #[serde(skip)]
    revision: Option<i64>,
}

impl ResourceWish {
    /// By the name that people read.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), parent: None, labels: None, revision: None }
    }

    /// What it hangs on, by the product's ids.
    pub fn parent(mut self, kind: &str, id: &str) -> Self {
        self.parent = Some(format!("{kind}:{id}"));
        self
    }

    /// All its labels, as `key:value`. Those that it has stay where nothing is said.
    pub fn labels<L: Into<String>>(mut self, labels: impl IntoIterator<Item = L>) -> Self {
        self.labels = Some(labels.into_iter().map(Into::into).collect());
        self
    }

    /// Only if nobody changed it since this revision; else [`ProblemKind::Stale`].
    pub const fn if_revision(mut self, revision: i64) -> Self {
        self.revision = Some(revision);
        self
    }
}

/// A resource as Rolecall knows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct StoredResource {
    #[serde(rename = "type")]
    pub kind: String,
    /// The product's id.
    pub id: String,
    /// Rolecall's own.
    pub resource_id: String,
    pub name: String,
    /// What it hangs on, as `type:id`.
    #[serde(default)]
    pub parent: Option<String>,
    /// As `key:value`.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Grows with every change of name, parent or labels.
    #[serde(default)]
    pub revision: Option<i64>,
}

/// What became of many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Written {
    pub created: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub policy_version: Option<i64>,
}

/// A type and the product's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ResourceName {
    #[serde(rename = "type")]
    pub kind: String,
    pub id: String,
}

impl ResourceName {
    #[must_use]
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self { kind: kind.into(), id: id.into() }
    }
}

#[derive(Serialize)]
struct Named<'a> {
    #[serde(flatten)]
    resource: &'a ResourceName,
    #[serde(flatten)]
    wish: &'a ResourceWish,
}

#[derive(Serialize)]
struct Many<'a> {
    resources: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct Labelling<'a> {
    /// Each as `type:id`.
    resources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    put: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    take: Option<&'a str>,
}

#[derive(Deserialize, Serialize)]
struct Labels {
    labels: Vec<String>,
}

impl Client {
    /// Makes the resource, or changes it to be so.
    ///
    /// ```no_run
    /// # async fn tell(client: rolecall_client::Client) -> Result<(), rolecall_client::Error> {
    /// use rolecall_client::ResourceWish;
    ///
    /// client.put_resource("source", "website", ResourceWish::new("Web site").labels(["environment:prod"])).await?;
    /// # Ok(()) }
    /// ```
    pub async fn put_resource(&self, kind: &str, id: &str, wish: ResourceWish) -> Result<StoredResource, Error> {
        let call = Call::write(Method::PUT, place(kind, id), &wish)?.at_revision(wish.revision);
        match self.call(&call).await {
            // it stands as it was wished, and the first answer was lost
            Err(error) if already_done(&error) => self.find_resource(kind, id).await?.ok_or(error),
            Err(error) => Err(error),
            Ok(answered) => answered.json(&self.inner.transport),
        }
    }

    /// Nothing where there is none of this id.
    pub async fn find_resource(&self, kind: &str, id: &str) -> Result<Option<StoredResource>, Error> {
        found(self.call(&Call::get(place(kind, id))).await)?.map(|answered| answered.json(&self.inner.transport)).transpose()
    }

    /// Says whether there was one. It is refused while something hangs on it, or a grant names it; the refusal says what.
    pub async fn delete_resource(&self, kind: &str, id: &str) -> Result<bool, Error> {
        match self.call(&Call::delete(place(kind, id))).await {
            Err(error) if already_done(&error) => Ok(true),
            answered => Ok(found(answered)?.is_some()),
        }
    }

    /// Makes or changes many, 10,000 in each call: if one fails, those before it are done.
    pub async fn put_resources(&self, resources: &[(ResourceName, ResourceWish)]) -> Result<Written, Error> {
        let mut sum = Written::default();
        for some in resources.chunks(MOST) {
            let many = Many { resources: some.iter().map(|(resource, wish)| Named { resource, wish }).collect() };
            let write = || Call::write(Method::POST, "/api/v1/resources", &many);
            let written: Written = self.again_if_done(write).await?.json(&self.inner.transport)?;
            let Written { created, changed, unchanged, policy_version } = written;
            sum = Written { created: sum.created + created, changed: sum.changed + changed, unchanged: sum.unchanged + unchanged, policy_version };
        }
        Ok(sum)
    }

    /// Those of a type, whose name or id has this text, or that bear this label; by whatever is given.
    pub fn resources(&self, kind: Option<&str>, search: Option<&str>, label: Option<&str>) -> Pages<StoredResource> {
        Pages::new(self, "/api/v1/resources", &[("type", kind), ("q", search), ("label", label)])
    }

    /// As `key:value`.
    pub async fn labels(&self, kind: &str, id: &str) -> Result<Vec<String>, Error> {
        let answered = self.call(&Call::get(format!("{}/labels", place(kind, id)))).await?;
        Ok(answered.json::<Labels>(&self.inner.transport)?.labels)
    }

    /// Gives it these labels in place of those that it has.
    pub async fn set_labels<L: Into<String>>(&self, kind: &str, id: &str, labels: impl IntoIterator<Item = L>) -> Result<(), Error> {
        let labels = Labels { labels: labels.into_iter().map(Into::into).collect() };
        let write = || Call::write(Method::PUT, format!("{}/labels", place(kind, id)), &labels);
        self.again_if_done(write).await.map(drop)
    }

    /// Puts `key:value` on each, in place of another value of this key. 10,000 in each call.
    pub async fn put_label(&self, resources: &[ResourceName], label: &str) -> Result<(), Error> {
        self.label(resources, Some(label), None).await
    }

    /// Takes the label of this key from each.
    pub async fn take_label(&self, resources: &[ResourceName], key: &str) -> Result<(), Error> {
        self.label(resources, None, Some(key)).await
    }

    async fn label(&self, resources: &[ResourceName], put: Option<&str>, take: Option<&str>) -> Result<(), Error> {
        for resources in resources.chunks(MOST) {
            let resources = resources.iter().map(|name| format!("{}:{}", name.kind, name.id)).collect();
            let labelling = Labelling { resources, put, take };
            self.again_if_done(|| Call::write(Method::POST, "/api/v1/resources/labels", &labelling)).await?;
        }
        Ok(())
    }

    /// For what may be done twice: where it was done and the answer was lost, it is asked for anew.
    async fn again_if_done(&self, write: impl Fn() -> Result<Call, Error>) -> Result<Answered, Error> {
        match self.call(&write()?).await {
            Err(error) if already_done(&error) => self.call(&write()?).await,
            answered => answered,
        }
    }
}

fn place(kind: &str, id: &str) -> String {
    format!("/api/v1/resources/{}/{}", escaped(kind), escaped(id))
}

fn found(answered: Result<Answered, Error>) -> Result<Option<Answered>, Error> {
    match answered {
        Err(Error::Refused(problem)) if problem.kind == ProblemKind::NotFound => Ok(None),
        answered => answered.map(Some),
    }
}

fn already_done(error: &Error) -> bool {
    error.problem().is_some_and(|problem| problem.kind == ProblemKind::AlreadyDone)
}
