//! Answers to a gate's questions: taken with a scan, kept as facts before anybody is let in for them.

use super::{Act, Door, Holder, Said};
use crate::api::{QuestionLine, ScanRequest};
use crate::clock::SystemEntropy;
use crate::problem::Problem;
use domain::answers::fold;
use domain::fact::{Answered, Placed};
use domain::gate::question::{ANSWER_CHARS_MAX, Answers, Kind, Question};
use domain::judge::open_questions;
use domain::verdict::{Passage, Verdict};
use std::collections::BTreeMap;
use sync::roster::Naming;
use sync::store::StoreError;

/// What was answered with a scan.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// As it was given; none: nobody asked.
    texts: Option<BTreeMap<String, String>>,
}

impl Given {
    /// The answers of a request, where they could be some: longer ones and those to nobody's question are refused.
    pub(super) fn read(ask: &ScanRequest, door: &Door) -> Result<Self, Problem> {
        let questions: Vec<&Question> =
            door.gates.iter().flat_map(|gate| &gate.questions).collect();
        for (id, text) in ask.answers.iter().flatten() {
            if !questions.iter().any(|question| question.id == *id) {
                let asked: Vec<&str> = questions.iter().map(|one| one.id.as_str()).collect();
                let message = format!("\"{id:.64}\" is no question of gate {:.64}.", ask.gate);
                let hint = if asked.is_empty() {
                    "It asks nothing; leave the answers out. Nothing was recorded.".to_owned()
                } else {
                    format!("It asks: {}. Nothing was recorded.", asked.join(", "))
                };
                return Err(Problem::bad(message, hint));
            }
            let chars = text.chars().count();
            if chars > ANSWER_CHARS_MAX {
                let message = format!(
                    "The answer to \"{id:.64}\" has {chars} characters; {ANSWER_CHARS_MAX} are the most."
                );
                return Err(Problem::bad(message, "Shorten it. Nothing was recorded."));
            }
        }
        Ok(Self { texts: ask.answers.clone() })
    }

    /// What is an answer to one of these questions.
    fn valid(&self, questions: &[&Question]) -> Answers {
        let Some(texts) = &self.texts else { return Answers::new() };
        let answer = |question: &&Question| {
            // Left out where others are answered, a question that need not be is passed over.
            let text = texts.get(&question.id).map_or("", String::as_str);
            Some((question.id.clone(), question.answer(text).ok()?))
        };
        questions.iter().filter_map(answer).collect()
    }

    /// The questions that are still to be answered, with what is wrong with the answers that were given.
    pub(super) fn open(&self, said: &Said, holder: &Holder, known: &Answers) -> Vec<QuestionLine> {
        if said.verdict != Verdict::AnswersNeeded {
            return Vec::new();
        }
        let line = |question: &Question| {
            let given = self.texts.as_ref().and_then(|texts| texts.get(&question.id));
            let wrong = self
                .texts
                .as_ref()
                .and_then(|_| question.answer(given.map_or("", String::as_str)).err());
            QuestionLine {
                id: question.id.clone(),
                text: question.text.clone(),
                kind: question.kind.as_str().to_owned(),
                required: question.required,
                options: match &question.kind {
                    Kind::Choice(options) => options.clone(),
                    Kind::Text | Kind::Number | Kind::Date | Kind::YesNo => Vec::new(),
                },
                answer: given.cloned(),
                wrong: wrong.map(|why| why.must().to_owned()),
            }
        };
        open_questions(&said.gate, &holder.person.fields, known).map(line).collect()
    }
}

impl Act<'_, '_> {
    /// What a person has answered with what is answered now.
    pub(super) fn with_given(&self, holder: &Holder, known: &Answers) -> Answers {
        let gates = self.door.gates.iter().flat_map(|gate| &gate.questions);
        let asked: Vec<&Question> =
            gates.filter(|question| question.concerns(&holder.person.fields)).collect();
        let mut answers = known.clone();
        answers.extend(self.given.valid(&asked));
        answers
    }

    /// Keeps what is new of the answers, unless it is not even asked for: whoever may not come at all is asked nothing.
    pub(super) fn keep_answers(
        &mut self,
        holder: &Holder,
        said: &Said,
        (known, now): (&Answers, &Answers),
    ) -> Result<(), StoreError> {
        let is_asked = !matches!(
            said.verdict,
            Verdict::Revoked
                | Verdict::Cancelled
                | Verdict::Blocked
                | Verdict::Unapproved
                | Verdict::NotYetValid
                | Verdict::NoLongerValid
        );
        let new: Answers = now
            .iter()
            .filter(|(id, answer)| known.get(*id) != Some(*answer))
            .map(|(id, answer)| (id.clone(), answer.clone()))
            .collect();
        if new.is_empty() || !is_asked || self.door.wanted == Passage::Exit {
            return Ok(());
        }
        let attendee = holder.person.id;
        let sealed = self.naming.seal_answers(attendee, &new, &mut SystemEntropy);
        self.batch.answered(&Answered {
            attendee,
            gate: said.gate.id.clone(),
            at: self.door.at.as_millisecond(),
            by: self.by.map(str::to_owned),
            questions: new.into_keys().collect(),
            sealed,
        })?;
        Ok(())
    }
}

/// What a person has answered, for whoever may read it.
pub(crate) fn answers_in(naming: &Naming, facts: &[Placed]) -> Answers {
    fold(facts, |answered| naming.open_answers(answered.attendee, &answered.sealed))
}
