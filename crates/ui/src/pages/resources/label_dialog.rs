//! Puts a label on many resources, or takes one off: what that changes is said before it is done.

use super::Things;
use crate::{
    components::{Banner, Button, ButtonKind, Dialog, RadioCard, RadioCards, SelectField, Tone, grouped, plural, use_toasts},
    pages::newest::Newest,
    rpc::{RpcError, resources},
};
use domain::{
    label::Label,
    labelling::{Relabel, Relabelled, ResourceSelection},
};
use leptos::{ev, prelude::*, task::spawn_local};

const FORM: &str = "label-form";

#[component]
pub fn LabelDialog(things: Things, selection: ResourceSelection, #[prop(into)] on_close: Callback<()>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let toasts = use_toasts();
    let (way, label, key) = (RwSignal::new("put".to_owned()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (told, failed, sending) = (RwSignal::new(None::<Relabelled>), RwSignal::new(None::<RpcError>), RwSignal::new(false));
    let overview = move || things.overview.get().and_then(Result::ok);
    let wanted = Memo::new(move |_| match way.get().as_str() {
        "put" => label.with(|label| Label::parse(label).ok()).map(Relabel::Put),
        _ => key.with(|key| (!key.is_empty()).then(|| Relabel::Take(key.clone()))),
    });
    let selection = StoredValue::new(selection);
    let newest = Newest::default();
    Effect::new(move || {
        let wanted = wanted.get();
        let _ = things.session.version();
        newest.overtake();
        told.set(None);
        failed.set(None);
        let Some(wanted) = wanted else { return };
        newest.ask(resources::preview_labels(things.here.slug(), selection.get_value(), wanted), move |answer| match answer {
            Ok(answer) => told.set(Some(answer)),
            Err(error) if things.session.ask_again(&error, || ()) => {}
            Err(error) => failed.set(Some(error)),
        });
    });
    let send: Callback<()> = Callback::from(move || {
        let Some(change) = wanted.get_untracked() else { return };
        if sending.get_untracked() || told.with_untracked(|told| told.as_ref().is_none_or(|told| told.changed == 0)) {
            return;
        }
        sending.set(true);
        failed.set(None);
        let slug = things.here.slug();
        spawn_local(async move {
            let answer = resources::relabel(slug, selection.get_value(), change.clone()).await;
            let _ = sending.try_set(false);
            match answer {
                Ok(done) => {
                    toasts.success(done_words(&change, &done));
                    things.changed();
                    on_done.run(());
                }
                Err(error) if things.session.ask_again(&error, || ()) => {}
                Err(error) => {
                    let _ = failed.try_set(Some(error));
                }
            }
        });
    });
    let reason = move || match (wanted.with(Option::is_some), told.get()) {
        (false, _) => Some("choose a label first".to_owned()),
        (true, None) => Some("what it would change is not known yet".to_owned()),
        (true, Some(told)) => (told.changed == 0).then(|| "nothing would change".to_owned()),
    };
    let footer = move || {
        view! {
            <Button on_click=move || on_close.run(())>"Cancel"</Button>
            <Button kind=ButtonKind::Primary submit=true form=FORM pending=sending disabled_reason=Signal::derive(reason)>"Change labels"</Button>
        }
    };
    let cards = vec![
        RadioCard::new("put", "Put a label on", "In the place of another value of its key"),
        RadioCard::new("take", "Take a label off", "Whatever its value is"),
    ];
    let labels = move || {
        let labels = overview().map(|overview| overview.labels).unwrap_or_default();
        choices("Choose a label", labels.iter().map(ToString::to_string))
    };
    let keys = move || choices("Choose a key", overview().map(|overview| overview.keys).unwrap_or_default().into_iter());
    let field = move || match way.get().as_str() {
        "put" => view! { <SelectField label="Label" name="label" value=label options=Signal::derive(labels)/> }.into_any(),
        _ => view! { <SelectField label="Key" name="key" value=key options=Signal::derive(keys)/> }.into_any(),
    };
    let preview = move || match (told.get(), wanted.get()) {
        (Some(told), Some(change)) => preview_lines(&change, &told).into_iter().map(|line| view! { <p>{line}</p> }).collect_view().into_any(),
        (None, Some(_)) if failed.with(Option::is_none) => view! { <p>"Counting…"</p> }.into_any(),
        (_, _) => ().into_any(),
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send.run(());
    };
    view! {
        <Dialog title="Change labels" text=Some(selection.with_value(selected)) on_close=move || on_close.run(()) footer=footer>
            <form id=FORM class="form" novalidate on:submit=submit>
                <RadioCards label="What to do" name="way" options=cards value=way on_change=move |value: String| way.set(value)/>
                {field}
                <div class="label-preview" role="status">{preview}</div>
                {move || failed.get().map(|error| view! { <Banner tone=Tone::Bad>{error.message()}</Banner> })}
            </form>
        </Dialog>
    }
    .into_any()
}

fn choices(first: &str, rest: impl Iterator<Item = String>) -> Vec<(String, String)> {
    std::iter::once((String::new(), first.to_owned())).chain(rest.map(|text| (text.clone(), text))).collect()
}

fn selected(selection: &ResourceSelection) -> String {
    match selection {
        ResourceSelection::These(ids) => format!("Of {}", plural(ids.len() as u64, "resource", "resources")),
        ResourceSelection::Matching(_) => "Of all resources that match, on every page".to_owned(),
    }
}

/// What a change would do, line by line.
fn preview_lines(change: &Relabel, told: &Relabelled) -> Vec<String> {
    let mut lines = Vec::new();
    let key = change.key();
    let some = |n: u64| plural(n, "resource", "resources");
    match change {
        Relabel::Put(label) if told.changed == 0 => lines.push(format!("Nothing would change: {label} is on all of them.")),
        Relabel::Take(_) if told.changed == 0 => lines.push(format!("Nothing would change: none of them bears a label {key}.")),
        Relabel::Put(label) => lines.push(format!("{} will bear {label}.", some(told.changed))),
        Relabel::Take(_) => lines.push(format!("{} will bear no label {key} any more.", some(told.changed))),
    }
    let gone: Vec<String> = told.replaced.iter().take(5).map(|(value, count)| format!("{key}:{value} from {}", grouped(*count))).collect();
    if !gone.is_empty() {
        let more = told.replaced.len().saturating_sub(gone.len());
        let more = if more > 0 { format!(" and {more} values more") } else { String::new() };
        lines.push(format!("Taken off: {}{more}.", gone.join(", ")));
    }
    if told.unchanged > 0 && told.changed > 0 {
        lines.push(format!("{} {} so already.", some(told.unchanged), if told.unchanged == 1 { "is" } else { "are" }));
    }
    if told.left_out > 0 {
        lines.push(format!("{} you may not edit {} as before.", some(told.left_out), if told.left_out == 1 { "stays" } else { "stay" }));
    }
    match told.grants {
        Some(grants) if grants > 0 && told.changed > 0 => {
            let names = if grants == 1 { "names" } else { "name" };
            lines.push(format!("{} {names} these labels: what their holders reach changes with it, at once.", plural(grants, "grant", "grants")));
        }
        Some(_) if told.changed > 0 => lines.push("No grant names these labels: nobody's access changes.".to_owned()),
        Some(_) | None => {}
    }
    lines
}

fn done_words(change: &Relabel, done: &Relabelled) -> String {
    let on = plural(done.changed, "resource", "resources");
    match change {
        Relabel::Put(label) => format!("{label} put on {on}."),
        Relabel::Take(key) => format!("Label {key} taken off {on}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_will_change() {
        let prod = Relabel::Put(Label::parse("environment:prod").unwrap());
        let told = Relabelled { changed: 12, unchanged: 1, left_out: 2, replaced: vec![("dev".to_owned(), 3)], grants: Some(1) };
        assert_eq!(
            preview_lines(&prod, &told),
            [
                "12 resources will bear environment:prod.",
                "Taken off: environment:dev from 3.",
                "1 resource is so already.",
                "2 resources you may not edit stay as before.",
                "1 grant names these labels: what their holders reach changes with it, at once.",
            ]
        );
        assert_eq!(
            preview_lines(&prod, &Relabelled { unchanged: 4, grants: Some(3), ..Relabelled::default() }),
            ["Nothing would change: environment:prod is on all of them."]
        );
        let take = Relabel::Take("environment".to_owned());
        let told = Relabelled { changed: 1, replaced: vec![("dev".to_owned(), 1)], grants: Some(0), ..Relabelled::default() };
        assert_eq!(preview_lines(&take, &told)[2], "No grant names these labels: nobody's access changes.");
        assert_eq!(done_words(&take, &told), "Label environment taken off 1 resource.");
    }
}
