//! How SQLite reads the trail: along the index of the filter that leads, without sorting more than a page, and without statistics.

use super::list::{Place, statement};
use crate::plans::{empty, plan};
use domain::{
    audit::{Chain, Object},
    audit_query::{AuditFilter, Doer},
    id::{MemberId, OperationId, WorkspaceId},
    time::Timestamp,
};
use uuid::Uuid;

#[tokio::test]
async fn every_filter_walks_its_index() {
    let (store, _folder) = empty().await;
    let chain = Chain::Workspace(WorkspaceId::from_uuid(Uuid::max()));
    let member = Doer::Member(MemberId::from_uuid(Uuid::max()));
    let events = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let none = AuditFilter::default;
    let object = Some(Object::new("member", Uuid::max()));
    for (filter, indexes) in [
        (none(), vec!["audit_by_time (chain=?"]),
        (AuditFilter { actors: vec![member], ..none() }, vec!["audit_by_actor (chain=? AND actor_id=?"]),
        (AuditFilter { actors: vec![Doer::System], ..none() }, vec!["audit_by_kind (chain=? AND actor_kind=?"]),
        (
            AuditFilter { actors: vec![member, Doer::Operator], ..none() },
            vec!["audit_by_actor (chain=? AND actor_id=?", "audit_by_kind (chain=? AND actor_kind=?"],
        ),
        (AuditFilter { events: events(&["signed_in", "signed_out"]), ..none() }, vec!["audit_by_event (chain=? AND event=?"]),
        (AuditFilter { object: object.clone(), ..none() }, vec!["audit_by_object (chain=? AND object_id=?"]),
        (AuditFilter { operation: Some(OperationId::from_uuid(Uuid::max())), ..none() }, vec!["audit_by_time (chain=? AND "]),
        (AuditFilter { actors: vec![member], events: events(&["signed_in"]), ..none() }, vec!["audit_by_actor (chain=? AND actor_id=?"]),
        (AuditFilter { object, actors: vec![member], events: events(&["signed_in"]), ..none() }, vec!["audit_by_object (chain=? AND object_id=?"]),
    ] {
        for within in [false, true] {
            let moment = within.then(|| Timestamp::from_micros(7));
            let filter = AuditFilter { from: moment, until: moment, ..filter.clone() };
            for (from, backwards) in [(None, false), (Place::decode("7 7"), false), (Place::decode("7 7"), true)] {
                let plan = plan(&store, &statement(chain, &filter, from, backwards, 51)).await;
                for index in &indexes {
                    assert!(plan.contains(index), "{index} {filter:?} {from:?}:\n{plan}");
                }
                let sealed =
                    plan.lines().all(|line| !line.contains("SCAN audit") && !line.contains("SEARCH audit USING INDEX sqlite_autoindex_audit_1 (chain=?)"));
                assert!(sealed, "{filter:?} {from:?}:\n{plan}");
                // what is sorted is what the walks met, a page each
                let walks = plan.split("CO-ROUTINE walk").skip(1).map(|walk| walk.lines().nth(1).unwrap_or_default().to_owned());
                assert!(walks.into_iter().all(|line| line.contains("SEARCH audit USING")), "{plan}");
            }
        }
    }
}
