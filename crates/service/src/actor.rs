//! Where a call came from: what the audit trail and the limits know of it.

use domain::audit::Origin;

#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// The network address, as far as the server can tell.
    pub address: Option<String>,
    pub request: Option<String>,
    pub user_agent: Option<String>,
    /// An open page asked by itself, and nobody was at it lately: no sign of life.
    pub unattended: bool,
}

impl Meta {
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin { address: self.address.clone(), request: self.request.clone(), operation: None }
    }

    /// `Firefox on Linux`, as far as the browser said: for the list of one's sessions.
    #[must_use]
    pub fn device(&self) -> String {
        let agent = self.user_agent.as_deref().unwrap_or_default();
        let browser = [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];
        let system = [
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS", "macOS"),
            ("CrOS", "ChromeOS"),
            ("Linux", "Linux"),
        ];
        let find = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
        match (find(&browser), find(&system)) {
            (Some(browser), Some(system)) => format!("{browser} on {system}"),
            (Some(name), None) | (None, Some(name)) => name.to_owned(),
            (None, None) => "Unknown device".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_device() {
        let device = |agent: &str| Meta { user_agent: Some(agent.to_owned()), ..Meta::default() }.device();
        assert_eq!(device("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0 Safari/537.36"), "Chrome on Linux");
        assert_eq!(device("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1"), "Safari on iPhone");
        assert_eq!(device(""), "Unknown device");
    }
}
