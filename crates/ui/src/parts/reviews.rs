//! Access reviews, and the page of what waits.

use super::{Draw, Part};
use crate::pages::{
    notices::NoticesPage,
    reviews::{ReviewPage, ReviewsPage},
};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug)]
pub struct Reviews {
    pub list: Draw,
    pub review: Draw,
    pub notices: Draw,
}

pub static REVIEWS: Part<Reviews> = Part {
    name: "reviews",
    held: OnceLock::new(),
    load: || Box::pin(load_reviews()),
    #[cfg(feature = "ssr")]
    make: reviews,
};

fn reviews() -> Reviews {
    Reviews { list: || view! { <ReviewsPage/> }.into_any(), review: || view! { <ReviewPage/> }.into_any(), notices: || view! { <NoticesPage/> }.into_any() }
}

#[leptos::wasm_split::wasm_split(reviews, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_reviews() -> Result<Reviews, SplitLoaderError> {
    Ok(reviews())
}
