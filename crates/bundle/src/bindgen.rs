//! Gives the compiled browser half its JavaScript, with wasm-bindgen as a library so that its version is always the locked one.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use crate::BundleError;

/// Writes `NAME.js`, `NAME_bg.wasm` and any `snippets/` into `out`.
///
/// What the linker exported stays, since the parts that are loaded later import it. Functions keep their names, for `snip` and for the order
/// they are put in. The script gets no default path to the wasm: the page names it, since its name carries a hash.
pub fn generate(wasm: &Path, name: &str, out: &Path) -> Result<(), BundleError> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name(name)
        .typescript(false)
        .omit_default_module_path(true)
        .keep_lld_exports(true)
        .remove_name_section(false)
        .remove_producers_section(true);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(out)).map_err(|error| BundleError::Bindgen(format!("{error:#}")))
}
