//! Made-up workspaces of any size: the same for the same seed.

use domain::{
    catalog::{Catalog, RoleId},
    grant::{Grant, GrantSpec, Scope, ScopeKind},
    id::{GrantId, GroupId, MemberId, ResourceId},
    label::Label,
    member::MemberKind,
    plan::Plan,
    policy::{Policy, PolicyGroup, PolicyMember, PolicyToken},
    resource::{Resource, ResourceType},
    text::{ResourceKey, ResourceName},
    time::Timestamp,
};
use std::{error::Error, sync::Arc};
use uuid::Uuid;

#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub name: &'static str,
    pub members: usize,
    pub groups: usize,
    pub resources: usize,
    pub grants: usize,
}

/// What a workspace consists of, before anything is compiled.
#[derive(Clone, Debug)]
pub struct World {
    pub catalog: Arc<Catalog>,
    pub plan: Plan,
    pub members: Vec<PolicyMember>,
    pub groups: Vec<PolicyGroup>,
    /// None in the measured worlds: a token is decided as a member without groups is.
    pub tokens: Vec<PolicyToken>,
    pub resources: Vec<Resource>,
}

/// The moment of all questions; some grants have ended by then.
pub const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);

/// Random numbers that are the same in every run (splitmix64, Steele and others 2014).
#[derive(Clone, Debug)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end.max(1) as u64).unwrap_or_default()
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let at = self.below(all.len());
        all.get(at)
    }

    /// As ids are made: in the order of their coming, unguessable beyond.
    fn id(&mut self, place: usize) -> Uuid {
        let random = u128::from(self.roll());
        Uuid::from_u128((place as u128) << 80 | 0x7000_8000 << 64 | random)
    }
}

const KINDS: [&str; 8] = ["source", "destination", "source", "destination", "warehouse", "function", "space", "tracking_plan"];

impl World {
    pub fn of(size: Size, seed: u64) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut dice = Dice(seed);
        let catalog = Arc::new(Catalog::parse(Catalog::BUILT_IN)?);
        let labels = labels(size.resources)?;
        let mut resources: Vec<Resource> = Vec::with_capacity(size.resources);
        for place in 0..size.resources {
            let kind = KINDS.get(place % KINDS.len()).copied().unwrap_or("source");
            let mut own: Vec<Label> = Vec::new();
            for _ in 0..dice.below(4) {
                if let Some(label) = dice.pick(&labels).filter(|label| own.iter().all(|known| known.key() != label.key())) {
                    own.push(label.clone());
                }
            }
            own.sort();
            resources.push(Resource {
                id: ResourceId::from_uuid(dice.id(place)),
                kind: ResourceType::new(kind),
                key: ResourceKey::parse(&format!("{kind}-{place}"))?,
                name: ResourceName::parse(&format!("{kind} {place}"))?,
                parent: (kind == "destination").then(|| resources.last().map(|source| source.id)).flatten(),
                labels: own,
            });
        }
        let by_kind = |kind: &str| -> Vec<ResourceId> { resources.iter().filter(|it| it.kind.as_str() == kind).map(|it| it.id).collect() };
        let named: Vec<(&str, Vec<ResourceId>)> = ["source", "destination", "function", "space"].map(|kind| (kind, by_kind(kind))).into();
        let mut maker = Maker { dice, catalog: Arc::clone(&catalog), labels, named, made: 0 };
        // a group holds three; members share the rest
        let of_groups = (size.groups * 3).min(size.grants / 2);
        let groups: Vec<PolicyGroup> = (0..size.groups)
            .map(|place| PolicyGroup {
                id: GroupId::from_uuid(maker.dice.id(place)),
                pii: place % 10 == 0,
                grants: (0..share(of_groups, size.groups, place)).map(|_| maker.grant()).collect(),
            })
            .collect();
        let members = (0..size.members)
            .map(|place| PolicyMember {
                id: MemberId::from_uuid(maker.dice.id(place)),
                kind: if place % 100 == 99 { MemberKind::Owner } else { MemberKind::Member },
                pii: place % 10 == 0,
                grants: (0..share(size.grants - of_groups, size.members, place)).map(|_| maker.grant()).collect(),
                groups: (0..maker.dice.below(4)).filter_map(|_| maker.dice.pick(&groups).map(|group| group.id)).collect(),
            })
            .collect();
        Ok(Self { catalog, plan: Plan::Business, members, groups, tokens: Vec::new(), resources })
    }

    pub fn policy(&self) -> Policy {
        let mut policy = Policy::new(Arc::clone(&self.catalog), self.plan);
        self.resources.iter().for_each(|resource| policy.put_resource(resource.clone()));
        self.groups.iter().for_each(|group| policy.put_group(group.clone()));
        self.members.iter().for_each(|member| policy.put_member(member.clone()));
        self.tokens.iter().for_each(|token| policy.put_token(token.clone()));
        policy
    }
}

/// How many of `all` fall to this place.
const fn share(all: usize, places: usize, place: usize) -> usize {
    all / places + (place < all % places) as usize
}

/// Three environments, four regions, and a team for every five hundred resources.
fn labels(resources: usize) -> Result<Vec<Label>, domain::label::LabelError> {
    let mut texts: Vec<String> = ["dev", "test", "prod"].map(|value| format!("environment:{value}")).into();
    texts.extend(["apac", "emea", "latam", "north"].map(|value| format!("region:{value}")));
    texts.extend((0..resources.div_ceil(500)).map(|team| format!("team:t{team}")));
    texts.iter().map(|text| Label::parse(text)).collect()
}

struct Maker {
    dice: Dice,
    catalog: Arc<Catalog>,
    labels: Vec<Label>,
    named: Vec<(&'static str, Vec<ResourceId>)>,
    made: u128,
}

impl Maker {
    /// A quarter on all, a quarter by one or two labels, half on one to three by name. One in twenty has ended.
    fn grant(&mut self) -> Grant {
        self.made += 1;
        let (form, role, scope) = match self.dice.below(4) {
            0 => (ScopeKind::All, None, Scope::All),
            1 => {
                let labels = (0..=self.dice.below(2)).filter_map(|_| self.dice.pick(&self.labels).cloned()).collect();
                (ScopeKind::Labelled, None, Scope::Labelled(labels))
            }
            _ => {
                let at = self.dice.below(self.named.len());
                let Some((kind, ids)) = self.named.get(at).filter(|(_, ids)| !ids.is_empty()) else { return self.grant() };
                let named = (0..=self.dice.below(3)).filter_map(|_| self.dice.pick(ids).copied()).collect();
                (ScopeKind::Only, Some(*kind), Scope::Only(named))
            }
        };
        let fits: Vec<&RoleId> = self
            .catalog
            .roles
            .iter()
            .filter(|known| known.takes(form) && role.is_none_or(|kind| known.main_type().is_some_and(|main| main.as_str() == kind)))
            .map(|role| &role.id)
            .collect();
        let role = self.dice.pick(&fits).map_or_else(|| RoleId::new("source_admin"), |role| (*role).clone());
        let expires_at = (self.dice.below(20) == 0).then(|| NOW.minus(domain::time::Span::hours(1)));
        let id = GrantId::from_uuid(Uuid::from_u128(self.made << 64 | u128::from(self.dice.roll())));
        Grant { id, spec: GrantSpec { expires_at, ..GrantSpec::new(role, scope) } }
    }
}
