//! XML, read strictly: no document types, no comments or instructions inside messages, no ID twice, bounded in length and depth.

use crate::Refusal;
use roxmltree::{Document, Error, Node, ParsingOptions};
use std::collections::HashSet;

/// What a provider's message may measure, in bytes.
pub(super) const MOST_MESSAGE: usize = 512 * 1_024;
const MOST_NODES: u32 = 20_000;
const MOST_DEPTH: usize = 64;
/// Parsers compare each attribute of an element with the others, and each element inherits what was declared around it: both grow by the square.
const MOST_ATTRIBUTES: usize = 500;
const MOST_DECLARATIONS: usize = 4_000;
/// How many namespaces the elements that are open at one place may have declared: each element there looks through them.
const MOST_IN_SCOPE: usize = 64;

/// Reads a document that may come from a person's hand, with comments.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Refusal> {
    if is_laborious(text) {
        return Err(Refusal::TooLong);
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        Error::DtdDetected => Refusal::Dtd,
        Error::NodesLimitReached => Refusal::TooLong,
        other => Refusal::malformed(format!("it is not XML: {other}")),
    })?;
    if document.descendants().any(|node| node.ancestors().nth(MOST_DEPTH).is_some()) {
        return Err(Refusal::malformed("it is nested too deeply"));
    }
    Ok(document)
}

/// Whether a text could cost more time or memory than its length tells; counted roughly, before it is parsed.
fn is_laborious(text: &str) -> bool {
    let mut tags = 0_u32;
    let crowded = text.split('<').any(|tag| {
        tags += 1;
        tag.bytes().filter(|byte| *byte == b'=').nth(MOST_ATTRIBUTES).is_some()
    });
    crowded || tags > 2 * MOST_NODES || text.matches("xmlns").nth(MOST_DECLARATIONS).is_some() || declares_much(text)
}

/// Whether too many namespaces are in scope somewhere. Quotes, comments, sections and instructions hide tags as they do for a parser.
fn declares_much(text: &str) -> bool {
    let (mut open, mut in_scope, mut rest) = (Vec::new(), 0_usize, text);
    while let Some((_, after)) = rest.split_once('<') {
        let hidden = [("!--", "-->"), ("![CDATA[", "]]>"), ("?", "?>")].into_iter().find_map(|(begin, end)| Some((after.strip_prefix(begin)?, end)));
        if let Some((inside, end)) = hidden {
            rest = inside.split_once(end).map_or("", |(_, behind)| behind);
            continue;
        }
        let (tag, behind) = after.split_at(tag_length(after));
        rest = behind;
        if tag.starts_with('/') {
            in_scope = in_scope.saturating_sub(open.pop().unwrap_or(0));
            continue;
        }
        let declared = tag.matches("xmlns").count();
        if in_scope + declared > MOST_IN_SCOPE {
            return true;
        }
        if !tag.ends_with('/') {
            in_scope += declared;
            open.push(declared);
        }
    }
    false
}

/// How far a tag goes; a `>` in quotes doesn't end it.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    let end = text.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(opened), _) if opened == byte => quote = None,
            (_, _) => {}
        }
        quote.is_none() && byte == b'>'
    });
    end.unwrap_or(text.len())
}

/// Reads a protocol message. No provider writes comments or instructions into one, and they have split names in two before.
pub(super) fn parse_message(text: &str) -> Result<Document<'_>, Refusal> {
    let document = parse(text)?;
    if document.descendants().any(|node| node.is_comment() || node.is_pi()) {
        return Err(Refusal::malformed("it holds a comment or an instruction, which may change how names are read"));
    }
    let mut ids = HashSet::new();
    for attribute in document.descendants().flat_map(|node| node.attributes()) {
        if attribute.name().eq_ignore_ascii_case("id") && !ids.insert(attribute.value()) {
            return Err(Refusal::DuplicateId { id: attribute.value().to_owned() });
        }
    }
    Ok(document)
}

pub(super) fn is(node: Node<'_, '_>, namespace: &str, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == Some(namespace)
}

pub(super) fn children<'a, 'i>(node: Node<'a, 'i>, namespace: &'a str, name: &'a str) -> impl Iterator<Item = Node<'a, 'i>> + use<'a, 'i> {
    node.children().filter(move |child| is(*child, namespace, name))
}

/// The child of that name, of which there may be one at most.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, namespace: &'a str, name: &'a str) -> Result<Option<Node<'a, 'i>>, Refusal> {
    let mut found = children(node, namespace, name);
    let first = found.next();
    if found.next().is_some() {
        return Err(Refusal::malformed(format!("`{name}` stands twice in `{}`", node.tag_name().name())));
    }
    Ok(first)
}

