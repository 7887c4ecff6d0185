//! Signed answers, changed at each place and shuffled: whatever comes of it is refused, or says the same as before.

use crate::saml_message::{Answer, EVIL, judged};
use std::ops::Range;

/// The answer, in both ways to sign it, with an evil name beside it that anything might be taken from.
fn signed() -> [String; 2] {
    let right = Answer {
        rest: format!(
            "{}<saml:AttributeStatement><saml:Attribute Name=\"note\"><saml:AttributeValue>{EVIL}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>",
            Answer::right().rest
        ),
        ..Answer::right()
    };
    [right.signed(), right.signed_whole()]
}

#[test]
fn no_changed_character_makes_another_identity() {
    for xml in signed() {
        let right = judged(&xml).unwrap();
        let mut accepted = 0;
        for place in 0..xml.len() {
            for put in ["x", " ", "<"] {
                let changed = format!("{}{put}{}", &xml[..place], &xml[place + 1..]);
                if let Ok(identity) = judged(&changed) {
                    assert_eq!(identity, right, "{changed}");
                    accepted += 1;
                }
            }
        }
        // some white space may be another's, and the certificate that is not believed may read as it likes
        assert!(accepted < xml.len() * 3 / 2, "{accepted} of {}", xml.len() * 3);
    }
}

#[test]
fn no_element_that_is_moved_or_doubled_makes_another_identity() {
    let mut chance = Chance(20_261_128);
    for xml in signed() {
        let right = judged(&xml).unwrap();
        let elements = elements(&xml);
        for _ in 0..1_500 {
            let (from, to) = (chance.one_of(&elements), chance.one_of(&elements));
            let part = &xml[from.clone()];
            let place = if chance.next().is_multiple_of(2) { to.start } else { to.end };
            let doubled = format!("{}{part}{}", &xml[..place], &xml[place..]);
            let replaced = format!("{}{part}{}", &xml[..to.start], &xml[to.end..]);
            let removed = format!("{}{}", &xml[..from.start], &xml[from.end..]);
            let renamed = doubled.replacen("ID=\"_assertion\"", "ID=\"_other\"", 1);
            for changed in [doubled, replaced, removed, renamed] {
                if let Ok(identity) = judged(&changed) {
                    assert_eq!(identity, right, "{changed}");
                }
            }
        }
    }
}

fn elements(xml: &str) -> Vec<Range<usize>> {
    let document = roxmltree::Document::parse(xml).unwrap();
    document.descendants().filter(roxmltree::Node::is_element).map(|node| node.range()).collect()
}

/// The same numbers each time (xorshift).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap()
    }

    fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let place = self.next() % list.len();
        &list[place]
    }
}
