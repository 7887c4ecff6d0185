//! A set of numbers in the order of the ids they stand for: in sixteen bytes while it is small, in pieces once it is large.
//!
//! Adding, taking out and beginning in the middle cost the same whatever its size, so that lists can be read page by page.

use uuid::Uuid;

/// By what a set is ordered: the kind of thing, then its id.
pub(super) type Key = (u8, Uuid);
/// The key that a number stands for. The same function is passed to every call on one set.
pub(super) type KeyOf<'a> = &'a dyn Fn(u32) -> Key;

const INLINE: usize = 3;
const PIECE: usize = 256;

#[derive(Clone, Debug)]
#[expect(clippy::box_collection, reason = "a vector is 24 bytes, and there are millions of sets")]
pub(super) enum Set {
    Few {
        len: u8,
        numbers: [u32; INLINE],
    },
    Flat(Box<Vec<u32>>),
    /// No piece is empty.
    Tall(Box<Vec<Vec<u32>>>),
}

impl Default for Set {
    fn default() -> Self {
        Self::Few { len: 0, numbers: [0; INLINE] }
    }
}

impl Set {
    pub fn is_empty(&self) -> bool {
        self.piece(0).is_empty()
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Few { len, .. } => usize::from(*len),
            Self::Flat(numbers) => numbers.len(),
            Self::Tall(pieces) => pieces.iter().map(Vec::len).sum(),
        }
    }

    pub fn contains(&self, number: u32, key_of: KeyOf<'_>) -> bool {
        match self {
            Self::Few { len, numbers } => numbers[..usize::from(*len)].contains(&number),
            Self::Flat(numbers) if numbers.len() <= 16 => numbers.contains(&number),
            Self::Flat(_) | Self::Tall(_) => self.place(&key_of(number), key_of).2,
        }
    }

    /// Whether it is new.
    pub fn insert(&mut self, number: u32, key_of: KeyOf<'_>) -> bool {
        let (piece, at, found) = self.place(&key_of(number), key_of);
        if found {
            return false;
        }
        match self {
            Self::Few { len, numbers } => {
                let used = usize::from(*len);
                if used < INLINE {
                    numbers.copy_within(at..used, at + 1);
                    numbers[at] = number;
                    *len += 1;
                } else {
                    let mut flat = Vec::with_capacity(INLINE + 1);
                    flat.extend_from_slice(&numbers[..at]);
                    flat.push(number);
                    flat.extend_from_slice(&numbers[at..]);
                    *self = Self::Flat(Box::new(flat));
                }
            }
            Self::Flat(numbers) => {
                make_room(numbers);
                numbers.insert(at, number);
                if numbers.len() > PIECE {
                    let rest = numbers.split_off(PIECE / 2);
                    let first = std::mem::take(&mut **numbers);
                    *self = Self::Tall(Box::new(vec![first, rest]));
                }
            }
            Self::Tall(pieces) => {
                make_room(&mut pieces[piece]);
                pieces[piece].insert(at, number);
                if pieces[piece].len() > PIECE {
                    // ids come in the order of their time: a piece that grows at the end stays full
                    let cut = if piece + 1 == pieces.len() { PIECE } else { PIECE / 2 };
                    let rest = pieces[piece].split_off(cut);
                    pieces.insert(piece + 1, rest);
                }
            }
        }
        true
    }

    /// Whether it was there.
    pub fn remove(&mut self, number: u32, key_of: KeyOf<'_>) -> bool {
        let (piece, at, found) = self.place(&key_of(number), key_of);
        if !found {
            return false;
        }
        let left = match self {
            Self::Few { len, numbers } => {
                numbers.copy_within(at + 1.., at);
                *len -= 1;
                usize::from(*len)
            }
            Self::Flat(numbers) => {
                numbers.remove(at);
                numbers.len()
            }
            Self::Tall(pieces) => {
                pieces[piece].remove(at);
                if pieces[piece].is_empty() {
                    pieces.remove(piece);
                }
                pieces.len()
            }
        };
        if left == 0 {
            *self = Self::default();
        }
        true
    }

    /// In order, from the first behind this key.
    pub fn after(&self, key: Option<Key>, key_of: KeyOf<'_>) -> Iter<'_> {
        let (piece, at) = key.map_or((0, 0), |key| {
            let (piece, at, found) = self.place(&key, key_of);
            (piece, at + usize::from(found))
        });
        Iter { set: self, piece, at }
    }

    pub const fn iter(&self) -> Iter<'_> {
        Iter { set: self, piece: 0, at: 0 }
    }

    /// What it holds beyond its own sixteen bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Few { .. } => 0,
            Self::Flat(numbers) => size_of::<Vec<u32>>() + numbers.capacity() * 4,
            Self::Tall(pieces) => {
                let inside: usize = pieces.iter().map(|piece| piece.capacity() * 4).sum();
                (1 + pieces.capacity()) * size_of::<Vec<u32>>() + inside
            }
        }
    }

    fn piece(&self, index: usize) -> &[u32] {
        match self {
            Self::Few { len, numbers } if index == 0 => &numbers[..usize::from(*len)],
            Self::Flat(numbers) if index == 0 => numbers,
            Self::Few { .. } | Self::Flat(_) => &[],
            Self::Tall(pieces) => pieces.get(index).map_or(&[], Vec::as_slice),
        }
    }

    /// In which piece, where in it, and whether it is there.
    fn place(&self, key: &Key, key_of: KeyOf<'_>) -> (usize, usize, bool) {
        let piece = match self {
            Self::Few { .. } | Self::Flat(_) => 0,
            Self::Tall(pieces) => pieces.partition_point(|piece| piece.first().is_some_and(|first| key_of(*first) <= *key)).saturating_sub(1),
        };
        match self.piece(piece).binary_search_by(|number| key_of(*number).cmp(key)) {
            Ok(at) => (piece, at, true),
            Err(at) => (piece, at, false),
        }
    }
}

