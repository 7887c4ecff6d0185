//! Who reaches what: the resources of a subject, and the subjects of a resource.

use crate::{
    client::Client,
    decision::Reason,
    paging::Pages,
    question::{Resource, Subject},
};
use serde::Deserialize;

/// A resource that a subject reaches, and why.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ReachedResource {
    #[serde(rename = "type")]
    pub kind: String,
    /// The product's id.
    pub id: String,
    /// Rolecall's own.
    pub resource_id: String,
    pub name: String,
    /// Why, in a sentence.
    #[serde(default)]
    pub why: String,
    #[serde(default)]
    pub reasons: Vec<Reason>,
}

/// A subject that reaches a resource, and why.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct ReachingSubject {
    /// `user:ID` or `token:ID`.
    pub subject: Subject,
    pub name: String,
    #[serde(default)]
    pub email: Option<String>,
    /// Why, in a sentence.
    #[serde(default)]
    pub why: String,
    #[serde(default)]
    pub reasons: Vec<Reason>,
}

impl Client {
    /// The resources of the action's type to which the subject may do this.
    pub fn resources_of(&self, subject: impl Into<Subject>, action: &str) -> Pages<ReachedResource> {
        let subject = subject.into();
        Pages::of_access(self, "/api/v1/access/resources", &[("subject", Some(subject.as_str())), ("action", Some(action))])
    }

    /// Who may do this to the resource.
    pub fn subjects_of(&self, resource: impl Into<Resource>, action: &str) -> Pages<ReachingSubject> {
        let resource = resource.into();
        Pages::of_access(self, "/api/v1/access/subjects", &[("resource", Some(resource.as_str())), ("action", Some(action))])
    }
}
