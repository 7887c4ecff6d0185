//! People brought in from a CSV file: what is shown before, what is done, and the way from one workspace's list to another's.

use crate::company::{Browser, Company, PASSWORD};
use domain::{
    audit::{Chain, Event},
    audit_query::AuditQuery,
    bulk::{BulkChange, UserSelection},
    catalog::RoleId,
    grant::{GrantSpec, Scope},
    group::GroupWish,
    import::{Column, ImportOutcome, ImportWish, MOST_ROWS, RowOutcome},
    label::Label,
    member::{GrantDraft, MemberKind, UserId, UserQuery},
    page::PageSize,
    plan::Plan,
    text::Reason,
    time::Span,
};
use futures::StreamExt as _;
use service::{actor::Meta, bulk, export, groups, import, invites, members, operator};
use testkit::{World, on_both};

fn wish(text: &str) -> ImportWish {
    ImportWish { text: text.to_owned(), columns: None, create_groups: false, leave_out_wrong: false }
}

async fn preview(company: &Company, by: &Browser, wish: &ImportWish) -> ImportOutcome {
    import::preview(&company.services, &company.owner(by).await, wish).await.unwrap()
}

fn words(outcome: &ImportOutcome) -> Vec<String> {
    outcome.rows.iter().map(|row| row.words(outcome.done)).collect()
}

/// The users, by address: what kind, how many roles and groups.
async fn users(company: &Company, by: &Browser) -> Vec<(String, MemberKind, usize, usize)> {
    let page = members::users(&company.services, &company.owner(by).await, &UserQuery { size: PageSize::new(100), ..UserQuery::default() }).await.unwrap();
    page.rows.into_iter().map(|row| (row.email.to_string(), row.kind, row.grants.len(), row.groups.len())).collect()
}

