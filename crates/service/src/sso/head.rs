//! Reads the tags that prove a domain from the head of its page, as browsers do (HTML, 13.2.5 and 13.2.6.4.4). What stands in a comment, a
//! script, a style, a template or a part for browsers without scripts is no tag of the head, and what visitors may have written stands in the body.
//!
//! No character is looked at more than a few times, however the page is written.

use domain::sso::domains::PROOF_NAME;

/// Elements that may stand in a head and hold nothing; anything that is not listed here begins the body.
const EMPTY: [&str; 6] = ["html", "head", "base", "basefont", "bgsound", "link"];

/// Elements that hold text alone, up to the first tag that ends them.
const TEXTS: [&str; 5] = ["script", "style", "title", "noscript", "noframes"];

/// The same where anything may stand.
const MORE_TEXTS: [&str; 4] = ["textarea", "xmp", "iframe", "noembed"];

/// What the tags of our name contain.
pub(super) fn tags(page: &str) -> Vec<String> {
    let mut page = Page { rest: page.trim_start_matches('\u{feff}') };
    let mut found = Vec::new();
    // in a template anything may stand, and nothing of it counts
    let mut templates = 0_usize;
    while let Some(part) = page.next() {
        match part {
            Part::Text(text) => {
                if templates == 0 && text.contains(|c: char| !is_space(c)) {
                    break;
                }
            }
            Part::Aside => {}
            Part::End(name) => match name.as_str() {
                "template" => templates = templates.saturating_sub(1),
                "head" | "body" | "html" | "br" if templates == 0 => break,
                _ => {}
            },
            Part::Begin(tag) => {
                let name = tag.name.as_str();
                let holds_text = TEXTS.contains(&name) || (templates > 0 && MORE_TEXTS.contains(&name));
                if name == "template" {
                    templates += 1;
                } else if holds_text {
                    if page.skip_text(name).is_none() {
                        break;
                    }
                } else if templates == 0 {
                    if name == "meta" {
                        found.extend(tag.proof());
                    } else if !EMPTY.contains(&name) {
                        break;
                    }
                }
            }
        }
    }
    found
}

enum Part<'a> {
    Text(&'a str),
    /// A comment, or what browsers take for one.
    Aside,
    Begin(Tag<'a>),
    End(String),
}

struct Tag<'a> {
    /// In lower case.
    name: String,
    attributes: Vec<(String, &'a str)>,
}

/// What is not read yet.
struct Page<'a> {
    rest: &'a str,
}

impl<'a> Page<'a> {
    /// Nothing at the end, and nothing where what begins is never ended.
    fn next(&mut self) -> Option<Part<'a>> {
        let rest = self.rest;
        if rest.is_empty() {
            return None;
        }
        let Some(marked) = rest.strip_prefix('<') else {
            let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            self.rest = after;
            return Some(Part::Text(text));
        };
        if let Some(comment) = marked.strip_prefix("!--") {
            self.rest = after_comment(comment)?;
            return Some(Part::Aside);
        }
        let ending = marked.strip_prefix('/');
        let named = ending.unwrap_or(marked);
        if named.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (tag, after) = Tag::read(named)?;
            self.rest = after;
            return Some(if ending.is_some() { Part::End(tag.name) } else { Part::Begin(tag) });
        }
        if ending.is_some() || marked.starts_with(['!', '?']) {
            self.rest = named.split_once('>')?.1;
            return Some(Part::Aside);
        }
        self.rest = marked;
        Some(Part::Text("<"))
    }

    /// Goes on at the tag that ends the text of this element.
    fn skip_text(&mut self, name: &str) -> Option<()> {
        let mut rest = self.rest;
        loop {
            let at = rest.find("</")?;
            let (before, end) = rest.split_at(at);
            let after = end.strip_prefix("</")?;
            let is_it = after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
                && after.get(name.len()..).is_some_and(|after| after.starts_with(ends_name));
            if is_it {
                let text = self.rest.get(..self.rest.len() - rest.len() + before.len())?;
                // between these two the end of an inner script does not end the outer one: nobody writes that who wants to be found
                if name == "script" && text.split_once("<!--").is_some_and(|(_, inner)| inner.to_ascii_lowercase().contains("<script")) {
                    return None;
                }
                self.rest = end;
                return Some(());
            }
            rest = after;
        }
    }
}