/// Grows by a quarter, not to the double: there are many sets, and most stay as they are.
fn make_room(numbers: &mut Vec<u32>) {
    if numbers.len() == numbers.capacity() {
        numbers.reserve_exact((numbers.len() / 4).max(2));
    }
}

#[derive(Clone)]
pub(super) struct Iter<'a> {
    set: &'a Set,
    piece: usize,
    at: usize,
}

impl Iterator for Iter<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            let piece = self.set.piece(self.piece);
            if let Some(number) = piece.get(self.at) {
                self.at += 1;
                return Some(*number);
            }
            if piece.is_empty() {
                return None;
            }
            self.piece += 1;
            self.at = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The order of the keys is not that of the numbers.
    fn key(number: u32) -> Key {
        (u8::from(number % 2 == 1), Uuid::from_u128(u128::from(number.wrapping_mul(2_654_435_761))))
    }

    #[test]
    fn agrees_with_a_tree_at_every_size() {
        for span in [3, 20, 400, 5_000] {
            let mut set = Set::default();
            let mut tree: BTreeSet<(Key, u32)> = BTreeSet::new();
            let mut random = 3_u64;
            for _ in 0..span * 6 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let number = u32::try_from((random >> 33) % u64::from(span)).unwrap();
                if !(random >> 20).is_multiple_of(3) {
                    assert_eq!(set.insert(number, &key), tree.insert((key(number), number)));
                } else {
                    assert_eq!(set.remove(number, &key), tree.remove(&(key(number), number)));
                }
                assert_eq!(set.contains(number, &key), tree.contains(&(key(number), number)));
            }
            assert!(set.iter().eq(tree.iter().map(|(_, number)| *number)));
            assert_eq!((set.len(), set.is_empty()), (tree.len(), tree.is_empty()));
            for number in 0..span.min(500) {
                let behind: Vec<u32> = tree.iter().filter(|(at, _)| *at > key(number)).map(|(_, number)| *number).collect();
                assert_eq!(set.after(Some(key(number)), &key).collect::<Vec<_>>(), behind);
            }
            for number in 0..span {
                set.remove(number, &key);
            }
            assert!(set.is_empty() && set.bytes() == 0);
        }
    }

    #[test]
    fn is_small() {
        assert_eq!(size_of::<Set>(), 16);
    }
}
