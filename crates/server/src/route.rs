//! A request's route as a pattern: there are as many as the program has, whatever callers ask for, and no secret is in one.

use crate::assets;
use axum::extract::{MatchedPath, Request};
use std::{collections::HashSet, sync::LazyLock};

/// Every page comes from one handler, which knows its routes itself.
const PAGE: &str = "page";

/// All files that come with the program.
const ASSET: &str = "asset";

/// There is one route for all server functions.
const FUNCTIONS: &str = "/rpc/{*function}";

static BY_PATH: LazyLock<HashSet<&'static str>> = LazyLock::new(|| leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect());

/// The pattern, once the request was routed; a server function by its path.
pub fn pattern(request: &Request) -> &str {
    let Some(matched) = request.extensions().get::<MatchedPath>() else { return PAGE };
    match matched.as_str() {
        FUNCTIONS => BY_PATH.get(request.uri().path()).copied().unwrap_or(FUNCTIONS),
        path if path.starts_with("/pkg/") || assets::find(path).is_some() => ASSET,
        path => path,
    }
}
