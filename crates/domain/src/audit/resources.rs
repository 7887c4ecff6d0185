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
}
