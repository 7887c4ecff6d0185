//! What becomes of the rows of a file: in words, and as a table.

use crate::components::{DataTable, StatusDot, Tone, grouped, plural};
use domain::{
    failure::quoted,
    import::{ImportOutcome, ImportRow, RowOutcome},
};
use leptos::prelude::*;

/// Rows that are drawn; the report has all.
const SHOWN: usize = 100;

/// In one sentence what becomes of the file.
pub fn sum(told: &ImportOutcome) -> String {
    if told.rows.is_empty() {
        return "Choose which column has the email addresses.".to_owned();
    }
    let (invited, wrong) = told.counts();
    let others = told.rows.len() as u64 - invited - wrong;
    let owners = match told.owners() {
        0 => String::new(),
        count => format!(", {} as {}", grouped(count), if count == 1 { "an owner" } else { "owners" }),
    };
    let mut parts = vec![match told.done {
        true => format!("{} invited{owners}", plural(invited, "person", "people")),
        false => format!("{} will be invited{owners}", plural(invited, "person", "people")),
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

/// Names the columns that hold something and are not used.
pub fn unused(told: &ImportOutcome) -> Option<String> {
    // before it is known where the addresses are, all of them are unused
    if told.unused.is_empty() || told.rows.is_empty() {
        return None;
    }
    let names: Vec<String> = told.unused.iter().map(|at| format!("“{}”", column_name(&told.header, *at))).collect();
    Some(match names.as_slice() {
        [one] => format!("The column {one} isn't used: say below what it is, if it is meant to count."),
        many => format!("The columns {} aren't used: say below what they are, if they are meant to count.", many.join(", ")),
    })
}

/// As the header has it.
pub fn column_name(header: &[String], at: usize) -> String {
    header.get(at).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| format!("Column {}", at + 1))
}

/// Rows that are wrong come first: they are what somebody has to do something about.
pub fn rows(told: &ImportOutcome) -> AnyView {
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
                <td class="import-words"><StatusDot tone text=quoted(&row.words(done))/></td>
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
    use domain::import::Column;

    #[test]
    fn a_file_is_summed_up() {
        let row = |outcome| ImportRow { line: 2, email: String::new(), owner: true, ended: 0, outcome, link: None };
        let wrong = || RowOutcome::Wrong { column: Column::Email, message: String::new() };
        let mut told = ImportOutcome { rows: vec![row(RowOutcome::Invite), row(RowOutcome::Twice(2)), row(wrong()), row(wrong())], ..ImportOutcome::default() };
        assert_eq!(sum(&told), "1 person will be invited, 1 as an owner, 1 row stays as they are, 2 rows are wrong.");
        told.done = true;
        assert_eq!(sum(&told), "1 person invited, 1 as an owner, 1 row stays as they are, 2 rows were left out as wrong.");
        assert_eq!(sum(&ImportOutcome::default()), "Choose which column has the email addresses.");
    }

    #[test]
    fn columns_that_are_not_used_are_named() {
        let header = ["Email", "Rolle", ""].map(str::to_owned).to_vec();
        let row = ImportRow { line: 2, email: String::new(), owner: false, ended: 0, outcome: RowOutcome::Invite, link: None };
        let mut told = ImportOutcome { header, unused: vec![1], rows: vec![row], ..ImportOutcome::default() };
        assert!(unused(&told).unwrap().starts_with("The column “Rolle” isn't used"));
        told.unused.push(2);
        assert!(unused(&told).unwrap().starts_with("The columns “Rolle”, “Column 3” aren't used"));
        told.rows.clear();
        assert_eq!(unused(&told), None);
    }
}
