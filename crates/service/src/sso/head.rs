//! Reads the tags that prove a domain from the head of its page.

use domain::sso::domains::PROOF_NAME;

/// What the tags of our name in a page's head contain. What visitors may have written stands in its body.
pub(super) fn tags(page: &str) -> Vec<String> {
    let lower = page.to_ascii_lowercase();
    let end = ["</head", "<body"].iter().filter_map(|mark| lower.find(mark)).min().unwrap_or(page.len());
    let head = without_comments(page.get(..end).unwrap_or_default());
    let lower = head.to_ascii_lowercase();
    let proof = |at: usize| {
        let tag = head.get(at..)?.split_once('>')?.0;
        (attribute(tag, "name")?.eq_ignore_ascii_case(PROOF_NAME)).then(|| attribute(tag, "content"))?
    };
    lower.match_indices("<meta").filter_map(|(at, _)| proof(at)).collect()
}

fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::with_capacity(text.len());
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// The value of an attribute, with or without quotes.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    for (at, _) in lower.match_indices(name) {
        let stands_alone = lower.get(..at)?.ends_with(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'');
        let Some(value) = tag.get(at + name.len()..)?.trim_start().strip_prefix('=').filter(|_| stands_alone) else { continue };
        let value = value.trim_start();
        return Some(match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?.to_owned(),
            _ => value.split(|c: char| c.is_ascii_whitespace() || c == '/').next()?.to_owned(),
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_however_it_is_written() {
        for page in [
            "<html><head><meta name=\"rolecall-domain-verification\" content=\"abc\"></head>",
            "<META content='abc' NAME='Rolecall-Domain-Verification' />",
            "<head><meta charset=utf-8><meta\n name=rolecall-domain-verification content=abc></head><body></body>",
        ] {
            assert_eq!(tags(page), ["abc"], "{page}");
        }
    }

    #[test]
    fn what_is_no_tag_of_the_head_counts_for_nothing() {
        for page in [
            "",
            "<meta name=\"rolecall-domain-verification\"",
            "<meta name=\"rolecall-domain-verification\">",
            "<meta name=\"other\" content=\"rolecall-domain-verification\">",
            "<meta data-name=\"rolecall-domain-verification\" content=\"abc\">",
            "<head></head><body><meta name=\"rolecall-domain-verification\" content=\"abc\">",
            "<head><!-- <meta name=\"rolecall-domain-verification\" content=\"abc\"> --></head>",
            "<head><!-- <meta name=\"rolecall-domain-verification\" content=\"abc\">",
        ] {
            assert!(tags(page).is_empty(), "{page}");
        }
    }
}
