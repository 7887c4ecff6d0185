//! A box that gathers labels, addresses or names, one tag each, with suggestions while typing.
use super::chip::Tag;
use super::field::{described_by, notes};
use super::focus::focus;
use leptos::{ev, html, prelude::*};

/// More suggestions than this help nobody.
const SHOWN: usize = 50;

/// Tags in a box. With suggestions it is a combobox; with `free`, Enter, comma or leaving the box adds what is typed.
#[component]
pub fn TagInput(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] tags: Signal<Vec<String>>,
    /// What may be added.
    #[prop(optional, into)]
    suggestions: Option<Signal<Vec<String>>>,
    #[prop(into)] on_add: Callback<(String,)>,
    #[prop(into)] on_remove: Callback<(String,)>,
    /// Takes what isn't suggested as well.
    #[prop(optional)]
    free: bool,
    /// Cuts what is pasted at commas, semicolons and spaces.
    #[prop(optional)]
    split: bool,
    /// The word between two tags: `and`.
    #[prop(optional, into)]
    joiner: Option<String>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional, into)] hint: Signal<Option<String>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] mono: bool,
    #[prop(optional)] autofocus: bool,
    /// Keeps the label for those who can't see the box, where the words around it say enough.
    #[prop(optional)]
    hide_label: bool,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    let input = NodeRef::<html::Input>::new();
    let found = Memo::new(move |_| {
        let wanted = text.get().trim().to_lowercase();
        let taken = tags.get();
        let all = suggestions.map(|all| all.get()).unwrap_or_default();
        let fits = |item: &String| item.to_lowercase().contains(&wanted) && !taken.contains(item);
        all.into_iter().filter(fits).take(SHOWN).collect::<Vec<_>>()
    });
    let add = move |tag: String| {
        if !tag.is_empty() && tags.with_untracked(|tags| !tags.contains(&tag)) {
            on_add.run((tag,));
        }
        text.set(String::new());
        active.set(None);
    };
    let add_typed = move || {
        let typed = text.get_untracked();
        let pieces: Vec<_> = if split { cut(&typed) } else { vec![typed.trim().to_owned()] };
        pieces.into_iter().for_each(add);
    };
    Effect::new(move || {
        let wanted = text.get();
        if let Some(input) = input.get()
            && input.value() != wanted
        {
            if wanted.is_empty() && open.get_untracked() || !wanted.is_empty() || input.value().is_empty() {
                input.set_value(&wanted);
            } else {
                input.set_value("");
            }
        }
    });
    let typed = move |event: ev::Event| {
        text.set(event_target_value(&event));
        open.set(true);
        active.set(None);
        if split && text.with_untracked(|text| text.trim_start().contains([',', ';', ' ', '\n', '\t'])) {
            add_typed();
        }
    };
    let keys = move |event: ev::KeyboardEvent| {
        let count = found.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" if count > 0 => {
                event.prevent_default();
                let step = if event.key() == "ArrowDown" { 1 } else { count - 1 };
                let next = active.get_untracked().map_or(if step == 1 { 0 } else { count - 1 }, |at| (at + step) % count);
                open.set(true);
                active.set(Some(next));
            }
            "Escape" if open.get_untracked() && count > 0 => {
                event.prevent_default();
                event.stop_propagation();
                open.set(false);
                active.set(None);
            }
            "Enter" | "," | ";" => {
                let choice = active.get_untracked().and_then(|at| found.with_untracked(|found| found.get(at).cloned()));
                let only = (!free).then(|| found.with_untracked(|found| found.first().cloned())).flatten();
                let empty = text.with_untracked(|text| text.trim().is_empty());
                if empty && choice.is_none() && event.key() == "Enter" {
                    return;
                }
                event.prevent_default();
                match choice.or(if empty { None } else { only }) {
                    Some(choice) => add(choice),
                    None if free => add_typed(),
                    None => {}
                }
            }
            "Backspace" if text.with_untracked(String::is_empty) => {
                if let Some(last) = tags.with_untracked(|tags| tags.last().cloned()) {
                    on_remove.run((last,));
                }
            }
            _ => {}
        }
    };
    let leave = move |_| {
        open.set(false);
        active.set(None);
        if free {
            add_typed();
        }
    };
    let list_id = format!("{id}-list");
    let combo = suggestions.is_some();
    let listed = move || combo && open.get() && found.with(|found| !found.is_empty());
    let option_id = {
        let list_id = list_id.clone();
        move |at: usize| format!("{list_id}-{at}")
    };
    let active_id = {
        let option_id = option_id.clone();
        move || if listed() { active.get().map(&option_id) } else { None }
    };
    let shown_tags = move || {
        let one = |(at, tag): (usize, String)| {
            let (mine, joiner) = (tag.clone(), joiner.clone().filter(|_| at > 0));
            let remove = move || {
                on_remove.run((mine.clone(),));
                if let Some(input) = input.get_untracked() {
                    focus(&input);
                }
            };
            view! { {joiner.map(|joiner| view! { <span class="and">{joiner}</span> })}<Tag text=tag mono=mono on_remove=remove/> }
        };
        tags.get().into_iter().enumerate().map(one).collect_view()
    };
    let options = move || {
        let option_id = option_id.clone();
        let one = move |(at, item): (usize, String)| {
            let mine = item.clone();
            let pick = move |event: ev::PointerEvent| {
                event.prevent_default();
                add(mine.clone());
            };
            view! { <li role="option" id=option_id(at) aria-selected=move || if active.get() == Some(at) { "true" } else { "false" } on:pointerdown=pick>{item}</li> }
        };
        listed().then(|| found.get().into_iter().enumerate().map(one).collect_view())
    };
    let described = described_by(&id, hint, error);
    let notes = notes(&id, hint, error);
    view! {
        <div class="field">
            <label for=id.clone() class:visually-hidden=hide_label>{label}</label>
            <div class="tags">
                {shown_tags}
                <input
                    node_ref=input
                    id=id
                    type="text"
                    role=combo.then_some("combobox")
                    aria-autocomplete=combo.then_some("list")
                    aria-controls=combo.then(|| list_id.clone())
                    aria-expanded=move || combo.then(|| if listed() { "true" } else { "false" })
                    aria-activedescendant=active_id
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    autofocus=autofocus
                    placeholder=placeholder
                    on:input=typed
                    on:keydown=keys
                    on:focus=move |_| open.set(true)
                    on:blur=leave
                />
                <ul class="options" role="listbox" id=list_id aria-label=label hidden=move || !listed()>{options}</ul>
            </div>
            {notes}
        </div>
    }
    .into_any()
}

/// The pieces of a pasted list.
fn cut(text: &str) -> Vec<String> {
    text.split(|letter: char| letter.is_whitespace() || letter == ',' || letter == ';').filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_pasted_list_is_cut_into_addresses() {
        assert_eq!(cut(" a@x.test, b@x.test;c@x.test\n\td@x.test "), ["a@x.test", "b@x.test", "c@x.test", "d@x.test"]);
        assert!(cut(" , ;\n").is_empty());
    }
}
