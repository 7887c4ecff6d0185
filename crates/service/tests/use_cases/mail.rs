//! Mail: written with the change, carried to a server, tried again.

use crate::company::Company;
use domain::{member::MemberKind, time::Span};
use service::postman::Postman;
use std::sync::{Arc, Mutex};
use testkit::{World, on_both};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

/// A mail server that takes everything and keeps what it got; `refuse` makes it answer 451 first, that many times.
async fn mail_server(mut refuse: usize) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let taken = Arc::new(Mutex::new(Vec::new()));
    let kept = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 test\r\n").await.unwrap();
            let mut data: Option<String> = None;
            while let Ok(Some(line)) = lines.next_line().await {
                let answer: &[u8] = match &mut data {
                    Some(text) if line == "." => {
                        kept.lock().unwrap().push(std::mem::take(text));
                        data = None;
                        b"250 taken\r\n"
                    }
                    Some(text) => {
                        text.push_str(&line);
                        text.push('\n');
                        continue;
                    }
                    None if line.starts_with("MAIL") && refuse > 0 => {
                        refuse -= 1;
                        b"451 later\r\n"
                    }
                    None if line == "DATA" => {
                        data = Some(String::new());
                        b"354 go on\r\n"
                    }
                    None => b"250 ok\r\n",
                };
                if write.write_all(answer).await.is_err() {
                    break;
                }
            }
        }
    });
    (url, taken)
}

/// Carries what is due and gives the secret of each link in it, in order.
pub async fn links(company: &Company) -> Vec<String> {
    let (url, taken) = mail_server(0).await;
    Postman::new(&url, "Rolecall <rolecall@acme.test>").unwrap().round(&company.services).await.unwrap();
    let mails = taken.lock().unwrap().clone();
    mails
        .iter()
        .filter_map(|mail| {
            // the plain part comes first; its long lines may be folded by quoted-printable
            let text = mail.replace("=\n", "").replace("=3D", "=");
            let link = text.split_whitespace().find(|word| word.starts_with("http://rolecall.test/"))?.to_owned();
            link.rsplit('/').next().map(str::to_owned)
        })
        .collect()
}

on_both! {
    async fn an_invite_goes_out_with_a_link_that_works(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        let secret = company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let (url, taken) = mail_server(0).await;
        let postman = Postman::new(&url, "Rolecall <rolecall@acme.test>").unwrap();
        assert_eq!(postman.round(&company.services).await.unwrap(), 1);
        assert_eq!(postman.round(&company.services).await.unwrap(), 0, "sent once");
        let mail = taken.lock().unwrap().join("\n").replace("=\n", "");
        assert!(mail.contains("Subject: Amara invites you to Amara Inc"), "{mail}");
        assert!(mail.contains("text/plain") && mail.contains("text/html"));
        assert!(mail.contains(&secret));
    }

    async fn a_refused_mail_is_tried_again_later(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let (url, taken) = mail_server(1).await;
        let postman = Postman::new(&url, "Rolecall <rolecall@acme.test>").unwrap();
        assert_eq!(postman.round(&company.services).await.unwrap(), 1);
        assert!(taken.lock().unwrap().is_empty());
        assert_eq!(postman.round(&company.services).await.unwrap(), 0, "not at once");
        company.clock.advance(Span::minutes(10));
        assert_eq!(postman.round(&company.services).await.unwrap(), 1);
        assert_eq!(taken.lock().unwrap().len(), 1);
    }

    async fn a_server_that_ends_puts_back_what_it_has_not_tried(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let (url, taken) = mail_server(0).await;
        let postman = Postman::new(&url, "Rolecall <rolecall@acme.test>").unwrap();
        company.services.ending.begin();
        postman.round(&company.services).await.unwrap();
        assert!(taken.lock().unwrap().is_empty());
        // another node may have it at once, and it counts as never tried
        let due = store::outbox::due(&company.services.store, company.services.now(), 20).await.unwrap();
        assert_eq!(due.iter().map(|mail| mail.attempts).collect::<Vec<_>>(), [1]);
        postman.run(company.services.clone()).await;
    }

    async fn a_revoked_invite_is_not_mailed_any_more(world: World) {
        let company = Company::new(world);
        let amara = company.founder("Amara").await;
        company.invite(&amara, "bea@acme.test", MemberKind::Member, Vec::new()).await;
        let owner = company.owner(&amara).await;
        let page = service::members::users(&company.services, &owner, &domain::member::UserQuery::default()).await.unwrap();
        let invite = page.rows.iter().find_map(|row| if let domain::member::UserId::Invite(id) = row.id { Some(id) } else { None }).unwrap();
        service::invites::revoke(&company.services, &owner, invite).await.unwrap();
        assert!(links(&company).await.is_empty());
    }
}
