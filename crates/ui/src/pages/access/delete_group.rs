//! Asks before a group is deleted, and says what its members lose.

use super::{
    remove_dialog::reach_lines,
    subject_drawer::{Asking, Drawn},
};
use crate::{
    components::{ConfirmDialog, SkeletonLines, plural},
    pages::doing::Doing,
    rpc::groups,
};
use domain::group::{Group, GroupRemoval};
use leptos::prelude::*;

#[component]
pub fn DeleteGroup(drawn: Drawn, group: Group) -> impl IntoView {
    let doing = Doing::default();
    let (id, name) = (group.id, group.name.to_string());
    let title = format!("Delete the group {name}?");
    let slug = StoredValue::new(drawn.access.here.slug());
    let preview = LocalResource::new(move || groups::removal_preview(slug.get_value(), id));
    let delete = move || {
        let (slug, name) = (slug.get_value(), name.clone());
        doing.run(
            move || groups::delete(slug.clone(), id),
            move |(), is_here| {
                doing.toasts.success(format!("Group {name} deleted."));
                drawn.access.changed_groups();
                if is_here {
                    drawn.leave();
                }
            },
        );
    };
    let lost = move || match preview.get() {
        None => view! { <SkeletonLines lines=3/> }.into_any(),
        Some(Err(failure)) => view! { <p>"What would be lost can't be shown: " {failure.message()}</p> }.into_any(),
        Some(Ok(preview)) => losses(drawn, &preview),
    };
    view! {
        <ConfirmDialog title=title confirm="Delete group" pending=doing.pending error=doing.message()
            on_confirm=delete on_close=move || drawn.asking.set(Asking::Nothing)>
            {lost}
        </ConfirmDialog>
    }
    .into_any()
}

fn losses(drawn: Drawn, preview: &GroupRemoval) -> AnyView {
    let gives = drawn.editor.context.with(|context| context.as_ref().map(|context| reach_lines(&preview.access, &context.catalog)).unwrap_or_default());
    let gives = (!gives.is_empty()).then(|| {
        view! { <p>"What the group gives:"</p><ul>{gives.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }
    });
    view! { <p>{who_loses(preview)}</p>{gives} }.into_any()
}

/// `Its 12 members stay in the workspace; 8 of them will reach less.`
fn who_loses(preview: &GroupRemoval) -> String {
    let mut text = match (preview.members, preview.losers) {
        (0, _) => "Nobody is in this group: no one loses anything.".to_owned(),
        (1, Some(0)) => "Its one member stays in the workspace and reaches as much as before by other ways.".to_owned(),
        (1, Some(_)) => "Its one member stays in the workspace and will reach less.".to_owned(),
        (members, losers) => {
            let rest = match losers {
                None => "they lose at once what only this group gives them".to_owned(),
                Some(0) => "all of them reach as much as before by other ways".to_owned(),
                Some(losers) if losers == members => "all of them will reach less, at once".to_owned(),
                Some(losers) => format!("{losers} of them will reach less, at once"),
            };
            format!("Its {} stay in the workspace; {rest}.", plural(u64::from(members), "member", "members"))
        }
    };
    if preview.invited > 0 {
        text.push_str(&format!(
            " {} will not be in it.",
            if preview.invited == 1 { "One person invited".to_owned() } else { format!("{} people invited", preview.invited) }
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_who_loses() {
        let said = |members, losers, invited| who_loses(&GroupRemoval { members, invited, losers, access: domain::effective::EffectiveAccess::default() });
        assert_eq!(said(0, Some(0), 2), "Nobody is in this group: no one loses anything. 2 people invited will not be in it.");
        assert_eq!(said(1, Some(1), 0), "Its one member stays in the workspace and will reach less.");
        assert_eq!(said(12, Some(8), 1), "Its 12 members stay in the workspace; 8 of them will reach less, at once. One person invited will not be in it.");
        assert_eq!(said(3, Some(3), 0), "Its 3 members stay in the workspace; all of them will reach less, at once.");
        assert_eq!(said(2_000, None, 0), "Its 2,000 members stay in the workspace; they lose at once what only this group gives them.");
    }
}
