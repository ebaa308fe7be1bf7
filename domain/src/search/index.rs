//! Everybody's words, each once, and who has them: made in one go, asked often, never changed.
//!
//! A search looks at every word there is, because a typing error may be anywhere in it. A bit for each letter of a word
//! tells for nearly all of them that they cannot be meant; only the rest is compared.

use super::latin::{by_ear, transliterated};
use super::letters::fold;
use super::words::{Spans, Words};
use super::{Form, Query, beside, is_ideograph, start};
use crate::attendee::{Field, Fields, display_name};

/// Longest field that is read; nobody is called what comes after it.
const FIELD_CHARS_MAX: usize = 500;
/// Letters of a part of a name that is often written together with the next one: van der, al, Mc.
const PARTICLE_CHARS_MAX: usize = 3;

/// Where a word of a person stands, what tells most about who it is first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Name,
    Reading,
    Company,
    Order,
    Email,
    Code,
    Phone,
}

impl Place {
    const ALL: [Self; 7] = [
        Self::Name,
        Self::Reading,
        Self::Company,
        Self::Order,
        Self::Email,
        Self::Code,
        Self::Phone,
    ];
    /// Bits that a place takes beside the number of a person.
    const BITS: u32 = 3;

    /// Whether words here may be misspelt: of a number or a code, another letter makes another one.
    const fn forgives(self) -> bool {
        !matches!(self, Self::Order | Self::Code | Self::Phone)
    }

    /// What a fit here costs more than one in the name.
    const fn cost(self) -> u8 {
        match self {
            Self::Name => 0,
            Self::Reading => 1,
            Self::Company => 18,
            Self::Order => 19,
            Self::Email => 20,
            Self::Code => 21,
            Self::Phone => 22,
        }
    }
}

/// What a fit costs by how it fits; less is better, and what was typed exactly is free.
///
/// The steps leave room for [`Place::cost`]: a word that stands there as typed comes before any typing error.
mod cost {
    pub(super) const BY_EAR: u8 = 2;
    pub(super) const PREFIX: u8 = 4;
    pub(super) const INSIDE: u8 = 12;
    pub(super) const ONE_ERROR: u8 = 40;
    pub(super) const TWO_ERRORS: u8 = 70;
    /// The word goes on behind what was typed with errors.
    pub(super) const ERRORS_IN_PREFIX: u8 = 6;
    /// People seldom mistake the first letter.
    pub(super) const OTHER_FIRST_LETTER: u8 = 8;
    /// Does not fit.
    pub(super) const NONE: u8 = u8::MAX;
}

/// The bit of a word in which no typing error counts.
const EXACT_ONLY: u64 = 1 << 63;

/// A bit for each letter of a word; letters beyond the Latin ones share some.
pub(super) fn letters_of(word: &str) -> u64 {
    word.chars().fold(0, |letters, letter| {
        let bit = match letter {
            'a'..='z' => letter as u32 - 'a' as u32,
            '0'..='9' => 26 + letter as u32 - '0' as u32,
            _ => 36 + letter as u32 % 27,
        };
        letters | 1 << bit
    })
}

fn letters_of_form(text: &str, forgives: bool) -> u64 {
    let exact_only = !forgives || text.chars().any(char::is_numeric);
    letters_of(text) | if exact_only { EXACT_ONLY } else { 0 }
}

/// An [`Index`] in the making.
#[derive(Debug, Default)]
pub struct Builder {
    words: Words,
    /// Numbers of words, and who has them where: number of the person and [`Place`].
    occurrences: Vec<(u32, u32)>,
    /// Numbers of words and how else they are spelt in Latin letters.
    latin: Vec<(u32, String)>,
    names: Vec<String>,
}

impl Builder {
    /// Adds a person, who has the next number, from 0.
    pub fn add(&mut self, fields: &Fields) {
        let name = display_name(fields);
        self.words(Place::Name, &name);
        if fields.contains_key(&Field::Name) {
            for field in [Field::FirstName, Field::LastName] {
                self.field(fields, field, Place::Name);
            }
        }
        for (field, place) in [
            (Field::Reading, Place::Reading),
            (Field::Company, Place::Company),
            (Field::Order, Place::Order),
            (Field::Email, Place::Email),
            (Field::Code, Place::Code),
            (Field::Phone, Place::Phone),
        ] {
            self.field(fields, field, place);
        }
        self.names.push(fold(start(&name, FIELD_CHARS_MAX)));
    }

