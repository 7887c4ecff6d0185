//! The parts of the console that an owner's first pages do without. A page's part is loaded when somebody goes there; a page that was
//! served has its part before it comes to life.
//!
//! A part is a table of functions, in a file of its own under `parts/`. Its pages are named through that table only: a direct mention
//! elsewhere would bring their code into what everybody loads first.

pub mod audit;
pub mod door;
pub mod lists;
pub mod palette;
pub mod reviews;
pub mod settings;
pub mod things;

use crate::components::{Button, EmptyState, IconName, SkeletonLines};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, OnceLock},
};

/// A page, to be drawn.
pub type Draw = fn() -> AnyView;

type Loading<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// A part: the table of its pages, once it was loaded. The server has it from the start.
pub struct Part<T: 'static> {
    /// By which a served page says that it needs this part.
    pub name: &'static str,
    pub held: OnceLock<T>,
    pub load: fn() -> Loading<T>,
    #[cfg(feature = "ssr")]
    pub make: fn() -> T,
}

impl<T: Copy + Send + Sync> Part<T> {
    fn now(&'static self) -> Option<T> {
        #[cfg(feature = "ssr")]
        return Some((self.make)());
        #[cfg(not(feature = "ssr"))]
        self.held.get().copied()
    }

    /// The part, loaded if need be.
    pub async fn wait(&'static self) -> Result<T, SplitLoaderError> {
        if let Some(part) = self.now() {
            return Ok(part);
        }
        let part = (self.load)().await?;
        Ok(*self.held.get_or_init(|| part))
    }

    /// A page of this part inside a workspace: at once if the part is here, else its outline until it is.
    pub fn page(&'static self, pick: fn(&T) -> Draw) -> AnyView {
        self.draw(pick, "")
    }

    /// A page that fills the window.
    pub fn whole_page(&'static self, pick: fn(&T) -> Draw) -> AnyView {
        self.draw(pick, "main")
    }

    /// Something that opens over the page: nothing is drawn until it is here. `failed` where it does not come.
    pub fn over(&'static self, pick: fn(&T) -> Draw, failed: Callback<()>) -> AnyView {
        over(self.now().map(|part| pick(&part)), self.drawing(pick), failed)
    }

    fn draw(&'static self, pick: fn(&T) -> Draw, around: &'static str) -> AnyView {
        draw(self.name, self.now().map(|part| pick(&part)), Arc::new(move || self.drawing(pick)), around)
    }

    fn drawing(&'static self, pick: fn(&T) -> Draw) -> Drawing {
        Box::pin(async move { self.wait().await.map(|part| pick(&part)) })
    }
}

/// A page that is on its way.
type Drawing = Pin<Box<dyn Future<Output = Result<Draw, SplitLoaderError>>>>;

// what follows knows no part by its type: a browser has it once, however many parts there are

fn over(here: Option<Draw>, drawing: Drawing, failed: Callback<()>) -> AnyView {
    let state = RwSignal::new(here);
    if here.is_none() {
        leptos::task::spawn_local(async move {
            match drawing.await {
                Ok(draw) => drop(state.try_set(Some(draw))),
                Err(_) => drop(failed.try_run(())),
            }
        });
    }
    (move || state.get().map(|draw| draw())).into_any()
}

fn draw(name: &'static str, here: Option<Draw>, load: Arc<dyn Fn() -> Drawing + Send + Sync>, around: &'static str) -> AnyView {
    let page = here.map_or_else(|| later(load, around), |draw| draw());
    // the mark is for `before_hydration`
    view! { <div class="part" data-part=name>{page}</div> }.into_any()
}

fn later(load: Arc<dyn Fn() -> Drawing + Send + Sync>, around: &'static str) -> AnyView {
    let state = RwSignal::new(None::<Result<Draw, ()>>);
    let load = Callback::from(move || {
        state.set(None);
        let drawing = load();
        leptos::task::spawn_local(async move {
            let drawn = drawing.await;
            let _ = state.try_set(Some(drawn.map_err(|_| ())));
        });
    });
    load.run(());
    (move || match state.get() {
        None => view! { <div class=around aria-busy="true"><SkeletonLines lines=6/></div> }.into_any(),
        Some(Ok(draw)) => draw(),
        Some(Err(())) => view! {
            <div class=around>
                <EmptyState icon=IconName::TriangleAlert title="This page could not be loaded" text="Check the connection, then try again.">
                    <Button icon=IconName::RotateCw on_click=load>"Try again"</Button>
                </EmptyState>
            </div>
        }
        .into_any(),
    })
    .into_any()
}

/// What the served page was made from has to be here before it comes to life.
#[cfg(feature = "hydrate")]
pub async fn before_hydration() -> Result<(), SplitLoaderError> {
    use leptos::wasm_bindgen::JsCast as _;
    let Ok(marks) = document().query_selector_all("[data-part]") else { return Ok(()) };
    for at in 0..marks.length() {
        let mark = marks.get(at).and_then(|node| node.dyn_into::<web_sys::Element>().ok());
        if let Some(name) = mark.and_then(|mark| mark.get_attribute("data-part")) {
            bring(&name).await?;
        }
    }
    Ok(())
}

/// Every part is named here, or its served pages would come to life without it.
#[cfg(feature = "hydrate")]
async fn bring(name: &str) -> Result<(), SplitLoaderError> {
    match name {
        "audit" => audit::AUDIT.wait().await.map(drop),
        "door" => door::DOOR.wait().await.map(drop),
        "lists" => lists::LISTS.wait().await.map(drop),
        "palette" => palette::JUMP.wait().await.map(drop),
        "reviews" => reviews::REVIEWS.wait().await.map(drop),
        "settings" => settings::SETTINGS.wait().await.map(drop),
        "things" => things::THINGS.wait().await.map(drop),
        _ => Ok(()),
    }
}

/// Brings what is a click away: the door, for when a session ends or a member looks at their account, and the other lists. Should it fail,
/// it is asked for again then.
pub async fn bring_the_rest() {
    let _ = door::DOOR.wait().await;
    let _ = lists::LISTS.wait().await;
}
