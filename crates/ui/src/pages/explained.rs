//! An answer to "may they, and why?", as every page that asks shows it.

use crate::components::{Banner, Tone};
use domain::question::Explained;
use leptos::prelude::*;

pub fn explained(answer: Explained) -> AnyView {
    let (tone, word) = if answer.allowed { (Tone::Good, "Allowed: ") } else { (Tone::Warn, "Denied: ") };
    view! { <Banner tone><b>{word}</b>{answer.why} "."</Banner> }.into_any()
}
