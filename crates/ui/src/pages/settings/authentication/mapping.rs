//! The mapping: whoever has a value of a claim is in a group, from their next sign-in on.

use super::typed::{Typed, TypedRule};
use crate::{
    components::{Button, Field, IconButton, IconName, SelectField},
    pages::{access::found::Finder, doing::Doing, frame::Here},
    rpc::groups,
};
use domain::{
    group::GroupRow,
    sso::mapping::{MOST_RULES, MOST_TEXT, MappingRule},
};
use leptos::prelude::*;

const MOST: u32 = MOST_TEXT as u32;

/// `kept`: the rules that there are, which know their groups' names.
pub fn mapping(here: Here, typed: Typed, doing: Doing, kept: Signal<Vec<MappingRule>>) -> AnyView {
    let slug = StoredValue::new(here.slug());
    let finder = Finder::<GroupRow>::new(move |search| groups::page(slug.get_value(), search, None));
    Effect::new(move || finder.ask.run((String::new(),)));
    let rules = typed.rules;
    // those that were found, and those that rules name already
    let options = Signal::derive(move || {
        let mut all: Vec<(String, String)> = vec![(String::new(), "Choose a group".to_owned())];
        let named = kept.with(|kept| kept.iter().map(|rule| (rule.group.to_string(), rule.group_name.as_ref().map(ToString::to_string))).collect::<Vec<_>>());
        let found = finder
            .found
            .with(|found| found.iter().flat_map(|found| &found.rows).map(|row| (row.id.to_string(), Some(row.name.to_string()))).collect::<Vec<_>>());
        for (id, name) in found.into_iter().chain(named) {
            if all.iter().all(|(known, _)| *known != id) {
                all.push((id.clone(), name.unwrap_or(id)));
            }
        }
        all
    });
    let full = Signal::derive(move || rules.with(|rules| rules.len() >= MOST_RULES).then(|| format!("{MOST_RULES} rules are the most")));
    let add = move || {
        // the next rule is most often about the same claim
        let claim = rules.with_untracked(|rules| rules.last().map_or_else(|| "groups".to_owned(), |rule| rule.claim.get_untracked()));
        let fresh = typed.rule(claim, String::new(), String::new());
        rules.update(|rules| rules.push(fresh));
    };
    let searched = RwSignal::new(String::new());
    Effect::new(move |ran: Option<()>| {
        let text = searched.get();
        if ran.is_some() {
            finder.ask.run((text,));
        }
    });
    let search = move || {
        let many = finder.more().get() || searched.with(|text| !text.is_empty());
        many.then(|| view! { <Field label="Find a user group" name="find-group" value=searched autocomplete="off" hint=Some("Narrows the choices below.".to_owned())/> })
    };
    let error = doing.on("mapping");
    let line = move |one: TypedRule| rule(typed, one, options);
    view! {
        <section class="panel" aria-labelledby="mapping-title">
            <div class="section">
                <div class="section-head">
                    <h2 id="mapping-title">"Groups"</h2>
                    <p>"Optional. Whoever comes with this value of this claim or attribute is in the group, and who comes without it is not. Groups that no rule names stay as you set them."</p>
                </div>
                {search}
                {finder.search().failure("field-error")}
                <ul class="rules" aria-label="Rules"><For each=move || rules.get() key=|one| one.key children=line/></ul>
                {move || error.get().map(|error| view! { <p class="field-error" role="alert">{error}</p> })}
                <div><Button icon=IconName::Plus disabled_reason=full on_click=add>"Add rule"</Button></div>
            </div>
        </section>
    }
    .into_any()
}

fn rule(typed: Typed, one: TypedRule, options: Signal<Vec<(String, String)>>) -> AnyView {
    let TypedRule { key, claim, value, group } = one;
    let remove = move || typed.rules.update(|rules| rules.retain(|other| other.key != key));
    let called = Signal::derive(move || format!("Remove rule {} = {}", claim.get(), value.get()));
    view! {
        <li class="form-row">
            <Field label="Claim" name="claim" id=format!("rule-claim-{key}") value=claim maxlength=MOST autocomplete="off"/>
            <Field label="Value" name="value" id=format!("rule-value-{key}") value=value maxlength=MOST autocomplete="off"/>
            <div class="rows-line">
                <SelectField label="User group" name="group" id=format!("rule-group-{key}") value=group options=options/>
                <IconButton label=called icon=IconName::Trash on_click=remove/>
            </div>
        </li>
    }
    .into_any()
}
