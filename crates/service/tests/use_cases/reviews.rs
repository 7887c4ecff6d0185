//! Access reviews: who may see and decide, what the sign-off does, the record, and the reminders.

mod sign_off;

use crate::company::{Browser, Company};
use domain::{
    audit::{Chain, Entry},
    audit_query::AuditQuery,
    catalog::RoleId,
    failure::{Failure, FailureKind},
    grant::{GrantSpec, Holder, Scope},
    group::GroupWish,
    id::{GroupId, MemberId, ReviewId},
    member::{GrantDraft, Member, MemberKind},
    notice::Notice,
    page::PageSize,
    review::{Decision, ItemQuery, ItemSelection, ItemsSeen, REMIND_AGAIN, Review, ReviewItem, ReviewOf, ReviewTerms, ReviewWish, SignedOff},
    time::Span,
    token::TokenWish,
};
use futures::StreamExt as _;
use service::{groups, members, notices, reviews, tokens};
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
        reviews::items(&self.company.services, &self.company.member(who).await, id, &ItemQuery::default()).await.unwrap().page.rows
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
    async fn a_list_that_is_another_one_by_now_is_not_decided(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let id = team.start(ReviewOf::Everyone).await.id;
        let rae = team.company.member(&team.rae).await;
        let query = ItemQuery { decision: Some(Decision::Undecided), ..ItemQuery::default() };
        let undecided = ItemSelection::Matching(query.clone());
        let look = async || {
            let list = reviews::items(services, &rae, id, &query).await.unwrap();
            ItemsSeen { count: list.page.total.unwrap(), decisions: list.decisions }
        };
        let all = look().await;
        team.decide(&team.amara, id, "Bea", Decision::Keep).await.unwrap();
        let without_bea = look().await;
        // Bea is open again and Rae is not: as many as before
        team.decide(&team.amara, id, "Bea", Decision::Undecided).await.unwrap();
        team.decide(&team.amara, id, "Rae", Decision::Keep).await.unwrap();
        let without_rae = look().await;
        assert_eq!((all.count, without_bea.count, without_rae.count), (3, 2, 2));
        for seen in [all, without_bea, ItemsSeen { count: 3, ..without_rae }] {
            let refused = reviews::decide(services, &rae, id, &undecided, Some(seen), Decision::Revoke, "").await.unwrap_err();
            assert_eq!(refused.kind, FailureKind::Conflict, "{refused}");
        }
        assert_eq!(reviews::decide(services, &rae, id, &undecided, Some(without_rae), Decision::Revoke, "").await.unwrap().changed, 2);
    }

    async fn what_was_decided_meanwhile_is_not_kept_unseen(world: World) {
        let team = team(world).await;
        let services = &team.company.services;
        let id = team.start(ReviewOf::Everyone).await.id;
        let rae = team.company.member(&team.rae).await;
        let everything = ItemSelection::Matching(ItemQuery::default());
        let look = async || {
            let list = reviews::items(services, &rae, id, &ItemQuery::default()).await.unwrap();
            ItemsSeen { count: list.page.total.unwrap(), decisions: list.decisions }
        };
        let opened = look().await;
        team.decide(&team.amara, id, "Bea", Decision::Revoke).await.unwrap();
        let refused = reviews::decide(services, &rae, id, &everything, Some(opened), Decision::Keep, "").await.unwrap_err();
        assert_eq!((refused.kind, team.item(id, "Bea").await.decision), (FailureKind::Conflict, Decision::Revoke), "{refused}");
        let seen = look().await;
        reviews::decide(services, &rae, id, &everything, Some(seen), Decision::Keep, "").await.unwrap();
        assert_eq!(team.item(id, "Bea").await.decision, Decision::Keep);
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
        let page = reviews::items(services, &rae, id, &named).await.unwrap().page;
        assert_eq!((page.total, page.rows.len()), (Some(2), 2));
        let decided = reviews::decide(services, &rae, id, &ItemSelection::Matching(named.clone()), None, Decision::Revoke, "").await.unwrap();
        assert_eq!(decided.changed, 2);
        let open = ItemQuery { decision: Some(Decision::Undecided), ..ItemQuery::default() };
        assert_eq!(reviews::items(services, &rae, id, &open).await.unwrap().page.total, Some(4));
        // a decision is taken back as easily
        let revoked = ItemQuery { decision: Some(Decision::Revoke), ..ItemQuery::default() };
        let back = reviews::decide(services, &rae, id, &ItemSelection::Matching(revoked), None, Decision::Undecided, "").await.unwrap();
        assert_eq!((back.changed, team.find(id).await.decided()), (2, 0));
        assert_eq!(team.item(id, "Cy").await.decided_by, None);
        let odd = ItemQuery { search: Some("%".to_owned()), ..ItemQuery::default() };
        assert_eq!(reviews::items(services, &rae, id, &odd).await.unwrap().page.total, Some(0));
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
