//! The words of the JSON reader, `invites[0].email: invalid type…`, in their parts.

/// The field where reading stopped, where it is known, and what is wrong there.
pub fn parts(words: &str) -> (Option<String>, &str) {
    let said = words.split_once("target type: ").map_or(words, |(_, said)| said);
    let said = said.split_once(" at line ").map_or(said, |(said, _)| said);
    let (place, said) = said.split_once(": ").filter(|(place, _)| !place.contains(' ')).unwrap_or(("", said));
    let missing = said.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let parts: Vec<&str> = [Some(place), missing].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (Some(parts.join(".")).filter(|field| !field.is_empty()), said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_told_where_reading_stopped() {
        let field = |words: &str| parts(words).0;
        let head = "Failed to deserialize the JSON body into the target type: ";
        assert_eq!(field(&format!("{head}missing field `name` at line 1 column 2")).as_deref(), Some("name"));
        assert_eq!(field(&format!("{head}permissions[0]: missing field `roleId` at line 1 column 20")).as_deref(), Some("permissions[0].roleId"));
        assert_eq!(field(&format!("{head}emails[1]: invalid type: integer `4`, expected a string at line 1 column 9")).as_deref(), Some("emails[1]"));
        assert_eq!(field(&format!("{head}emails: more than 500 are too many at once; send at most 500 at line 1 column 9")).as_deref(), Some("emails"));
        assert_eq!(field(&format!("{head}invalid type: sequence, expected struct X at line 1 column 9")), None);
    }
}
