//! Random workspaces, changed step by step: after every step the compiled policy answers as the rules do, and as one built anew.

use super::reference::Reference;
use crate::{
    access_map::of_work,
    catalog::{Action, Catalog, RoleId, TypeEntry},
    effective::EffectiveAccess,
    grant::{Grant, GrantSpec, Scope},
    id::{GrantId, GroupId, MemberId, ResourceId, TokenId},
    label::{Bearing, Label},
    member::MemberKind,
    plan::Plan,
    policy::{ByLabel, Crowd, Decision, Missing, Policy, PolicyGroup, PolicyMember, PolicyToken, Question, Subject, Target},
    resource::Resource,
    text::{ResourceKey, ResourceName},
    time::Timestamp,
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};
use std::sync::Arc;
use uuid::Uuid;

const WORLDS: u32 = 10_000;
const MEMBERS: u8 = 4;
const GROUPS: u8 = 3;
const TOKENS: u8 = 2;
const RESOURCES: u8 = 7;
const LABELS: [&str; 4] = ["stage:live", "stage:test", "area:north", "area:south"];
const HELP_DESK: &str = include_str!("../../../catalog/help-desk.toml");

#[derive(Clone, Debug)]
enum Step {
    Member { n: u8, owner: bool, pii: bool, groups: Vec<u8>, grants: Vec<Given> },
    MemberGone(u8),
    Group { n: u8, pii: bool, grants: Vec<Given> },
    GroupGone(u8),
    Token { n: u8, owner: bool, until: Option<u8>, grants: Vec<Given> },
    TokenGone(u8),
    Resource { n: u8, kind: u8, parent: Option<u8>, labels: Vec<u8> },
    ResourceGone(u8),
    Plan(u8),
    Clock(u8),
}

#[derive(Clone, Debug)]
struct Given {
    role: u8,
    scope: Reach,
    until: Option<u8>,
}

#[derive(Clone, Debug)]
enum Reach {
    All,
    Only(Vec<u8>),
    Labelled(Vec<u8>),
}

fn given() -> impl Strategy<Value = Given> {
    let scope = prop_oneof![
        1 => Just(Reach::All),
        3 => proptest::collection::vec(0..RESOURCES, 0..5).prop_map(Reach::Only),
        3 => proptest::collection::vec(0..4_u8, 0..3).prop_map(Reach::Labelled),
    ];
    (0..6_u8, scope, proptest::option::weighted(0.2, 0..4_u8)).prop_map(|(role, scope, until)| Given { role, scope, until })
}

fn step() -> impl Strategy<Value = Step> {
    let grants = || proptest::collection::vec(given(), 0..4);
    prop_oneof![
        5 => (0..MEMBERS, proptest::bool::weighted(0.1), any::<bool>(), proptest::collection::vec(0..GROUPS, 0..3), grants())
            .prop_map(|(n, owner, pii, groups, grants)| Step::Member { n, owner, pii, groups, grants }),
        1 => (0..MEMBERS).prop_map(Step::MemberGone),
        4 => (0..GROUPS, any::<bool>(), grants()).prop_map(|(n, pii, grants)| Step::Group { n, pii, grants }),
        1 => (0..GROUPS).prop_map(Step::GroupGone),
        2 => (0..TOKENS, proptest::bool::weighted(0.2), proptest::option::weighted(0.3, 0..4_u8), grants())
            .prop_map(|(n, owner, until, grants)| Step::Token { n, owner, until, grants }),
        1 => (0..TOKENS).prop_map(Step::TokenGone),
        6 => (0..RESOURCES, 0..5_u8, proptest::option::of(0..RESOURCES), proptest::collection::vec(0..4_u8, 0..3))
            .prop_map(|(n, kind, parent, labels)| Step::Resource { n, kind, parent, labels }),
        3 => (0..RESOURCES).prop_map(Step::ResourceGone),
        1 => (0..3_u8).prop_map(Step::Plan),
        1 => (0..4_u8).prop_map(Step::Clock),
    ]
}

/// Ids whose order is not that of their coming.
fn id(kind: u128, n: u8) -> Uuid {
    Uuid::from_u128((kind << 64) + u128::from(n.wrapping_mul(151)))
}

fn resource(n: u8) -> ResourceId {
    ResourceId::from_uuid(id(4, n))
}

fn moment(n: u8) -> Timestamp {
    Timestamp::from_micros(1_000 + i64::from(n))
}

struct World {
    policy: Policy,
    reference: Reference,
    now: Timestamp,
    random: u64,
    grants: u128,
}

