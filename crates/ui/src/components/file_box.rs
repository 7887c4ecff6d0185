//! A file from this machine, read as text here in the browser; and text that is kept as a file.
use super::field::{described_by, notes};
use super::icon::{Icon, IconName};
use leptos::{ev, html, prelude::*};

/// A file as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    pub name: String,
    pub text: String,
    /// It was no UTF-8, and was read as older spreadsheets write.
    pub was_latin: bool,
}

/// A box to choose a file with, or to drop one on.
#[component]
pub fn FileBox(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// What a file chooser shows: `.csv,text/csv`.
    #[prop(into)]
    accept: String,
    /// A file of more bytes is refused before it is read.
    most: usize,
    #[prop(into)] on_file: Callback<(TextFile,)>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    /// What is wrong with what was chosen.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let id = format!("field-{name}");
    let label_for = id.clone();
    let refused = RwSignal::new(None::<String>);
    let error = Signal::derive(move || refused.get().or_else(|| error.get()));
    let described = described_by(&id, hint, error);
    let notes = notes(&id, hint, error);
    let over = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let take = move |file: Option<web_sys::File>| {
        let Some(file) = file else { return };
        refused.set(None);
        leptos::task::spawn_local(async move {
            match read(file, most).await {
                Ok(file) => {
                    let _ = on_file.try_run((file,));
                }
                Err(message) => {
                    let _ = refused.try_set(Some(message));
                }
            }
        });
    };
    let chosen = move |_| {
        let file = input.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
        take(file);
        // the same file can be chosen again once it was mended
        if let Some(input) = input.get_untracked() {
            input.set_value("");
        }
    };
    let dropped = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)));
    };
    view! {
        <div class="field">
            <label
                class="drop"
                class:over=over
                for=label_for
                on:dragover=move |event: ev::DragEvent| { event.prevent_default(); over.set(true); }
                on:dragleave=move |_| over.set(false)
                on:drop=dropped
            >
                <Icon name=IconName::Upload/>
                <b>{label}</b>
                <input node_ref=input id=id class="visually-hidden" type="file" accept=accept aria-describedby=described on:change=chosen/>
            </label>
            {notes}
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
async fn read(file: web_sys::File, most: usize) -> Result<TextFile, String> {
    use leptos::wasm_bindgen::JsCast as _;
    let name = file.name();
    if file.size() > most as f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no file is so large, and none smaller than nothing")]
        let mega = |bytes: f64| (bytes / 1_048_576.0).ceil() as u64;
        return Err(format!("{name} has {} MB; choose a file of at most {} MB, or split it.", mega(file.size()), mega(most as f64)));
    }
    let unreadable = || format!("{name} can't be read; check that it is still there, then choose it again.");
    let buffer = wasm_bindgen_futures::JsFuture::from(file.array_buffer()).await.map_err(|_| unreadable())?;
    let bytes = js_sys::Uint8Array::new(buffer.unchecked_ref::<js_sys::ArrayBuffer>()).to_vec();
    match String::from_utf8(bytes) {
        Ok(text) => Ok(TextFile { name, text, was_latin: false }),
        Err(error) => {
            let decoder = web_sys::TextDecoder::new_with_label("windows-1252").map_err(|_| unreadable())?;
            let text = decoder.decode_with_u8_array(error.as_bytes()).map_err(|_| unreadable())?;
            Ok(TextFile { name, text, was_latin: true })
        }
    }
}

#[cfg(not(feature = "hydrate"))]
async fn read(_: web_sys::File, _: usize) -> Result<TextFile, String> {
    Err("a file can be read in a browser only".to_owned())
}

/// Gives the text to the browser as a file to keep.
#[cfg(feature = "hydrate")]
pub fn save_text(name: &str, text: &str) {
    use leptos::wasm_bindgen::{JsCast as _, JsValue};
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let Ok(blob) = web_sys::Blob::new_with_str_sequence(&parts) else { return };
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(link) = link {
        let _ = link.set_attribute("href", &url);
        let _ = link.set_attribute("download", name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&url);
}

#[cfg(not(feature = "hydrate"))]
pub fn save_text(_: &str, _: &str) {}
