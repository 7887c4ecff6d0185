//! Why a cell of the map is as it is.

use crate::{
    components::{Banner, Button, ButtonKind, Dialog, SkeletonLines, Tone},
    pages::{explained::explained, frame::Here},
    rpc::members,
};
use domain::policy::Question;
use leptos::prelude::*;

#[component]
pub fn Why(here: Here, title: String, question: Question, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let answer = LocalResource::new(move || members::explain(here.slug(), question.clone()));
    let content = move || match answer.get() {
        None => view! { <SkeletonLines lines=2/> }.into_any(),
        Some(Err(error)) => view! { <Banner tone=Tone::Bad>{error.message()}</Banner> }.into_any(),
        Some(Ok(answer)) => explained(answer),
    };
    let footer = move || view! { <Button kind=ButtonKind::Primary on_click=move || on_close.run(())>"Done"</Button> };
    view! { <Dialog title=title on_close=on_close footer=footer><div role="status">{content}</div></Dialog> }.into_any()
}
