//! Numbers and names as people read them.

pub use domain::number::{grouped, plural};

/// `3214` as `3.2k`, `10001` as `10k`: four letters at most below a billion, and not more than there are.
pub fn brief(number: u64) -> String {
    let (unit, letter) = match number {
        0..1_000 => return number.to_string(),
        1_000..1_000_000 => (1_000, 'k'),
        _ => (1_000_000, 'm'),
    };
    let whole = number / unit;
    if whole < 10 { format!("{whole}.{}{letter}", number % unit * 10 / unit) } else { format!("{whole}{letter}") }
}

/// As a word begins a line: `Tracking plans`.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The first letters of the first and last word: `AO` for Amara Okafor, `D` for an address.
pub(super) fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = letters.next();
    let last = if name.contains('@') { None } else { letters.next_back() };
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// One of twelve hues, the same for an id on every screen and every machine (FNV-1a).
pub(super) fn hue(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % 12
}

#[cfg(test)]
mod tests {
    use super::{brief, capital, hue, initials};

    #[test]
    fn a_brief_number_says_no_more_than_there_are() {
        assert_eq!([0, 999, 1_000, 3_299, 10_001, 999_999, 1_000_000].map(brief), ["0", "999", "1.0k", "3.2k", "10k", "999k", "1.0m"]);
    }

    #[test]
    fn a_line_begins_with_a_capital() {
        assert_eq!((capital("tracking plans").as_str(), capital("").as_str()), ("Tracking plans", ""));
    }

    #[test]
    fn initials_survive_any_name() {
        assert_eq!(initials("Amara Okafor"), "AO");
        assert_eq!(initials("Jean de la Tour"), "JT");
        assert_eq!(initials("dmitri@acme.test"), "D");
        assert_eq!(initials("ß"), "SS");
        assert_eq!(initials("🦀 crab"), "C");
        assert_eq!(initials("  "), "");
    }

    #[test]
    fn a_hue_is_stable_and_one_of_twelve() {
        assert_eq!(hue("member-1"), hue("member-1"));
        assert!((0..500).all(|n| hue(&format!("member-{n}")) < 12));
    }
}
