//! Compresses with brotli what gains by it.

use std::io::Write;

/// Log2 of the window: 4 MiB, larger than any file here.
const WINDOW: u32 = 22;
const BUFFER: usize = 64 * 1024;

/// Whether files of this kind are worth compressing; fonts and pictures already are.
pub fn compressible(file: &str) -> bool {
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(extension, "css" | "html" | "js" | "json" | "svg" | "txt" | "wasm" | "webmanifest" | "xml")
}

/// The brotli form of `content`, or nothing when it is no smaller.
pub fn brotli(content: &[u8], quality: u8) -> std::io::Result<Option<Vec<u8>>> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, BUFFER, u32::from(quality), WINDOW);
    writer.write_all(content)?;
    writer.flush()?;
    drop(writer);
    Ok((compressed.len() < content.len()).then_some(compressed))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_compressed_reads_back_the_same() {
        let content = "body { color: red }\n".repeat(500);
        let compressed = brotli(content.as_bytes(), 11).unwrap().unwrap();
        assert!(compressed.len() < 100);
        let mut back = String::new();
        brotli::Decompressor::new(compressed.as_slice(), BUFFER).read_to_string(&mut back).unwrap();
        assert_eq!(back, content);
    }

    #[test]
    fn what_gains_nothing_is_left_alone() {
        assert_eq!(brotli(b"x", 11).unwrap(), None);
    }

    #[test]
    fn fonts_and_pictures_are_compressed_already() {
        assert!(compressible("rolecall.0011.wasm"));
        assert!(compressible("favicon.svg"));
        assert!(!compressible("inter-latin.woff2"));
        assert!(!compressible("photo.png"));
        assert!(!compressible("LICENSE"));
    }
}
