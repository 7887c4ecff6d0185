//! Chance: keys that never come twice, and pauses that are never the same for all.

use std::{fmt::Write as _, time::Duration};

/// A key under which a write happens once.
pub(crate) fn key() -> String {
    let mut bytes = [0; 16];
    fill(&mut bytes);
    bytes.iter().fold(String::with_capacity(32), |mut text, byte| {
        // a string takes whatever is written
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Between a half of this and the whole.
pub(crate) fn about(most: Duration) -> Duration {
    let mut bytes = [0; 4];
    fill(&mut bytes);
    let share = f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX);
    most.mul_f64(0.5 + share / 2.0)
}

fn fill(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        // where the system has no chance to give, time and place are different enough
        let here = std::ptr::from_ref(bytes).addr();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        for (byte, other) in bytes.iter_mut().zip((now ^ here as u128).to_be_bytes().iter().rev()) {
            *byte = *other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_pauses_stay_within_bounds() {
        assert!(key().len() == 32 && key() != key());
        let pause = about(Duration::from_secs(2));
        assert!(pause >= Duration::from_secs(1) && pause <= Duration::from_secs(2), "{pause:?}");
    }
}
