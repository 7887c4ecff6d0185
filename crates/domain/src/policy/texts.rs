//! What things are called outside: finds a number by its text, such as a member by the address or a resource by the product's id.
//!
//! The texts lie one behind the other, and beside each number where its own begins: some forty bytes for a name, with its place in the table.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

const EMPTY: u32 = u32::MAX;
const LEAST: usize = 8;
/// So many bytes of texts that nobody has any more are borne with, beside as many as are in use.
const SLACK: usize = 4_096;

/// Where a number's text lies. A number without one has none of this length.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    from: u32,
    len: u16,
    /// What it is a name among, so that one text can stand for several things.
    among: u16,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    /// By hash: the number, or `EMPTY`. Its length is a power of two.
    places: Vec<u32>,
    /// By place: a piece of the hash that the place does not tell. Where it is another, the text is too and need not be fetched from afar.
    marks: Vec<u8>,
    entries: Vec<Entry>,
    texts: String,
    named: usize,
    /// Bytes of `texts` that belong to nobody.
    lost: usize,
    /// Texts come from outside: nobody may know which of them collide.
    hasher: RandomState,
}

impl Texts {
    pub fn find(&self, among: u16, text: &str) -> Option<u32> {
        let (mut place, mark) = self.home(among, text)?;
        loop {
            let number = self.places[place];
            if number == EMPTY {
                return None;
            }
            if self.marks[place] == mark && self.entries[number as usize].among == among && self.text(number) == text {
                return Some(number);
            }
            place = self.after(place);
        }
    }

    /// Calls the number so, and no longer as it was called. Texts of more than 64 KiB, and none, are nobody's.
    pub fn put(&mut self, number: u32, among: u16, text: &str) {
        if self.entries.get(number as usize).is_some_and(|entry| entry.among == among) && self.text(number) == text {
            return;
        }
        self.remove(number);
        let (Ok(from), Ok(len)) = (u32::try_from(self.texts.len()), u16::try_from(text.len())) else { return };
        if len == 0 {
            return;
        }
        let index = number as usize;
        if index >= self.entries.len() {
            self.entries.resize(index + 1, Entry::default());
        }
        self.texts.push_str(text);
        self.entries[index] = Entry { from, len, among };
        self.named += 1;
        if self.named * 10 > self.places.len() * 7 {
            self.grow();
        } else {
            self.seat(number);
        }
    }

    /// The number has no name from here on.
    pub fn remove(&mut self, number: u32) {
        let Some(entry) = self.entries.get(number as usize).copied().filter(|entry| entry.len > 0) else { return };
        let Some((mut hole, _)) = self.home(entry.among, self.text(number)) else { return };
        while self.places[hole] != number {
            if self.places[hole] == EMPTY {
                return;
            }
            hole = self.after(hole);
        }
        // who was pushed on by the one that leaves moves back, so that no search ends at the hole too soon
        let mask = self.places.len() - 1;
        let mut next = self.after(hole);
        while self.places[next] != EMPTY {
            let other = self.places[next];
            let home = self.home(self.entries[other as usize].among, self.text(other)).map_or(next, |(home, _)| home);
            if (next.wrapping_sub(home) & mask) >= (next.wrapping_sub(hole) & mask) {
                (self.places[hole], self.marks[hole]) = (other, self.marks[next]);
                hole = next;
            }
            next = self.after(next);
        }
        self.places[hole] = EMPTY;
        self.entries[number as usize] = Entry::default();
        self.named -= 1;
        self.lost += usize::from(entry.len);
        if self.lost > self.texts.len() / 2 + SLACK {
            self.tidy();
        }
    }

    pub const fn bytes(&self) -> usize {
        self.places.capacity() * (size_of::<u32>() + size_of::<u8>()) + self.entries.capacity() * size_of::<Entry>() + self.texts.capacity()
    }

    fn text(&self, number: u32) -> &str {
        let Entry { from, len, .. } = self.entries[number as usize];
        &self.texts[from as usize..from as usize + usize::from(len)]
    }

    /// Where the search for it begins, and its mark.
    fn home(&self, among: u16, text: &str) -> Option<(usize, u8)> {
        let mask = self.places.len().checked_sub(1)?;
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u16(among);
        hasher.write(text.as_bytes());
        // the low bits are as good as the high ones
        let hash = hasher.finish();
        let [mark, ..] = hash.to_be_bytes();
        Some((hash as usize & mask, mark))
    }

    const fn after(&self, place: usize) -> usize {
        (place + 1) & (self.places.len() - 1)
    }

    fn seat(&mut self, number: u32) {
        let Some((mut place, mark)) = self.home(self.entries[number as usize].among, self.text(number)) else { return };
        while self.places[place] != EMPTY {
            place = self.after(place);
        }
        (self.places[place], self.marks[place]) = (number, mark);
    }

    fn grow(&mut self) {
        let length = (self.places.len() * 2).max(LEAST);
        (self.places, self.marks) = (vec![EMPTY; length], vec![0; length]);
        for index in 0..self.entries.len() {
            if self.entries[index].len > 0
                && let Ok(number) = u32::try_from(index)
            {
                self.seat(number);
            }
        }
    }

    /// Lays the texts close together again; nobody moves in the table.
    fn tidy(&mut self) {
        let mut texts = String::with_capacity(self.texts.len() - self.lost);
        for entry in self.entries.iter_mut().filter(|entry| entry.len > 0) {
            let text = &self.texts[entry.from as usize..entry.from as usize + usize::from(entry.len)];
            // shorter than what it was read from, whose length fits
            entry.from = u32::try_from(texts.len()).unwrap_or(u32::MAX);
            texts.push_str(text);
        }
        (self.texts, self.lost) = (texts, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn agrees_with_a_map_through_coming_going_and_other_names() {
        let mut texts = Texts::default();
        let mut known: HashMap<u32, (u16, String)> = HashMap::new();
        let mut random = 7_u64;
        for _ in 0..30_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let number = u32::try_from(random >> 56).unwrap();
            let (among, text) = (u16::try_from((random >> 40) & 1).unwrap(), format!("name-{}", (random >> 24) & 0x3ff));
            let taken = known.iter().any(|(other, name)| *other != number && *name == (among, text.clone()));
            if (random >> 20) & 3 == 0 || taken {
                texts.remove(number);
                known.remove(&number);
            } else {
                texts.put(number, among, &text);
                known.insert(number, (among, text));
            }
            assert_eq!(texts.named, known.len());
        }
        for (number, (among, text)) in &known {
            assert_eq!(texts.find(*among, text), Some(*number));
        }
        for text in (0..0x400).map(|n| format!("name-{n}")) {
            for among in [0, 1] {
                let found = known.iter().find(|(_, name)| **name == (among, text.clone())).map(|(number, _)| *number);
                assert_eq!(texts.find(among, &text), found);
            }
        }
        assert!(texts.texts.len() <= texts.named * 9 * 2 + 3 * SLACK, "{} bytes for {} names", texts.texts.len(), texts.named);
    }

    #[test]
    fn two_may_have_one_name_for_a_moment() {
        let mut texts = Texts::default();
        assert_eq!(texts.find(0, "a"), None);
        texts.put(1, 0, "a");
        texts.put(2, 0, "a");
        texts.put(1, 0, "b");
        assert_eq!((texts.find(0, "a"), texts.find(0, "b")), (Some(2), Some(1)));
        texts.remove(2);
        texts.put(3, 0, "");
        assert_eq!((texts.find(0, "a"), texts.find(0, "")), (None, None));
    }
}
