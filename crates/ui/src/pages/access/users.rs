//! The Users list: everybody in the workspace and everybody invited, searched, filtered, sorted and paged by the URL.

use super::{
    Access,
    answered::{answered, kept},
    bulk::PickedUsers,
    invite_actions::InviteActions,
    list_state::ListState,
    use_access,
    user_row::UserRowView,
    users_filter::UsersFilter,
    words::and,
};
use crate::{
    components::{Banner, Button, ButtonKind, DataTable, EmptyState, FewAtATime, IconName, LinkButton, Pager, SearchBox, SkeletonRows, SortTh, Tone, grouped},
    pages::{
        failure::FailureView,
        picked::LIST,
        shortcut::{Making, open_if_wanted},
    },
    path,
    rpc::{Rpc, RpcError, members},
    session::use_session,
};
use domain::{
    access_context::Terms,
    id::GroupId,
    member::{UserId, UserRow, UserStatus},
    page::{Page, PageSize},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::Outlet,
    hooks::{use_location, use_navigate},
};
use std::sync::Arc;

const COLUMNS: usize = 8;

#[component]
pub fn UsersPage() -> impl IntoView {
    let Some(access) = use_access() else { return ().into_any() };
    let session = use_session();
    let slug = access.here.slug();
    let search = use_location().search;
    let state = Memo::new(move |_| search.with(|query| ListState::parse(query.trim_start_matches('?'))));
    let (users, busy) =
        answered(move || (state.with(ListState::users), access.list_version(), session.version()), move |(query, ..)| members::users(slug.clone(), query));
    let (inviting, reviewing) = (RwSignal::new(false), RwSignal::new(false));
    open_if_wanted(access.here, Making::Invite, inviting);
    let actions = InviteActions::new(access);
    provide_context(actions);
    let asking = Memo::new(move |_| actions.is_asking());
    let picked = PickedUsers::new(access, state);
    let list = UsersList { access, users, state, picked, drawn: FewAtATime::default() };
    view! {
        {(!access.here.frame().mail_is_on).then(mail_is_off)}
        {move || requests_banner(access.here.counts().requests, reviewing)}
        {picked.last()}
        <section class="panel" id=LIST aria-label="Users" tabindex="-1">
            <Toolbar access state on_invite=move || inviting.set(true)/>
            {picked.bar(users)}
            <Transition fallback=move || view! { <Waiting/> }>
                {list.view(busy)}
            </Transition>
        </section>
        <Outlet/>
        {move || asking.get().then(|| invite_questions(access, actions))}
        {move || reviewing.get().then(|| requests_dialog(access, Callback::from(move || reviewing.set(false))))}
        {move || inviting.get().then(|| invite_dialog(access, Callback::from(move || inviting.set(false))))}
    }
    .into_any()
}

fn invite_dialog(access: Access, close: Callback<()>) -> AnyView {
    access.editing.want();
    (move || access.editing.get().map(|editing| (editing.invite_dialog)(access, close))).into_any()
}

/// Said as long as somebody waits for an answer.
fn requests_banner(waiting: u64, reviewing: RwSignal<bool>) -> Option<AnyView> {
    let words = match waiting {
        0 => return None,
        1 => "Somebody asks for access.".to_owned(),
        many => format!("{} requests for access wait for an answer.", grouped(many)),
    };
    let actions = move || view! { <Button small=true on_click=move || reviewing.set(true) attr:aria-haspopup="dialog">"Review requests"</Button> };
    Some(view! { <Banner actions=actions>{words}</Banner> }.into_any())
}

fn requests_dialog(access: Access, close: Callback<()>) -> AnyView {
    access.editing.want();
    // a review leads to a drawer: the dialog gives way to it
    let search = use_location().search;
    Effect::new(move || {
        if search.with(|query| query.contains("request=")) {
            close.run(());
        }
    });
    (move || access.editing.get().map(|editing| (editing.requests)(access, close))).into_any()
}

fn invite_questions(access: Access, actions: InviteActions) -> AnyView {
    access.editing.want();
    (move || access.editing.get().map(|editing| (editing.invite_questions)(actions))).into_any()
}

fn mail_is_off() -> AnyView {
    view! {
        <Banner tone=Tone::Warn>
            <b>"Mail is off."</b>
            " Invites are made but not sent: copy each invite's link and pass it on. To send mail, start Rolecall with "
            <code>"ROLECALL_SMTP_URL"</code> " set, for example to " <code>"smtp://user:password@mail.example.com:587"</code> "."
        </Banner>
    }
    .into_any()
}