impl World {
    fn new(catalog: &Arc<Catalog>, random: u64) -> Self {
        let policy = Policy::new(Arc::clone(catalog), Plan::Business);
        let mut world = Self { policy, reference: Reference::new(Arc::clone(catalog), Plan::Business), now: moment(1), random, grants: 0 };
        for n in 0..RESOURCES - 3 {
            let parent = (n > 0).then(|| n - 1);
            world.take(&Step::Resource { n, kind: n % 4, parent, labels: vec![n % 4] });
        }
        world
    }

    fn grant(&mut self, given: &Given) -> Grant {
        self.grants += 1;
        // the last is a role that the catalogue doesn't have
        let role = self.reference.catalog.roles.get(usize::from(given.role)).map_or_else(|| RoleId::new("retired"), |role| role.id.clone());
        let scope = match &given.scope {
            Reach::All => Scope::All,
            Reach::Only(named) => Scope::Only(named.iter().map(|n| resource(*n)).collect()),
            Reach::Labelled(labels) => Scope::Labelled(labels.iter().map(|n| label(*n)).collect()),
        };
        let spec = GrantSpec { expires_at: given.until.map(moment), ..GrantSpec::new(role, scope) };
        Grant { id: GrantId::from_uuid(Uuid::from_u128(self.grants)), spec }
    }

