//! Joins the style files in the order that the main one imports them, and drops what only people read.

use std::path::{Path, PathBuf};

use crate::BundleError;

/// The styles below `main` as one text: imports inlined, in order.
pub fn join(main: &Path) -> Result<String, BundleError> {
    let mut text = String::new();
    append(main, &mut Vec::new(), &mut text)?;
    Ok(text)
}

/// Writes the joined styles to `out`, and only when they changed, so that a watcher is not woken for nothing.
pub fn write_plain(main: &Path, out: &Path) -> Result<(), BundleError> {
    let text = join(main)?;
    if std::fs::read_to_string(out).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder).map_err(BundleError::write(folder))?;
    }
    std::fs::write(out, text).map_err(BundleError::write(out))
}

fn append(file: &Path, open: &mut Vec<PathBuf>, text: &mut String) -> Result<(), BundleError> {
    if open.iter().any(|path| path == file) {
        return Err(BundleError::StyleCycle(file.to_owned()));
    }
    open.push(file.to_owned());
    let source = std::fs::read_to_string(file).map_err(BundleError::read(file))?;
    for line in source.lines() {
        if line.trim_start().starts_with("@import") {
            let name = imported(line).ok_or_else(|| BundleError::StyleImport { path: file.to_owned(), line: line.trim().to_owned() })?;
            append(&file.with_file_name(name), open, text)?;
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    open.pop();
    Ok(())
}

/// The file that `@import "file.css";` names, a comment after it allowed.
fn imported(line: &str) -> Option<&str> {
    let quoted = line.trim().strip_prefix("@import")?.trim().strip_prefix('"')?;
    let (name, rest) = quoted.split_once('"')?;
    let rest = rest.trim().strip_prefix(';')?.trim();
    let nothing_more = rest.is_empty() || (rest.starts_with("/*") && rest.ends_with("*/"));
    (nothing_more && !name.contains("//")).then(|| name.trim_start_matches("./"))
}

/// Drops comments and needless white space; strings and what a space means (`a b`, `1px + 2px`) stay.
pub fn minify(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut characters = css.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '/' if characters.peek() == Some(&'*') => {
                characters.next();
                skip_comment(&mut characters);
                space(&mut out);
            }
            '"' | '\'' => {
                out.push(character);
                copy_string(character, &mut characters, &mut out);
            }
            _ if character.is_whitespace() => space(&mut out),
            '{' | '}' | ';' | ',' => {
                trim_space(&mut out);
                if character == '}' && out.ends_with(';') {
                    out.pop();
                }
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    trim_space(&mut out);
    out
}

/// One space, unless it stands where none is needed.
fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with([' ', '{', '}', ';', ',']) {
        out.push(' ');
    }
}

fn trim_space(out: &mut String) {
    if out.ends_with(' ') {
        out.pop();
    }
}

fn skip_comment(characters: &mut impl Iterator<Item = char>) {
    let mut last = ' ';
    for character in characters {
        if last == '*' && character == '/' {
            return;
        }
        last = character;
    }
}

fn copy_string(quote: char, characters: &mut impl Iterator<Item = char>, out: &mut String) {
    let mut escaped = false;
    for character in characters {
        out.push(character);
        if character == quote && !escaped {
            return;
        }
        escaped = character == '\\' && !escaped;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn imports_stand_where_they_are_named() {
        let folder = folder(&[("main.css", "@import \"one.css\"; /* first */\n@import \"./two.css\";\np{}\n"), ("one.css", "a{}\n"), ("two.css", "b{}\n")]);
        let text = join(&folder.path().join("main.css")).unwrap();
        assert_eq!(text, "a{}\nb{}\np{}\n");
    }

    #[test]
    fn a_cycle_is_refused() {
        let folder = folder(&[("main.css", "@import \"one.css\";\n"), ("one.css", "@import \"main.css\";\n")]);
        let error = join(&folder.path().join("main.css")).unwrap_err();
        assert!(error.to_string().ends_with("imports itself"));
    }

    #[test]
    fn an_import_from_elsewhere_is_refused() {
        for line in ["@import \"https://example.org/x.css\";", "@import url(x.css);", "@import \"x.css\" print;"] {
            let folder = folder(&[("main.css", line)]);
            let error = join(&folder.path().join("main.css")).unwrap_err();
            assert!(matches!(error, BundleError::StyleImport { .. }), "{line}");
        }
    }

    #[test]
    fn the_plain_file_is_written_only_when_it_changes() {
        let folder = folder(&[("main.css", "a{}\n")]);
        let main = folder.path().join("main.css");
        let out = folder.path().join("made/rolecall.css");
        write_plain(&main, &out).unwrap();
        let first = std::fs::metadata(&out).unwrap().modified().unwrap();
        write_plain(&main, &out).unwrap();
        assert_eq!(std::fs::metadata(&out).unwrap().modified().unwrap(), first);
        assert_eq!(std::fs::read_to_string(&out).unwrap(), "a{}\n");
    }

    #[test]
    fn white_space_and_comments_go() {
        check("a  ,\n b { color : red ; }\n/* x */\np {}", "a,b{color : red}p{}");
        check("a{}/* one */ /* two */b{}", "a{}b{}");
    }

    #[test]
    fn what_a_space_means_stays() {
        check(".a .b > c { width: calc(1px + 2px) }", ".a .b > c{width: calc(1px + 2px)}");
        check("a :hover{}", "a :hover{}");
        check("a/**/b{}", "a b{}");
    }

    #[test]
    fn strings_stay_as_they_are() {
        check(r#"a { content: "  /* x */ ; \" }" }"#, r#"a{content: "  /* x */ ; \" }"}"#);
        check("a { content: '  ' }", "a{content: '  '}");
    }

    fn check(css: &str, minified: &str) {
        assert_eq!(minify(css), minified);
    }
}
