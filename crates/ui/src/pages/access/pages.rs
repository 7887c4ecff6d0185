//! The ways to the page before and after, as the URL says them.

use super::list_state::ListState;
use crate::components::Pager;
use domain::page::{Page, PageSize};
use leptos::prelude::*;

/// Beneath a list that is drawn anew with each answer; `base` is where it stands.
pub fn pager<T>(state: &ListState, base: &str, page: &Page<T>) -> AnyView {
    let from = if page.previous.is_none() { 1 } else { state.from.unwrap_or(1) };
    let rows = page.rows.len() as u64;
    let before = from.saturating_sub(u64::from(PageSize::SCREEN.get()));
    let previous = page.previous.as_ref().map(|cursor| format!("{base}{}", state.at(cursor, before).query()));
    let next = page.next.as_ref().map(|cursor| format!("{base}{}", state.at(cursor, from + rows).query()));
    view! { <Pager from=from to={from + rows - 1} total=page.total previous=previous next=next/> }.into_any()
}
