//! Access reviews: who may see and decide, what the sign-off does, the record, and the reminders.

use crate::company::{Browser, Company};
use domain::{
    audit::{Chain, Entry, Event},
    audit_query::AuditQuery,
    bulk::{BulkChange, UserSelection},
    catalog::RoleId,
    failure::{Failure, FailureKind},
    grant::{GrantSpec, Holder, Scope},
    group::GroupWish,
    id::{GroupId, MemberId, ReviewId},
    label::Label,
    member::{GrantDraft, Member, MemberAccess, MemberKind, UserQuery},
    notice::Notice,
    page::PageSize,
    review::{
        Decision, Done, ItemQuery, ItemSelection, Outcome, REMIND_AGAIN, Review, ReviewItem, ReviewOf, ReviewState, ReviewTerms, ReviewWish, SignedOff,
    },
    time::Span,
    token::TokenWish,
};
use futures::StreamExt as _;
use service::{actor::Meta, bulk, groups, members, notices, reviews, tokens};
use sha2::{Digest as _, Sha256};
use testkit::{World, on_both};

/// An owner, a reviewer who is none, and two others.
struct Team {
    company: Company,
    amara: Browser,
    rae: Browser,
    bea: Browser,
    group: GroupId,
}

fn role(id: &str) -> GrantSpec {
    GrantSpec::new(RoleId::new(id), Scope::All)
}

async fn team(world: World) -> Team {
    let company = Company::new(world);
    let amara = company.founder("Amara").await;
    let rae = company.joined(&amara, "Rae", MemberKind::Member, Vec::new()).await;
    let bea = company.joined(&amara, "Bea", MemberKind::Member, vec![role("source_admin"), role("tracking_plan_admin")]).await;
    let wish = GroupWish { name: "Data".to_owned(), pii: false, grants: vec![GrantDraft { id: None, spec: role("source_admin") }] };
    let group = groups::create(&company.services, &company.owner(&amara).await, &wish).await.unwrap().id;
    Team { company, amara, rae, bea, group }
}

impl Team {
    async fn wish(&self, of: ReviewOf) -> ReviewWish {
        let due_at = self.company.services.now().plus(Span::days(14));
        ReviewWish { of, name: "Autumn".to_owned(), due_at, reviewers: vec![self.company.id(&self.rae).await] }
    }

    async fn start(&self, of: ReviewOf) -> Review {
        let wish = self.wish(of).await;
        reviews::start(&self.company.services, &self.company.owner(&self.amara).await, &wish).await.unwrap()
    }

    async fn items(&self, who: &Browser, id: ReviewId) -> Vec<ReviewItem> {
        reviews::items(&self.company.services, &self.company.member(who).await, id, &ItemQuery::default()).await.unwrap().rows
    }

    async fn item(&self, id: ReviewId, name: &str) -> ReviewItem {
        self.items(&self.amara, id).await.into_iter().find(|item| item.name == name).unwrap()
    }

    async fn decide(&self, who: &Browser, id: ReviewId, name: &str, decision: Decision) -> Result<u64, Failure> {
        let place = self.item(id, name).await.place;
        let member = self.company.member(who).await;
        reviews::decide(&self.company.services, &member, id, &ItemSelection::These(vec![place]), None, decision, "").await.map(|decided| decided.changed)
    }

    async fn find(&self, id: ReviewId) -> Review {
        reviews::find(&self.company.services, &self.company.member(&self.amara).await, id).await.unwrap()
    }

    async fn sign_off(&self, id: ReviewId) -> Result<SignedOff, Failure> {
        let owner = self.company.owner(&self.amara).await;
        let shown = reviews::sign_off_preview(&self.company.services, &owner, id).await?;
        reviews::sign_off(&self.company.services, &owner, id, shown.decisions).await
    }

    async fn person(&self, who: &Browser) -> Member {
        let id = self.company.id(who).await;
        members::find(&self.company.services, &self.company.owner(&self.amara).await, id).await.unwrap()
    }

