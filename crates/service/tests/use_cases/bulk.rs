//! Changes of many users at once: what is shown before, what is done, what the trail tells, and taking it back.

use crate::company::{Browser, Company, PASSWORD};
use domain::{
    audit::{Chain, Entry, Event},
    audit_query::AuditQuery,
    bulk::{BulkAnswer, BulkChange, BulkOutcome, LeftOut, MOST_AT_ONCE, UNDO_WITHIN, UserSelection},
    catalog::RoleId,
    failure::{Failure, FailureKind},
    grant::{GrantSpec, Scope},
    group::GroupWish,
    id::{GroupId, InviteId, MemberId},
    member::{Member, MemberAccess, MemberKind, UserId, UserQuery, UserStatus},
    page::PageSize,
    plan::Plan,
    save::SaveOutcome,
    time::{Span, Timestamp},
    workspace::WorkspaceSlug,
};
use service::{accounts, actor::Meta, bulk, groups, invites, members, operator, seed::Sizes};
use testkit::{World, on_both};

/// An owner, two members, somebody invited, and a group.
struct Team {
    company: Company,
    amara: Browser,
    bea: MemberId,
    cy: MemberId,
    invited: InviteId,
    group: GroupId,
}

async fn team(world: World) -> Team {
    let company = Company::new(world);
    let amara = company.founder("Amara").await;
    let bea = company.id(&company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await).await;
    let cy = company.id(&company.joined(&amara, "Cy", MemberKind::Member, vec![role("source_admin")]).await).await;
    company.invite(&amara, "dee@acme.test", MemberKind::Member, Vec::new()).await;
    let owner = company.owner(&amara).await;
    let waiting = UserQuery { statuses: vec![UserStatus::Invited], ..UserQuery::default() };
    let row = members::users(&company.services, &owner, &waiting).await.unwrap().rows.remove(0);
    let UserId::Invite(invited) = row.id else { panic!("{row:?}") };
    let wish = GroupWish { name: "Designers".to_owned(), pii: false, grants: Vec::new() };
    let group = groups::create(&company.services, &owner, &wish).await.unwrap().id;
    Team { company, amara, bea, cy, invited, group }
}

fn role(id: &str) -> GrantSpec {
    GrantSpec::new(RoleId::new(id), Scope::All)
}

impl Team {
    async fn apply(&self, selection: &UserSelection, change: &BulkChange) -> Result<BulkAnswer, Failure> {
        applied(&self.company, &self.amara, selection, change).await
    }

    /// What is shown before must be what is done.
    async fn done(&self, selection: &UserSelection, change: &BulkChange) -> BulkAnswer {
        let owner = self.company.owner(&self.amara).await;
        let shown = bulk::preview(&self.company.services, &owner, selection, change).await.unwrap();
        let answer = self.apply(selection, change).await.unwrap();
        assert_eq!(answer.outcome, shown);
        answer
    }

    async fn undo(&self, answer: &BulkAnswer) -> Result<BulkOutcome, Failure> {
        bulk::undo(&self.company.services, &self.company.owner(&self.amara).await, answer.done.as_ref().unwrap().id, None).await
    }

    async fn find(&self, id: MemberId) -> Member {
        members::find(&self.company.services, &self.company.owner(&self.amara).await, id).await.unwrap()
    }

    async fn me(&self) -> MemberId {
        self.company.id(&self.amara).await
    }

    async fn everybody(&self) -> UserSelection {
        UserSelection::These(vec![UserId::Member(self.me().await), UserId::Member(self.bea), UserId::Member(self.cy), UserId::Invite(self.invited)])
    }

    /// The trail's newest entries, the newest first.
    async fn trail(&self, count: usize) -> Vec<Entry> {
        let workspace = self.company.owner(&self.amara).await.workspace().id;
        let query = AuditQuery { size: PageSize::new(50), ..AuditQuery::default() };
        let page = store::audit::page(&self.company.world.store, Chain::Workspace(workspace), &query).await.unwrap();
        page.rows.into_iter().take(count).collect()
    }

    /// Somebody else changes this member meanwhile.
    async fn changed_meanwhile(&self, id: MemberId) {
        let owner = self.company.owner(&self.amara).await;
        let before = self.find(id).await;
        let wish = MemberAccess { pii: !before.pii, ..before.access() };
        let saved = members::change_access(&self.company.services, &owner, id, before.revision, wish, None).await.unwrap();
        assert!(matches!(saved, SaveOutcome::Saved(_)));
    }
}

