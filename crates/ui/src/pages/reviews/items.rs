//! The list to go through: who has what, when they were last here, and Keep or Revoke for each, or for all that a search finds.

use super::{item::item_row, review::Shared};
use crate::{
    components::{Button, ConfirmDialog, DataTable, EmptyState, IconName, LinkButton, SearchBox, SkeletonRows, grouped, plural},
    pages::{
        access::{
            answered::{answered, kept},
            list_state::ListState,
            pages::pager,
            use_list_navigation,
        },
        doing::Doing,
        failure::FailureView,
    },
    path,
    rpc::{Rpc, RpcError, reviews},
    session::use_session,
};
use domain::{
    page::Cursor,
    review::{Decision, ItemPage, ItemQuery, ItemSelection, ItemsSeen, Review, ReviewItem},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// What the URL asks for.
fn asked(state: &ListState) -> ItemQuery {
    ItemQuery {
        decision: state.chosen("decision").first().and_then(|text| Decision::parse(text)),
        search: Some(state.search.trim().to_owned()).filter(|text| !text.is_empty()),
        cursor: state.after.as_deref().and_then(|text| Cursor::decode(text).ok()),
    }
}

/// What the page shows: other rows alone leave the table standing, and the focus in it.
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Failed(RpcError),
    NoItem,
    Table,
}

/// All that a list showed when it was asked about.
#[derive(Clone)]
struct Question {
    decision: Decision,
    query: ItemQuery,
    seen: ItemsSeen,
}

/// Copy it into callbacks.
#[derive(Clone, Copy)]
struct List {
    shared: Shared,
    state: Memo<ListState>,
    found: Resource<Rpc<ItemPage>>,
    open: Signal<bool>,
    /// Of what is asked about all that is shown.
    doing: Doing,
    /// What is to be decided about all of a list, and which that was.
    question: RwSignal<Option<Question>>,
}

#[component]
pub fn Items(shared: Shared, #[prop(into)] review: Signal<Option<Review>>) -> impl IntoView {
    let Shared { here, id, version } = shared;
    let (slug, session, search) = (here.slug(), use_session(), use_location().search);
    let state = Memo::new(move |_| search.with(|query| ListState::parse(query.trim_start_matches('?'))));
    let base = path::review(&slug, id);
    let (found, busy) = answered(
        move || (state.with(asked), version.get(), session.version(), here.live.version()),
        move |(query, ..)| reviews::items(slug.clone(), id, query),
    );
    let open = kept(move || review.with(|review| review.as_ref().is_some_and(Review::is_open)));
    let list = List { shared, state, found, open, doing: Doing::default(), question: RwSignal::new(None) };
    let go = use_list_navigation(base.clone());
    let hidden = {
        let filters = state.get_untracked().filters;
        filters.into_iter().map(|(name, value)| view! { <input type="hidden" name="filter" value=format!("{name}:{value}")/> }).collect_view()
    };
    view! {
        {decisions(state, review, base.clone())}
        <section class="panel" aria-label="To review">
            <div class="bar">
                <SearchBox label="Search this review" value=Signal::derive(move || state.with(|state| state.search.clone())) action=base
                    on_search=move |text: String| go.run((state.get_untracked().searching(&text),))>{hidden}</SearchBox>
                <span class="gap"></span>
                <Transition>{list.of_all(busy)}</Transition>
            </div>
            <Transition fallback=|| view! { <SkeletonRows rows=8 columns=4/> }>{list.view(busy)}</Transition>
        </section>
        {move || list.question.get().map(|question| list.ask(question))}
    }
    .into_any()
}

/// All, and each decision with how many there are: links that narrow the list.
fn decisions(state: Memo<ListState>, review: Signal<Option<Review>>, base: String) -> AnyView {
    let link = move |decision: Option<Decision>| {
        let values: Vec<String> = decision.iter().map(|decision| decision.as_str().to_owned()).collect();
        let base = base.clone();
        let href = move || format!("{base}{}", state.with(|state| state.filtered("decision", &values).query()));
        let mine = Memo::new(move |_| state.with(|state| asked(state).decision == decision));
        let count = move || {
            review.with(|review| {
                review.as_ref().map(|review| match decision {
                    None => grouped(review.items),
                    Some(Decision::Undecided) => grouped(review.undecided()),
                    Some(Decision::Keep) => grouped(review.kept),
                    Some(Decision::Revoke) => grouped(review.revoked),
                })
            })
        };
        let words = decision.map_or("All", Decision::title);
        view! { <li><a href=href aria-current=move || mine.get().then_some("true")>{words}" "<span class="n">{count}</span></a></li> }
    };
    let links = [None, Some(Decision::Undecided), Some(Decision::Keep), Some(Decision::Revoke)].map(link).into_iter().collect_view();
    view! { <nav class="types" aria-label="Decisions"><ul>{links}</ul></nav> }.into_any()
}

impl List {
    fn base(self) -> String {
        path::review(&self.shared.here.slug(), self.shared.id)
    }