    async fn put_into_group(&self, ids: &[MemberId]) {
        groups::add_members(&self.company.services, &self.company.owner(&self.amara).await, self.group, ids).await.unwrap();
    }

    /// The trail's newest entries, the newest first.
    async fn trail(&self, count: usize) -> Vec<Entry> {
        let workspace = self.company.owner(&self.amara).await.workspace().id;
        let query = AuditQuery { size: PageSize::new(50), ..AuditQuery::default() };
        store::audit::page(&self.company.world.store, Chain::Workspace(workspace), &query).await.unwrap().rows.into_iter().take(count).collect()
    }

    async fn record(&self, id: ReviewId) -> Vec<u8> {
        let (_, pieces) = reviews::csv(&self.company.services, &self.company.owner(&self.amara).await, id).await.unwrap();
        let mut pieces = std::pin::pin!(pieces);
        let mut file = Vec::new();
        while let Some(piece) = pieces.next().await {
            file.extend(piece.unwrap());
        }
        file
    }

    /// Who has mail of this kind waiting.
    async fn mail(&self) -> Vec<String> {
        let due = store::outbox::due(&self.company.world.store, self.company.services.now().plus(Span::days(400)), 500).await.unwrap();
        due.iter().filter(|mail| mail.kind == "review").map(|mail| format!("{} {}", mail.recipient, mail.payload)).collect()
    }
}

fn field(failure: &Failure) -> &str {
    failure.field.as_deref().unwrap_or_default()
}