    fn grants(&mut self, given: &[Given]) -> Vec<Grant> {
        given.iter().map(|given| self.grant(given)).collect()
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Member { n, owner, pii, groups, grants } => {
                let kind = if *owner { MemberKind::Owner } else { MemberKind::Member };
                let groups = groups.iter().map(|n| GroupId::from_uuid(id(2, *n))).collect();
                let member = PolicyMember { id: MemberId::from_uuid(id(1, *n)), kind, pii: *pii, grants: self.grants(grants), groups };
                self.policy.put_member(member.clone());
                self.reference.members.insert(member.id, member);
            }
            Step::MemberGone(n) => {
                let id = MemberId::from_uuid(id(1, *n));
                self.policy.remove_member(id);
                self.reference.members.remove(&id);
            }
            Step::Group { n, pii, grants } => {
                let group = PolicyGroup { id: GroupId::from_uuid(id(2, *n)), pii: *pii, grants: self.grants(grants) };
                self.policy.put_group(group.clone());
                self.reference.groups.insert(group.id, group);
            }
            Step::GroupGone(n) => {
                let id = GroupId::from_uuid(id(2, *n));
                self.policy.remove_group(id);
                self.reference.remove_group(id);
            }
            Step::Token { n, owner, until, grants } => {
                let id = TokenId::from_uuid(id(3, *n));
                let token = PolicyToken { id, owner_access: *owner, expires_at: until.map(moment), grants: self.grants(grants) };
                self.policy.put_token(token.clone());
                self.reference.tokens.insert(id, token);
            }
            Step::TokenGone(n) => {
                let id = TokenId::from_uuid(id(3, *n));
                self.policy.remove_token(id);
                self.reference.tokens.remove(&id);
            }
            Step::Resource { n, kind, parent, labels } => {
                // the last is a type that the catalogue doesn't have
                let kind = self.reference.catalog.types.get(usize::from(*kind)).map_or_else(|| crate::resource::ResourceType::new("old"), |it| it.id.clone());
                let mut labels: Vec<Label> = labels.iter().map(|n| label(*n)).collect();
                labels.sort();
                labels.dedup_by(|a, b| a.key() == b.key());
                let (key, name) = (ResourceKey::parse("key").unwrap(), ResourceName::parse("name").unwrap());
                let resource = Resource { id: resource(*n), kind, key, name, parent: parent.map(resource), labels };
                self.policy.put_resource(resource.clone());
                self.reference.resources.insert(resource.id, resource);
            }
            Step::ResourceGone(n) => {
                self.policy.remove_resource(resource(*n));
                self.reference.resources.remove(&resource(*n));
            }
            Step::Plan(n) => {
                self.policy.set_plan(Plan::ALL[usize::from(*n)]);
                self.reference.plan = Plan::ALL[usize::from(*n)];
            }
            Step::Clock(n) => self.now = moment(*n),
        }
    }

    fn roll(&mut self, sides: u8) -> u8 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from((self.random >> 33) % u64::from(sides)).unwrap()
    }

    /// Some question, now and then about somebody or something that is not there.
    fn question(&mut self) -> Question {
        let subject = match self.roll(9) {
            0..6 => Subject::Member(MemberId::from_uuid(id(1, self.roll(MEMBERS + 1)))),
            6 => Subject::Group(GroupId::from_uuid(id(2, self.roll(GROUPS)))),
            _ => Subject::Token(TokenId::from_uuid(id(3, self.roll(TOKENS)))),
        };
        let on = resource(self.roll(RESOURCES));
        let other = self.roll(6) == 0;
        let asked = if other { None } else { self.reference.resources.get(&on).map(|resource| resource.kind.clone()) };
        let kind = self.roll(4);
        let catalog = Arc::clone(&self.reference.catalog);
        let kind = asked.unwrap_or_else(|| catalog.types[usize::from(kind)].id.clone());
        let verbs = catalog.kind(&kind).map_or(&[][..], |entry| &entry.actions);
        let verb = self.roll(u8::try_from(verbs.len()).unwrap() + u8::from(other || verbs.is_empty()));
        let action = Action::new(&kind, verbs.get(usize::from(verb)).map_or("fly", String::as_str));
        let target = if self.roll(6) == 0 { Target::Type } else { Target::Resource(on) };
        Question { subject, action, target }
    }

    /// Built anew from what the reference holds, in another order.
    fn rebuilt(&self) -> Policy {
        let mut policy = Policy::new(Arc::clone(&self.reference.catalog), self.reference.plan);
        self.reference.members.values().rev().for_each(|member| policy.put_member(member.clone()));
        self.reference.tokens.values().for_each(|token| policy.put_token(token.clone()));
        self.reference.resources.values().rev().for_each(|resource| policy.put_resource(resource.clone()));
        self.reference.groups.values().for_each(|group| policy.put_group(group.clone()));
        policy
    }

    fn agrees(&mut self, questions: usize) {
        let questions: Vec<Question> = (0..questions).map(|_| self.question()).collect();
        let answers = self.policy.decide_all(&questions, self.now);
        for (question, answer) in questions.iter().zip(&answers) {
            let Question { subject, action, target } = question;
            assert_eq!(*answer, self.reference.decide(*subject, action, target, self.now), "{question:?}");
            assert_eq!(answer.is_allowed(), self.policy.allows(*subject, action, target, self.now), "{question:?}");
            if let Decision::Denied(Missing::Roles { roles, .. }) = answer {
                let remedies: Vec<RoleId> = self.policy.remedies(action, target).into_iter().map(|remedy| remedy.role).collect();
                assert_eq!(*roles, remedies);
            }
        }
        let (a, b) = (self.roll(RESOURCES), self.roll(RESOURCES));
        let subject = questions[0].subject;
        let connects = self.policy.decide_connect(subject, resource(a), resource(b), self.now).is_allowed();
        assert_eq!(connects, self.reference.decide_connect(subject, resource(a), resource(b), self.now), "{subject:?} connects {a} and {b}");
        let sees = self.policy.sees_personal_data(subject, resource(a), self.now);
        assert_eq!(sees, self.reference.sees_personal_data(subject, resource(a), self.now), "{subject:?} sees personal data in {a}");
    }

    fn lists_agree(&mut self) {
        let Question { subject, action, target } = self.question();
        let limit = usize::from(self.roll(3)) + 1;
        let decided = |subject: Subject, resource: ResourceId| self.reference.decide(subject, &action, &Target::Resource(resource), self.now).is_allowed();
        let expected: Vec<ResourceId> = self.reference.resources.keys().copied().filter(|resource| decided(subject, *resource)).collect();
        let listed = all_pages(|after| self.policy.resources_for(subject, &action, self.now, after, limit), limit);
        assert_eq!(listed, expected, "what {subject:?} may {action}");
        let Target::Resource(on) = target else { return };
        let expected: Vec<Subject> = self.reference.everybody().into_iter().filter(|subject| decided(*subject, on)).collect();
        let listed = all_pages(|after| self.policy.subjects_for(on, &action, self.now, after, limit), limit);
        assert_eq!(listed, expected, "who may {action} on {on}");
    }

    fn reads_back(&self) {
        let rebuilt = self.rebuilt();
        assert_eq!(self.policy.counts(), rebuilt.counts());
        for (id, member) in &self.reference.members {
            assert_eq!(self.policy.member(*id).as_ref(), Some(member));
        }
        for n in 0..MEMBERS {
            let subject = Subject::Member(MemberId::from_uuid(id(1, n)));
            let (was, is) = (EffectiveAccess::of(&self.policy, subject, self.now), EffectiveAccess::of(&rebuilt, subject, self.now));
            assert_eq!(was, is);
            for resource in self.reference.resources.values() {
                for verb in self.reference.catalog.kind(&resource.kind).into_iter().flat_map(|entry| &entry.actions).filter(|verb| *verb != "create") {
                    let decided = self.policy.allows(subject, &Action::new(&resource.kind, verb), &Target::Resource(resource.id), self.now);
                    assert_eq!(is.covers(&resource.kind, verb, resource.id), decided);
                }
            }
        }
        for (id, resource) in &self.reference.resources {
            let known = self.policy.resource(*id).unwrap();
            assert_eq!((&known.kind, known.parent, &known.labels), (&resource.kind, resource.parent, &resource.labels));
        }
        self.cells_agree();
    }

    /// What is counted by the values of a key is what is decided about each thing.
    fn cells_agree(&self) {
        let mut by_label = ByLabel::of(&self.policy, None, None);
        let (verbs, values) = (by_label.verbs().to_vec(), by_label.values("stage"));
        by_label.stand(values.iter().map(|(bearing, _)| bearing));
        for n in 0..MEMBERS {
            let subject = Subject::Member(MemberId::from_uuid(id(1, n)));
            // 0 is nothing
            let strongest = |resource: &Resource| {
                let entry = self.reference.catalog.kind(&resource.kind).unwrap();
                let may = |verb: &String| self.reference.decide(subject, &Action::new(&entry.id, verb), &Target::Resource(resource.id), self.now).is_allowed();
                let places = of_work(entry).into_iter().filter(may).map(|verb| verbs.iter().position(|known| *known == verb).unwrap() + 1);
                places.max().unwrap_or_default()
            };
            for ((bearing, count), cell) in values.iter().zip(by_label.cells(subject, self.now)) {
                let bears = |resource: &&Resource| match bearing {
                    Bearing::With(label) => resource.labels.contains(label),
                    Bearing::Without(key) => resource.labels.iter().all(|label| label.key() != key),
                };
                let known = self.reference.resources.values().filter(|resource| self.reference.catalog.kind(&resource.kind).is_some());
                let levels: Vec<usize> = known.filter(bears).map(strongest).collect();
                let (strongest, reached) = (levels.iter().max().copied().unwrap_or_default(), levels.iter().filter(|level| **level > 0).count());
                assert_eq!(usize::try_from(*count), Ok(levels.len()), "{bearing}");
                assert_eq!((usize::from(cell.level), usize::try_from(cell.reached)), (strongest, Ok(reached)), "{subject:?} in {bearing}");
            }
            let levels: Vec<u8> = by_label.cells(subject, self.now).into_iter().map(|cell| cell.level).collect();
            assert_eq!(by_label.crowd().levels(&self.policy, subject, self.now), levels, "{subject:?} in a crowd");
            // the same of each thing and each type, on the type's own scale
            let level = |resource: &Resource| {
                let may =
                    |verb: &String| self.reference.decide(subject, &Action::new(&resource.kind, verb), &Target::Resource(resource.id), self.now).is_allowed();
                self.reference.catalog.kind(&resource.kind).and_then(|entry| of_work(entry).iter().rposition(may)).map_or(0, |place| place + 1)
            };
            let of_all = |crowd: &mut Crowd| crowd.levels(&self.policy, subject, self.now).iter().copied().map(usize::from).collect::<Vec<_>>();
            let things: Vec<ResourceId> = self.reference.resources.keys().copied().collect();
            let levels: Vec<usize> = self.reference.resources.values().map(level).collect();
            assert_eq!(of_all(&mut Crowd::of_things(&self.policy, &things)), levels);
            let of_type = |entry: &TypeEntry| self.reference.resources.values().filter(|one| one.kind == entry.id).map(level).max().unwrap_or_default();
            let levels: Vec<usize> = self.reference.catalog.types.iter().map(of_type).collect();
            assert_eq!(of_all(&mut Crowd::of_types(&self.policy)), levels);
        }
    }
}

