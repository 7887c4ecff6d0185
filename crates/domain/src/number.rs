//! Numbers as people read them.

/// `3214` as `3,214`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 source`, `4 sources`.
#[must_use]
pub fn plural(number: u64, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{} {word}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(3_214), "3,214");
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(plural(1, "source", "sources"), "1 source");
        assert_eq!(plural(1_200, "source", "sources"), "1,200 sources");
    }
}
