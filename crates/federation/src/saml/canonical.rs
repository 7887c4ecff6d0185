//! Exclusive canonical XML without comments (<https://www.w3.org/TR/xml-exc-c14n/>): the text that is signed.
//!
//! Written over one parse tree. The prefixes that a document uses are part of what is signed; they are taken from its source.

use roxmltree::{Attribute, Node, NodeId};
use std::collections::BTreeSet;

/// An element and what is in it, without one element inside (the signature that envelops itself). `inclusive` are the prefixes of
/// `InclusiveNamespaces`, of which `#default` is the empty one.
pub(super) fn canonical(apex: Node<'_, '_>, without: Option<NodeId>, inclusive: &[&str]) -> String {
    let inclusive = inclusive.iter().map(|prefix| if *prefix == "#default" { "" } else { *prefix }).collect();
    let mut writer = Writer { out: String::new(), without, inclusive };
    writer.element(apex, &mut Vec::new());
    writer.out
}

struct Writer<'p> {
    out: String,
    without: Option<NodeId>,
    inclusive: Vec<&'p str>,
}

impl Writer<'_> {
    /// `declared` are the prefixes that the elements around have declared in what was written, innermost last.
    fn element<'a>(&mut self, node: Node<'a, 'a>, declared: &mut Vec<(&'a str, &'a str)>) {
        let outside = declared.len();
        let name = source_name(node);
        self.out.push('<');
        self.out.push_str(name);
        self.namespaces(node, declared);
        self.attributes(node);
        self.out.push('>');
        for child in node.children() {
            if child.is_text() {
                escape_text(child.text().unwrap_or_default(), &mut self.out);
            } else if child.is_element() && Some(child.id()) != self.without {
                self.element(child, declared);
            } else if let Some(instruction) = child.pi() {
                let value = instruction.value.map_or_else(String::new, |value| format!(" {value}"));
                self.out.push_str(&format!("<?{}{value}?>", instruction.target));
            }
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        declared.truncate(outside);
    }

    /// Declares what the element itself uses, or what is to be included, where the elements around haven't declared the same.
    fn namespaces<'a>(&mut self, node: Node<'a, 'a>, declared: &mut Vec<(&'a str, &'a str)>) {
        let used = node.attributes().filter_map(|attribute| source_attribute(node, attribute).split_once(':').map(|(prefix, _)| prefix));
        let mut wanted: BTreeSet<&str> = used.collect();
        wanted.insert(source_name(node).split_once(':').map_or("", |(prefix, _)| prefix));
        wanted.extend(self.inclusive.iter().filter_map(|prefix| in_scope(node, prefix).map(|(prefix, _)| prefix)));
        if self.inclusive.contains(&"") {
            wanted.insert("");
        }
        wanted.remove("xml");
        for prefix in wanted {
            let before = declared.iter().rev().find(|(known, _)| *known == prefix).map(|(_, uri)| *uri);
            let here = in_scope(node, prefix).map(|(_, uri)| uri);
            // without a declaration the default namespace is the empty one
            let (before, here) = if prefix.is_empty() { (Some(before.unwrap_or("")), Some(here.unwrap_or(""))) } else { (before, here) };
            if let Some(uri) = here.filter(|_| here != before) {
                declared.push((prefix, uri));
                self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
                self.out.push_str(prefix);
                self.quoted(uri);
            }
        }
    }

    fn attributes(&mut self, node: Node<'_, '_>) {
        let mut attributes: Vec<_> = node.attributes().collect();
        attributes.sort_by_key(|attribute| (attribute.namespace().unwrap_or(""), attribute.name()));
        for attribute in attributes {
            self.out.push(' ');
            self.out.push_str(source_attribute(node, attribute));
            self.quoted(attribute.value());
        }
    }

    fn quoted(&mut self, value: &str) {
        self.out.push_str("=\"");
        escape_value(value, &mut self.out);
        self.out.push('"');
    }
}

/// `saml:Assertion`, as it stands in the source.
fn source_name<'a>(node: Node<'a, '_>) -> &'a str {
    let tag = node.document().input_text().get(node.range()).unwrap_or_default();
    let name = tag.strip_prefix('<').unwrap_or(tag);
    name.split([' ', '\t', '\r', '\n', '/', '>']).next().unwrap_or_default()
}

fn source_attribute<'a>(node: Node<'a, '_>, attribute: Attribute<'_, '_>) -> &'a str {
    node.document().input_text().get(attribute.range_qname()).unwrap_or_default()
}

/// What a prefix stands for at an element, with the prefix as the document has it.
fn in_scope<'a>(node: Node<'a, 'a>, prefix: &str) -> Option<(&'a str, &'a str)> {
    node.namespaces().find(|namespace| namespace.name().unwrap_or("") == prefix).map(|namespace| (namespace.name().unwrap_or(""), namespace.uri()))
}

fn escape_text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}

fn escape_value(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::Document;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Case {
        xml: String,
        prefixes: Vec<String>,
        canonical: String,
    }

    /// Made by `make-canonical.py` beside the file.
    fn cases() -> Vec<Case> {
        serde_json::from_str(include_str!("../../tests/protocols/fixtures/canonical.json")).unwrap()
    }

    #[test]
    fn another_hand_takes_the_same_for_canonical() {
        assert!(cases().len() > 100);
        for case in cases() {
            let document = Document::parse(&case.xml).unwrap();
            let apex = document.descendants().find(|node| node.has_attribute("apex")).unwrap();
            let prefixes: Vec<&str> = case.prefixes.iter().map(String::as_str).collect();
            assert_eq!(canonical(apex, None, &prefixes), case.canonical, "{}\n{prefixes:?}", case.xml);
        }
    }

    #[test]
    fn what_is_canonical_stays_so() {
        for case in cases().iter().filter(|case| case.prefixes.is_empty()) {
            let document = Document::parse(&case.canonical).unwrap();
            assert_eq!(canonical(document.root_element(), None, &[]), case.canonical);
        }
    }

    #[test]
    fn the_default_namespace_is_included_by_its_own_word() {
        let document = Document::parse("<p:a xmlns='urn:d' xmlns:p='urn:p'><p:b/></p:a>").unwrap();
        assert_eq!(canonical(document.root_element(), None, &["#default"]), r#"<p:a xmlns="urn:d" xmlns:p="urn:p"><p:b></p:b></p:a>"#);
        assert_eq!(canonical(document.root_element(), None, &[]), r#"<p:a xmlns:p="urn:p"><p:b></p:b></p:a>"#);
    }
}