    fn field(&mut self, fields: &Fields, field: Field, place: Place) {
        if let Some(text) = fields.get(&field) {
            self.words(place, text);
        }
    }

    fn words(&mut self, place: Place, text: &str) {
        let text = start(text, FIELD_CHARS_MAX);
        let folded = fold(text);
        let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        if place != Place::Phone {
            words.iter().for_each(|word| self.word(place, word));
        }
        match place {
            Place::Name | Place::Reading | Place::Company => {
                for joined in joined(text, &words) {
                    self.word(place, &joined);
                }
                self.in_latin(text, &folded, &words);
            }
            Place::Order | Place::Code if words.len() > 1 => self.word(place, &words.concat()),
            Place::Phone => self.word(place, &words.concat()),
            Place::Order | Place::Code | Place::Email => {}
        }
    }

    fn in_latin(&mut self, text: &str, folded: &str, words: &[&str]) {
        for latin in transliterated(text) {
            for (place, word) in words.iter().enumerate() {
                let spelt = beside(folded, &latin, place).filter(|spelt| spelt != word);
                if let (Some(number), Some(spelt)) = (self.words.known(word), spelt) {
                    self.latin.push((number, spelt.to_owned()));
                }
            }
        }
    }

    fn word(&mut self, place: Place, word: &str) {
        let person = len_u32(&self.names);
        if word.is_empty() {
            return;
        }
        let Some(number) = self.words.number(word) else { return };
        let who = person << Place::BITS | place as u32;
        // Of one person the first place is the best one, and finds whatever the others would.
        let theirs =
            self.occurrences.iter().rev().take_while(|(_, who)| who >> Place::BITS == person);
        let known = theirs
            .filter(|(other, _)| *other == number)
            .any(|(_, before)| *before == who || place_of(*before).forgives());
        if !known {
            self.occurrences.push((number, who));
        }
    }

    /// The index of everybody who was added.
    #[must_use]
    pub fn index(self) -> Index {
        let forms = self.words.into_spans();
        let words = forms.len();
        let mut index = Index { forms, words, turns: turns(&self.names), ..Index::default() };
        index.people(&self.occurrences);
        drop(self.occurrences);
        index.other_spellings(self.latin);
        for name in self.names {
            // A name is shorter than all words of it, which had room.
            let _ = index.names.push(&name);
        }
        index.shrink();
        index
    }
}

/// Words of a name that some write together: Jean-Luc, van der Berg, 山田 太郎.
fn joined(text: &str, words: &[&str]) -> Vec<String> {
    let mut joined = Vec::new();
    if words.len() < 2 {
        return joined;
    }
    let without_spaces = |c: char| is_ideograph(c) || matches!(c, '\u{1100}'..='\u{11ff}');
    if words.iter().all(|word| word.chars().all(without_spaces)) {
        joined.push(words.concat());
        joined.push(words.iter().rev().copied().collect());
        return joined;
    }
    if text.contains(['-', '‐', '‑']) {
        let together = fold(&text.replace(['-', '‐', '‑'], ""));
        let new = together.split(' ').filter(|word| !words.contains(word));
        joined.extend(new.map(str::to_owned));
    }
    let is_particle = |word: &&str| word.chars().count() <= PARTICLE_CHARS_MAX;
    for (place, _) in words.iter().enumerate().filter(|(_, word)| is_particle(word)) {
        let from = words.get(place..).unwrap_or_default();
        let particles = from.iter().take_while(|word| is_particle(word)).count();
        if let Some(part) = from.get(..=particles) {
            joined.push(part.concat());
        }
    }
    joined
}

/// The turn of each person among those who fit alike: short names first, then by letters, then as they were added.
fn turns(names: &[String]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..len_u32(names)).collect();
    let key = |number: &u32| names.get(*number as usize).map(|name| (name.len(), name.as_str()));
    order.sort_by(|one, other| key(one).cmp(&key(other)));
    let mut turns = vec![0; names.len()];
    for (turn, number) in (0..).zip(&order) {
        if let Some(place) = turns.get_mut(*number as usize) {
            *place = turn;
        }
    }
    turns
}

