//! Invites the people of a CSV file: what each column is, what becomes of each row, then all at once; and the report to keep.

use super::Access;
use crate::{
    components::{
        Banner, Button, ButtonKind, CheckField, DataTable, Dialog, FileBox, IconName, ProgressBar, SelectField, SkeletonLines, StatusDot, TextFile, Tone,
        grouped, plural, save_text,
    },
    pages::{doing::Doing, newest::Newest},
    rpc::{RpcError, import},
    session::use_session,
};
use domain::import::{Column, ImportOutcome, ImportRow, ImportWish, MOST_BYTES, MOST_ROWS, RowOutcome};
use leptos::prelude::*;

/// Rows that are drawn; the report has all.
const SHOWN: usize = 100;

#[component]
pub fn ImportDialog(access: Access, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let importing = Importing {
        access,
        file: RwSignal::new(None),
        columns: RwSignal::new(None),
        create_groups: RwSignal::new(false),
        leave_out_wrong: RwSignal::new(false),
        told: RwSignal::new(None),
        failed: RwSignal::new(None),
        doing: Doing::default(),
        close: on_close,
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
    failed: RwSignal<Option<RpcError>>,
    doing: Doing,
    close: Callback<()>,
}

impl Importing {
    fn wish(self) -> Option<ImportWish> {
        let text = self.file.get()?.text;
        Some(ImportWish { text, columns: self.columns.get(), create_groups: self.create_groups.get(), leave_out_wrong: self.leave_out_wrong.get() })
    }

    fn is_done(self) -> bool {
        self.told.with(|told| told.as_ref().is_some_and(|told| told.done))
    }

    /// Asks again whenever the file, or how it is read, is another one.
    fn preview(self) {
        let (newest, session) = (Newest::default(), use_session());
        Effect::new(move || {
            let _ = (self.file.track(), self.columns.track(), self.create_groups.track(), session.version());
            newest.overtake();
            self.failed.set(None);
            // whether wrong rows are left out changes nothing that is shown
            let Some(wish) = untrack(move || self.wish()) else { return };
            newest.ask(import::preview(self.access.here.slug(), wish), move |answer| match answer {
                Ok(answer) => self.told.set(Some(answer)),
                Err(error) if session.ask_again(&error, || ()) => {}
                Err(error) => {
                    self.told.set(None);
                    self.failed.set(Some(error));
                }
            });
        });
    }

    fn choose(self, file: TextFile) {
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
        let Some(told) = self.told.get() else { return Some("what becomes of its rows is not known yet".to_owned()) };
        let (invited, wrong) = told.counts();
        match (told.rows.is_empty(), invited, wrong) {
            (true, ..) => Some("choose the column of the addresses first".to_owned()),
            (false, _, 1..) if !self.leave_out_wrong.get() => Some("mend the rows that are wrong, or have them left out".to_owned()),
            (false, 0, _) => Some("no row leads to an invite".to_owned()),
            (false, ..) => None,
        }
    }

    fn send(self) {
        let Some(wish) = untrack(move || self.wish()) else { return };
        let (slug, access) = (self.access.here.slug(), self.access);
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
        let close = Callback::from(move || {
            if !self.doing.pending.get_untracked() {
                self.close.run(());
            }
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
        let has_rows = move || self.told.with(|told| told.as_ref().is_some_and(|told| !told.rows.is_empty()));
        let footer = move || {
            view! {
                {move || has_rows().then(|| view! { <Button icon=IconName::Download kind=ButtonKind::Quiet on_click=report>"Download report"</Button> })}
                <span class="gap"></span>
                {move || match self.is_done() {
                    true => view! { <Button kind=ButtonKind::Primary on_click=move || close.run(())>"Done"</Button> }.into_any(),
                    false => view! {
                        <Button on_click=move || close.run(())>"Cancel"</Button>
                        <Button kind=ButtonKind::Primary pending=self.doing.pending disabled_reason=Signal::derive(move || self.reason()) on_click=move || self.send()>{words}</Button>
                    }
                    .into_any(),
                }}
            }
        };
        let refused = move || self.failed.get().map(|error| error.message()).or_else(|| self.doing.message().get());
        let hint = format!(
            "At most {} rows. The first line names the columns: Email, and if wanted Permission, Personal data, Roles and Groups.",
            grouped(MOST_ROWS as u64)
        );
        let latin = move || self.file.with(|file| file.as_ref().filter(|file| file.was_latin).map(|file| file.name.clone()));
        view! {
            <Dialog title="Import CSV" text=Some("Invites everybody in a file. A file from Download CSV can be taken as it is.".to_owned()) wide=true on_close=close footer=footer>
                <div class="form">
                    {move || (!self.is_done()).then(|| view! {
                        <FileBox label="Choose a CSV file, or drop it here" name="import-file" accept=".csv,.txt,text/csv" most=MOST_BYTES hint=Some(hint.clone()) on_file=move |file: TextFile| self.choose(file)/>
                    })}
                    {move || self.file.with(|file| file.as_ref().map(|file| file.name.clone())).map(|name| view! { <p class="import-file"><b>{name}</b></p> })}
                    {move || latin().map(|name| view! { <Banner tone=Tone::Warn>{format!("{name} is not UTF-8 and was read as Latin-1. Check names with accents before you go on.")}</Banner> })}
                    {move || refused().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                    {move || self.content()}
                    {move || self.doing.pending.get().then(|| view! { <ProgressBar label="Inviting…" value=Signal::stored(None)/> })}
                </div>
            </Dialog>
        }
        .into_any()
    }

    fn content(self) -> AnyView {
        if self.file.with(Option::is_none) || self.failed.with(Option::is_some) {
            return ().into_any();
        }
        let Some(told) = self.told.get() else { return view! { <SkeletonLines lines=6/> }.into_any() };
        let done = told.done;
        let choices = (!done).then(|| view! { {self.columns(&told)}{self.options(&told)} });
        let rows = (!told.rows.is_empty()).then(|| rows(&told));
        view! { {choices}<p class="import-sum" role="status">{sum(&told)}</p>{rows} }.into_any()
    }

    /// What each column of the file is.
    fn columns(self, told: &ImportOutcome) -> AnyView {
        let is_open = !told.columns.contains(&Some(Column::Email));
        let chosen = told.columns.clone();
        let options: Vec<(String, String)> = std::iter::once((String::new(), "Not used".to_owned()))
            .chain(Column::ALL.into_iter().map(|column| (column.as_str().to_owned(), column.title().to_owned())))
            .collect();
        let field = |(at, name): (usize, &String)| {
            let value = RwSignal::new(chosen.get(at).copied().flatten().map(|column| column.as_str().to_owned()).unwrap_or_default());
            let before = chosen.clone();
            Effect::new(move |ran: Option<()>| {
                let column = Column::parse(&value.get());
                if ran.is_some() {
                    // a column is one thing: who takes it has it
                    let mut columns: Vec<Option<Column>> = before.iter().map(|other| other.filter(|other| Some(*other) != column)).collect();
                    if let Some(mine) = columns.get_mut(at) {
                        *mine = column;
                    }
                    self.columns.set(Some(columns));
                }
            });
            let label = if name.is_empty() { format!("Column {}", at + 1) } else { name.clone() };
            view! { <SelectField label=label name=format!("column-{at}") value options=Signal::stored(options.clone())/> }
        };
        let fields = told.header.iter().enumerate().map(field).collect_view();
        view! {
            <details class="more" open=is_open>
                <summary>"Columns of the file"</summary>
                <div class="more-body import-columns">{fields}</div>
            </details>
        }
        .into_any()
    }

    fn options(self, told: &ImportOutcome) -> AnyView {
        let groups: Vec<String> = told.missing_groups.iter().chain(&told.new_groups).take(5).cloned().collect();
        let many = told.missing_groups.len() + told.new_groups.len();
        let note = if many > groups.len() { format!("{} and {} more", groups.join(", "), many - groups.len()) } else { groups.join(", ") };
        let (_, wrong) = told.counts();
        view! {
            {(many > 0).then(|| view! {
                <CheckField label="Create the groups that are missing" note=Some(note) checked=self.create_groups on_change=move |on: bool| self.create_groups.set(on)/>
            })}
            {(wrong > 0).then(|| view! {
                <CheckField label=format!("Leave out {}", plural(wrong, "row that is wrong", "rows that are wrong")) note=Some("The report names them".to_owned())
                    checked=self.leave_out_wrong on_change=move |on: bool| self.leave_out_wrong.set(on)/>
            })}
        }
        .into_any()
    }
}

/// In one sentence what becomes of the file.
fn sum(told: &ImportOutcome) -> String {
    if told.rows.is_empty() {
        return "Choose which column has the email addresses.".to_owned();
    }
    let (invited, wrong) = told.counts();
    let others = told.rows.len() as u64 - invited - wrong;
    let mut parts = vec![match told.done {
        true => format!("{} invited", plural(invited, "person", "people")),
        false => format!("{} will be invited", plural(invited, "person", "people")),
    }];
    if others > 0 {
        parts.push(format!("{} as they are", plural(others, "row stays", "rows stay")));
    }
    if wrong > 0 {
        parts.push(match told.done {
            true => format!("{} left out as wrong", plural(wrong, "row was", "rows were")),
            false => format!("{} wrong", plural(wrong, "row is", "rows are")),
        });
    }
    format!("{}.", parts.join(", "))
}

/// Rows that are wrong come first: they are what somebody has to do something about.
fn rows(told: &ImportOutcome) -> AnyView {
    let done = told.done;
    let mut all: Vec<&ImportRow> = told.rows.iter().collect();
    all.sort_by_key(|row| !row.outcome.is_wrong());
    let rest = all.len().saturating_sub(SHOWN);
    let row = move |row: &ImportRow| {
        let tone = match &row.outcome {
            RowOutcome::Invite | RowOutcome::Replace => Tone::Good,
            RowOutcome::Member(_) | RowOutcome::Twice(_) => Tone::Muted,
            RowOutcome::Wrong { .. } => Tone::Bad,
        };
        view! {
            <tr>
                <td class="cell-seen">{grouped(row.line)}</td>
                <td class="import-email">{row.email.clone()}</td>
                <td class="import-words"><StatusDot tone text=row.outcome.words(done)/></td>
            </tr>
        }
    };
    let rows = all.into_iter().take(SHOWN).map(row).collect_view();
    let head = || view! { <th scope="col">"Line"</th><th scope="col">"Email"</th><th scope="col">"Outcome"</th> };
    view! {
        <div class="import-rows" tabindex="0" role="group" aria-label="Rows of the file">
            <DataTable label="Rows of the file" class="import" head=head>{rows}</DataTable>
        </div>
        {(rest > 0).then(|| view! { <p class="check-list-note">{plural(rest as u64, "more row is", "more rows are")} " in the report."</p> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_summed_up() {
        let row = |outcome| ImportRow { line: 2, email: String::new(), outcome };
        let wrong = || RowOutcome::Wrong { column: Column::Email, message: String::new() };
        let mut told = ImportOutcome { rows: vec![row(RowOutcome::Invite), row(RowOutcome::Twice(2)), row(wrong()), row(wrong())], ..ImportOutcome::default() };
        assert_eq!(sum(&told), "1 person will be invited, 1 row stays as they are, 2 rows are wrong.");
        told.done = true;
        assert_eq!(sum(&told), "1 person invited, 1 row stays as they are, 2 rows were left out as wrong.");
        assert_eq!(sum(&ImportOutcome::default()), "Choose which column has the email addresses.");
    }
}
