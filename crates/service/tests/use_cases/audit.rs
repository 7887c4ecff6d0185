//! Every change is in the trail, and the trail can't be changed unseen.

use crate::company::Company;
use domain::member::MemberKind;
use service::operator;
use testkit::{World, on_both};

on_both! {
    async fn the_trail_holds_and_a_changed_entry_is_found(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        let by = company.services.operator();
        assert!(operator::verify_audit(&company.services, &by).await.unwrap() >= 4);
        company.world.raw("UPDATE audit SET actor_json = replace(actor_json, 'Amara', 'Eve') WHERE event = 'members_invited'").await;
        let found = operator::verify_audit(&company.services, &by).await.unwrap_err();
        assert!(found.message.contains("entry"), "{found}");
    }

    async fn a_missing_entry_is_found(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.joined(&amara, "Bea", MemberKind::Member, Vec::new()).await;
        company.world.raw("DELETE FROM audit WHERE event = 'members_invited'").await;
        assert!(operator::verify_audit(&company.services, &company.services.operator()).await.is_err());
    }
}
