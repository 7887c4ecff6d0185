//! A world outside that says what a test wants: TXT records, and pages of domains.

use futures::future::BoxFuture;
use service::sso::outside::{Looked, Outside};
use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

#[derive(Debug, Default)]
pub struct TestOutside {
    records: Mutex<HashMap<String, Vec<String>>>,
    pages: Mutex<HashMap<String, String>>,
    silent: AtomicBool,
}

impl TestOutside {
    pub fn has_record(&self, name: &str, record: &str) {
        self.records.lock().unwrap().entry(name.to_owned()).or_default().push(record.to_owned());
    }

    pub fn has_page(&self, domain: &str, page: &str) {
        self.pages.lock().unwrap().insert(domain.to_owned(), page.to_owned());
    }

    /// Nobody answers any more, or again.
    pub fn falls_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }

    pub fn forgets_all(&self) {
        self.records.lock().unwrap().clear();
        self.pages.lock().unwrap().clear();
    }
}

impl Outside for TestOutside {
    fn records<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Looked<Vec<String>>> {
        let found = self.records.lock().unwrap().get(name).cloned().unwrap_or_default();
        let silent = self.silent.load(Ordering::Relaxed);
        Box::pin(async move { if silent { Err("the domain name system did not answer".to_owned()) } else { Ok(found) } })
    }

    fn page<'a>(&'a self, domain: &'a str) -> BoxFuture<'a, Looked<String>> {
        let found = self.pages.lock().unwrap().get(domain).cloned().filter(|_| !self.silent.load(Ordering::Relaxed));
        Box::pin(async move { found.ok_or_else(|| format!("nobody answers at {domain}")) })
    }
}
