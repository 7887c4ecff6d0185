//! Names of people who don't exist, from many places, some of them hard for screens and spreadsheets.

use super::Dice;
use domain::{email::EmailAddress, failure::Failure, text::PersonName};

const FIRST: [&str; 48] = [
    "Amara", "Bastien", "Chiyo", "Dmitri", "Elena", "Farid", "Greta", "Hao", "Ines", "Jonas", "Keiko", "Luca", "Mei", "Nadia", "Oskar", "Priya", "Quentin",
    "Rosa", "Sofia", "Tariq", "Uma", "Viktor", "Wanda", "Ximena", "Yusuf", "Zora", "Aiko", "Bilal", "Carmen", "Davide", "Esra", "Fiona", "Goran", "Hana",
    "Ivan", "Joana", "Kwame", "Leila", "Mateo", "Nils", "Olga", "Pedro", "Ravi", "Saga", "Tomás", "Ulla", "Vera", "Zoë",
];

const LAST: [&str; 48] = [
    "Okafor",
    "Leroy",
    "Tanaka",
    "Volkov",
    "Ruiz",
    "Haddad",
    "Lindqvist",
    "Chen",
    "Moreau",
    "Weber",
    "Sato",
    "Rossi",
    "Wang",
    "Petrova",
    "Nilsson",
    "Sharma",
    "Dubois",
    "García",
    "Costa",
    "Aziz",
    "Patel",
    "Novak",
    "Kowalska",
    "Torres",
    "Demir",
    "Mbeki",
    "Ito",
    "Khan",
    "Vega",
    "Bianchi",
    "Yılmaz",
    "Murphy",
    "Horvat",
    "Kim",
    "Popov",
    "Silva",
    "Mensah",
    "Rahimi",
    "Herrera",
    "Berg",
    "Sokolova",
    "Santos",
    "Iyer",
    "Holm",
    "Müller",
    "Hansen",
    "Jansen",
    "O’Brien",
];

/// The `n`th person: the same for the same dice, with an address that no other has.
pub(super) fn person(dice: &mut Dice, n: usize, domain: &str) -> Result<(PersonName, EmailAddress), Failure> {
    let first = dice.pick(&FIRST).copied().unwrap_or("Amara");
    let last = dice.pick(&LAST).copied().unwrap_or("Okafor");
    named(&format!("{first} {last}"), &format!("{}.{}.{n}@{domain}", plain(first), plain(last)))
}

pub(super) fn named(name: &str, email: &str) -> Result<(PersonName, EmailAddress), Failure> {
    let name = PersonName::parse(name).map_err(|error| Failure::field("name", error))?;
    let email = EmailAddress::parse(email).map_err(|error| Failure::field("email", error))?;
    Ok((name, email))
}

/// A name as an address can hold it.
fn plain(name: &str) -> String {
    let ascii: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    if ascii.is_empty() { "person".to_owned() } else { ascii }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_come_out_the_same_and_with_addresses_of_their_own() {
        let all = |seed| (0..500).map(|n| person(&mut Dice(seed + n as u64), n, "acme.test").unwrap()).collect::<Vec<_>>();
        assert_eq!(all(7), all(7));
        let addresses: std::collections::BTreeSet<_> = all(7).into_iter().map(|(_, email)| email).collect();
        assert_eq!(addresses.len(), 500);
    }
}
