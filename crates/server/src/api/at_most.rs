//! Lists in bodies that may not be longer than so much: reading stops at the first too many, before the rest takes memory.

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, SeqAccess, Visitor},
};
use std::{fmt, marker::PhantomData};

/// A list of up to `N`.
struct AtMost<T, const N: usize>(Vec<T>);

struct Items<T, const N: usize>(PhantomData<T>);

/// For `#[serde(deserialize_with = "at_most::<_, _, 500>")]`.
pub fn at_most<'de, D: Deserializer<'de>, T: Deserialize<'de>, const N: usize>(from: D) -> Result<Vec<T>, D::Error> {
    AtMost::<T, N>::deserialize(from).map(|AtMost(items)| items)
}

/// The same of a list that may be missing; the field has a default.
pub fn maybe_at_most<'de, D: Deserializer<'de>, T: Deserialize<'de>, const N: usize>(from: D) -> Result<Option<Vec<T>>, D::Error> {
    Option::<AtMost<T, N>>::deserialize(from).map(|list| list.map(|AtMost(items)| items))
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for AtMost<T, N> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(Items(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Items<T, N> {
    type Value = AtMost<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {N}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while items.len() < N {
            match all.next_element()? {
                Some(item) => items.push(item),
                None => return Ok(AtMost(items)),
            }
        }
        match all.next_element::<IgnoredAny>()? {
            Some(_) => Err(A::Error::custom(format_args!("more than {N} are too many at once; send at most {N}"))),
            None => Ok(AtMost(items)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Lists {
        #[serde(deserialize_with = "at_most::<_, _, 2>")]
        few: Vec<String>,
        #[serde(default, deserialize_with = "maybe_at_most::<_, _, 1>")]
        more: Option<Vec<u32>>,
    }

    fn read(text: &str) -> Result<(usize, Option<usize>), String> {
        serde_json::from_str::<Lists>(text).map(|lists| (lists.few.len(), lists.more.map(|more| more.len()))).map_err(|error| error.to_string())
    }

    #[test]
    fn a_list_ends_where_too_many_stand() {
        assert_eq!(read(r#"{"few": ["a", "b"]}"#), Ok((2, None)));
        assert_eq!(read(r#"{"few": [], "more": [1]}"#), Ok((0, Some(1))));
        assert_eq!(read(r#"{"few": [], "more": null}"#), Ok((0, None)));
        for (text, words) in [
            // what stands behind is not looked at: it is no text
            (r#"{"few": ["a", "b", 3, {"#, "more than 2 are too many at once"),
            (r#"{"few": [], "more": [1, 2]}"#, "send at most 1"),
            (r#"{"few": "a"}"#, "expected a list of at most 2"),
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.contains(words), "{refused}");
        }
    }
}