impl<'a> Tag<'a> {
    /// A tag from its name on, and what follows it.
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let (name, mut rest) = text.split_at(text.find(ends_name)?);
        let name = name.to_ascii_lowercase();
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| is_space(c) || c == '/');
            if let Some(after) = rest.strip_prefix('>') {
                return Some((Self { name, attributes }, after));
            }
            // an `=` in front belongs to the name
            let first = rest.chars().next()?.len_utf8();
            let length = rest.get(first..)?.find(|c: char| ends_name(c) || c == '=')?;
            let (called, after) = rest.split_at(first + length);
            let (value, after) = match after.trim_start_matches(is_space).strip_prefix('=') {
                Some(value) => read_value(value.trim_start_matches(is_space))?,
                None => ("", after),
            };
            attributes.push((called.to_ascii_lowercase(), value));
            rest = after;
        }
    }

    /// The first of several attributes of one name counts.
    fn attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(called, _)| called == name).map(|(_, value)| *value)
    }

    fn proof(&self) -> Option<String> {
        let is_ours = self.attribute("name")?.eq_ignore_ascii_case(PROOF_NAME);
        if is_ours { self.attribute("content").map(str::to_owned) } else { None }
    }
}

/// A value with or without quotes, and what follows it.
fn read_value(text: &str) -> Option<(&str, &str)> {
    match text.chars().next()? {
        quote @ ('"' | '\'') => text.get(1..)?.split_once(quote),
        _ => Some(text.split_at(text.find(|c: char| is_space(c) || c == '>')?)),
    }
}

/// What follows a comment, from behind the marks that begin it.
fn after_comment(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix('>').or_else(|| text.strip_prefix("->")) {
        return Some(after);
    }
    let mut rest = text;
    loop {
        rest = rest.get(rest.find("--")?..)?;
        if let Some(after) = rest.strip_prefix("-->").or_else(|| rest.strip_prefix("--!>")) {
            return Some(after);
        }
        rest = rest.strip_prefix('-')?;
    }
}

/// Not what other alphabets call a space: in a head that would be text.
const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

const fn ends_name(c: char) -> bool {
    is_space(c) || matches!(c, '/' | '>')
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "<meta name=\"rolecall-domain-verification\" content=\"abc\">";

    #[test]
    fn a_tag_is_found_however_it_is_written() {
        for page in [
            &*format!("<html><head>{OURS}</head>"),
            "<META content='abc' NAME='Rolecall-Domain-Verification' />",
            "<head><meta charset=utf-8><meta\n name=rolecall-domain-verification content=abc></head><body></body>",
            "<meta name = \"rolecall-domain-verification\"\tcontent = 'abc'/>",
            "<meta name=rolecall-domain-verification name=other content=abc content=def>",
            &*format!("\u{feff}<!DOCTYPE html>\n<html lang=en>\n<head data-x='>'>\n<title>a <b> {{}}</title>{OURS}"),
            &*format!("<head><script>if (1 < 2) document.write('<body>')</script><style>a > b {{}}</style>{OURS}"),
            &*format!("<head><!-- a -- b --><!--><!---><!-- c --!><? x ?></>{OURS}"),
            &*format!("<head><noscript><link rel=x></noscript><template><div>a<template></template>b</div></template><link rel=y>{OURS}"),
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
            "<meta name=other name=rolecall-domain-verification content=abc>",
            "<meta title=\"<meta name=rolecall-domain-verification content=abc>\">",
            "<metadata name=rolecall-domain-verification content=abc>",
        ] {
            assert!(tags(page).is_empty(), "{page}");
        }
        for around in [
            "<head></head><body>#",
            "<head><div>#</div></head>",
            "<head>some text #",
            "<head>\u{a0}#",
            "<head>a < b #",
            "<head><!-- # --></head>",
            "<head><!-- #",
            "<head><!-- > # -->",
            "<head><script>var a = '#';</script>",
            "<head><SCRIPT src=x>#</SCRIPT >",
            "<head><script><!-- <script> </script> # --></script>",
            "<head><script>#",
            "<head><style>#</style>",
            "<head><title>#</title>",
            "<head><noscript>#</noscript>",
            "<head><template>#</template>",
            "<head><template><template></template>#</template>",
            "<head><template><textarea></template>#</textarea></template>",
            "<head><noframes>#</noframes>",
            // a comment that browsers end at once, and a head that ends within it for nobody else
            "<head><!--></head><body> --> #",
        ] {
            let page = around.replace('#', OURS);
            assert!(tags(&page).is_empty(), "{page}");
        }
    }

    #[test]
    fn a_page_is_read_in_a_time_that_grows_with_its_length() {
        for part in
            ["<!--", "<!-", "--", "<meta ", "<meta a", "<meta a='", "<", "</", "</script", "<script>", "<script></scrip", "<template>", "<meta a=b ", "- - "]
        {
            for begin in ["", "<head>", "<!--", "<script>", "<meta "] {
                tags(&format!("{begin}{}", part.repeat(100_000)));
            }
        }
    }
}
