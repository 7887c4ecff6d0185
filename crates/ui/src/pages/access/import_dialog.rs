//! Invites the people of a CSV file: what each column is, what becomes of each row, then all at once; and the report to keep.

use super::{
    Access,
    import_rows::{column_name, rows, sum, unused},
};
use crate::{
    components::{
        Banner, Button, ButtonKind, CheckField, CopyButton, Dialog, FileBox, IconName, ProgressBar, SelectField, SkeletonLines, TextFile, Tone, grouped,
        plural, save_text,
    },
    pages::{doing::Doing, newest::Newest},
    rpc::{RpcError, import},
    session::use_session,
};
use domain::import::{Column, ImportOutcome, ImportWish, MOST_BYTES, MOST_ROWS};
use leptos::prelude::*;

#[component]
pub fn ImportDialog(
    access: Access,
    /// Everything is done.
    #[prop(into)]
    on_close: Callback<()>,
    /// Nothing is done: back to where somebody came from.
    #[prop(into)]
    on_back: Callback<()>,
) -> impl IntoView {
    let importing = Importing {
        access,
        file: RwSignal::new(None),
        columns: RwSignal::new(None),
        create_groups: RwSignal::new(false),
        leave_out_wrong: RwSignal::new(false),
        told: RwSignal::new(None),
        is_fresh: RwSignal::new(false),
        failed: RwSignal::new(None),
        again: RwSignal::new(0),
        newest: Newest::default(),
        doing: Doing::default(),
        close: on_close,
        back: on_back,
    };
    importing.preview();
    importing.view()
}

/// Copy it into callbacks.
#[derive(Clone, Copy)]
struct Importing {
    access: Access,
    file: RwSignal<Option<TextFile>>,
    /// As somebody chose them; guessed by the header until then.
    columns: RwSignal<Option<Vec<Option<Column>>>>,
    create_groups: RwSignal<bool>,
    leave_out_wrong: RwSignal<bool>,
    told: RwSignal<Option<ImportOutcome>>,
    /// Whether `told` is about what is chosen now.
    is_fresh: RwSignal<bool>,
    failed: RwSignal<Option<RpcError>>,
    /// Grows when it is to be asked again.
    again: RwSignal<u32>,
    newest: Newest,
    doing: Doing,
    close: Callback<()>,
    back: Callback<()>,
}

impl Importing {
    fn wish(self) -> Option<ImportWish> {
        let text = self.file.get()?.text;
        Some(ImportWish { text, columns: self.columns.get(), create_groups: self.create_groups.get(), leave_out_wrong: self.leave_out_wrong.get() })
    }

    fn is_done(self) -> bool {
        self.told.with(|told| told.as_ref().is_some_and(|told| told.done))
    }

    /// Asks again whenever the file, or how it is read, is another one; not while it is being done, nor after.
    fn preview(self) {
        let session = use_session();
        Effect::new(move || {
            self.file.track();
            self.columns.track();
            self.create_groups.track();
            let _ = (self.again.get(), session.version());
            if self.doing.pending.get_untracked() || untrack(move || self.is_done()) {
                return;
            }
            self.newest.overtake();
            self.is_fresh.set(false);
            self.failed.set(None);
            // whether wrong rows are left out changes nothing that is shown
            let Some(wish) = untrack(move || self.wish()) else { return };
            self.newest.ask(import::preview(self.access.here.slug(), wish), move |answer| match answer {
                Ok(answer) => {
                    self.told.set(Some(answer));
                    self.is_fresh.set(true);
                }
                Err(error) if session.ask_again(&error, || ()) => {}
                Err(error) => self.failed.set(Some(error)),
            });
        });
    }

    fn choose(self, file: TextFile) {
        if self.doing.pending.get_untracked() {
            return;
        }
        self.told.set(None);
        self.columns.set(None);
        self.create_groups.set(false);
        self.leave_out_wrong.set(false);
        self.file.set(Some(file));
    }

    /// Why it can't be done yet.
    fn reason(self) -> Option<String> {
        if self.file.with(Option::is_none) {
            return Some("choose a file first".to_owned());
        }
        let known = self.told.get().filter(|_| self.is_fresh.get());
        let Some(told) = known else { return Some("what becomes of its rows is not known yet".to_owned()) };
        let (invited, wrong) = told.counts();
        match (told.rows.is_empty(), invited, wrong) {
            (true, ..) => Some("choose the column of the addresses first".to_owned()),
            (false, _, 1..) if !self.leave_out_wrong.get() => Some("mend the rows that are wrong, or have them left out".to_owned()),
            (false, 0, _) => Some("no row leads to an invite".to_owned()),
            (false, ..) => None,
        }
    }