/// Goes to the list as this state says, without a step in the history for each letter typed.
pub fn use_list_navigation(base: String) -> Callback<(ListState,)> {
    let navigate = use_navigate();
    Callback::from(move |state: ListState| {
        navigate(&format!("{base}{}", state.query()), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    })
}

#[component]
fn Toolbar(access: Access, state: Memo<ListState>, #[prop(into)] on_invite: Callback<()>) -> impl IntoView {
    let slug = access.here.slug();
    let go = use_list_navigation(path::users(&slug));
    let kept = {
        let state = state.get_untracked();
        let sort = (!state.sort.is_empty()).then(|| view! { <input type="hidden" name="sort" value=state.sort.clone()/> });
        let filters =
            state.filters.into_iter().map(|(name, value)| view! { <input type="hidden" name="filter" value=format!("{name}:{value}")/> }).collect_view();
        view! { {sort}{filters} }
    };
    view! {
        <div class="bar">
            <SearchBox label="Search users" value=Signal::derive(move || state.with(|state| state.search.clone())) action=path::users(&slug)
                on_search=move |text: String| go.run((state.get_untracked().searching(&text),))>
                {kept}
            </SearchBox>
            <UsersFilter access state go/>
            <span class="gap"></span>
            <LinkButton href=path::users_csv(&slug) kind=ButtonKind::Quiet icon=IconName::Download download=true>"Download CSV"</LinkButton>
            <Button kind=ButtonKind::Primary icon=IconName::UserPlus on_click=on_invite attr:aria-haspopup="dialog">"Invite team member"</Button>
        </div>
    }
    .into_any()
}

#[component]
fn Waiting() -> impl IntoView {
    view! { <DataTable label="Users" class="users cards" busy=true head=|| view! { <th scope="col">"Team member"</th> }><SkeletonRows rows=8 columns=COLUMNS people=true/></DataTable> }
}

/// What the list shows: changes of rows alone leave the table standing.
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Failed(RpcError),
    NoMatch,
    /// Behind the last page: rows were removed since the link was made.
    PastTheEnd,
    Table,
}

#[derive(Clone, Copy)]
struct UsersList {
    access: Access,
    users: Resource<Rpc<Page<UserRow>>>,
    state: Memo<ListState>,
    picked: PickedUsers,
    drawn: FewAtATime,
}

impl UsersList {
    fn view(self, busy: Signal<bool>) -> AnyView {
        let terms = kept(move || self.access.terms.get().and_then(Result::ok).map(Arc::new));
        let shown = kept(move || match (self.users.get(), self.access.terms.get()) {
            (Some(Err(error)), _) | (_, Some(Err(error))) => Shown::Failed(error),
            (Some(Ok(page)), Some(Ok(_))) if !page.rows.is_empty() => Shown::Table,
            (Some(Ok(_)), Some(Ok(_))) => {
                if self.state.with(|state| state.after.is_some()) {
                    Shown::PastTheEnd
                } else {
                    Shown::NoMatch
                }
            }
            (None, _) | (_, None) => Shown::Nothing,
        });
        let retry = move || {
            self.users.refetch();
            self.access.terms.refetch();
        };
        (move || match shown.get() {
            Shown::Nothing => ().into_any(),
            Shown::Failed(error) => view! { <FailureView error retry=retry/> }.into_any(),
            Shown::NoMatch => self.no_match(),
            Shown::PastTheEnd => self.past_the_end(),
            Shown::Table => self.table(terms, busy),
        })
        .into_any()
    }

    fn base(self) -> String {
        path::users(&self.access.here.slug())
    }

    fn table(self, terms: Signal<Option<Arc<Terms>>>, busy: Signal<bool>) -> AnyView {
        let sort = Signal::derive(move || self.state.with(|state| if state.sort.is_empty() { "name".to_owned() } else { state.sort.clone() }));
        let sorted = move |sort: String| format!("{}{}", self.base(), self.state.with(|state| state.sorted(&sort).query()));
        let users = self.users;
        let shown =
            Signal::derive(move || users.get().and_then(Result::ok).map(|page| page.rows.iter().map(|row| row.id).collect::<Vec<_>>()).unwrap_or_default());
        let head = move || {
            view! {
                <th scope="col" class="cell-pick">{self.picked.rows.page(shown)}</th>
                <SortTh label="Team member" key="name" sort=sort href=Callback::from(sorted)/>
                <th scope="col">"Status"</th>
                <th scope="col" class="cell-kind">"Permission"</th>
                <th scope="col">"Roles"</th>
                <th scope="col" class="cell-groups">"Groups"</th>
                <SortTh label="Last seen" key="last_seen" sort=sort href=Callback::from(sorted)/>
                <th scope="col"><span class="visually-hidden">"Actions"</span></th>
            }
        };
        self.drawn.begin();
        let rows = move || {
            let mut rows = users.get().and_then(Result::ok).map(|page| page.rows).unwrap_or_default();
            rows.truncate(self.drawn.of(rows.iter().map(|row| number(row.id)).collect()));
            rows
        };
        let row = move |first: UserRow| {
            let id = first.id;
            // a row that is asked for again stays where it is, and so does the focus in it
            let row = Memo::new(move |before: Option<&UserRow>| {
                let find = |answer: &Option<Rpc<Page<UserRow>>>| answer.as_ref()?.as_ref().ok()?.rows.iter().find(|row| row.id == id).cloned();
                users.with(find).or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
            });
            view! { <UserRowView row slug=self.access.here.slug() me=self.access.here.frame().me terms state=self.state picked=self.picked.rows/> }
        };
        let alone = move || {
            users.with(|answer| matches!(answer, Some(Ok(page)) if page.rows.len() == 1))
                && self.state.with(|state| !state.is_narrowed() && state.after.is_none())
        };
        view! {
            <DataTable label="Users" class="users cards" busy=busy head=head>
                <For each=rows key=|row| row.id children=row/>
            </DataTable>
            {move || alone().then(|| view! {
                <EmptyState icon=IconName::Users title="It's only you so far" text="Invite the people you work with: they get a mail with a link, and the roles you choose as soon as they accept."/>
            })}
            {self.pager()}
        }
        .into_any()
    }

