//! What somebody reaches with the access as it is being edited, how each thing came to them, and what saving would change.

use super::{
    editor::Editor,
    words::{ChangeWords, Line, change_words, sections},
};
use crate::components::{Button, Icon, IconName, SkeletonLines};
use domain::{catalog::Catalog, effective::EffectiveAccess, id::GroupId, policy::Arrival};
use leptos::{html, prelude::*};

/// The region at the side of the editor. It changes with every click.
#[component]
pub fn EffectivePanel(
    editor: Editor,
    /// What "it" is called in "if you save it": the words behind the pills.
    #[prop(default = "if you save")]
    when: &'static str,
) -> impl IntoView {
    let panel = NodeRef::<html::Section>::new();
    let content = move || match (editor.context.get(), editor.preview.get()) {
        (Some(context), Some(preview)) => {
            let by = preview.access.reaches.iter().filter_map(|reach| match reach.arrival {
                Arrival::Group(id) => Some(id),
                Arrival::Own => None,
            });
            editor.groups.want(by);
            reached(&context.catalog, &preview.access, &|id| editor.groups.get(id))
        }
        _ => match editor.unknown.get() {
            Some(again) => {
                // the button goes: whoever pressed it is led to the panel
                let again = move || {
                    if let Some(panel) = panel.get_untracked() {
                        let _ = panel.focus();
                    }
                    again.run(());
                };
                view! {
                    <p class="none" role="alert">"What this reaches could not be worked out."</p>
                    <p><Button small=true icon=IconName::RotateCw on_click=again>"Try again"</Button></p>
                }
                .into_any()
            }
            None => view! { <SkeletonLines lines=5/> }.into_any(),
        },
    };
    let changes = Memo::new(move |_| {
        let context = editor.context.get()?;
        editor.preview.with(|preview| preview.as_ref().map(|preview| change_words(&preview.changes, &context.catalog)))
    });
    view! {
        <section class="effect" node_ref=panel tabindex="0" aria-label="Effective access">
            <h3>"Effective access"</h3>
            {move || changes.get().map(|words| diff(words, editor.is_dirty.get(), when))}
            {content}
        </section>
    }
    .into_any()
}

fn diff(words: ChangeWords, is_dirty: bool, when: &'static str) -> AnyView {
    if !is_dirty {
        return ().into_any();
    }
    if words == ChangeWords::default() {
        return view! { <p class="diff">"Nothing more and nothing less is reached today " {when} "."</p> }.into_any();
    }
    let gained = words.gained.into_iter().map(|words| view! { <span class="plus">"+ " {words}</span> " " }).collect_view();
    let lost = words.lost.into_iter().map(|words| view! { <span class="minus">"− " {words}</span> " " }).collect_view();
    view! { <p class="diff">{gained}{lost}{when}</p> }.into_any()
}

/// What is reached.
fn reached(catalog: &Catalog, access: &EffectiveAccess, group: &dyn Fn(GroupId) -> Option<String>) -> AnyView {
    if access.owner {
        return view! {
            <p class="everything"><Icon name=IconName::ShieldCheck/><span><b>"Everything"</b><small>"All of the workspace, and who may reach it"</small></span></p>
        }
        .into_any();
    }
    let sections = sections(access, catalog, group);
    if sections.is_empty() {
        let text = if access.is_minimal() { "Minimal access: they can sign in and see the workspace's name, nothing else." } else { "Nothing today." };
        return view! { <p class="none">{text}</p> }.into_any();
    }
    let parts = sections.into_iter().map(|section| {
        view! { <h4>{section.heading}</h4><ul>{section.lines.into_iter().map(line).collect_view()}</ul> }
    });
    let pii = access.pii.then(|| view! { <p class="pii-note"><Icon name=IconName::Eye/>"Sees personal data in what they reach"</p> });
    view! { {parts.collect_view()}{pii} }.into_any()
}

fn line(line: Line) -> AnyView {
    view! {
        <li>
            <b>{line.title}</b>
            {line.with.map(|with| view! { " " <span class="with">{with}</span> })}
            <span class="how">{line.how}{line.group.map(|group| view! { ", by group " <b>{group}</b> })}</span>
        </li>
    }
    .into_any()
}
