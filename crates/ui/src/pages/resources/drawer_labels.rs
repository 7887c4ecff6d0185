//! The labels of one resource in its drawer: each taken off by its cross, another chosen and put on, at once.

use super::drawer::Drawn;
use crate::{
    components::{Button, SelectField, Tag},
    rpc::resources,
};
use domain::{
    label::Label,
    labelling::{Relabel, ResourceSelection},
};
use leptos::{prelude::*, task::spawn_local};

pub fn labels(drawn: Drawn) -> AnyView {
    let (adding, busy) = (RwSignal::new(String::new()), RwSignal::new(false));
    let may = Memo::new(move |_| drawn.known.with(|known| known.as_ref().is_some_and(|known| known.may_label)));
    let borne = Memo::new(move |_| drawn.known.with(|known| known.as_ref().map(|known| known.resource.labels.clone()).unwrap_or_default()));
    // by a button of its own: whoever walks through the list by keys passes labels that they don't mean
    let put = move || {
        if let Ok(label) = Label::parse(&adding.get_untracked()) {
            change(drawn, Relabel::Put(label), adding, busy);
        }
    };
    let unchosen = move || adding.with(String::is_empty).then(|| "choose a label first".to_owned());
    let tag = move |label: Label| {
        let take = Callback::from({
            let key = label.key().to_owned();
            move || change(drawn, Relabel::Take(key.clone()), adding, busy)
        });
        if may.get() {
            view! { <Tag text=label.to_string() mono=true on_remove=take/> }.into_any()
        } else {
            view! { <Tag text=label.to_string() mono=true/> }.into_any()
        }
    };
    let tags = move || {
        let borne = borne.get();
        if borne.is_empty() {
            view! { <p class="field-hint">"It bears no label."</p> }.into_any()
        } else {
            borne.into_iter().map(tag).collect_view().into_any()
        }
    };
    let options = Signal::derive(move || {
        let all = drawn.things.overview.get().and_then(Result::ok).map(|overview| overview.labels).unwrap_or_default();
        let others = all.into_iter().filter(|label| borne.with(|borne| !borne.contains(label))).map(|label| (label.to_string(), label.to_string()));
        std::iter::once((String::new(), "Choose a label".to_owned())).chain(others).collect::<Vec<_>>()
    });
    let add = move || {
        may.get().then(|| {
            view! {
                <SelectField label="Put a label on" name="add-label" value=adding options=options
                    hint=Some("It takes the place of another value of its key. Who reaches it by labels changes at once.".to_owned())/>
                <Button pending=busy disabled_reason=Signal::derive(unchosen) on_click=put>"Put on"</Button>
            }
        })
    };
    view! {
        <section class="drawer-section" aria-label="Labels" aria-busy=move || busy.get().then_some("true")>
            <h3>"Labels"</h3>
            <div class="borne">{tags}</div>
            {add}
        </section>
    }
    .into_any()
}

fn change(drawn: Drawn, relabel: Relabel, adding: RwSignal<String>, busy: RwSignal<bool>) {
    if busy.get_untracked() {
        return;
    }
    busy.set(true);
    let (slug, selection) = (drawn.things.here.slug(), ResourceSelection::These(vec![drawn.id]));
    spawn_local(async move {
        let answer = resources::relabel(slug.clone(), selection, relabel.clone()).await;
        if busy.try_set(false).is_some() {
            return;
        }
        adding.set(String::new());
        match answer {
            Ok(_) => {
                drawn.toasts.success(match &relabel {
                    Relabel::Put(label) => format!("{label} put on."),
                    Relabel::Take(key) => format!("Label {key} taken off."),
                });
                drawn.things.changed();
                // the labels alone: what is being edited besides stays as it is
                if let Ok(found) = resources::find(slug, drawn.id).await {
                    let _ = drawn.known.try_update(|known| {
                        if let Some(known) = known {
                            known.resource.labels = found.resource.labels;
                            known.may_label = found.may_label;
                        }
                    });
                }
            }
            Err(error) if drawn.things.session.ask_again(&error, || ()) => {}
            Err(error) => drawn.toasts.error(error.message()),
        }
    });
}
