//! Makes a group: a name, and what it gives. Who is in it comes next, in its drawer.

use super::{
    Access,
    creating::{Creating, Words},
    editor::EditorOf,
};
use crate::rpc::groups;
use domain::group::Group;
use leptos::prelude::*;

#[component]
pub fn CreateGroup(
    access: Access,
    #[prop(into)] on_close: Callback<()>,
    /// Called with the group that was made.
    on_made: Callback<(Group,)>,
) -> impl IntoView {
    let creating = Creating::new(access, EditorOf::Group, on_close);
    let submit = move || {
        let slug = access.here.slug();
        creating.send(
            move |draft| groups::create(slug.clone(), draft.group()),
            move |group, is_here| {
                creating.doing.toasts.success(format!("Group {} created.", group.name));
                access.groups.learn([&group.reference()]);
                access.changed_groups();
                if is_here {
                    on_made.run((group,));
                }
            },
        );
    };
    let words = Words {
        title: "Create user group",
        text: "All its members will have these roles, besides their own.",
        button: "Create group",
        when: "for its members",
        lost: "The answer was lost on its way: the group may have been created. Close this and look into the list before you create it again.",
    };
    creating.view(words, submit)
}
