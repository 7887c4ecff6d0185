//! What people see.
pub mod components;

use leptos::prelude::*;
#[component]
pub fn App() -> impl IntoView { view! { <p>"hello"</p> } }
