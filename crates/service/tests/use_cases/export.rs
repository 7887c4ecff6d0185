//! The user list as CSV, read back by an independent reader.

use crate::company::{Company, PASSWORD};
use domain::{
    catalog::RoleId,
    grant::{GrantSpec, Scope},
    label::Label,
    member::MemberKind,
};
use futures::StreamExt as _;
use service::{actor::Meta, export, invites};
use std::collections::BTreeSet;
use testkit::{World, on_both};

on_both! {
    async fn every_user_stands_in_it_with_what_they_hold(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let prod = Scope::Labelled(BTreeSet::from([Label::parse("environment:prod").unwrap()]));
        let grants = vec![GrantSpec::new(RoleId::new("source_read_only"), prod)];
        let secret = company.invite(&amara, "bea@acme.test", MemberKind::Member, grants).await;
        let anyone = company.services.anonymous(Meta::default());
        invites::accept_as_new(&company.services, &anyone, &secret, "=1+1, \"Bea\"", PASSWORD).await.unwrap();
        company.invite(&amara, "cleo@acme.test", MemberKind::Owner, Vec::new()).await;

        let owner = company.owner(&amara).await;
        let pieces: Vec<Vec<u8>> = export::users_csv(&company.services, &owner).await.unwrap().map(|piece| piece.unwrap()).collect().await;
        let bytes = pieces.concat();
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), export::COLUMNS);
        let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let row = |email: &str| rows.iter().find(|row| row[0] == email).unwrap();
        assert_eq!(rows.len(), 3);
        assert_eq!(row("amara@acme.test")[3], "Workspace owner");
        assert_eq!(row("bea@acme.test")[1], "'=1+1, \"Bea\"");
        assert_eq!(row("bea@acme.test")[5], "Source Read-only (environment:prod)");
        assert!(rows.iter().all(|row| row[10].is_empty()), "no group, and none with personal data");
        assert_eq!((row("cleo@acme.test")[2].as_str(), row("cleo@acme.test")[1].as_str()), ("Invited", ""));
    }
}