async fn csv(company: &Company, by: &Browser) -> Vec<Vec<String>> {
    let mut pieces = Vec::new();
    let stream = export::users_csv(&company.services, &company.owner(by).await).await.unwrap();
    let mut stream = std::pin::pin!(stream);
    while let Some(piece) = stream.next().await {
        pieces.extend(piece.unwrap());
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(pieces.as_slice());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn written(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

on_both! {
    async fn each_row_says_what_becomes_of_it(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.invite(&amara, "dee@acme.test", MemberKind::Member, Vec::new()).await;
        company.source(&amara, "web-1").await;
        let text = "Mail;Role;Team\n\
            bea@acme.test;\"Source Admin (source:web-1); Function Admin, until 2099-01-01\";\n\
            DEE@acme.test;source_read_only (environment:prod);\n\
            amara@acme.test;;\n\
            bea@acme.test;;\n\
            nobody;;\n\
            eve@acme.test;Sorcerer;\n\
            fay@acme.test;Source Admin (source:gone);\n\
            gil@acme.test;;Designers\n\
            hal@acme.test;Source Admin ();\n\
            ida@acme.test;Tracking Plan Admin (environment:prod);\n";
        let mut asked = wish(text);
        let outcome = preview(&company, &amara, &asked).await;
        assert_eq!(outcome.columns, [Some(Column::Email), Some(Column::Roles), Some(Column::Groups)]);
        let told = words(&outcome);
        assert_eq!(told[..4], ["Will be invited", "Will be invited anew; the earlier invite ends", "A member already: Amara", "The same as in line 2"]);
        let why = ["Email:", "no role `Sorcerer`", "no source with the id `gone`", "no group `Designers`", "Roles: `Source Admin ()` does not say where it applies", "Roles:"];
        for (row, word) in told[4..].iter().zip(why) {
            assert!(row.contains(word), "{row}: {word}");
        }
        assert_eq!((outcome.counts(), outcome.missing_groups.as_slice()), ((2, 6), ["Designers".to_owned()].as_slice()));

        let owner = company.owner(&amara).await;
        let refused = import::apply(&company.services, &owner, &asked).await.unwrap_err();
        assert!(refused.field.as_deref() == Some("rows") && refused.message.contains("6 rows are wrong"), "{refused:?}");
        assert_eq!(users(&company, &amara).await.len(), 2, "nobody was invited");
        asked.leave_out_wrong = true;
        let done = import::apply(&company.services, &owner, &asked).await.unwrap();
        assert_eq!((done.done, words(&done)[0].as_str(), done.links().as_str()), (true, "Invited", ""), "mail brings the links");
        assert_eq!(
            users(&company, &amara).await,
            [("amara@acme.test".to_owned(), MemberKind::Owner, 0, 0), ("bea@acme.test".to_owned(), MemberKind::Member, 2, 0), ("dee@acme.test".to_owned(), MemberKind::Member, 1, 0)]
        );
        let query = AuditQuery { size: PageSize::new(10), ..AuditQuery::default() };
        let trail = store::audit::page(&company.world.store, Chain::Workspace(owner.workspace().id), &query).await.unwrap().rows;
        let together: Vec<_> = trail.iter().filter(|entry| entry.origin.operation.is_some()).collect();
        assert!(together.iter().all(|entry| matches!(&entry.event, Event::MembersInvited { emails, .. } if emails.len() == 1)), "{together:?}");
        assert!(together.len() == 2 && together[0].origin.operation == together[1].origin.operation, "{together:?}");
    }

    async fn columns_can_be_chosen(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let mut asked = wish("Who,What\nbea@acme.test,Source Admin\n");
        let outcome = preview(&company, &amara, &asked).await;
        assert_eq!((outcome.columns, outcome.rows.len(), outcome.header), (vec![None, None], 0, vec!["Who".to_owned(), "What".to_owned()]));
        asked.columns = Some(vec![Some(Column::Email), Some(Column::Roles)]);
        assert_eq!(words(&preview(&company, &amara, &asked).await), ["Will be invited"]);
        let owner = company.owner(&amara).await;
        for columns in [vec![Some(Column::Email)], vec![Some(Column::Email), Some(Column::Email)]] {
            asked.columns = Some(columns);
            assert_eq!(import::preview(&company.services, &owner, &asked).await.unwrap_err().field.as_deref(), Some("columns"));
        }
        let empty = import::apply(&company.services, &owner, &wish("Email\namara@acme.test\n")).await.unwrap_err();
        assert!(empty.field.as_deref() == Some("rows") && empty.message.contains("o row leads"));
    }

    async fn where_mail_is_off_whoever_invites_gets_the_links(world: World) {
        let company = Company::without_mail(world);
        let amara = company.founder("Amara").await;
        let asked = ImportWish { leave_out_wrong: true, ..wish("Email\nbea@acme.test\nbroken\nCy@acme.test\n") };
        assert_eq!(preview(&company, &amara, &asked).await.links(), "", "nobody is invited yet");
        let done = import::apply(&company.services, &company.owner(&amara).await, &asked).await.unwrap();
        assert_eq!(done.rows.iter().map(|row| row.link.is_some()).collect::<Vec<_>>(), [true, false, true]);
        let anyone = company.services.anonymous(Meta::default());
        for (row, email) in [(0, "bea@acme.test"), (2, "cy@acme.test")] {
            let secret = done.rows[row].link.as_deref().unwrap().rsplit('/').next().unwrap();
            assert_eq!(invites::offer(&company.services, &anyone, secret).await.unwrap().email.as_str(), email);
            let up = invites::accept_as_new(&company.services, &anyone, secret, "Somebody", PASSWORD).await.unwrap();
            let me = company.signed_in(&Browser { secret: up.session_secret, slug: up.slug }).await;
            assert!(!me.account().email_verified, "a link that an owner passes on proves no address");
        }
    }

    async fn columns_that_hold_something_and_are_not_used_are_told(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let mut asked = wish("Email,Rolle,Name,Notes,Team\nbea@acme.test,Source Admin,Bea,,Designers\ncy@acme.test,,Cy\n");
        let outcome = preview(&company, &amara, &asked).await;
        assert_eq!((outcome.unused, outcome.columns[1]), (vec![1], None), "our own list has names, and nobody noted anything");
        asked.columns = Some(vec![Some(Column::Email), Some(Column::Roles), None, None, None]);
        assert_eq!(preview(&company, &amara, &asked).await.unused, [4]);
    }

    async fn groups_with_a_comma_between_them_are_told_the_separator(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let outcome = preview(&company, &amara, &wish("Email;Groups\nbea@acme.test;Analysts, Marketing\n")).await;
        assert_eq!(words(&outcome), ["Groups: there is no group `Analysts, Marketing`; write a semicolon between groups, or have this one created"]);
    }

    async fn a_plan_without_groups_says_so(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let wish = GroupWish { name: "Designers".to_owned(), pii: false, grants: Vec::new() };
        groups::create(&company.services, &company.owner(&amara).await, &wish).await.unwrap();
        operator::set_plan(&company.services, &company.services.operator(), amara.slug.as_str(), Plan::Free.as_str()).await.unwrap();
        let mut asked = self::wish("Email,Groups,Roles\nbea@acme.test,designers,\ncy@acme.test,,Function Admin\n");
        let outcome = preview(&company, &amara, &asked).await;
        assert!(outcome.rows.iter().all(|row| matches!(&row.outcome, RowOutcome::Wrong { message, .. } if message.contains("plan"))), "{:?}", words(&outcome));
        asked.create_groups = true;
        let failure = import::preview(&company.services, &company.owner(&amara).await, &asked).await.unwrap_err();
        assert_eq!(failure.field.as_deref(), Some("create_groups"));
    }

    async fn a_list_taken_into_an_empty_workspace_comes_out_the_same(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let (site, other) = (company.source(&amara, "site (old); 100%").await, company.source(&amara, "shop").await);
        let owner = company.owner(&amara).await;
        let (reason, soon) = (Reason::parse("The move, by group leads; (all)").unwrap(), company.services.now().plus(Span::days(1)));
        let only = GrantSpec { reason: Some(reason.clone()), ..GrantSpec::new(RoleId::new("source_admin"), Scope::Only([site, other].into())) };
        let ending = GrantSpec { expires_at: Some(soon), ..GrantSpec::new(RoleId::new("tracking_plan_admin"), Scope::All) };
        let labelled = GrantSpec::new(RoleId::new("source_read_only"), Scope::Labelled([Label::parse("environment:prod").unwrap()].into()));
        let people = [
            company.joined(&amara, "Bea", MemberKind::Member, vec![only, ending.clone()]).await,
            company.joined(&amara, "Cy", MemberKind::Member, vec![labelled]).await,
            company.joined(&amara, "=Dee", MemberKind::Owner, Vec::new()).await,
        ];
        for name in ["Designers; old", "Writers"] {
            let lasting = GrantSpec { reason: Some(reason.clone()), ..GrantSpec::new(RoleId::new("function_admin"), Scope::All) };
            let grants = [lasting, ending.clone()].map(|spec| GrantDraft { id: None, spec }).into();
            let group = groups::create(&company.services, &owner, &GroupWish { name: name.to_owned(), pii: name == "Writers", grants }).await.unwrap();
            let bea = UserSelection::These(vec![UserId::Member(company.id(&people[0]).await), UserId::Member(company.id(&people[1]).await)]);
            { let change = BulkChange::JoinGroups(vec![group.id]); let seen = bulk::preview(&company.services, &owner, &bea, &change).await.unwrap().seen(); bulk::apply(&company.services, &owner, &bea, &change, seen, None).await.unwrap(); }
        }
        // some of it ends before the list is taken
        company.clock.advance(Span::days(2));
        let from = csv(&company, &amara).await;

        // another workspace of the same owner: their row is left as it is
        let slug = service::workspaces::create(&company.services, &company.signed_in(&amara).await, "Second").await.unwrap();
        let there = Browser { secret: amara.secret.clone(), slug };
        for key in ["site (old); 100%", "shop"] {
            company.source(&there, key).await;
        }
        let asked = ImportWish { create_groups: true, ..wish(&written(&from)) };
        let done = import::apply(&company.services, &company.owner(&there).await, &asked).await.unwrap();
        assert_eq!((done.counts(), done.new_groups.len()), ((3, 0), 2), "{:?}", words(&done));
        assert!(done.new_groups.iter().all(|group| group.pii == (group.name == "Writers") && group.roles.len() == 2), "{:?}", done.new_groups);
        assert!(words(&done).contains(&"Invited; 3 roles have ended already, and give nothing".to_owned()), "{:?}", words(&done));
        for person in &people {
            let me = company.signed_in(person).await;
            let page = members::users(&company.services, &company.owner(&there).await, &UserQuery { search: Some(me.account().email.to_string()), ..UserQuery::default() }).await.unwrap();
            let UserId::Invite(invite) = page.rows[0].id else { panic!("{page:?}") };
            let link = invites::link(&company.services, &company.owner(&there).await, invite).await.unwrap();
            invites::accept(&company.services, &me, link.rsplit('/').next().unwrap()).await.unwrap();
        }
        let to = csv(&company, &there).await;
        // all but when they joined and were last seen
        let same = |rows: &[Vec<String>]| rows.iter().map(|row| [&row[..7], &row[10..]].concat()).collect::<Vec<_>>();
        assert_eq!(same(&from), same(&to));
        assert!(from.iter().any(|row| row[5].contains(", because The move") && row[5].contains(", until ") && row[10] == "Writers"), "{from:?}");
    }

    async fn ten_thousand_are_invited_at_once_and_no_more(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let owner = company.owner(&amara).await;
        let mut lines = vec!["Email,Roles,Groups".to_owned()];
        lines.extend((0..MOST_ROWS).map(|n| format!("person-{n}@acme.test,Source Admin,Everybody")));
        let asked = ImportWish { create_groups: true, ..wish(&lines.join("\n")) };
        let done = import::apply(&company.services, &owner, &asked).await.unwrap();
        assert_eq!((done.counts(), done.new_groups.len()), ((MOST_ROWS as u64, 0), 1));
        let counts = store::workspaces::counts(&company.world.store, owner.workspace().id).await.unwrap();
        assert_eq!((counts.members, counts.invites), (1, MOST_ROWS as u64));
        lines.push("one.more@acme.test,,".to_owned());
        let refused = import::preview(&company.services, &owner, &wish(&lines.join("\n"))).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("file"));
    }

    async fn the_operator_does_it_at_the_command_line(world: World) {
        let company = Company::without_mail(world);
        let amara = company.founder("Amara").await;
        let asked = wish("email\nbea@acme.test\ncy@acme.test\n");
        let operator = company.services.operator();
        let workspace = service::check::chosen(&company.services, Some(amara.slug.as_str())).await.unwrap();
        let shown = import::by_operator(&company.services, &operator, &workspace, &asked, true).await.unwrap();
        assert_eq!((shown.done, shown.counts().0, users(&company, &amara).await.len()), (false, 2, 1));
        let done = import::by_operator(&company.services, &operator, &workspace, &asked, false).await.unwrap();
        assert_eq!((done.done, users(&company, &amara).await.len()), (true, 3));
        assert!(done.rows.iter().all(|row| row.link.is_none()), "nobody told the command line under which address the server is reached");
    }
}