on_both! {
    async fn a_role_is_reviewed_by_somebody_who_is_no_owner_and_ends_with_the_sign_off(world: World) {
        let team = team(world).await;
        let started = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await;
        assert_eq!((started.items, started.about.as_str(), started.state), (2, "the role Source Admin", ReviewState::Open));
        let seen: Vec<(String, String)> = team.items(&team.rae, started.id).await.into_iter().map(|item| (item.name, item.access)).collect();
        assert_eq!(seen.len(), 2);
        assert!(seen.contains(&("Bea".to_owned(), "Source Admin (all)".to_owned())) && seen.contains(&("Data".to_owned(), "Source Admin (all)".to_owned())));
        assert_eq!(team.mail().await.len(), 1, "the reviewer is told, who started it is not");

        assert_eq!(team.decide(&team.rae, started.id, "Bea", Decision::Revoke).await.unwrap(), 1);
        assert_eq!(team.decide(&team.rae, started.id, "Data", Decision::Keep).await.unwrap(), 1);
        assert_eq!(team.person(&team.bea).await.grants.len(), 2, "a decision is a word until the sign-off");
        let review = team.find(started.id).await;
        assert_eq!((review.kept, review.revoked, review.undecided()), (1, 1, 0));

        let before = team.person(&team.bea).await.revision;
        let done = team.sign_off(started.id).await.unwrap();
        assert_eq!(done, SignedOff { kept: 1, revoked: 1, undecided: 0, stayed: 0 });
        let bea = team.person(&team.bea).await;
        assert_eq!(bea.grants.iter().map(|grant| grant.spec.role.as_str()).collect::<Vec<_>>(), ["tracking_plan_admin"]);
        assert!(bea.revision > before, "an open drawer of hers has to meet a conflict");
        let group = groups::find(&team.company.services, &team.company.owner(&team.amara).await, team.group).await.unwrap();
        assert_eq!(group.grants.len(), 1);
        assert_eq!(team.item(started.id, "Bea").await.outcome, Some(Outcome::Revoked));
        assert_eq!(team.item(started.id, "Data").await.outcome, Some(Outcome::Kept));
        let trail = team.trail(2).await;
        assert!(matches!(&trail[0].event, Event::ReviewSignedOff { revoked: 1, kept: 1, .. }), "{trail:?}");
        assert!(matches!(&trail[1].event, Event::MemberAccessChanged { member, .. } if member == "Bea"), "{trail:?}");
        assert!(trail[1].origin.operation.is_some());
    }

    async fn groups_and_tokens_lose_the_role_too(world: World) {
        let team = team(world).await;
        let (services, owner) = (&team.company.services, team.company.owner(&team.amara).await);
        let wish = TokenWish { name: "Nightly".to_owned(), grants: vec![GrantDraft { id: None, spec: role("source_admin") }], ..TokenWish::default() };
        let token = tokens::create(services, &owner, wish).await.unwrap().id;
        let id = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await.id;
        for name in ["Data", "Nightly"] {
            team.decide(&team.rae, id, name, Decision::Revoke).await.unwrap();
        }
        let (group_before, token_before) = (groups::find(services, &owner, team.group).await.unwrap().revision, tokens::find(services, &owner, token).await.unwrap().revision);
        assert_eq!(team.sign_off(id).await.unwrap(), SignedOff { kept: 0, revoked: 2, undecided: 1, stayed: 0 });
        let (group, token) = (groups::find(services, &owner, team.group).await.unwrap(), tokens::find(services, &owner, token).await.unwrap());
        assert!(group.grants.is_empty() && token.grants.is_empty());
        assert!(group.revision > group_before && token.revision > token_before);
        assert_eq!(team.person(&team.bea).await.grants.len(), 2, "nobody decided about Bea");
        assert_eq!(team.item(id, "Bea").await.outcome, Some(Outcome::Undecided));
    }

    async fn a_group_is_left_and_a_member_removed(world: World) {
        let team = team(world).await;
        let (bea, rae) = (team.company.id(&team.bea).await, team.company.id(&team.rae).await);
        team.put_into_group(&[bea, rae]).await;
        let id = team.start(ReviewOf::Group(team.group)).await.id;
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        assert_eq!(team.sign_off(id).await.unwrap().revoked, 1);
        assert!(team.person(&team.bea).await.groups.is_empty());
        assert_eq!(team.person(&team.rae).await.groups.len(), 1);

        let id = team.start(ReviewOf::Everyone).await.id;
        assert_eq!(team.item(id, "Amara").await.access, "Workspace owner");
        assert_eq!(team.item(id, "Rae").await.access, "in Data");
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        team.decide(&team.rae, id, "Amara", Decision::Revoke).await.unwrap();
        let done = team.sign_off(id).await.unwrap();
        assert_eq!((done.revoked, done.stayed), (1, 1), "who signs off does not remove themselves");
        assert_eq!(team.item(id, "Amara").await.outcome, Some(Outcome::Yourself));
        let gone = members::find(&team.company.services, &team.company.owner(&team.amara).await, bea).await.unwrap_err();
        assert_eq!(gone.kind, FailureKind::NotFound);
    }

    async fn a_label_is_reviewed_by_the_grants_that_name_it(world: World) {
        let team = team(world).await;
        let label = Label::parse("environment:prod").unwrap();
        let labelled = GrantSpec::new(RoleId::new("source_read_only"), Scope::Labelled([label.clone()].into()));
        let cy = team.company.joined(&team.amara, "Cy", MemberKind::Member, vec![labelled, role("source_admin")]).await;
        let id = team.start(ReviewOf::Label(label)).await.id;
        let items = team.items(&team.rae, id).await;
        assert_eq!(items.iter().map(|item| (item.name.as_str(), item.access.as_str())).collect::<Vec<_>>(), [("Cy", "Source Read-only (environment:prod)")]);
        team.decide(&team.rae, id, "Cy", Decision::Revoke).await.unwrap();
        team.sign_off(id).await.unwrap();
        assert_eq!(team.person(&cy).await.grants.iter().map(|grant| grant.spec.role.as_str()).collect::<Vec<_>>(), ["source_admin"]);
        let nothing = team.wish(ReviewOf::Label(Label::parse("environment:dev").unwrap())).await;
        let refused = reviews::start(&team.company.services, &team.company.owner(&team.amara).await, &nothing).await.unwrap_err();
        assert_eq!(field(&refused), "of", "{refused}");
    }

    async fn what_was_changed_since_stays_and_what_is_gone_is_said_to_be(world: World) {
        let team = team(world).await;
        let cy = team.company.joined(&team.amara, "Cy", MemberKind::Member, vec![role("source_admin")]).await;
        let id = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await.id;
        let (services, owner) = (&team.company.services, team.company.owner(&team.amara).await);
        let bea = team.person(&team.bea).await;
        let mut access = bea.access();
        let held = access.grants.iter_mut().find(|grant| grant.spec.role.as_str() == "source_admin").unwrap();
        held.spec.expires_at = Some(services.now().plus(Span::days(5)));
        members::change_access(services, &owner, bea.id, bea.revision, access, None).await.unwrap();
        let gone = team.person(&cy).await;
        members::change_access(services, &owner, gone.id, gone.revision, MemberAccess { grants: Vec::new(), ..gone.access() }, None).await.unwrap();
        for name in ["Bea", "Cy"] {
            team.decide(&team.rae, id, name, Decision::Revoke).await.unwrap();
        }
        assert_eq!(team.sign_off(id).await.unwrap(), SignedOff { kept: 0, revoked: 0, undecided: 1, stayed: 2 });
        assert_eq!(team.person(&team.bea).await.grants.len(), 2);
        assert_eq!((team.item(id, "Bea").await.outcome, team.item(id, "Cy").await.outcome), (Some(Outcome::Changed), Some(Outcome::Gone)));
        assert_eq!(team.find(id).await.done, Some(Done { revoked: 0, stayed: 2 }));
    }

    async fn who_has_other_access_by_now_is_not_removed_and_not_vouched_for(world: World) {
        let team = team(world).await;
        let cy = team.company.joined(&team.amara, "Cy", MemberKind::Member, Vec::new()).await;
        let id = team.start(ReviewOf::Everyone).await.id;
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        team.decide(&team.rae, id, "Cy", Decision::Keep).await.unwrap();
        for who in [&team.bea, &cy] {
            let before = team.person(who).await;
            let wish = MemberAccess { kind: MemberKind::Owner, ..before.access() };
            members::change_access(&team.company.services, &team.company.owner(&team.amara).await, before.id, before.revision, wish, None).await.unwrap();
        }
        let shown = reviews::sign_off_preview(&team.company.services, &team.company.owner(&team.amara).await, id).await.unwrap();
        assert_eq!(shown.owners, 1, "that Bea is an owner by now is said before");
        assert_eq!(team.sign_off(id).await.unwrap(), SignedOff { kept: 1, revoked: 0, undecided: 2, stayed: 1 });
        assert_eq!(team.person(&team.bea).await.kind, MemberKind::Owner);
        for name in ["Bea", "Cy"] {
            assert_eq!(team.item(id, name).await.outcome, Some(Outcome::Changed));
        }
    }

    async fn a_machine_does_not_leave_the_workspace_without_an_owner(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let wish = TokenWish { name: "Sweeper".to_owned(), owner_access: true, ..TokenWish::default() };
        let secret = tokens::create(services, &team.company.owner(&team.amara).await, wish).await.unwrap().secret;
        let machine = services.owner_by_token(services.token(secret.reveal(), &Meta::default()).await.unwrap()).unwrap();
        let id = team.start(ReviewOf::Everyone).await.id;
        team.decide(&team.rae, id, "Amara", Decision::Revoke).await.unwrap();
        let shown = reviews::sign_off_preview(services, &machine, id).await.unwrap();
        let refused = reviews::sign_off(services, &machine, id, shown.decisions).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        assert!(team.find(id).await.is_open());
        let everybody = UserSelection::Matching(UserQuery::default());
        let seen = bulk::preview(services, &machine, &everybody, &BulkChange::Remove).await.unwrap().seen();
        let refused = bulk::apply(services, &machine, &everybody, &BulkChange::Remove, seen).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        // what it may do bears its own name
        team.decide(&team.rae, id, "Amara", Decision::Keep).await.unwrap();
        let shown = reviews::sign_off_preview(services, &machine, id).await.unwrap();
        reviews::sign_off(services, &machine, id, shown.decisions).await.unwrap();
        assert_eq!(team.trail(1).await[0].actor.name(), "Sweeper");
    }

    async fn a_list_that_is_another_one_by_now_is_not_decided(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let id = team.start(ReviewOf::Everyone).await.id;
        let rae = team.company.member(&team.rae).await;
        let undecided = ItemSelection::Matching(ItemQuery { decision: Some(Decision::Undecided), ..ItemQuery::default() });
        team.decide(&team.amara, id, "Bea", Decision::Keep).await.unwrap();
        let refused = reviews::decide(services, &rae, id, &undecided, Some(3), Decision::Revoke, "").await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        assert_eq!(reviews::decide(services, &rae, id, &undecided, Some(2), Decision::Revoke, "").await.unwrap().changed, 1);
    }

    async fn a_note_stays_when_the_decision_turns(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let id = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await.id;
        team.decide(&team.rae, id, "Bea", Decision::Keep).await.unwrap();
        let place = team.item(id, "Bea").await.place;
        let rae = team.company.member(&team.rae).await;
        reviews::note(services, &rae, id, place, "asked her").await.unwrap();
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        assert_eq!(team.item(id, "Bea").await.note.as_deref(), Some("asked her"));
        let review = team.find(id).await;
        assert_eq!((review.kept, review.revoked), (0, 1));
        team.decide(&team.rae, id, "Bea", Decision::Undecided).await.unwrap();
        assert_eq!((team.item(id, "Bea").await.note, team.find(id).await.decided()), (None, 0));
    }

    async fn only_who_is_asked_sees_it_and_nobody_decides_about_themselves(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        team.put_into_group(&[team.company.id(&team.rae).await, team.company.id(&team.bea).await]).await;
        let id = team.start(ReviewOf::Group(team.group)).await.id;
        let bea = team.company.member(&team.bea).await;
        let everything = ItemSelection::Matching(ItemQuery::default());
        assert!(reviews::list(services, &bea, None).await.unwrap().rows.is_empty());
        assert_eq!(reviews::find(services, &bea, id).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(reviews::items(services, &bea, id, &ItemQuery::default()).await.unwrap_err().kind, FailureKind::NotFound);
        assert_eq!(reviews::decide(services, &bea, id, &everything, None, Decision::Keep, "").await.unwrap_err().kind, FailureKind::NotFound);
        let stranger = team.company.founder("Mallory").await;
        assert_eq!(reviews::find(services, &team.company.member(&stranger).await, id).await.unwrap_err().kind, FailureKind::NotFound);

        let rae = team.company.member(&team.rae).await;
        assert_eq!(reviews::list(services, &rae, None).await.unwrap().rows.len(), 1);
        let refused = team.decide(&team.rae, id, "Rae", Decision::Keep).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        let decided = reviews::decide(services, &rae, id, &everything, None, Decision::Keep, "all known").await.unwrap();
        assert_eq!((decided.changed, decided.own_left_out), (1, true));
        assert_eq!(team.item(id, "Rae").await.decision, Decision::Undecided);
        assert_eq!(team.item(id, "Bea").await.note.as_deref(), Some("all known"));
        assert_eq!(team.decide(&team.amara, id, "Rae", Decision::Keep).await.unwrap(), 1, "an owner decides in every review");

        // who is asked no longer has no more say
        let owner = team.company.owner(&team.amara).await;
        let review = team.find(id).await;
        let terms = ReviewTerms { due_at: review.due_at, reviewers: vec![owner.member().unwrap()], revision: review.revision };
        reviews::change(services, &owner, id, &terms).await.unwrap();
        let late = reviews::change(services, &owner, id, &terms).await.unwrap_err();
        assert_eq!(late.kind, FailureKind::Conflict, "what another owner set meanwhile is not undone unseen");
        assert_eq!(reviews::decide(services, &rae, id, &everything, None, Decision::Revoke, "").await.unwrap_err().kind, FailureKind::NotFound);
    }

    async fn a_search_and_a_filter_say_what_is_decided_at_once(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        for name in ["Cy", "Cyril", "Dee"] {
            team.company.joined(&team.amara, name, MemberKind::Member, Vec::new()).await;
        }
        let id = team.start(ReviewOf::Everyone).await.id;
        let rae = team.company.member(&team.rae).await;
        let named = ItemQuery { search: Some("CY".to_owned()), ..ItemQuery::default() };
        let page = reviews::items(services, &rae, id, &named).await.unwrap();
        assert_eq!((page.total, page.rows.len()), (Some(2), 2));
        let decided = reviews::decide(services, &rae, id, &ItemSelection::Matching(named.clone()), None, Decision::Revoke, "").await.unwrap();
        assert_eq!(decided.changed, 2);
        let open = ItemQuery { decision: Some(Decision::Undecided), ..ItemQuery::default() };
        assert_eq!(reviews::items(services, &rae, id, &open).await.unwrap().total, Some(4));
        // a decision is taken back as easily
        let revoked = ItemQuery { decision: Some(Decision::Revoke), ..ItemQuery::default() };
        let back = reviews::decide(services, &rae, id, &ItemSelection::Matching(revoked), None, Decision::Undecided, "").await.unwrap();
        assert_eq!((back.changed, team.find(id).await.decided()), (2, 0));
        assert_eq!(team.item(id, "Cy").await.decided_by, None);
        let odd = ItemQuery { search: Some("%".to_owned()), ..ItemQuery::default() };
        assert_eq!(reviews::items(services, &rae, id, &odd).await.unwrap().total, Some(0));
    }

    async fn the_record_is_what_the_trail_vouches_for(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let id = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await.id;
        let early = reviews::csv(services, &team.company.owner(&team.amara).await, id).await.map(drop).unwrap_err();
        assert_eq!(early.kind, FailureKind::Conflict, "{early}");
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        let place = team.item(id, "Bea").await.place;
        reviews::note(services, &team.company.member(&team.rae).await, id, place, "=left, \"gone\"").await.unwrap();
        team.sign_off(id).await.unwrap();
        let file = team.record(id).await;
        let digest: String = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(team.find(id).await.digest.as_deref(), Some(digest.as_str()));
        let trail = team.trail(2).await;
        assert!(matches!(&trail[0].event, Event::ReviewExported { .. }), "{trail:?}");
        assert!(matches!(&trail[1].event, Event::ReviewSignedOff { digest: told, .. } if *told == digest));
        let text = String::from_utf8(file).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        let bea = rows.iter().find(|row| &row[6] == "Bea").unwrap();
        assert_eq!((&bea[2], &bea[3], &bea[10], &bea[11], &bea[13], &bea[14]), ("Signed off", "Amara", "Revoke", "Rae", "'=left, \"gone\"", "Revoked"));
        assert_eq!(rows.len(), 2);
        // the trail's digest holds only as long as these words do
        assert_eq!(text.lines().next(), Some("Review,About,State,Ended by,Ended at,Holder,Name,Email,Access,Last used,Decision,Decided by,Decided at,Note,Outcome"));
        let data = rows.iter().find(|row| &row[6] == "Data").unwrap();
        assert_eq!([&data[0], &data[1], &data[2], &data[5], &data[8], &data[10], &data[14]], ["Autumn", "the role Source Admin", "Signed off", "Group", "Source Admin (all)", "To decide", "Stays: not decided"]);
    }

    async fn an_ended_review_takes_no_decision_and_a_cancelled_one_revokes_nothing(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let id = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await.id;
        team.decide(&team.rae, id, "Bea", Decision::Revoke).await.unwrap();
        let owner = team.company.owner(&team.amara).await;
        // as many are to be revoked as were shown, but others
        let shown = reviews::sign_off_preview(services, &owner, id).await.unwrap();
        assert_eq!((shown.revoked, shown.whose.as_slice(), shown.owners), (1, ["Bea".to_owned()].as_slice(), 0));
        team.decide(&team.rae, id, "Bea", Decision::Undecided).await.unwrap();
        team.decide(&team.rae, id, "Data", Decision::Revoke).await.unwrap();
        let stale = reviews::sign_off(services, &owner, id, shown.decisions).await.unwrap_err();
        assert_eq!(stale.kind, FailureKind::Conflict);
        team.decide(&team.rae, id, "Data", Decision::Undecided).await.unwrap();
        reviews::cancel(services, &owner, id).await.unwrap();
        assert_eq!(team.person(&team.bea).await.grants.len(), 2);
        assert_eq!(team.decide(&team.rae, id, "Data", Decision::Keep).await.unwrap_err().kind, FailureKind::Conflict);
        for refused in [reviews::cancel(services, &owner, id).await.unwrap_err(), team.sign_off(id).await.unwrap_err()] {
            assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        }
        assert_eq!(team.find(id).await.state, ReviewState::Cancelled);
    }

    async fn a_wish_that_can_not_be_met_names_its_field(world: World) {
        let team = team(world).await;
        let owner = team.company.owner(&team.amara).await;
        let good = team.wish(ReviewOf::Everyone).await;
        let stranger = team.company.founder("Mallory").await;
        let wishes = [
            ("name", ReviewWish { name: "  ".to_owned(), ..good.clone() }),
            ("due", ReviewWish { due_at: team.company.services.now(), ..good.clone() }),
            ("due", ReviewWish { due_at: team.company.services.now().plus(Span::days(400)), ..good.clone() }),
            ("reviewers", ReviewWish { reviewers: Vec::new(), ..good.clone() }),
            ("reviewers", ReviewWish { reviewers: vec![team.company.id(&stranger).await], ..good.clone() }),
            ("of", ReviewWish { of: ReviewOf::Role(RoleId::new("no_such_role")), ..good.clone() }),
            ("of", ReviewWish { of: ReviewOf::Group(team.company.world.id(GroupId::new)), ..good.clone() }),
        ];
        for (named, wish) in wishes {
            let refused = reviews::start(&team.company.services, &owner, &wish).await.unwrap_err();
            assert_eq!(field(&refused), named, "{refused}");
        }
        assert!(reviews::list(&team.company.services, owner.person().unwrap(), None).await.unwrap().rows.is_empty(), "nothing is left of what was refused");
    }

    async fn reviewers_are_reminded_before_it_is_due_when_it_is_and_when_an_owner_asks(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let id = team.start(ReviewOf::Everyone).await.id;
        // sessions end before the review is due
        let (owner, rae) = (team.company.owner(&team.amara).await, team.company.member(&team.rae).await);
        assert_eq!(reviews::round(services).await.unwrap(), 0);
        assert_eq!(team.mail().await.len(), 1);
        team.company.clock.advance(Span::days(12));
        assert_eq!((reviews::round(services).await.unwrap(), reviews::round(services).await.unwrap()), (1, 0), "once, not each round");
        team.company.clock.advance(Span::days(3));
        assert_eq!((reviews::round(services).await.unwrap(), reviews::round(services).await.unwrap()), (1, 0));
        assert_eq!(team.mail().await.len(), 3);
        let soon = reviews::remind(services, &owner, id).await.unwrap_err();
        assert_eq!(soon.kind, FailureKind::Limited);
        team.company.clock.advance(REMIND_AGAIN);
        reviews::remind(services, &owner, id).await.unwrap();
        assert_eq!(team.mail().await.len(), 4);
        // what is done is not asked for
        for who in [&rae, owner.person().unwrap()] {
            reviews::decide(services, who, id, &ItemSelection::Matching(ItemQuery::default()), None, Decision::Keep, "").await.unwrap();
        }
        team.company.clock.advance(REMIND_AGAIN);
        assert_eq!(reviews::remind(services, &owner, id).await.unwrap_err().kind, FailureKind::Conflict);
    }

    async fn notices_say_what_waits_for_whom(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let amara = team.company.member(&team.amara).await;
        let rae = team.company.member(&team.rae).await;
        assert_eq!(notices::all(services, &amara).await.unwrap(), []);
        let id = team.start(ReviewOf::Role(RoleId::new("source_admin"))).await.id;
        assert!(matches!(notices::all(services, &rae).await.unwrap().as_slice(), [Notice::ToReview { left: 2, .. }]));
        assert_eq!(notices::all(services, &amara).await.unwrap(), [], "it is not for her to look through, and not late");
        assert_eq!(service::workspaces::counts(services, &rae).await.unwrap().reviews, 1);
        assert_eq!(service::workspaces::counts(services, &amara).await.unwrap().reviews, 0);
        for name in ["Bea", "Data"] {
            team.decide(&team.rae, id, name, Decision::Keep).await.unwrap();
        }
        assert_eq!(notices::all(services, &rae).await.unwrap(), []);
        for who in [&rae, &amara] {
            assert_eq!(service::workspaces::counts(services, who).await.unwrap().reviews, 1, "she finds the way back, and Amara can sign it off");
        }
        assert!(matches!(notices::all(services, &amara).await.unwrap().as_slice(), [Notice::ToSignOff { revoked: 0, undecided: 0, .. }]));
        let ends = Some(services.now().plus(Span::days(3)));
        let wish = TokenWish { name: "Nightly".to_owned(), owner_access: true, expires_at: ends, ..TokenWish::default() };
        tokens::create(services, &team.company.owner(&team.amara).await, wish).await.unwrap();
        team.company.invite(&team.amara, "late@acme.test", MemberKind::Member, Vec::new()).await;
        let seen = notices::all(services, &amara).await.unwrap();
        assert!(matches!(seen.as_slice(), [Notice::ToSignOff { .. }, Notice::TokenEnds { .. }]), "{seen:?}");
        team.company.clock.advance(Span::days(60));
        let seen = notices::all(services, &amara).await.unwrap();
        assert!(matches!(seen.as_slice(), [Notice::ToSignOff { .. }, Notice::InvitesExpired { count: 1 }]), "{seen:?}");
        assert_eq!(notices::all(services, &rae).await.unwrap(), [], "owners' matters are theirs");
    }

    async fn what_holds_it_is_told_with_when_it_was_last_there(world: World) {
        let team = team(world).await;
        team.company.joined(&team.amara, "Dee", MemberKind::Member, Vec::new()).await;
        team.company.clock.advance(Span::hours(5));
        let id = team.start(ReviewOf::Everyone).await.id;
        let items = team.items(&team.rae, id).await;
        let of = |name: &str| items.iter().find(|item| item.name == name).unwrap().clone();
        // Rae was asked for her id just now, Dee was not here since she joined
        assert!(of("Dee").place < of("Rae").place && of("Dee").last_used_at < of("Rae").last_used_at, "{items:?}");
        assert!(matches!(of("Dee").holder, Holder::Member(_)));
        team.company.clock.advance(Span::hours(1));
        let now = team.company.services.now();
        let _ = team.company.member(&team.bea).await;
        assert_eq!(team.item(id, "Bea").await.last_used_at, Some(now), "while it is open, it tells of today");
    }
}