/// The words of everybody.
#[derive(Debug, Default)]
pub struct Index {
    /// All words, and behind them how else they are spelt.
    forms: Spans,
    words: usize,
    /// The letters of each form, and whether it may be misspelt.
    letters: Vec<u64>,
    /// For each other spelling the word that it is one of.
    spelling_of: Vec<u32>,
    /// For each word where those who have it begin.
    who_from: Vec<u32>,
    who: Vec<u32>,
    /// Folded names by the numbers of people.
    names: Spans,
    turns: Vec<u32>,
}

impl Index {
    /// Puts together who has each word, and whether it may be misspelt.
    fn people(&mut self, occurrences: &[(u32, u32)]) {
        let mut forgives = vec![false; self.words];
        let mut at = vec![0u32; self.words + 1];
        for (word, who) in occurrences {
            if let (Some(count), Some(forgives)) =
                (at.get_mut(*word as usize + 1), forgives.get_mut(*word as usize))
            {
                *count += 1;
                *forgives |= place_of(*who).forgives();
            }
        }
        let mut before = 0;
        for count in &mut at {
            before += *count;
            *count = before;
        }
        self.who_from.clone_from(&at);
        self.who = vec![0; occurrences.len()];
        for (word, who) in occurrences {
            let Some(at) = at.get_mut(*word as usize) else { continue };
            if let Some(place) = self.who.get_mut(*at as usize) {
                *place = *who;
            }
            *at += 1;
        }
        for (word, forgives) in forgives.into_iter().enumerate() {
            self.letters.push(letters_of_form(self.forms.get(word), forgives));
        }
    }

    /// Adds how the words are spelt in Latin letters, and each by ear.
    fn other_spellings(&mut self, mut latin: Vec<(u32, String)>) {
        latin.sort_unstable();
        latin.dedup();
        for (word, spelt) in latin {
            self.other_spelling(word, &spelt, true);
            if let Some(heard) = by_ear(&spelt) {
                self.other_spelling(word, &heard, true);
            }
        }
        for number in 0..u32::try_from(self.words).unwrap_or(u32::MAX) {
            let exact_only = self.letters.get(number as usize).is_some_and(|l| l & EXACT_ONLY != 0);
            let word = self.forms.get(number as usize);
            let is_number = exact_only && word.bytes().all(|b| b.is_ascii_digit());
            let heard = if exact_only && !is_number { None } else { by_ear(word) };
            if let Some(heard) = heard {
                self.other_spelling(number, &heard, !exact_only);
            }
        }
    }

    fn other_spelling(&mut self, word: u32, spelt: &str, forgives: bool) {
        if self.forms.push(spelt).is_some() {
            self.letters.push(letters_of_form(spelt, forgives));
            self.spelling_of.push(word);
        }
    }

    fn shrink(&mut self) {
        self.forms.shrink();
        self.names.shrink();
        self.letters.shrink_to_fit();
        self.spelling_of.shrink_to_fit();
    }

