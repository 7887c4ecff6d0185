//! Cedar and casbin beside us: the same world, the same questions.

use super::{
    casbin, cedar,
    clock::{Clock, shown},
    world::{NOW, World},
};
use crate::{Outcome, ratio, row};
use domain::policy::{Policy, Question, Subject};
use std::{hint::black_box, time::Instant};

pub async fn measure(world: &World, policy: &Policy, questions: &[Question], clock: &Clock) -> Outcome {
    let ours = clock
        .each(questions, |question| {
            black_box(policy.decide(question.subject, &question.action, &question.target, NOW));
        })
        .0;
    row("peers: ours on their questions", &shown(ours), "half denied, with reasons and what is missing");
    let begun = Instant::now();
    let other = cedar::Cedar::of(world)?;
    let few = questions.get(..40).unwrap_or(questions);
    let note = format!("built in {}", shown(begun.elapsed().as_nanos()));
    let theirs = clock.each(few, |question| {
        black_box(other.allows(question, &other.policies).is_ok());
    });
    row("peers: Cedar, a policy for each grant", &shown(theirs.0), &format!("{} ours; {note}", ratio(theirs.0, ours)));
    // as its host would help it: only the policies that name the asker or a group of theirs
    let mut sliced = Vec::new();
    for question in questions.iter().take(200) {
        let groups = match question.subject {
            Subject::Member(id) => policy.member(id).map(|member| member.groups).unwrap_or_default(),
            Subject::Group(_) | Subject::Token(_) => Default::default(),
        };
        let wanted = |holder: Subject| holder == question.subject || matches!(holder, Subject::Group(id) if groups.contains(&id));
        sliced.push((question, cedar::policies(world, wanted)?));
    }
    let theirs = clock.each(&sliced, |(question, policies)| {
        black_box(other.allows(question, policies).is_ok());
    });
    row("peers: Cedar, handed the asker's own policies", &shown(theirs.0), &format!("{} ours; finding them is not counted", ratio(theirs.0, ours)));
    let mut differ = 0;
    for (question, policies) in &sliced {
        differ += usize::from(other.allows(question, policies)? != policy.allows(question.subject, &question.action, &question.target, NOW));
    }
    row("peers: Cedar answers otherwise", &differ.to_string(), &format!("of {}", sliced.len()));
    let begun = Instant::now();
    let enforcer = casbin::enforcer(world).await?;
    let note = format!("labels and parents left out; built in {}", shown(begun.elapsed().as_nanos()));
    let theirs = clock.each(questions.get(..6).unwrap_or(questions), |question| {
        black_box(casbin::allows(&enforcer, question).is_ok());
    });
    row("peers: casbin, RBAC with groups", &shown(theirs.0), &format!("{} ours; {note}", ratio(theirs.0, ours)));
    Ok(())
}