/// The child of that name, which must be there.
pub(super) fn needed<'a, 'i>(node: Node<'a, 'i>, namespace: &'a str, name: &'a str) -> Result<Node<'a, 'i>, Refusal> {
    child(node, namespace, name)?.ok_or_else(|| Refusal::malformed(format!("`{}` has no `{name}`", node.tag_name().name())))
}

pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Result<&'a str, Refusal> {
    node.attribute(name).ok_or_else(|| Refusal::malformed(format!("`{}` has no `{name}`", node.tag_name().name())))
}

/// All the text inside, without the white space around it. Never a part of it.
pub(super) fn text(node: Node<'_, '_>) -> String {
    let whole: String = node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect();
    whole.trim().to_owned()
}

/// For a value that may hold text alone.
pub(super) fn plain_text(node: Node<'_, '_>) -> Result<String, Refusal> {
    if node.children().any(|child| child.is_element()) {
        return Err(Refusal::malformed(format!("`{}` holds more than text", node.tag_name().name())));
    }
    Ok(text(node))
}

/// For a text or a value in quotes that we write.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_types_and_their_entities_are_refused() {
        for text in ["<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>"] {
            assert_eq!(parse(text).map(drop), Err(Refusal::Dtd), "{text}");
        }
        assert!(matches!(parse("<a>&e;</a>"), Err(Refusal::Malformed { .. })));
    }

    #[test]
    fn ids_stand_once_however_they_are_spelt() {
        for text in ["<a ID='x'><b ID='x'/></a>", "<a ID='x'><b Id='x'/></a>", "<a id='x'><b xml:id='x'/></a>"] {
            assert_eq!(parse_message(text).map(drop), Err(Refusal::DuplicateId { id: "x".into() }), "{text}");
        }
        assert!(parse_message("<a ID='x'><b ID='y'/></a>").is_ok());
    }

    #[test]
    fn comments_and_instructions_are_for_metadata_alone() {
        for text in ["<a>b<!-- c -->d</a>", "<a>b<?c?>d</a>", "<!-- c --><a/>"] {
            assert!(parse(text).is_ok() && matches!(parse_message(text), Err(Refusal::Malformed { .. })), "{text}");
        }
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(parse(&deep(60)).is_ok());
        assert!(matches!(parse(&deep(70)), Err(Refusal::Malformed { .. })));
        assert_eq!(parse(&format!("<a>{}</a>", "<b/>".repeat(30_000))).map(drop), Err(Refusal::TooLong));
        assert_eq!(parse(&"<".repeat(50_000)).map(drop), Err(Refusal::TooLong));
    }

    #[test]
    fn what_costs_more_than_its_length_is_refused_unread() {
        let attributes: String = (0..600).map(|number| format!(" a{number}=''")).collect();
        assert_eq!(parse(&format!("<a{attributes}/>")).map(drop), Err(Refusal::TooLong));
        let declared: String = (0..10).map(|number| format!("<b xmlns:p{number}='urn:p'/>")).collect();
        assert!(parse(&format!("<a>{}</a>", declared.repeat(390))).is_ok());
        assert_eq!(parse(&format!("<a>{}</a>", declared.repeat(410))).map(drop), Err(Refusal::TooLong));
    }

    #[test]
    fn namespaces_in_scope_are_bounded() {
        let declare = |number: usize| (0..number).map(|number| format!(" xmlns:p{number}='urn:p'")).collect::<String>();
        assert!(parse(&format!("<a{}><b/></a>", declare(64))).is_ok());
        assert_eq!(parse(&format!("<a{}/>", declare(65))).map(drop), Err(Refusal::TooLong));
        let forty = declare(40);
        assert!(parse(&format!("<a><b{forty}></b><b{forty}/></a>")).is_ok(), "beside each other");
        // what hides a tag from the parser ends no element here
        for between in ["", "<!-- </b> -->", "<![CDATA[</b>]]>", "<?x </b>?>", "<c d='/>'></c>", "<c d='>'/>"] {
            assert_eq!(parse(&format!("<a><b{forty}>{between}<c{forty}/></b></a>")).map(drop), Err(Refusal::TooLong), "{between}");
        }
        assert_eq!(parse(&format!("<a b='/>'{forty}><c{forty}/></a>")).map(drop), Err(Refusal::TooLong));
    }
}
