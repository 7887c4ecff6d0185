//! Gives every id of one kind a small number, and finds it again: an open table of numbers beside the ids themselves.
//!
//! Four bytes a place instead of a map's twenty. Ids are made by the server (RFC 9562, version 7), so nobody outside can choose
//! them to collide, and a multiplication is hash enough.

use uuid::Uuid;

const EMPTY: u32 = u32::MAX;
const LEAST: usize = 8;

#[derive(Clone, Debug, Default)]
pub(super) struct Ids {
    /// By hash: the number, or `EMPTY`. Its length is a power of two.
    places: Vec<u32>,
    /// By number. That of a freed number stays until it is used anew.
    ids: Vec<Uuid>,
    free: Vec<u32>,
}

impl Ids {
    pub fn find(&self, id: Uuid) -> Option<u32> {
        if self.places.is_empty() {
            return None;
        }
        let mut place = self.home(id);
        loop {
            let number = self.places[place];
            if number == EMPTY {
                return None;
            }
            if self.ids[number as usize] == id {
                return Some(number);
            }
            place = self.after(place);
        }
    }

    /// The number of this id, a new one where it has none.
    pub fn intern(&mut self, id: Uuid) -> u32 {
        if let Some(number) = self.find(id) {
            return number;
        }
        if (self.len() + 1) * 10 > self.places.len() * 7 {
            self.grow();
        }
        let number = if let Some(number) = self.free.pop() {
            self.ids[number as usize] = id;
            number
        } else {
            self.ids.push(id);
            u32::try_from(self.ids.len() - 1).unwrap_or(EMPTY)
        };
        self.seat(number);
        number
    }

    /// Forgets it; its number goes to the next new id.
    pub fn release(&mut self, number: u32) {
        let mut hole = self.home(self.at(number));
        while self.places[hole] != number {
            if self.places[hole] == EMPTY {
                return;
            }
            hole = self.after(hole);
        }
        // who was pushed on by the one that leaves moves back, so that no search ends at the hole too soon
        let mut next = self.after(hole);
        while self.places[next] != EMPTY {
            let home = self.home(self.at(self.places[next]));
            let mask = self.places.len() - 1;
            if (next.wrapping_sub(home) & mask) >= (next.wrapping_sub(hole) & mask) {
                self.places[hole] = self.places[next];
                hole = next;
            }
            next = self.after(next);
        }
        self.places[hole] = EMPTY;
        self.free.push(number);
    }

    pub fn at(&self, number: u32) -> Uuid {
        self.ids[number as usize]
    }

    pub const fn len(&self) -> usize {
        self.ids.len() - self.free.len()
    }

    pub const fn bytes(&self) -> usize {
        (self.places.capacity() + self.free.capacity()) * size_of::<u32>() + self.ids.capacity() * size_of::<Uuid>()
    }

    fn home(&self, id: Uuid) -> usize {
        let (high, low) = id.as_u64_pair();
        let product = u128::from(high ^ 0x9e37_79b9_7f4a_7c15) * u128::from(low ^ 0xd1b5_4a32_d192_ed03);
        ((product >> 64) as usize ^ product as usize) & (self.places.len() - 1)
    }

    const fn after(&self, place: usize) -> usize {
        (place + 1) & (self.places.len() - 1)
    }

    fn seat(&mut self, number: u32) {
        let mut place = self.home(self.at(number));
        while self.places[place] != EMPTY {
            place = self.after(place);
        }
        self.places[place] = number;
    }

    fn grow(&mut self) {
        let seated = std::mem::take(&mut self.places);
        self.places = vec![EMPTY; (seated.len() * 2).max(LEAST)];
        for number in seated.into_iter().filter(|number| *number != EMPTY) {
            self.seat(number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn agrees_with_a_map_through_coming_and_going() {
        let mut ids = Ids::default();
        let mut known: HashMap<Uuid, u32> = HashMap::new();
        let mut random = 7_u64;
        for _ in 0..20_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let id = Uuid::from_u128(u128::from(random >> 56));
            if (random >> 20) & 1 == 0 {
                let number = ids.intern(id);
                assert_eq!(*known.entry(id).or_insert(number), number);
            } else if let Some(number) = known.remove(&id) {
                ids.release(number);
            }
            assert_eq!(ids.len(), known.len());
        }
        for n in 0..256 {
            let id = Uuid::from_u128(n);
            assert_eq!(ids.find(id), known.get(&id).copied());
        }
    }
}
