//! What people answered to the questions of gates, folded from the facts: of two answers to one question the later holds.

use crate::fact::{Answered, Fact, Placed};
use crate::gate::question::Answers;

/// The answers among these facts of one person. `open` reads the sealed ones; those that it cannot read are none.
#[must_use]
pub fn fold(facts: &[Placed], open: impl Fn(&Answered) -> Option<Answers>) -> Answers {
    let mut given: Vec<(i64, u64, &Placed, &Answered)> = facts
        .iter()
        .filter_map(|placed| match &placed.fact {
            Fact::Answered(answered) => Some((answered.at, placed.hlc, placed, answered)),
            Fact::Scan(_) | Fact::Void(_) | Fact::Resolution(_) => None,
        })
        .collect();
    given.sort_by_key(|(at, hlc, placed, _)| (*at, *hlc, placed.record));
    given.into_iter().filter_map(|(.., answered)| open(answered)).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AttendeeId, LogId, RecordRef};

    #[test]
    fn the_later_answer_holds_in_whatever_order_they_come() {
        let answered = |seq: u64, at: i64, question: &str, answer: &str| {
            let fact = Fact::Answered(Answered {
                attendee: AttendeeId::new([7; 16]),
                gate: "main".to_owned(),
                at,
                by: None,
                questions: vec![question.to_owned()],
                sealed: answer.as_bytes().to_vec(),
            });
            Placed { record: RecordRef { log: LogId::new([1; 16]), seq }, hlc: seq, fact }
        };
        let open = |answered: &Answered| {
            let text = String::from_utf8(answered.sealed.clone()).ok().filter(|t| t != "sealed")?;
            Some(answered.questions.iter().map(|id| (id.clone(), text.clone())).collect())
        };
        let mut facts = vec![
            answered(1, 20, "meal", "Fish"),
            answered(2, 10, "meal", "Vegan"),
            answered(3, 10, "age", "40"),
            answered(4, 30, "age", "sealed"),
        ];
        let expected = Answers::from([("age".into(), "40".into()), ("meal".into(), "Fish".into())]);
        assert_eq!(fold(&facts, open), expected);
        facts.reverse();
        let twice: Vec<Placed> = facts.iter().chain(&facts).cloned().collect();
        assert_eq!(fold(&twice, open), expected);
    }
}
