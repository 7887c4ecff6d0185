//! Forgeries of both protocols, brought to the very addresses that right answers come to. None lets anybody in: each leaves one entry in the
//! connection's log and one in the trail, and nothing else.
//!
//! Why each of them fails is proven beside the protocols themselves; here, that nothing around them lets one through.

use super::{
    saml,
    stage::{Stage, connected, oidc},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::id::ConnectionId;
use serde_json::{Value, json};
use service::{
    actor::Meta,
    sso::{self, Finished, Handed, OidcAnswer},
};
use testkit::{
    World, on_both,
    providers::{
        keys::{IDP, OTHER, der, mac, sign},
        oidc::{Provider, listed, token, token_by},
        saml::{Answer, insert, posted, request_id, signature, with_signature},
    },
};

/// What there is before an attack.
struct Watch {
    log: u64,
    trail: i64,
    people: String,
}

impl Watch {
    async fn begins(stage: &Stage) -> Self {
        Self { log: logged(stage).await, trail: stage.newest().await.seq, people: stage.people().await }
    }

    /// It is over, was refused by this code, and has left its two entries.
    async fn ends(self, stage: &Stage, attack: &str, finished: Finished, code: &str) {
        assert!(matches!(finished, Finished::Refused(_)), "{attack} is not refused: {finished:?}");
        assert_eq!(stage.refused(finished).await, code, "{attack}");
        let left = (logged(stage).await, stage.newest().await.seq, stage.people().await);
        assert_eq!(left, (self.log + 1, self.trail + 1, self.people), "{attack}");
    }
}

/// How much the connection's log tells of: what is like another is counted there.
async fn logged(stage: &Stage) -> u64 {
    stage.log().await.iter().map(|entry| 1 + entry.more).sum()
}

/// What a forger has: what the provider signs of Bea, for here and for the connection of another workspace; and what it never signed of the owner.
struct Loot {
    right: Answer,
    elsewhere: Answer,
    evil: Answer,
}

impl Loot {
    fn of(stage: &Stage, elsewhere: ConnectionId, request: &str) -> Self {
        let right = saml::answer(stage, stage.connection, Some(request.to_owned()));
        let attributes = vec![("email".to_owned(), "amara@acme.test".to_owned())];
        let evil = Answer { id: "_evil".to_owned(), subject: "amara-there".to_owned(), attributes, key: OTHER, ..right.clone() };
        Self { right, elsewhere: saml::answer(stage, elsewhere, Some(request.to_owned())), evil }
    }

    /// The right assertion, and its signature.
    fn assertion(&self) -> (String, String) {
        let assertion = self.right.assertion();
        let signature = signature(&assertion, IDP);
        (assertion, signature)
    }

    /// The same of the response around it.
    fn response(&self) -> (String, String) {
        let response = self.right.response(&self.right.assertion());
        let signature = signature(&response, IDP);
        (response, signature)
    }

    fn signed(&self) -> String {
        with_signature(&self.right.assertion(), IDP)
    }

    fn changed(&self, from: &str, to: &str) -> String {
        let answer = self.right.response(&self.signed());
        assert!(answer.contains(from), "{from} is there to be changed");
        answer.replace(from, to)
    }

    /// What is said of the owner, under the name of what was signed.
    fn disguised(&self) -> String {
        Answer { id: self.right.id.clone(), ..self.evil.clone() }.assertion()
    }
}

/// A signature that holds something more.
fn around(signature: &str, hidden: &str) -> String {
    signature.replace("</ds:Signature>", &format!("{hidden}</ds:Signature>"))
}

/// Of nobody's making: a response of another ID, that a signed one can be hidden in.
fn shell(loot: &Loot) -> String {
    loot.evil.response(&loot.evil.assertion()).replace(" ID=\"_response\"", " ID=\"_shell\"")
}

const ECDSA: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";

type Forge = fn(&Loot) -> String;

/// The attack, how its answer is made, and how it is refused. XSW 1 to 8 are the signature wrappings of Somorovsky et al., *On Breaking SAML:
/// Be Whoever You Want to Be* (2012).
const ANSWERS: &[(&str, Forge, &str)] = &[
    (
        "XSW 1",
        |loot| {
            let (original, signature) = loot.response();
            insert(&shell(loot), &around(&signature, &original))
        },
        "malformed",
    ),
    (
        "XSW 2",
        |loot| {
            let (original, signature) = loot.response();
            insert(&shell(loot), &format!("{original}{signature}"))
        },
        "malformed",
    ),
    ("XSW 3", |loot| loot.right.response(&format!("{}{}", loot.evil.assertion(), loot.signed())), "malformed"),
    ("XSW 4", |loot| loot.right.response(&loot.evil.assertion().replace("</saml:Assertion>", &format!("{}</saml:Assertion>", loot.signed()))), "malformed"),
    (
        "XSW 5",
        |loot| {
            let (original, signature) = loot.assertion();
            loot.right.response(&format!("{}{original}", insert(&loot.evil.assertion(), &signature)))
        },
        "malformed",
    ),
    (
        "XSW 6",
        |loot| {
            let (original, signature) = loot.assertion();
            loot.right.response(&insert(&loot.evil.assertion(), &around(&signature, &original)))
        },
        "malformed",
    ),
    ("XSW 7", |loot| loot.right.response(&format!("<samlp:Extensions>{}</samlp:Extensions>{}", loot.evil.assertion(), loot.signed())), "malformed"),
    (
        "XSW 8",
        |loot| {
            let (original, signature) = loot.assertion();
            loot.right.response(&insert(&loot.evil.assertion(), &around(&signature, &format!("<ds:Object>{original}</ds:Object>"))))
        },
        "malformed",
    ),
    ("an unsigned assertion behind the signed one", |loot| loot.right.response(&format!("{}{}", loot.signed(), loot.evil.assertion())), "malformed"),
    ("another assertion under the kept signature", |loot| loot.right.response(&insert(&loot.evil.assertion(), &loot.assertion().1)), "malformed"),
    ("the same, under the signed one's ID", |loot| loot.right.response(&insert(&loot.disguised(), &loot.assertion().1)), "bad-signature"),
    (
        "a signed response whose assertion was replaced",
        |loot| {
            let (original, signature) = loot.response();
            insert(&original, &signature).replace(&loot.right.assertion(), &loot.evil.assertion())
        },
        "bad-signature",
    ),
    ("nothing signed", |loot| loot.evil.response(&loot.evil.assertion()), "unsigned"),
    (
        "a comment in the NameID",
        |loot| {
            let longer = Answer { subject: "amara-there.evil.test".to_owned(), ..loot.right.clone() };
            loot.right.response(&with_signature(&longer.assertion(), IDP)).replace(".evil.test", "<!-- -->.evil.test")
        },
        "malformed",
    ),
    ("one ID twice", |loot| loot.right.response(&format!("{}{}", loot.signed(), loot.disguised())), "duplicate-id"),
    ("a DTD", |loot| format!("<!DOCTYPE x>{}", loot.right.response(&loot.signed())), "dtd"),
    ("an entity", |loot| format!("<!DOCTYPE x [<!ENTITY who \"amara-there\">]>{}", loot.changed(">bea-there<", ">&who;<")), "dtd"),
    ("an entity that nothing declares", |loot| loot.changed(">bea-there<", ">&who;<"), "malformed"),
    ("SHA-1 in the signature", |loot| loot.changed(ECDSA, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1"), "weak-algorithm"),
    ("SHA-1 as the digest", |loot| loot.changed("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"), "weak-algorithm"),
    ("HMAC by the certificate", |loot| loot.changed(ECDSA, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"), "weak-algorithm"),
    ("a certificate smuggled in KeyInfo", |loot| loot.evil.response(&with_signature(&loot.evil.assertion(), OTHER)), "unknown-key"),
    (
        "another key under the right certificate",
        |loot| {
            let written = |certificate| STANDARD.encode(der(certificate));
            loot.evil.response(&with_signature(&loot.evil.assertion(), OTHER)).replace(&written(OTHER.1), &written(IDP.1))
        },
        "bad-signature",
    ),
    ("another tenant's response", |loot| loot.elsewhere.response(&with_signature(&loot.elsewhere.assertion(), IDP)), "wrong-recipient"),
    ("another tenant's assertion", |loot| loot.right.response(&with_signature(&loot.elsewhere.assertion(), IDP)), "wrong-audience"),
];

/// Makes a token of these claims.
type Minted = fn(Value) -> String;

/// The attack, what token the code turns out to be worth, and how it is refused. The claims are right in all but of the owner.
const TOKENS: &[(&str, Minted, &str)] = &[
    ("alg none", |claims| token_by(&json!({ "alg": "none" }), &claims, |_| Vec::new()), "weak-algorithm"),
    ("no signature", |claims| token_by(&json!({ "alg": "ES256", "kid": "one" }), &claims, |_| Vec::new()), "bad-signature"),
    (
        "HS256 by the public key",
        |claims| token_by(&json!({ "alg": "HS256", "kid": "one" }), &claims, |signed| mac(listed("one", IDP).to_string().as_bytes(), signed)),
        "weak-algorithm",
    ),
    (
        "HS256 by the certificate",
        |claims| token_by(&json!({ "alg": "HS256", "kid": "one" }), &claims, |signed| mac(IDP.1.as_bytes(), signed)),
        "weak-algorithm",
    ),
    (
        "a key smuggled in the header",
        |claims| token_by(&json!({ "alg": "ES256", "kid": "mine", "jwk": listed("mine", OTHER) }), &claims, |signed| sign(OTHER, signed)),
        "unknown-key",
    ),
    ("another key by the right name", |claims| token("JWT", &claims, OTHER), "bad-signature"),
    (
        "other claims under a signature",
        |claims| {
            let token = token("JWT", &json!({ "sub": "bea" }), IDP);
            let parts: Vec<&str> = token.split('.').collect();
            format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims.to_string()), parts[2])
        },
        "bad-signature",
    ),
    ("the nonce of another sign-in", |claims| with(claims, "nonce", "another"), "nonce-mismatch"),
    ("a token for another client", |claims| with(claims, "aud", "another"), "wrong-audience"),
    ("a token of another issuer", |claims| with(claims, "iss", "https://elsewhere.test"), "wrong-issuer"),
];

/// A token that the provider has signed, of these claims but for one.
fn with(mut claims: Value, name: &str, value: &str) -> String {
    claims[name] = json!(value);
    token("JWT", &claims, IDP)
}

/// A browser comes to the address of this connection.
async fn arrives(stage: &Stage, at: ConnectionId, cookie: &str, query: &[(&str, &str)]) -> Finished {
    let services = &stage.company.services;
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    sso::finish_oidc(services, &services.anonymous(Meta::default()), at, Some(cookie), None, OidcAnswer { query: &query }).await.unwrap()
}

on_both! {
    async fn no_forged_answer_lets_anybody_in(world: World) {
        let stage = saml::set(world).await;
        let eve = stage.company.founder("Eve").await;
        let theirs = connected(&stage.company, &eve, &saml::draft("Hers", IDP)).await;
        for (attack, forge, code) in ANSWERS {
            let sent = stage.begin(stage.connection, None).await;
            let forged = forge(&Loot::of(&stage, theirs, &request_id(&sent.query)));
            let watch = Watch::begins(&stage).await;
            let handed = saml::post(&stage, stage.connection, &posted(&forged), Some(&sent.query["RelayState"])).await;
            let Handed::Ended(finished) = handed else { panic!("{attack} is taken: {handed:?}") };
            watch.ends(&stage, attack, finished, code).await;
        }
        // what they are made of is right
        for sign in [Answer::signed, Answer::signed_whole] {
            let sent = stage.begin(stage.connection, None).await;
            let loot = Loot::of(&stage, theirs, &request_id(&sent.query));
            let handed = saml::post(&stage, stage.connection, &sign(&loot.right), Some(&sent.query["RelayState"])).await;
            stage.came(saml::with_ticket(&stage, handed, Some(&sent.cookie)).await);
        }
    }

    async fn no_forged_token_lets_anybody_in(world: World) {
        let stage = Stage::set(world).await;
        for (attack, forge, code) in TOKENS {
            let sent = stage.begin(stage.connection, None).await;
            let mut claims = stage.claims(&sent);
            (claims["sub"], claims["email"]) = (json!("amara-there"), json!("amara@acme.test"));
            stage.provider.gives_token(&forge(claims));
            let watch = Watch::begins(&stage).await;
            let finished = stage.back(&sent, Some(&sent.cookie), None).await.unwrap();
            watch.ends(&stage, attack, finished, code).await;
        }
    }

    async fn no_code_and_no_state_of_another_sign_in_lets_anybody_in(world: World) {
        let stage = Stage::set(world).await;
        // Bea's own sign-in is under way, and so is one of whoever has got hold of her code
        let (hers, theirs) = (stage.begin(stage.connection, None).await, stage.begin(stage.connection, None).await);
        stage.provider.issues("hers", &hers.query["code_challenge"], &stage.claims(&hers));
        let watch = Watch::begins(&stage).await;
        let finished = arrives(&stage, stage.connection, &theirs.cookie, &[("code", "hers"), ("state", &theirs.query["state"])]).await;
        watch.ends(&stage, "her code in another's sign-in", finished, "code-refused").await;
        // of a provider that asks for no verifier, the nonce tells
        let theirs = stage.begin(stage.connection, None).await;
        stage.provider.gives(&stage.claims(&hers));
        let watch = Watch::begins(&stage).await;
        let finished = arrives(&stage, stage.connection, &theirs.cookie, &[("code", "any"), ("state", &theirs.query["state"])]).await;
        watch.ends(&stage, "the same without a verifier", finished, "nonce-mismatch").await;
        // the other way round: she is led on with a state that somebody else began
        let theirs = stage.begin(stage.connection, None).await;
        let watch = Watch::begins(&stage).await;
        let finished = arrives(&stage, stage.connection, &hers.cookie, &[("code", "any"), ("state", &theirs.query["state"])]).await;
        watch.ends(&stage, "another's state in her browser", finished, "other-browser").await;
        // what was hers is hers still
        stage.came(arrives(&stage, stage.connection, &hers.cookie, &[("code", "hers"), ("state", &hers.query["state"])]).await);
        let watch = Watch::begins(&stage).await;
        let finished = arrives(&stage, stage.connection, &hers.cookie, &[("code", "hers"), ("state", &hers.query["state"])]).await;
        watch.ends(&stage, "her answer once more", finished, "used-already").await;
    }

    async fn no_mix_up_of_two_providers_lets_anybody_in(world: World) {
        let stage = Stage::set(world).await;
        let evil = Provider::open().await;
        let other = connected(&stage.company, &stage.owner, &oidc("Other", &evil)).await;
        let cases = [
            ("an answer that names the other one", stage.connection, &evil.issuer, "wrong-issuer"),
            ("an answer at the other one's address", other, &stage.provider.issuer, "wrong-connection"),
        ];
        for (attack, at, issuer, code) in cases {
            let sent = stage.begin(stage.connection, None).await;
            stage.provider.gives(&stage.claims(&sent));
            let watch = Watch::begins(&stage).await;
            let finished = arrives(&stage, at, &sent.cookie, &[("code", "hers"), ("state", &sent.query["state"]), ("iss", issuer)]).await;
            watch.ends(&stage, attack, finished, code).await;
        }
        assert_eq!((stage.provider.codes(), evil.codes()), (0, 0), "her code is shown to nobody");
    }
}
