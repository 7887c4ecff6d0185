//! The test of a connection: an owner goes to the provider and comes back, and reads what was received, what was wrong, and what a sign-in would
//! do. Nothing is changed by it.

use super::connection::Shared;
use crate::{
    components::{Banner, Button, DataTable, IconName, SkeletonLines, TimeAgo, Tone},
    pages::{doing::Doing, doors::leave_for, failure::not_loaded},
    rpc::sso,
    session::use_session,
};
use domain::{
    failure::quoted,
    id::AttemptId,
    sso::way_in::{Received, TestResult},
};
use leptos::prelude::*;

#[component]
pub fn TestPanel(shared: Shared, dirty: RwSignal<bool>) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="test-title">
            <div class="section">
                <div class="section-head">
                    <h2 id="test-title">"3. Test it"</h2>
                    <p>"You go to the provider, sign in there, and come back to this page. It shows what was received, and changes nothing."</p>
                </div>
                <TestButton shared dirty/>
            </div>
        </section>
    }
    .into_any()
}

/// Sends the browser on its way; what comes of it is shown by [`TestShown`].
#[component]
fn TestButton(shared: Shared, #[prop(optional)] dirty: Option<RwSignal<bool>>) -> impl IntoView {
    let doing = Doing::default();
    let slug = StoredValue::new(shared.here.slug());
    let test = move || {
        doing.run(
            move || sso::begin_test(slug.get_value(), shared.id),
            move |started, is_here| {
                if is_here {
                    // until the browser has left
                    doing.pending.set(true);
                    leave_for(&started.url);
                }
            },
        );
    };
    let hindered = move || {
        if dirty.is_some_and(|dirty| dirty.get()) {
            return Some("Save your changes first: what is saved is tested".to_owned());
        }
        shared.page.with(|page| (!page.connection.is_complete()).then(|| "Tell it of its provider first".to_owned()))
    };
    let words = if dirty.is_some() { "Test connection" } else { "Test again" };
    view! {
        <div role="alert">{move || doing.message().get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}</div>
        <div><Button icon=IconName::Sparkles pending=doing.pending disabled_reason=Signal::derive(hindered) on_click=test>{words}</Button></div>
    }
    .into_any()
}

#[component]
pub fn TestShown(shared: Shared, attempt: AttemptId) -> impl IntoView {
    let session = use_session();
    let slug = StoredValue::new(shared.here.slug());
    // for who began it and for an hour: it is asked for by the browser
    let result = LocalResource::new(move || {
        let _ = session.version();
        sso::test_result(slug.get_value(), attempt)
    });
    let body = move || match result.get() {
        None => view! { <SkeletonLines lines=4/> }.into_any(),
        Some(Err(error)) => not_loaded(&error, move || result.refetch()),
        Some(Ok(None)) => view! {
            <p>"The test is still on its way: finish it at the provider, then look again."</p>
            <div><Button icon=IconName::RotateCw on_click=move || result.refetch()>"Look again"</Button></div>
        }
        .into_any(),
        Some(Ok(Some(result))) => view! { {told(&result)}<TestButton shared/> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="result-title">
            <div class="section">
                <div class="section-head"><h2 id="result-title">"What the test showed"</h2></div>
                {body}
            </div>
        </section>
    }
    .into_any()
}

fn told(result: &TestResult) -> AnyView {
    let verdict = match &result.refused {
        None => view! { <Banner tone=Tone::Good><b>"It works. "</b>"A sign-in like this one would be accepted. Nothing was changed."</Banner> }.into_any(),
        Some(refused) => {
            let (reason, code) = (quoted(&refused.reason), refused.code.clone());
            view! { <Banner tone=Tone::Bad><b>"A sign-in like this one would be refused. "</b>{reason}" "<code>{code}</code>". Nothing was changed."</Banner> }
                .into_any()
        }
    };
    let would = (!result.would.is_empty()).then(|| {
        let lines = result.would.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
        view! { <div><h3>"What would happen"</h3><ul class="goes">{lines}</ul></div> }
    });
    let at = result.at.micros();
    view! {
        <div role="status">{verdict}</div>
        {would}
        {result.received.as_ref().map(received)}
        <p class="field-hint">"Tested "<TimeAgo at=Some(at)/>". It is kept for an hour, for you alone."</p>
    }
    .into_any()
}

/// What stands in the answer, as it was read, and everything else that came.
fn received(received: &Received) -> AnyView {
    let Received { subject, email, email_verified, name, claims } = received;
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let proven = match email_verified {
        Some(true) => ", verified there",
        Some(false) => ", not verified there",
        None => "",
    };
    let row = |(claim, values): &(String, Vec<String>)| {
        view! { <tr><td class="cell-webhook"><code>{claim.clone()}</code></td><td class="cell-webhook">{values.join(", ")}</td></tr> }
    };
    let rows = claims.iter().map(row).collect_view();
    let head = || view! { <th scope="col">"Claim or attribute"</th><th scope="col">"Values"</th> };
    view! {
        <dl class="entry-facts">
            <div><dt>"Who, for the provider"</dt><dd><code>{subject.clone()}</code></dd></div>
            <div><dt>"Address"</dt><dd>{or_none(email)}{proven}</dd></div>
            <div><dt>"Name"</dt><dd>{or_none(name)}</dd></div>
        </dl>
        <DataTable label="Received" head=head focusable=true>{rows}</DataTable>
    }
    .into_any()
}