/// Shown and then done, as the dialog does it.
async fn applied(company: &Company, by: &Browser, selection: &UserSelection, change: &BulkChange) -> Result<BulkAnswer, Failure> {
    let owner = company.owner(by).await;
    let seen = bulk::preview(&company.services, &owner, selection, change).await?.seen();
    bulk::apply(&company.services, &owner, selection, change, seen, None).await
}

fn left_out(outcome: &BulkOutcome) -> Vec<(LeftOut, Vec<String>)> {
    outcome.left_out.iter().map(|(reason, counted)| (*reason, counted.names.clone())).collect()
}

on_both! {
    async fn a_role_is_given_to_members_and_taken_back(world: World) {
        let team = team(world).await;
        let answer = team.done(&team.everybody().await, &BulkChange::GiveRoles(vec![role("source_admin")])).await;
        let outcome = &answer.outcome;
        assert_eq!((outcome.changed.count, outcome.changed.words().as_str(), outcome.unchanged.words().as_str()), (1, "Bea", "Cy"));
        assert_eq!(left_out(outcome), [(LeftOut::Owner, vec!["Amara".to_owned()]), (LeftOut::Invited, vec!["dee@acme.test".to_owned()])]);
        assert_eq!(answer.done.as_ref().unwrap().summary, "Source Admin given to 1 member");
        assert_eq!(team.find(team.bea).await.grants.len(), 1);

        let outcome = team.undo(&answer).await.unwrap();
        assert_eq!((outcome.changed.words().as_str(), outcome.left_out.len()), ("Bea", 0));
        assert_eq!((team.find(team.bea).await.grants.len(), team.find(team.cy).await.grants.len()), (0, 1));
        assert_eq!(team.undo(&answer).await.unwrap_err().kind, FailureKind::Conflict, "once is enough");
    }

    async fn each_who_changed_has_an_entry_under_one_operation(world: World) {
        let team = team(world).await;
        let answer = team.done(&team.everybody().await, &BulkChange::JoinGroups(vec![team.group])).await;
        assert_eq!(answer.outcome.changed.count, 3, "owners too: a group is more than its roles");
        let trail = team.trail(3).await;
        let operation = answer.done.as_ref().map(|done| done.id);
        assert!(trail.iter().all(|entry| matches!(&entry.event, Event::MemberJoinedGroup { .. }) && entry.origin.operation == operation), "{trail:?}");
        let owner = team.company.owner(&team.amara).await;
        assert_eq!(groups::find(&team.company.services, &owner, team.group).await.unwrap().members, 3);

        team.undo(&answer).await.unwrap();
        assert_eq!(groups::find(&team.company.services, &owner, team.group).await.unwrap().members, 0);
        let trail = team.trail(3).await;
        assert!(trail.iter().all(|entry| matches!(&entry.event, Event::MemberLeftGroup { .. }) && entry.origin.operation.is_some_and(|id| Some(id) != operation)));
        let workspace = owner.workspace().id;
        assert!(store::audit::verify(&team.company.world.store, Chain::Workspace(workspace)).await.unwrap().faults.is_empty());
    }

    async fn a_role_is_held_longer_and_never_shorter(world: World) {
        let team = team(world).await;
        let until = |days| GrantSpec { expires_at: Some(team.company.services.now().plus(Span::days(days))), ..role("source_admin") };
        let (bea, both) = (UserSelection::These(vec![UserId::Member(team.bea)]), UserSelection::These(vec![UserId::Member(team.bea), UserId::Member(team.cy)]));
        team.done(&bea, &BulkChange::GiveRoles(vec![until(30)])).await;
        let shorter = team.done(&both, &BulkChange::GiveRoles(vec![until(5)])).await;
        assert_eq!((shorter.outcome.changed.count, shorter.outcome.unchanged.count), (0, 2));
        assert_eq!(shorter.done, None);
        let held = team.find(team.bea).await.grants.remove(0);
        team.done(&both, &BulkChange::GiveRoles(vec![until(90)])).await;
        let longer = team.find(team.bea).await.grants;
        assert_eq!((longer.len(), longer[0].id, &longer[0].spec), (1, held.id, &until(90)));

        let ends = BulkChange::SetExpiry { role: Some(RoleId::new("source_admin")), expires_at: until(3).expires_at };
        let answer = team.done(&both, &ends).await;
        assert_eq!(team.find(team.cy).await.grants[0].spec.expires_at, until(3).expires_at);
        team.undo(&answer).await.unwrap();
        assert_eq!((team.find(team.cy).await.grants[0].spec.expires_at, team.find(team.bea).await.grants[0].spec.expires_at), (None, until(90).expires_at));
        let past = BulkChange::SetExpiry { role: None, expires_at: Some(Timestamp::from_micros(1)) };
        assert_eq!(team.apply(&both, &past).await.unwrap_err().field.as_deref(), Some("expires_at"));
    }

    async fn who_was_changed_since_is_left_as_they_are(world: World) {
        let team = team(world).await;
        let both = UserSelection::These(vec![UserId::Member(team.bea), UserId::Member(team.cy)]);
        let answer = team.done(&both, &BulkChange::JoinGroups(vec![team.group])).await;
        team.changed_meanwhile(team.bea).await;
        let outcome = team.undo(&answer).await.unwrap();
        assert_eq!((outcome.changed.words().as_str(), left_out(&outcome)), ("Cy", vec![(LeftOut::Changed, vec!["Bea".to_owned()])]));
        assert_eq!((team.find(team.bea).await.groups.len(), team.find(team.cy).await.groups.len()), (1, 0));
    }

    async fn those_removed_come_back_as_they_were(world: World) {
        let team = team(world).await;
        team.done(&UserSelection::These(vec![UserId::Member(team.cy)]), &BulkChange::JoinGroups(vec![team.group])).await;
        let before = team.find(team.cy).await;
        let answer = team.done(&team.everybody().await, &BulkChange::Remove).await;
        assert_eq!((answer.outcome.changed.count, answer.outcome.owners), (2, 0));
        assert_eq!(left_out(&answer.outcome), [(LeftOut::Yourself, vec!["Amara".to_owned()]), (LeftOut::Invited, vec!["dee@acme.test".to_owned()])]);
        let owner = team.company.owner(&team.amara).await;
        let gone = members::find(&team.company.services, &owner, team.cy).await.unwrap_err();
        assert_eq!(gone.kind, FailureKind::NotFound);
        let counts = store::workspaces::counts(&team.company.world.store, owner.workspace().id).await.unwrap();
        assert_eq!((counts.members, groups::find(&team.company.services, &owner, team.group).await.unwrap().members), (1, 0));

        // one of them joined again meanwhile
        let link = team.company.invite(&team.amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let bea = accepted_again(&team, &link).await;
        let outcome = team.undo(&answer).await.unwrap();
        assert_eq!((outcome.changed.words().as_str(), left_out(&outcome)), ("Cy", vec![(LeftOut::Back, vec!["Bea".to_owned()])]));
        let after = team.find(team.cy).await;
        assert_eq!((after.grants, after.groups, after.kind, after.joined_at), (before.grants, before.groups, before.kind, before.joined_at));
        assert_ne!(bea, team.bea);
        let counts = store::workspaces::counts(&team.company.world.store, owner.workspace().id).await.unwrap();
        assert_eq!((counts.members, groups::find(&team.company.services, &owner, team.group).await.unwrap().members), (3, 1));
        assert!(matches!(&team.trail(1).await[0].event, Event::MemberRestored { member, .. } if member == "Cy"));
    }

    async fn what_others_decided_since_stands(world: World) {
        let team = team(world).await;
        let owner = team.company.owner(&team.amara).await;
        // a member who was removed and invited again
        let before = team.find(team.bea).await;
        let removed = team.done(&UserSelection::These(vec![UserId::Member(team.bea), UserId::Member(team.cy)]), &BulkChange::Remove).await;
        team.company.invite(&team.amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let outcome = team.undo(&removed).await.unwrap();
        assert_eq!((outcome.changed.words().as_str(), left_out(&outcome)), ("Cy", vec![(LeftOut::Back, vec!["Bea".to_owned()])]));
        assert!(team.find(team.cy).await.revision > before.revision, "an edit of what they were before fits no more");
        // an invite that was revoked, sent anew and revoked again
        let revoked = team.done(&UserSelection::These(vec![UserId::Invite(team.invited)]), &BulkChange::RevokeInvites).await;
        team.company.invite(&team.amara, "dee@acme.test", MemberKind::Member, Vec::new()).await;
        let again = UserQuery { search: Some("dee".to_owned()), ..UserQuery::default() };
        let UserId::Invite(second) = members::users(&team.company.services, &owner, &again).await.unwrap().rows[0].id else { panic!("invited") };
        invites::revoke(&team.company.services, &owner, second).await.unwrap();
        assert_eq!(team.undo(&revoked).await.unwrap().left_out[0].0, LeftOut::Back);
        // a list that changed between the look and the click
        let all = UserSelection::Matching(UserQuery { kinds: vec![MemberKind::Member], statuses: vec![UserStatus::Active], ..UserQuery::default() });
        let seen = bulk::preview(&team.company.services, &owner, &all, &BulkChange::Remove).await.unwrap().seen();
        team.company.joined(&team.amara, "Eli", MemberKind::Member, Vec::new()).await;
        let refused = bulk::apply(&team.company.services, &owner, &all, &BulkChange::Remove, seen, None).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::Conflict);
    }

    async fn as_many_but_others_are_not_who_was_shown(world: World) {
        let team = team(world).await;
        let (services, owner) = (&team.company.services, team.company.owner(&team.amara).await);
        let all = UserSelection::Matching(UserQuery { kinds: vec![MemberKind::Member], statuses: vec![UserStatus::Active], ..UserQuery::default() });
        let pending = UserSelection::Matching(UserQuery { statuses: vec![UserStatus::Invited], ..UserQuery::default() });
        let shown = bulk::preview(services, &owner, &all, &BulkChange::Remove).await.unwrap();
        let invited = bulk::preview(services, &owner, &pending, &BulkChange::RevokeInvites).await.unwrap();
        // one leaves and another comes, between the look and the click
        team.done(&UserSelection::These(vec![UserId::Member(team.bea)]), &BulkChange::Remove).await;
        team.company.joined(&team.amara, "Eli", MemberKind::Member, Vec::new()).await;
        invites::revoke(services, &owner, team.invited).await.unwrap();
        team.company.invite(&team.amara, "fay@acme.test", MemberKind::Member, Vec::new()).await;
        for (selection, change, before) in [(&all, BulkChange::Remove, shown), (&pending, BulkChange::RevokeInvites, invited)] {
            let now = bulk::preview(services, &owner, selection, &change).await.unwrap();
            assert_eq!((now.changed.count, now.owners), (before.changed.count, before.owners), "as many as before");
            let refused = bulk::apply(services, &owner, selection, &change, before.seen(), None).await.unwrap_err();
            assert_eq!(refused.kind, FailureKind::Conflict);
            let answer = bulk::apply(services, &owner, selection, &change, now.seen(), None).await.unwrap();
            assert_eq!(answer.outcome, now);
        }
    }

    async fn what_has_ended_stays_so(world: World) {
        let team = team(world).await;
        let soon = GrantSpec { expires_at: Some(team.company.services.now().plus(Span::days(1))), ..role("source_read_only") };
        let bea = UserSelection::These(vec![UserId::Member(team.bea)]);
        team.done(&bea, &BulkChange::GiveRoles(vec![soon.clone()])).await;
        team.company.clock.advance(Span::days(2));
        let answer = team.done(&bea, &BulkChange::SetExpiry { role: None, expires_at: None }).await;
        assert_eq!((answer.outcome.changed.count, team.find(team.bea).await.grants[0].spec.clone()), (0, soon));
    }

    async fn what_is_gone_meanwhile_does_not_come_back(world: World) {
        let team = team(world).await;
        let owner = team.company.owner(&team.amara).await;
        let both = UserSelection::These(vec![UserId::Member(team.bea), UserId::Member(team.cy)]);
        team.done(&both, &BulkChange::JoinGroups(vec![team.group])).await;
        let left = team.done(&both, &BulkChange::LeaveGroups(vec![team.group])).await;
        groups::delete(&team.company.services, &owner, team.group).await.unwrap();
        let outcome = team.undo(&left).await.unwrap();
        assert_eq!((outcome.changed.count, outcome.left_out.len(), outcome.left_out[0].0), (0, 1, LeftOut::Missing));
        let gone = team.apply(&both, &BulkChange::JoinGroups(vec![team.group])).await.unwrap_err();
        assert_eq!(gone.field.as_deref(), Some("groups"));
    }

    async fn invites_are_revoked_taken_back_and_sent_again(world: World) {
        let team = team(world).await;
        let owner = team.company.owner(&team.amara).await;
        let answer = team.done(&team.everybody().await, &BulkChange::RevokeInvites).await;
        assert_eq!((answer.outcome.changed.words().as_str(), answer.outcome.left_out[0].0), ("dee@acme.test", LeftOut::Member));
        assert!(invites::link(&team.company.services, &owner, team.invited).await.is_err());
        team.undo(&answer).await.unwrap();
        let link = invites::link(&team.company.services, &owner, team.invited).await.unwrap();
        let again = team.done(&UserSelection::These(vec![UserId::Invite(team.invited)]), &BulkChange::ResendInvites).await;
        assert_eq!((again.outcome.changed.count, again.done), (1, None));
        assert_ne!(invites::link(&team.company.services, &owner, team.invited).await.unwrap(), link);

        // invited anew after it was revoked: the older invite stays as it is
        let revoked = team.done(&UserSelection::These(vec![UserId::Invite(team.invited)]), &BulkChange::RevokeInvites).await;
        team.company.invite(&team.amara, "dee@acme.test", MemberKind::Member, Vec::new()).await;
        assert_eq!(team.undo(&revoked).await.unwrap().left_out[0].0, LeftOut::Back);
    }

    async fn after_ten_minutes_it_stands(world: World) {
        let team = team(world).await;
        let both = UserSelection::These(vec![UserId::Member(team.bea), UserId::Member(team.cy)]);
        let answer = team.done(&both, &BulkChange::JoinGroups(vec![team.group])).await;
        let owner = team.company.owner(&team.amara).await;
        assert_eq!(bulk::latest(&team.company.services, &owner).await.unwrap(), Vec::from_iter(answer.done.clone()));
        assert_eq!(bulk::forget(&team.company.services).await.unwrap(), 0);
        team.company.clock.advance(UNDO_WITHIN);
        assert!(bulk::latest(&team.company.services, &owner).await.unwrap().is_empty());
        assert_eq!(team.undo(&answer).await.unwrap_err().kind, FailureKind::Conflict);
        assert_eq!(bulk::forget(&team.company.services).await.unwrap(), 1);
        assert_eq!(team.find(team.bea).await.groups.len(), 1);
    }

    async fn nothing_crosses_a_workspace(world: World) {
        let team = team(world).await;
        let browser = team.company.founder("Eve").await;
        let eve = team.company.owner(&browser).await;
        let both = UserSelection::These(vec![UserId::Member(team.bea), UserId::Member(team.cy), UserId::Invite(team.invited)]);
        let outcome = applied(&team.company, &browser, &both, &BulkChange::Remove).await.unwrap().outcome;
        assert_eq!((outcome.changed.count, outcome.left_out.len(), outcome.left_out[0].0, outcome.left_out[0].1.count), (0, 1, LeftOut::Gone, 3));
        assert!(applied(&team.company, &browser, &both, &BulkChange::JoinGroups(vec![team.group])).await.is_err());
        let answer = team.done(&both, &BulkChange::JoinGroups(vec![team.group])).await;
        let failed = bulk::undo(&team.company.services, &eve, answer.done.unwrap().id, None).await.unwrap_err();
        assert_eq!(failed.kind, FailureKind::Conflict);
        assert_eq!(team.find(team.bea).await.groups.len(), 1);
    }

    async fn a_plan_says_what_can_be_given(world: World) {
        let team = team(world).await;
        let both = UserSelection::These(vec![UserId::Member(team.bea), UserId::Member(team.cy)]);
        team.done(&both, &BulkChange::GiveRoles(vec![role("source_read_only")])).await;
        let slug = team.amara.slug.to_string();
        operator::set_plan(&team.company.services, &team.company.services.operator(), &slug, Plan::Free.as_str()).await.unwrap();
        assert_eq!(team.apply(&both, &BulkChange::JoinGroups(vec![team.group])).await.unwrap_err().field.as_deref(), Some("groups"));
        assert!(team.apply(&both, &BulkChange::GiveRoles(vec![role("function_admin")])).await.is_err());
        let soon = Some(team.company.services.now().plus(Span::days(1)));
        let outcome = team.done(&both, &BulkChange::SetExpiry { role: None, expires_at: soon }).await.outcome;
        assert_eq!((outcome.changed.count, outcome.left_out[0].0), (0, LeftOut::Locked), "what the plan has not, is not prolonged");
        assert_eq!(team.done(&both, &BulkChange::TakeRole(RoleId::new("source_read_only"))).await.outcome.changed.count, 2);
    }

    async fn all_that_match_are_meant(world: World) {
        let company = Company::new(world);
        let services = &company.services;
        let sizes = Sizes { members: 1_203, groups: 3, resources: 10, seed: 1 };
        let seeded = service::seed::sizes(services, &services.operator(), sizes).await.unwrap();
        let olivia = signed_in_again(&company, &seeded.owner, &seeded.password, &seeded.slug).await;
        let owner = company.owner(&olivia).await;
        let wish = GroupWish { name: "Everybody".to_owned(), pii: false, grants: Vec::new() };
        let group = groups::create(services, &owner, &wish).await.unwrap().id;
        let all = UserSelection::Matching(UserQuery { kinds: vec![MemberKind::Member], ..UserQuery::default() });
        let answer = applied(&company, &olivia, &all, &BulkChange::JoinGroups(vec![group])).await.unwrap();
        let many = answer.outcome.changed.count;
        assert!(many > 1_100 && answer.outcome.changed.names.len() == 5, "{many}: nearly all, but for some owners");
        assert_eq!(u64::from(groups::find(services, &owner, group).await.unwrap().members), many);
        assert_eq!(bulk::undo(services, &owner, answer.done.unwrap().id, None).await.unwrap().changed.count, many);
        let before = store::workspaces::counts(&company.world.store, owner.workspace().id).await.unwrap();
        let answer = applied(&company, &olivia, &all, &BulkChange::Remove).await.unwrap();
        assert_eq!(store::workspaces::counts(&company.world.store, owner.workspace().id).await.unwrap().members, before.members - many);
        assert_eq!(bulk::undo(services, &owner, answer.done.unwrap().id, None).await.unwrap().changed.count, many);
        assert_eq!(store::workspaces::counts(&company.world.store, owner.workspace().id).await.unwrap(), before);
    }

    async fn ten_thousand_are_changed_at_once_and_no_more(world: World) {
        let company = Company::new(world);
        let services = &company.services;
        let sizes = Sizes { members: 10_200, groups: 1, resources: 1, seed: 1 };
        let seeded = service::seed::sizes(services, &services.operator(), sizes).await.unwrap();
        let olivia = signed_in_again(&company, &seeded.owner, &seeded.password, &seeded.slug).await;
        let owner = company.owner(&olivia).await;
        let wish = GroupWish { name: "Everybody".to_owned(), pii: false, grants: Vec::new() };
        let group = groups::create(services, &owner, &wish).await.unwrap().id;
        let (query, join) = (UserQuery { kinds: vec![MemberKind::Member], ..UserQuery::default() }, BulkChange::JoinGroups(vec![group]));
        let most = store::users::matching(&company.world.store, owner.workspace().id, &query, services.now(), MOST_AT_ONCE).await.unwrap();
        let answer = applied(&company, &olivia, &UserSelection::These(most), &join).await.unwrap();
        assert_eq!(answer.outcome.changed.count, MOST_AT_ONCE as u64);
        assert_eq!(u64::from(groups::find(services, &owner, group).await.unwrap().members), MOST_AT_ONCE as u64);
        let more = bulk::preview(services, &owner, &UserSelection::Matching(query), &join).await.unwrap_err();
        assert!(more.field.as_deref() == Some("users") && more.message.contains("10,000 users"), "{more}");
    }

    async fn who_is_named_twice_is_meant_once_and_too_many_are_refused(world: World) {
        let team = team(world).await;
        let thrice = UserSelection::These(vec![UserId::Member(team.bea); 3]);
        assert_eq!(team.done(&thrice, &BulkChange::JoinGroups(vec![team.group])).await.outcome.changed.count, 1);
        let ids = (0..=MOST_AT_ONCE as u128).map(|n| UserId::Member(MemberId::from_uuid(uuid::Uuid::from_u128(n)))).collect();
        assert_eq!(team.apply(&UserSelection::These(ids), &BulkChange::Remove).await.unwrap_err().field.as_deref(), Some("users"));
    }
}

async fn signed_in_again(company: &Company, email: &str, password: &str, slug: &WorkspaceSlug) -> Browser {
    let secret = accounts::sign_in(&company.services, &company.services.anonymous(Meta::default()), email, password).await.unwrap();
    Browser { secret, slug: slug.clone() }
}

/// The account that was removed joins again, with a membership of its own.
async fn accepted_again(team: &Team, link: &str) -> MemberId {
    let browser = signed_in_again(&team.company, "bea@acme.test", PASSWORD, &team.amara.slug).await;
    invites::accept(&team.company.services, &team.company.signed_in(&browser).await, link).await.unwrap();
    team.company.id(&browser).await
}