    fn pager(self) -> AnyView {
        let size = u64::from(PageSize::SCREEN.get());
        let page = Memo::new(move |_| {
            let found = |answer: &Option<Rpc<Page<UserRow>>>| {
                answer
                    .as_ref()
                    .and_then(|answer| answer.as_ref().ok())
                    .map(|page| (page.rows.len() as u64, page.previous.clone(), page.next.clone(), page.total))
            };
            self.users.with(found).unwrap_or_default()
        });
        // no memo of its own: what reads that and then the page would not be drawn anew for another page that begins at the same place
        let from = Signal::derive(move || if page.with(|page| page.1.is_none()) { 1 } else { self.state.with(|state| state.from).unwrap_or(1) });
        let href = move |cursor: String, from: u64| format!("{}{}", self.base(), self.state.with(|state| state.at(&cursor, from).query()));
        let previous = move || page.get().1.map(|cursor| href(cursor, from.get().saturating_sub(size)));
        let next = move || page.get().2.map(|cursor| href(cursor, from.get() + page.get().0));
        view! {
            <div class="foot">
                <Pager from=from to=Signal::derive(move || (from.get() + page.get().0).saturating_sub(1)) total=Signal::derive(move || page.get().3)
                    previous=Signal::derive(previous) next=Signal::derive(next)/>
            </div>
        }
        .into_any()
    }

    fn no_match(self) -> AnyView {
        let words = move || {
            let terms = self.access.terms.get().and_then(Result::ok);
            self.state.with(|state| searched(state, terms.as_ref(), |id| self.access.groups.get(id)))
        };
        let cleared = move || format!("{}{}", self.base(), self.state.with(|state| state.cleared().query()));
        view! {
            <EmptyState icon=IconName::Search title="No user matches" text=Signal::derive(words)>
                <LinkButton href=Signal::derive(cleared)>"Clear search and filters"</LinkButton>
            </EmptyState>
        }
        .into_any()
    }

    fn past_the_end(self) -> AnyView {
        let first = move || format!("{}{}", self.base(), self.state.with(|state| ListState { after: None, from: None, ..state.clone() }.query()));
        view! {
            <EmptyState icon=IconName::Users title="Nobody is on this page any more" text="The list has become shorter since this page was opened.">
                <LinkButton href=Signal::derive(first)>"First page"</LinkButton>
            </EmptyState>
        }
        .into_any()
    }
}

const fn number(id: UserId) -> u128 {
    match id {
        UserId::Member(id) => id.uuid().as_u128(),
        UserId::Invite(id) => id.uuid().as_u128(),
    }
}

/// What was looked for: `Looked for “ama”, status Invited and role Source Admin.`
fn searched(state: &ListState, terms: Option<&Terms>, group: impl Fn(GroupId) -> Option<String>) -> String {
    let mut parts = Vec::new();
    if !state.search.trim().is_empty() {
        parts.push(format!("“{}” in names and addresses", state.search.trim()));
    }
    for (name, value) in &state.filters {
        let title = match name.as_str() {
            "status" => UserStatus::parse(value).map(|status| status.title().to_owned()),
            "role" => terms.and_then(|terms| terms.catalog.roles.iter().find(|role| role.id.as_str() == value)).map(|role| role.name.clone()),
            // its name may be on its way
            "group" => Some(value.parse().ok().and_then(&group).unwrap_or_else(|| "not named here".to_owned())),
            _ => None,
        };
        parts.push(format!("{name} {}", title.unwrap_or_else(|| value.clone())));
    }
    format!("Looked for {}.", and(&parts))
}

#[cfg(test)]
mod tests {
    use super::{ListState, searched};

    #[test]
    fn says_what_was_looked_for() {
        let state = ListState::parse("q=+ama&filter=status:invited&filter=permission:owner");
        assert_eq!(searched(&state, None, |_| None), "Looked for “ama” in names and addresses, status Invited and permission owner.");
    }
}