    fn send(self) {
        if untrack(move || self.reason()).is_some() {
            return;
        }
        let Some(wish) = untrack(move || self.wish()) else { return };
        let (slug, access) = (self.access.here.slug(), self.access);
        self.newest.overtake();
        self.doing.run(
            move || import::apply(slug.clone(), wish.clone()),
            move |outcome, is_here| {
                self.doing.toasts.success(format!("{} invited.", plural(outcome.counts().0, "person", "people")));
                if is_here {
                    self.told.set(Some(outcome));
                    access.changed_groups();
                } else {
                    access.changed();
                }
            },
        );
    }

    fn view(self) -> AnyView {
        let leave = Callback::from(move || {
            if self.doing.pending.get_untracked() {
                return;
            }
            if untrack(move || self.is_done()) { self.close.run(()) } else { self.back.run(()) }
        });
        let words = move || {
            let people = self.told.with(|told| told.as_ref().map_or(0, |told| told.counts().0));
            if people == 0 { "Send invites".to_owned() } else { format!("Invite {}", plural(people, "person", "people")) }
        };
        let report = move || {
            self.told.with_untracked(|told| {
                if let Some(told) = told {
                    save_text("rolecall-import.csv", &told.report());
                }
            });
        };
        let links = Memo::new(move |_| self.told.with(|told| told.as_ref().map(ImportOutcome::links)).unwrap_or_default());
        let has_rows = Memo::new(move |_| self.told.with(|told| told.as_ref().is_some_and(|told| !told.rows.is_empty())));
        let done = Memo::new(move |_| self.is_done());
        let footer = move || {
            view! {
                {move || has_rows.get().then(|| view! { <Button icon=IconName::Download kind=ButtonKind::Quiet on_click=report>"Download report"</Button> })}
                {move || (!links.with(String::is_empty)).then(|| view! { <CopyButton text=links label="Copy all addresses and links"/> })}
                <span class="gap"></span>
                {move || match done.get() {
                    true => view! { <Button kind=ButtonKind::Primary on_click=move || leave.run(())>"Done"</Button> }.into_any(),
                    false => view! {
                        <Button on_click=move || leave.run(())>"Cancel"</Button>
                        <Button kind=ButtonKind::Primary pending=self.doing.pending disabled_reason=Signal::derive(move || self.reason()) on_click=move || self.send()>{words}</Button>
                    }
                    .into_any(),
                }}
            }
        };
        let hint = format!(
            "At most {} rows. The first line names the columns: Email, and if wanted Permission, Personal data, Roles and Groups. Several in one cell have semicolons between them.",
            grouped(MOST_ROWS as u64)
        );
        let mail_is_off = !self.access.here.frame().mail_is_on;
        let about_mail = move || match done.get() {
            false => "Mail is off: you get a link for each of them to pass on.",
            true => "Mail is off, so nothing was sent. Pass each link on yourself: copy them here, or download the report, which has them too.",
        };
        let latin = move || self.file.with(|file| file.as_ref().filter(|file| file.was_latin).map(|file| file.name.clone()));
        view! {
            <Dialog title="Import CSV" text=Some("Invites everybody in a file. A file from Download CSV can be taken as it is.".to_owned()) wide=true on_close=leave footer=footer>
                <div class="form">
                    {mail_is_off.then(|| view! { <Banner tone=Tone::Warn>{about_mail}</Banner> })}
                    {move || (!done.get()).then(|| view! {
                        <FileBox label="Choose a CSV file, or drop it here" name="import-file" accept=".csv,.txt,text/csv" most=MOST_BYTES hint=Some(hint.clone()) on_file=move |file: TextFile| self.choose(file)/>
                    })}
                    {move || self.file.with(|file| file.as_ref().map(|file| file.name.clone())).map(|name| view! { <p class="import-file"><b>{name}</b></p> })}
                    {move || latin().map(|name| view! { <Banner tone=Tone::Warn>{format!("{name} is not UTF-8 and was read as Latin-1. Check names with accents before you go on.")}</Banner> })}
                    {self.refusal()}
                    {self.content(done)}
                </div>
            </Dialog>
        }
        .into_any()
    }