    /// How many distinct words there are.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words
    }

    /// Bytes that the index takes in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let numbers = [&self.spelling_of, &self.who_from, &self.who, &self.turns];
        let numbers: usize = numbers.into_iter().map(Vec::capacity).sum();
        self.forms.bytes() + self.names.bytes() + 4 * numbers + 8 * self.letters.capacity()
    }

    /// The numbers of those whom a query fits, the best first, at most `limit`.
    #[must_use]
    pub fn find(&self, query: &Query, limit: usize) -> Vec<usize> {
        let mut found = self.fitting(query);
        if limit == 0 {
            return Vec::new();
        }
        if found.len() > limit {
            found.select_nth_unstable(limit);
            found.truncate(limit);
        }
        found.sort_unstable();
        found.into_iter().map(|(.., number)| number).collect()
    }

    /// Whom a query fits, as they are to be ranked: other than the whole name, cost, turn, number.
    fn fitting(&self, query: &Query) -> Vec<(bool, u16, u32, usize)> {
        let mut costs: Vec<Option<u16>> = vec![Some(0); self.turns.len()];
        let mut word_costs = vec![cost::NONE; self.turns.len()];
        for forms in &query.words {
            word_costs.fill(cost::NONE);
            forms.iter().for_each(|form| self.word_costs(form, &mut word_costs));
            let mut anybody = false;
            for (sum, word) in costs.iter_mut().zip(&word_costs) {
                *sum = sum.filter(|_| *word != cost::NONE).map(|sum| sum + u16::from(*word));
                anybody |= sum.is_some();
            }
            if !anybody {
                return Vec::new();
            }
        }
        let people = costs.into_iter().zip(&self.turns).enumerate();
        let rank = |(number, (cost, turn)): (usize, (Option<u16>, &u32))| {
            let cost = cost?;
            // Whoever is called all that was typed has each word as it was typed.
            let whole = cost == 0 && self.names.get(number) == query.text;
            Some((!whole, cost, *turn, number))
        };
        people.filter_map(rank).collect()
    }

    /// Lowers what a word costs for everybody who has one that it fits.
    fn word_costs(&self, form: &Form, costs: &mut [u8]) {
        match form.typed.as_ref().map_or(0, |typed| typed.errors_max()) {
            0 => self.likely::<0>(form, costs),
            1 => self.likely::<1>(form, costs),
            _ => self.likely::<2>(form, costs),
        }
    }

    /// Compares a word with all that lack at most so many of its letters.
    fn likely<const ERRORS: usize>(&self, form: &Form, costs: &mut [u8]) {
        for (number, letters) in self.letters.iter().enumerate() {
            let mut missing = form.letters & !letters;
            for _ in 0..ERRORS {
                missing &= missing.wrapping_sub(1);
            }
            if missing != 0 {
                continue;
            }
            if let Some(cost) = form.cost(self.forms.get(number), *letters) {
                let other = number.checked_sub(self.words);
                let by_ear = if form.by_ear || other.is_some() { cost::BY_EAR } else { 0 };
                let word = other.map_or(Some(number), |other| {
                    self.spelling_of.get(other).map(|word| *word as usize)
                });
                word.into_iter().for_each(|word| self.lower(word, cost + by_ear, costs));
            }
        }
    }

    fn lower(&self, word: usize, cost: u8, costs: &mut [u8]) {
        let at = |place: usize| self.who_from.get(place).map(|at| *at as usize);
        let (Some(from), Some(to)) = (at(word), at(word + 1)) else { return };
        for who in self.who.get(from..to).unwrap_or_default() {
            let place = place_of(*who);
            if cost >= cost::ONE_ERROR && !place.forgives() {
                continue;
            }
            if let Some(best) = costs.get_mut((who >> Place::BITS) as usize) {
                *best = (*best).min(cost + place.cost());
            }
        }
    }
}

impl Form {
    /// What it costs to take this for the word that was meant; none where it is another word.
    fn cost(&self, word: &str, letters: u64) -> Option<u8> {
        let typed = self.text.as_bytes();
        if self.letters & !letters == 0 {
            if word.as_bytes().starts_with(typed) {
                return Some(if word.len() == typed.len() { 0 } else { cost::PREFIX });
            }
            if self.inside && contains(word.as_bytes(), typed) {
                return Some(cost::INSIDE);
            }
        }
        let typed = self.typed.as_ref().filter(|_| letters & EXACT_ONLY == 0)?;
        let apart = typed.apart(word);
        let (errors, prefix) = if apart.whole <= apart.start {
            (apart.whole, 0)
        } else {
            (apart.start, cost::ERRORS_IN_PREFIX)
        };
        let errors = match errors {
            _ if errors > typed.errors_max() => return None,
            0 | 1 => cost::ONE_ERROR,
            _ => cost::TWO_ERRORS,
        };
        let other_first = self.text.chars().next() != word.chars().next();
        Some(errors + prefix + if other_first { cost::OTHER_FIRST_LETTER } else { 0 })
    }
}

/// Whether a short text stands in another one. Of what is compared here nothing is long enough to be prepared for it.
fn contains(text: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else { return true };
    let starts = text.len().saturating_sub(rest.len());
    text.iter().take(starts).enumerate().any(|(at, byte)| {
        byte == first && text.get(at + 1..).is_some_and(|text| text.starts_with(rest))
    })
}

fn place_of(who: u32) -> Place {
    let place = (who & ((1 << Place::BITS) - 1)) as usize;
    Place::ALL.get(place).copied().unwrap_or(Place::Phone)
}

fn len_u32<T>(things: &[T]) -> u32 {
    u32::try_from(things.len()).unwrap_or(u32::MAX)
}
