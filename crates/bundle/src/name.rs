//! Names a file after its content, so that browsers may keep it for ever.

use sha2::{Digest, Sha256};

/// The first 64 bits of the content's SHA-256, in hexadecimal: 16 characters.
pub fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// `inter-latin.woff2` becomes `inter-latin.<hash>.woff2`.
pub fn hashed(file: &str, content: &[u8]) -> String {
    let hash = hash(content);
    match file.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{file}.{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_stands_before_the_last_extension() {
        assert_eq!(hashed("a.b.css", b""), "a.b.e3b0c44298fc1c14.css");
        assert_eq!(hashed("plain", b""), "plain.e3b0c44298fc1c14");
    }

    #[test]
    fn other_content_has_another_name() {
        assert_ne!(hashed("rolecall.js", b"one"), hashed("rolecall.js", b"two"));
        assert_eq!(hashed("rolecall.js", b"one"), hashed("rolecall.js", b"one"));
    }
}