    fn refusal(self) -> AnyView {
        let message = self.doing.message();
        let again = move || view! { <Button small=true icon=IconName::RotateCw on_click=move || self.again.update(|again| *again += 1)>"Try again"</Button> };
        view! {
            {move || self.failed.get().map(|error| view! { <Banner tone=Tone::Bad actions=again>{error.message()}</Banner> })}
            {move || message.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
        }
        .into_any()
    }

    /// What is chosen stays mounted while the answers come and go: an open part stays open, and the focus where it is.
    fn content(self, done: Memo<bool>) -> AnyView {
        let header = Memo::new(move |_| self.told.with(|told| told.as_ref().map(|told| told.header.clone())));
        let waiting = Memo::new(move |_| self.file.with(Option::is_some) && header.with(Option::is_none) && self.failed.with(Option::is_none));
        let sum = move || self.told.with(|told| told.as_ref().map(sum));
        let work = move || {
            let count = self.told.with_untracked(|told| told.as_ref().map_or(0, |told| told.counts().0));
            format!("Inviting {}…", plural(count, "person", "people"))
        };
        let progress = move || self.doing.pending.get().then(|| view! { <ProgressBar label=Signal::derive(work) value=Signal::stored(None)/> });
        let rows = move || self.told.with(|told| told.as_ref().filter(|told| !told.rows.is_empty()).map(rows));
        let busy = Memo::new(move |_| self.told.with(Option::is_some) && !self.is_fresh.get() && self.failed.with(Option::is_none) && !done.get());
        let unused = Memo::new(move |_| self.told.with(|told| told.as_ref().and_then(unused)).filter(|_| !done.get()));
        view! {
            {move || waiting.get().then(|| view! { <SkeletonLines lines=6/> })}
            {move || unused.get().map(|text| view! { <Banner tone=Tone::Warn>{text}</Banner> })}
            {move || (!done.get()).then(|| header.get()).flatten().map(|header| view! { {self.columns(&header)}{self.options()} })}
            <p class="import-sum" role="status">{sum}{progress}</p>
            <div aria-busy=move || busy.get().then_some("true") class:faint=busy>{rows}</div>
        }
        .into_any()
    }

    /// What each column of the file is.
    fn columns(self, header: &[String]) -> AnyView {
        let chosen = move || self.told.with(|told| told.as_ref().map(|told| told.columns.clone())).unwrap_or_default();
        let is_open = untrack(move || !chosen().contains(&Some(Column::Email)) || self.told.with(|told| told.as_ref().and_then(unused)).is_some());
        let options: Vec<(String, String)> = std::iter::once((String::new(), "Not used".to_owned()))
            .chain(Column::ALL.into_iter().map(|column| (column.as_str().to_owned(), column.title().to_owned())))
            .collect();
        let field = |at: usize| {
            let mine = Memo::new(move |_| chosen().get(at).copied().flatten());
            let value = RwSignal::new(mine.get_untracked().map(|column| column.as_str().to_owned()).unwrap_or_default());
            // another column may have taken what this one was
            Effect::new(move || {
                let text = mine.get().map(|column| column.as_str().to_owned()).unwrap_or_default();
                if value.with_untracked(|value| *value != text) {
                    value.set(text);
                }
            });
            Effect::new(move || {
                let column = Column::parse(&value.get());
                if column == mine.get_untracked() {
                    return;
                }
                // a column is one thing: who takes it has it
                let mut columns: Vec<Option<Column>> = untrack(chosen).into_iter().map(|other| other.filter(|_| other != column)).collect();
                if let Some(mine) = columns.get_mut(at) {
                    *mine = column;
                }
                self.columns.set(Some(columns));
            });
            let label = column_name(header, at);
            view! { <SelectField label=label name=format!("column-{at}") value options=Signal::stored(options.clone())/> }
        };
        let fields = (0..header.len()).map(field).collect_view();
        view! {
            <details class="more" open=is_open>
                <summary>"Columns of the file"</summary>
                <div class="more-body import-columns">{fields}</div>
            </details>
        }
        .into_any()
    }

    fn options(self) -> AnyView {
        let groups = Memo::new(move |_| self.told.with(|told| told.as_ref().map(named_groups)).unwrap_or_default());
        let wrong = Memo::new(move |_| self.told.with(|told| told.as_ref().map_or(0, |told| told.counts().1)));
        // once offered it stays: it is what may have to be taken back
        let offers_groups = Memo::new(move |_| !groups.with(Vec::is_empty) || self.create_groups.get());
        let has_wrong = Memo::new(move |_| wrong.get() > 0);
        let note = Signal::derive(move || {
            let all = groups.get();
            let more = all.len().saturating_sub(5);
            let shown = all.into_iter().take(5).collect::<Vec<_>>().join(", ");
            Some(if more > 0 { format!("{shown} and {more} more") } else { shown }).filter(|note| !note.is_empty())
        });
        let leave_out = Signal::derive(move || format!("Leave out {}", plural(wrong.get(), "row that is wrong", "rows that are wrong")));
        view! {
            {move || offers_groups.get().then(|| view! {
                <CheckField label="Create the groups that are missing" note checked=self.create_groups on_change=move |on: bool| self.create_groups.set(on)/>
            })}
            {move || has_wrong.get().then(|| view! {
                <CheckField label=leave_out note=Some("The report names them".to_owned()) checked=self.leave_out_wrong on_change=move |on: bool| self.leave_out_wrong.set(on)/>
            })}
        }
        .into_any()
    }
}

/// Groups that are missing or made, with what they will give.
fn named_groups(told: &ImportOutcome) -> Vec<String> {
    let made = told.new_groups.iter().map(|group| {
        let gives: Vec<&str> = group.pii.then_some("Personal data").into_iter().chain(group.roles.iter().map(String::as_str)).collect();
        if gives.is_empty() { group.name.clone() } else { format!("{} ({})", group.name, gives.join(", ")) }
    });
    told.missing_groups.iter().cloned().chain(made).collect()
}
