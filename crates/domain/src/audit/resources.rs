//! How a change of resources or of their labels is kept in the trail, and told.

use serde::{Deserialize, Serialize};

/// What of a resource can be changed, at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceSnapshot {
    pub name: String,
    /// The name of what it hangs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

impl ResourceSnapshot {
    pub(crate) fn change(&self, after: &Self) -> String {
        match (self.name == after.name, self.parent == after.parent, &after.parent) {
            (false, true, _) => format!("renamed {} to {}", self.name, after.name),
            (true, false, Some(parent)) => format!("moved {} to {parent}", self.name),
            (true, false, None) => format!("moved {} away from {}", self.name, self.parent.as_deref().unwrap_or_default()),
            (_, _, _) => format!("changed {}", self.name),
        }
    }
}

/// Resources that bore the same value before their labels were changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BorneBefore {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// As the product beside Rolecall knows them: `source:web-site`.
    pub resources: Vec<String>,
}

/// A resource as a product registered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredSnapshot {
    /// As the product knows it: `source:web-site`.
    pub resource: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
}

impl RegisteredSnapshot {
    /// `+ source:web-site Website, hangs on space:main, region:apac`
    pub(crate) fn words(&self) -> String {
        let parent = self.parent.iter().map(|parent| format!("hangs on {parent}"));
        let more: String = parent.chain(self.labels.iter().cloned()).map(|text| format!(", {text}")).collect();
        format!("+ {} {}{more}", self.resource, self.name)
    }

    /// `source:web-site: Site instead of Website, − region:emea, + region:apac`
    pub(crate) fn change(&self, after: &Self) -> String {
        let mut parts = Vec::new();
        if self.name != after.name {
            parts.push(format!("{} instead of {}", after.name, self.name));
        }
        if self.parent != after.parent {
            parts.extend(self.parent.iter().map(|parent| format!("− hangs on {parent}")));
            parts.extend(after.parent.iter().map(|parent| format!("+ hangs on {parent}")));
        }
        parts.extend(self.labels.iter().filter(|label| !after.labels.contains(label)).map(|label| format!("− {label}")));
        parts.extend(after.labels.iter().filter(|label| !self.labels.contains(label)).map(|label| format!("+ {label}")));
        format!("{}: {}", after.resource, parts.join(", "))
    }
}

/// `registered Website`, `registered 3 resources and changed 1 resource`.
pub(crate) fn registered(created: &[RegisteredSnapshot], changed: &[(RegisteredSnapshot, RegisteredSnapshot)]) -> String {
    let counted = |verb: &str, many: usize, only: Option<&str>| match (many, only) {
        (0, _) => None,
        (1, Some(only)) => Some(format!("{verb} {only}")),
        (_, _) => Some(format!("{verb} {many} resources")),
    };
    let parts = [
        counted("registered", created.len(), created.first().map(|one| one.name.as_str())),
        counted("changed", changed.len(), changed.first().map(|(_, after)| after.name.as_str())),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

/// `put region:apac on 3 resources`.
pub(crate) fn relabelled(key: &str, after: Option<&str>, before: &[BorneBefore]) -> String {
    let count: usize = before.iter().map(|before| before.resources.len()).sum();
    let on = match (count, before.first().and_then(|before| before.resources.first())) {
        (1, Some(only)) => only.clone(),
        (_, _) => format!("{count} resources"),
    };
    match after {
        Some(value) => format!("put {key}:{value} on {on}"),
        None => format!("took the label {key} off {on}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Event;

    #[test]
    fn a_change_of_labels_or_of_a_resource_is_told_in_a_few_words() {
        let before = |value: Option<&str>, resources: &[&str]| BorneBefore {
            value: value.map(str::to_owned),
            resources: resources.iter().map(|text| (*text).to_owned()).collect(),
        };
        let put = |before| Event::ResourcesRelabelled { key: "region".to_owned(), after: Some("apac".to_owned()), before };
        assert_eq!(put(vec![before(None, &["source:web"])]).sentence(), "put region:apac on source:web");
        assert_eq!(put(vec![before(None, &["source:web"]), before(Some("emea"), &["source:app"])]).sentence(), "put region:apac on 2 resources");
        let taken = Event::ResourcesRelabelled { key: "region".to_owned(), after: None, before: vec![before(Some("emea"), &["a:1", "a:2"])] };
        assert_eq!(taken.sentence(), "took the label region off 2 resources");
        let is = |name: &str, parent: Option<&str>| ResourceSnapshot { name: name.to_owned(), parent: parent.map(str::to_owned) };
        for (was, now, words) in [
            (is("Web", None), is("Site", None), "renamed Web to Site"),
            (is("CRM", None), is("CRM", Some("Web")), "moved CRM to Web"),
            (is("CRM", Some("Web")), is("CRM", None), "moved CRM away from Web"),
            (is("CRM", Some("Web")), is("Ads", None), "changed CRM"),
        ] {
            let event = Event::ResourceChanged { kind: "destination".to_owned(), key: "crm".to_owned(), before: was, after: now };
            assert_eq!(event.sentence(), words);
            assert_eq!(serde_json::to_value(&event).unwrap()["type"], event.name());
        }
    }

    #[test]
    fn what_a_product_registered_is_told_in_a_few_words() {
        let is = |name: &str, parent: Option<&str>, labels: &[&str]| RegisteredSnapshot {
            resource: "source:web".to_owned(),
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        };
        let (web, site) = (is("Web", None, &["region:emea"]), is("Site", Some("space:main"), &["region:apac"]));
        let event = |created, changed| Event::ResourcesRegistered { created, changed }.sentence();
        assert_eq!(event(vec![web.clone()], vec![]), "registered Web");
        assert_eq!(event(vec![web.clone(), site.clone()], vec![(web.clone(), site.clone())]), "registered 2 resources and changed Site");
        assert_eq!(event(vec![], vec![(web.clone(), site.clone()), (site.clone(), web.clone())]), "changed 2 resources");
        assert_eq!(site.words(), "+ source:web Site, hangs on space:main, region:apac");
        assert_eq!(web.change(&site), "source:web: Site instead of Web, + hangs on space:main, − region:emea, + region:apac");
    }
}