    fn view(self, busy: Signal<bool>) -> impl Fn() -> AnyView {
        let found = self.found;
        let shown = kept(move || match found.get() {
            None => Shown::Nothing,
            Some(Err(error)) => Shown::Failed(error),
            Some(Ok(list)) if list.page.rows.is_empty() => Shown::NoItem,
            Some(Ok(_)) => Shown::Table,
        });
        move || match shown.get() {
            Shown::Nothing => ().into_any(),
            Shown::Failed(error) => view! { <FailureView error retry=move || found.refetch()/> }.into_any(),
            Shown::NoItem => self.none(),
            Shown::Table => self.table(busy),
        }
    }

    fn none(self) -> AnyView {
        let (state, all) = (self.state.get(), self.base());
        if state.search.trim().is_empty() && asked(&state).decision == Some(Decision::Undecided) {
            return view! { <EmptyState icon=IconName::CircleCheck title="Everything is decided" text="Look through it once more if you like: each can be changed until the sign-off."><LinkButton href=all>"Show all"</LinkButton></EmptyState> }.into_any();
        }
        view! { <EmptyState icon=IconName::Search title="Nothing matches" text="Nothing in this review has what you look for."><LinkButton href=all>"Show all"</LinkButton></EmptyState> }.into_any()
    }

    fn table(self, busy: Signal<bool>) -> AnyView {
        let found = self.found;
        let rows = move || found.get().and_then(Result::ok).map(|list| list.page.rows).unwrap_or_default();
        let row = move |first: ReviewItem| {
            let place = first.place;
            let row = Memo::new(move |before: Option<&ReviewItem>| {
                let find = |answer: &Option<Rpc<ItemPage>>| answer.as_ref()?.as_ref().ok()?.page.rows.iter().find(|row| row.place == place).cloned();
                found.with(find).or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
            });
            item_row(self.shared, row, self.open)
        };
        let head = || {
            view! { <th scope="col">"Who"</th><th scope="col">"Access"</th><th scope="col">"Last used"</th><th scope="col">"Decision"</th> }
        };
        let foot = move || found.get().and_then(Result::ok).map(|list| pager(&self.state.get(), &self.base(), &list.page));
        view! {
            <DataTable label="To review" class="review-items" busy=busy head=head>
                <For each=rows key=|row| row.place children=row/>
            </DataTable>
            {foot}
        }
        .into_any()
    }

    fn seen(self) -> ItemsSeen {
        let seen = |list: ItemPage| ItemsSeen { count: list.page.total.unwrap_or(0), decisions: list.decisions };
        self.found.get().and_then(Result::ok).map(seen).unwrap_or_default()
    }

    /// Decides about all that is shown, as far as it is known what that is.
    fn of_all(self, busy: Signal<bool>) -> impl Fn() -> Option<AnyView> {
        move || {
            let (seen, narrowed) = (self.seen(), self.state.with(ListState::is_narrowed));
            let total = seen.count;
            let words = |verb: &str| if narrowed { format!("{verb} all {} that match", grouped(total)) } else { format!("{verb} all {}", grouped(total)) };
            let (keep, revoke) = (words("Keep"), words("Revoke"));
            let waits = Signal::derive(move || busy.get().then(|| "the list is on its way".to_owned()));
            let ask = move |decision: Decision| {
                self.doing.refused.set(None);
                let query = ItemQuery { cursor: None, ..self.state.with_untracked(asked) };
                self.question.set(Some(Question { decision, query, seen }));
            };
            (self.open.get() && total > 1).then(|| {
                view! {
                    <Button small=true disabled_reason=waits on_click=move || ask(Decision::Keep) attr:aria-haspopup="dialog">{keep}</Button>
                    <Button small=true disabled_reason=waits on_click=move || ask(Decision::Revoke) attr:aria-haspopup="dialog">{revoke}</Button>
                }
                .into_any()
            })
        }
    }

    fn ask(self, question: Question) -> AnyView {
        let Question { decision, query, seen } = question;
        let count = seen.count;
        let (shared, doing) = (self.shared, self.doing);
        let keeps = decision == Decision::Keep;
        let words = if keeps { "They stay as they are." } else { "They end when an owner signs the review off, not before." };
        let confirm = move || {
            let (slug, selection) = (shared.here.slug(), ItemSelection::Matching(query.clone()));
            doing.run(
                move || reviews::decide(slug.clone(), shared.id, selection.clone(), Some(seen), decision),
                move |done, is_here| {
                    let own = if done.own_left_out { " What you have yourself is for others to decide." } else { "" };
                    doing.toasts.success(format!("{} decided.{own}", plural(done.changed, "item", "items")));
                    if is_here {
                        self.question.set(None);
                        shared.changed();
                    }
                },
            );
        };
        view! {
            <ConfirmDialog title=format!("{} {}?", decision.title(), plural(count, "item", "items")) confirm=format!("{} all {}", decision.title(), grouped(count)) safe=keeps
                pending=doing.pending error=doing.message() on_confirm=confirm on_close=move || self.question.set(None)>
                <p>{words} " What was decided about them before is replaced; each can be changed again."</p>
            </ConfirmDialog>
        }
        .into_any()
    }
}
