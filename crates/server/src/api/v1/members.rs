//! `/api/v1/members…`: the user list as a file, there and back.

use super::{Problem, body::Whole, params::Params};
use crate::{api::asking::Owner, downloads::attachment};
use axum::{Json, extract::State, response::Response};
use domain::import::{ImportOutcome, ImportWish, NewGroupRow};
use serde::{Deserialize, Serialize};
use service::{Services, export, import};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct How {
    /// Only tells what it would do.
    #[serde(default)]
    #[param(example = true)]
    dry_run: bool,
    /// Groups that aren't there are made, with the roles that the file says came by them.
    #[serde(default)]
    #[param(example = false)]
    create_groups: bool,
    /// Rows that can't be taken are left out; else they stop all others.
    #[serde(default)]
    #[param(example = false)]
    leave_out_wrong: bool,
}

/// What an import did, or would do.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Imported {
    /// Whether it was done.
    pub done: bool,
    pub invited: u64,
    pub wrong: u64,
    pub rows: Vec<Row>,
    /// Groups that are made with it, by their names.
    pub new_groups: Vec<String>,
    /// The same groups, with what they give.
    pub groups: Vec<MadeGroup>,
}

/// A group that is made with an import, and what it gives to everybody in it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MadeGroup {
    #[schema(example = "Editors")]
    pub name: String,
    /// They may see personal data where their roles reach.
    pub personal_data: bool,
    /// Names of roles.
    #[schema(example = json!(["Source Admin"]))]
    pub roles: Vec<String>,
}

/// What becomes of a line of the file.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Row {
    pub line: u64,
    pub email: String,
    /// Whether it can't be taken.
    pub wrong: bool,
    /// In words.
    #[schema(example = "Will be invited")]
    pub outcome: String,
    /// The link of who was invited, to pass on; only where the server sends no mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "https://rolecall.example.com/invites/018f3c1e…")]
    pub link: Option<String>,
}

impl From<ImportOutcome> for Imported {
    fn from(outcome: ImportOutcome) -> Self {
        let (invited, wrong) = outcome.counts();
        let row = |row: &domain::import::ImportRow| Row {
            line: row.line,
            email: row.email.clone(),
            wrong: row.outcome.is_wrong(),
            outcome: row.words(outcome.done),
            link: row.link.clone(),
        };
        Self {
            done: outcome.done,
            invited,
            wrong,
            rows: outcome.rows.iter().map(row).collect(),
            new_groups: outcome.new_groups.iter().map(|group| group.name.clone()).collect(),
            groups: outcome.new_groups.into_iter().map(MadeGroup::from).collect(),
        }
    }
}

impl From<NewGroupRow> for MadeGroup {
    fn from(NewGroupRow { name, pii, roles }: NewGroupRow) -> Self {
        Self { name, personal_data: pii, roles }
    }
}

/// Export users
///
/// Members and invites with roles, scopes and groups, streamed; the same file as in the console. The import takes it.
#[utoipa::path(get, operation_id = "exportUsers", path = "/api/v1/members.csv", tag = "Users",
    responses((status = 200, description = "The file (RFC 4180, UTF-8)", body = String, content_type = "text/csv; charset=utf-8",
        example = "Email,Name,Status,Permission,Personal data,Roles,Groups,Joined,Last seen,Invite expires,Personal data by groups\nbea@acme.test,Bea,Active,Member,no,Source Admin (all),Editors,2026-11-23T09:30:00Z,,,\n")))]
pub async fn export(State(services): State<Services>, Owner(owner): Owner) -> Result<Response, Problem> {
    let pieces = export::users_csv(&services, &owner).await?;
    Ok(attachment(pieces, "text/csv; charset=utf-8", &format!("{}-users.csv", owner.workspace().slug))?)
}

/// Import users
///
/// The body is a CSV file with a header, up to 10,000 rows. Each row becomes an invite, or says why not. Where the server sends no mail, each invite
/// comes with its link.
#[utoipa::path(post, operation_id = "importUsers", path = "/api/v1/members/import", tag = "Users", params(How),
    request_body(content = String, content_type = "text/csv", example = "Email,Permission,Roles,Groups\nada@acme.test,Member,Source Admin (all),Editors\n"),
    responses((status = 200, description = "What was done, or would be", body = Imported)))]
pub async fn import(State(services): State<Services>, Owner(owner): Owner, Params(how): Params<How>, Whole(body): Whole) -> Result<Json<Imported>, Problem> {
    let wish = ImportWish { text: domain::import::text(body.to_vec()), columns: None, create_groups: how.create_groups, leave_out_wrong: how.leave_out_wrong };
    let outcome = if how.dry_run { import::preview(&services, &owner, &wish).await? } else { import::apply(&services, &owner, &wish).await? };
    Ok(Json(outcome.into()))
}
