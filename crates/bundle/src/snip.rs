//! Takes out of the browser half what only lazily loaded routes would call.
//!
//! Every erased view carries a pointer to an asynchronous twin of its hydration, which keeps a good part of the code alive though this
//! console hydrates at once and never calls one. Leptos 0.9 leaves them out by itself; until then the twins are emptied here, and what
//! only they called goes with them. A browser half that does hydrate lazily is left as it is.
//!
//! Likewise what writes fractions as text: serde's messages keep it alive, and nothing here shows a fraction (a tidy test holds that).
//! It is 5 KB of what everybody loads first. Should a fraction be written all the same, nothing stands in its place.

use std::path::{Path, PathBuf};

use walrus::{FunctionBuilder, FunctionId, FunctionKind, InstrSeqBuilder, Module, ModuleConfig, ValType, passes};

use crate::BundleError;

/// In the names of functions, whether mangled or as wasm-bindgen writes them.
const TWIN: [&str; 2] = ["into_any", "hydrate_async"];
const CALLS_TWINS: &str = "hydrate_lazy";
const FRACTIONS: &str = "float_to_decimal_common";

/// Rewrites `main` and the `parts` that are loaded later in place; names stay where somebody after this needs them.
pub fn unused_hydration(main: &Path, parts: &[PathBuf], keep_names: bool) -> Result<(), BundleError> {
    let mut modules = std::iter::once(main).chain(parts.iter().map(PathBuf::as_path)).map(|path| read(path, keep_names)).collect::<Result<Vec<_>, _>>()?;
    let lazy = modules.iter().any(|(_, module)| !named(module, &[CALLS_TWINS]).is_empty());
    for (path, module) in &mut modules {
        if !lazy {
            empty_twins(module);
        }
        leave_fractions_out(module);
        module.emit_wasm_file(path).map_err(failed)?;
    }
    Ok(())
}

fn read(path: &Path, keep_names: bool) -> Result<(&Path, Module), BundleError> {
    let module = ModuleConfig::new().generate_producers_section(false).generate_name_section(keep_names).parse_file(path).map_err(failed)?;
    Ok((path, module))
}

fn failed(error: impl std::fmt::Display) -> BundleError {
    BundleError::Snip(format!("{error:#}"))
}

/// The functions whose names have all of these in them.
fn named(module: &Module, parts: &[&str]) -> Vec<FunctionId> {
    let has_all = |name: &str| parts.iter().all(|part| name.contains(part));
    module.funcs.iter().filter(|function| function.name.as_deref().is_some_and(has_all)).map(walrus::Function::id).collect()
}

fn empty_twins(module: &mut Module) {
    for id in named(module, &TWIN) {
        empty(module, id);
    }
    passes::gc::run(module);
}

/// Says that all went well, and writes nothing: a page must not end for a fraction.
fn leave_fractions_out(module: &mut Module) {
    for id in named(module, &[FRACTIONS]) {
        if module.types.results(module.funcs.get(id).ty()) == [ValType::I32] {
            replace(module, id, |body| {
                body.i32_const(0);
            });
        }
    }
    passes::gc::run(module);
}

/// Who called it all the same would be told by a trap.
fn empty(module: &mut Module, id: FunctionId) {
    replace(module, id, |body| {
        body.unreachable();
    });
}

/// The function keeps its type and its place in the table.
fn replace(module: &mut Module, id: FunctionId, with: impl FnOnce(&mut InstrSeqBuilder)) {
    let (parameters, results) = module.types.params_results(module.funcs.get(id).ty());
    let (parameters, results) = (parameters.to_vec(), results.to_vec());
    let mut body = FunctionBuilder::new(&mut module.types, &parameters, &results);
    with(&mut body.func_body());
    let locals = parameters.into_iter().map(|kind| module.locals.add(kind)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(body.local_func(locals));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that exports `twin` and `other`; each calls a helper of its own.
    fn module(twin: &str, more: &str) -> Module {
        let mut module = Module::default();
        for name in [twin, more] {
            let mut helper = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
            helper.func_body().i32_const(7);
            let helper = helper.finish(Vec::new(), &mut module.funcs);
            let mut caller = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
            caller.name(name.to_owned()).func_body().call(helper);
            let argument = module.locals.add(ValType::I32);
            let caller = caller.finish(vec![argument], &mut module.funcs);
            module.exports.add(name, caller);
        }
        module
    }

    #[test]
    fn a_twin_is_emptied_and_what_only_it_called_goes() {
        let mut module = module("<T as IntoAny>::into_any::hydrate_async::<Row>", "hydrate");
        empty_twins(&mut module);
        assert_eq!(module.funcs.iter().count(), 3);
        let read = Module::from_buffer(&module.emit_wasm()).unwrap();
        assert_eq!(read.exports.iter().count(), 2);
    }

    #[test]
    fn what_writes_fractions_writes_nothing_and_what_only_it_called_goes() {
        let mut module = module("_RINvNtNtCs1_4core3fmt5float32float_to_decimal_common_shortestdEB6_", "hydrate");
        leave_fractions_out(&mut module);
        assert_eq!(module.funcs.iter().count(), 3);
        assert!(Module::from_buffer(&module.emit_wasm()).is_ok());
    }

    #[test]
    fn where_any_part_is_lazy_everything_stays() {
        let folder = tempfile::tempdir().unwrap();
        let written = |file: &str, other: &str| {
            let path = folder.path().join(file);
            module("_ZN_IntoAny_8into_any13hydrate_async17h0E", other).emit_wasm_file(&path).unwrap();
            path
        };
        let functions = |path: &Path| Module::from_file(path).unwrap().funcs.iter().count();
        let (main, part, lazy) = (written("main.wasm", "hydrate"), written("part.wasm", "view"), written("lazy.wasm", "_ZN12hydrate_lazy17h0E"));
        unused_hydration(&main, &[part.clone(), lazy], true).unwrap();
        assert_eq!((functions(&main), functions(&part)), (4, 4));
        unused_hydration(&main, std::slice::from_ref(&part), false).unwrap();
        assert_eq!((functions(&main), functions(&part)), (3, 3));
    }
}
