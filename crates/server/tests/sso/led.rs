//! Where a browser goes on to is a place within the console, whoever would like it elsewhere.

use crate::stage::{on_sqlite, owner};
use domain::sso::ConnectionDraft;
use http::StatusCode;
use service::sso;

/// Where somebody's link, or a provider, would like a browser to go on to.
const LEADS_AWAY: [&str; 6] = ["//evil.test", "/\\evil.test", "https://evil.test", "https://evil.test/", "/\t/evil.test", "javascript:alert(1)"];

#[test]
fn nobody_is_led_away_from_here() {
    on_sqlite(async |stage| {
        for next in LEADS_AWAY {
            let (state, cookie) = stage.begun(next).await;
            let back = stage.get(&stage.callback(&format!("?code=c&state={state}")), &cookie).await;
            assert_eq!((back.status, back.location.as_str()), (StatusCode::SEE_OTHER, "/"), "{next}");
        }
    });
}

#[test]
fn nor_by_a_provider_that_begins() {
    on_sqlite(async |stage| {
        let mine = owner(&stage.services, &stage.owner, &stage.slug).await;
        let page = sso::connections::page(&stage.services, &mine, stage.saml).await.unwrap();
        let draft = ConnectionDraft { allow_idp_initiated: true, ..page.connection.draft() };
        sso::connections::change(&stage.services, &mine, stage.saml, page.connection.revision, &draft).await.unwrap();
        let path = format!("/sso/saml/{}/acs", stage.saml);
        let led_home = LEADS_AWAY.into_iter().chain(["", "a-token-of-the-provider"]).map(|next| (next, "/"));
        for (number, (next, led)) in led_home.chain([("/w/acme/resources?q=a", "/w/acme/resources?q=a")]).enumerate() {
            let answer = stage.answer(&format!("_{number}"), None).signed();
            let handed = stage.posted_from_elsewhere(&path, &[("SAMLResponse", &answer), ("RelayState", next)]).await;
            assert!(handed.location.starts_with("/sso/finish?ticket="), "{next}: {} {}", handed.status, handed.location);
            let finished = stage.get(&handed.location, "").await;
            assert_eq!((finished.status, finished.location.as_str()), (StatusCode::SEE_OTHER, led), "{next}");
            assert!(finished.cookies.contains_key("rolecall"), "{next}");
        }
    });
}