fn label(n: u8) -> Label {
    Label::parse(LABELS[usize::from(n)]).unwrap()
}

fn all_pages<T: Copy>(page: impl Fn(Option<T>) -> crate::policy::Listed<T>, limit: usize) -> Vec<T> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let listed = page(after);
        assert!(listed.found.len() <= limit && (listed.complete() || listed.found.len() == limit));
        all.extend(listed.found);
        after = listed.next;
        if after.is_none() {
            return all;
        }
    }
}

#[test]
fn the_compiled_policy_answers_as_the_rules_do_after_every_change() {
    let catalogs = [HELP_DESK, Catalog::BUILT_IN].map(|text| Arc::new(Catalog::parse(text).unwrap()));
    // fewer where many runs count more than one long one, as in mutation testing
    let cases = std::env::var("WORLDS").ok().and_then(|worlds| worlds.parse().ok()).unwrap_or(WORLDS);
    let config = Config { cases, rng_seed: RngSeed::Fixed(3), failure_persistence: None, max_shrink_iters: 5_000, ..Config::default() };
    let worlds = (any::<u64>(), proptest::collection::vec(step(), 1..14));
    TestRunner::new(config)
        .run(&worlds, |(random, steps)| {
            let mut world = World::new(&catalogs[usize::from(random % 4 == 0)], random);
            for step in &steps {
                world.take(step);
                world.agrees(12);
                world.lists_agree();
            }
            world.reads_back();
            Ok(())
        })
        .unwrap();
}
