//! What is typed at a door, and whom it finds.

use super::*;
use crate::attendee::{Field, Fields};
use proptest::prelude::*;

/// People as a roster has them: name, and further fields as `field=value`.
const PEOPLE: [&[&str]; 33] = [
    &["Jane Smith", "company=Acme Ltd", "order=ORD-2027-0001", "email=jane.smith@example.org"],
    &["Janet Smithers", "phone=+49 170 1234567"],
    &["Jan Müller", "code=T-00017", "company=Łódź Werke"],
    &["Petra Mueller"],
    &["Anna Muller"],
    &["Дмитрий Ёлкин"],
    &["山田 太郎", "reading=Yamada Tarō"],
    &["鈴木一郎", "reading=スズキ イチロウ"],
    &["Łukasz Żółć"],
    &["Jürgen Groß"],
    &["Sinéad O’Brien"],
    &["Søren Ærø"],
    &["Åse Lie"],
    &["김민수"],
    &["محمد علي"],
    &["דוד כהן"],
    &["Γιώργος Παπαδόπουλος"],
    &["Михаил Щербаков"],
    &["Alexander von der Heide"],
    &["Jean-Luc Picard"],
    &["Maria da Silva"],
    &["İpek Işık"],
    &["कुमार शर्मा"],
    &["Stephan Meyer"],
    &["Wladimir Kowalski"],
    &["Ｔａｎａｋａ Ｋｅｎ"],
    &["Đorđe Petrović"],
    &["Christina Featherstonehaugh"],
    &["Nguyễn Thị Hoa"],
    &["渡邊 美咲"],
    &["サトー ケンジ"],
    &["Ada Blacksmith"],
    &["Noor al-Sayed"],
];

fn fields(person: &[&str]) -> Fields {
    let (name, more) = person.split_first().unwrap();
    let more = more.iter().map(|pair| pair.split_once('=').unwrap());
    let more = more.map(|(field, value)| (Field::from_name(field).unwrap(), value.to_owned()));
    std::iter::once((Field::Name, (*name).to_owned())).chain(more).collect()
}

fn index(people: &[&[&str]]) -> Index {
    let mut builder = Builder::default();
    people.iter().for_each(|person| builder.add(&fields(person)));
    builder.index()
}

fn found<'a>(people: &[&'a [&'a str]], text: &str) -> Vec<&'a str> {
    let index = index(people);
    let numbers = Query::new(text).map_or(Vec::new(), |query| index.find(&query, 20));
    numbers.into_iter().map(|number| people[number][0]).collect()
}

#[test]
fn folding() {
    for (text, folded) in [
        ("Müller", "muller"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("STRAẞE Straße", "strasse strasse"),
        ("O’Brien-Smith,  Ann", "obrien smith ann"),
        ("O´Brien O`Brien O'Brien", "obrien obrien obrien"),
        ("Søren Ærø", "soren aero"),
        ("Ｊａｎｅ　０１", "jane 01"),
        ("  ", ""),
        ("İpek Işık", "ipek isik"),
        ("李小龍", "李小龍"),
        ("\u{202e}Ada\u{202c} Mül\u{ad}ler", "ada muller"),
        ("ヤマダ・ﾀﾛｰ", "やまた たろ"),
        ("مُحَمَّد إبراهـيم", "محمد ابراهيم"),
        ("דָּוִד כהן", "דוד כהנ"),
        ("कुमार", "कुमार"),
        ("ΓΙΏΡΓΟΣ", "γιωργοσ"),
        ("٣٤", "34"),
        ("\u{301}\u{300}", ""),
        ("-- 🎉", ""),
    ] {
        assert_eq!(fold(text), folded, "{text}");
    }
    // As they are typed: the consonant that ends a syllable begins the next one.
    assert!(fold("기나").starts_with(&fold("긴")) && fold("김나").starts_with(&fold("기ㅁ")));
}

#[test]
fn latin_letters() {
    for (text, latin) in [
        ("Ёлкин", "yolkin|elkin"),
        ("Щербаков Юрий", "shcherbakov yury"),
        ("Παπαδόπουλος", "papadopoulos"),
        ("ヤマダ じゃ きょ っちゃ ファ", "yamada ja kyo tcha fa"),
        ("Jane Smith", ""),
        ("山田たろう", "山田tarou"),
    ] {
        assert_eq!(latin::transliterated(text).join("|"), latin, "{text}");
    }
    for (word, heard) in [
        ("mueller", Some("muller")),
        ("stephan", Some("stefan")),
        ("alexander", Some("aleksander")),
        ("kowalski", Some("kovalski")),
        ("smith", None),
        ("01701234567", Some("1701234567")),
        ("000000", None),
        ("0017", None),
    ] {
        assert_eq!(latin::by_ear(word).as_deref(), heard, "{word}");
    }
}

/// Texts, and whom each finds first.
fn check(first: &[(&str, &str)]) {
    for (text, name) in first {
        assert_eq!(found(&PEOPLE, text).first().copied().unwrap_or_default(), *name, "{text}");
    }
}

#[test]
fn accents_case_order_and_parts() {
    check(&[
        ("muller", "Jan Müller"),
        ("muller an", "Anna Muller"),
        ("jan muller", "Jan Müller"),
        ("MÜLL ja", "Jan Müller"),
        ("smith jane", "Jane Smith"),
        ("lukasz", "Łukasz Żółć"),
        ("Lukasz Zolc", "Łukasz Żółć"),
        ("obrien", "Sinéad O’Brien"),
        ("o'brien sinead", "Sinéad O’Brien"),
        ("o brien", "Sinéad O’Brien"),
        ("ipek isik", "İpek Işık"),
        ("nguyen hoa", "Nguyễn Thị Hoa"),
        ("tanaka", "Ｔａｎａｋａ Ｋｅｎ"),
    ]);
}

#[test]
fn umlauts_and_their_like_both_ways() {
    check(&[
        ("Mueller Jan", "Jan Müller"),
        ("Müller petra", "Petra Mueller"),
        ("mueller", "Petra Mueller"),
        ("gross", "Jürgen Groß"),
        ("groß juergen", "Jürgen Groß"),
        ("soeren aero", "Søren Ærø"),
        ("sören arö", "Søren Ærø"),
        ("aase", "Åse Lie"),
        ("djordje", "Đorđe Petrović"),
    ]);
}

#[test]
fn other_scripts_as_written_and_as_heard() {
    check(&[
        ("ёлкин", "Дмитрий Ёлкин"),
        ("ЕЛКИН дмит", "Дмитрий Ёлкин"),
        ("Elkin", "Дмитрий Ёлкин"),
        ("yolkin", "Дмитрий Ёлкин"),
        ("jolkin dmitry", "Дмитрий Ёлкин"),
        ("dmitrij", "Дмитрий Ёлкин"),
        ("scherbakov", "Михаил Щербаков"),
        ("mik", "Михаил Щербаков"),
        ("mihail", "Михаил Щербаков"),
        ("papadopoulos", "Γιώργος Παπαδόπουλος"),
        ("ΠΑΠΑΔΟΠΟΥΛΟΣ", "Γιώργος Παπαδόπουλος"),
        ("山田", "山田 太郎"),
        ("太郎", "山田 太郎"),
        ("山田太郎", "山田 太郎"),
        ("太郎山田", "山田 太郎"),
        ("山田　太", "山田 太郎"),
        ("yamada", "山田 太郎"),
        ("taro yamada", "山田 太郎"),
        ("一郎", "鈴木一郎"),
        ("すずき", "鈴木一郎"),
        ("ｽｽﾞｷ", "鈴木一郎"),
        ("suzuki", "鈴木一郎"),
        ("渡辺", "渡邊 美咲"),
        ("さとう", "サトー ケンジ"),
        ("김민", "김민수"),
        ("김ㅁ", "김민수"),
        ("김밍", "김민수"),
        ("민수", "김민수"),
        ("مُحَمَّد", "محمد علي"),
        ("كהן", ""),
        ("כהן", "דוד כהן"),
        ("कुमा", "कुमार शर्मा"),
        ("क म र", "कुमार शर्मा"),
    ]);
}

#[test]
fn typing_errors_one_from_four_letters_on_two_from_eight_on() {
    check(&[
        ("Jürgn", "Jürgen Groß"),
        ("jrügen", "Jürgen Groß"),
        ("meuller petra", "Petra Mueller"),
        ("smiht jane", "Jane Smith"),
        ("kane smith", "Jane Smith"),
        ("lukaz", "Łukasz Żółć"),
        ("łukqsz", "Łukasz Żółć"),
        ("елкни", "Дмитрий Ёлкин"),
        ("kristna", ""),
        ("cristina featerston", "Christina Featherstonehaugh"),
        ("fetherstonhaugh", "Christina Featherstonehaugh"),
        ("papadopolus", "Γιώργος Παπαδόπουλος"),
        ("yamda", "山田 太郎"),
        ("Smh", ""),
    ]);
}

#[test]
fn names_spelt_by_ear() {
    check(&[
        ("stefan maier", "Stephan Meyer"),
        ("vladimir kovalsky", "Wladimir Kowalski"),
        ("aleksander", "Alexander von der Heide"),
    ]);
}

#[test]
fn written_together_and_apart() {
    check(&[
        ("vonderheide", "Alexander von der Heide"),
        ("von der heide", "Alexander von der Heide"),
        ("jeanluc", "Jean-Luc Picard"),
        ("jean luc", "Jean-Luc Picard"),
        ("dasilva", "Maria da Silva"),
        ("alsayed", "Noor al-Sayed"),
    ]);
}

#[test]
fn what_is_not_a_name() {
    check(&[
        ("acme", "Jane Smith"),
        ("lodz", "Jan Müller"),
        ("2027-0001", "Jane Smith"),
        ("ORD20270001", "Jane Smith"),
        ("jane.smith@example.org", "Jane Smith"),
        ("T-00017", "Jan Müller"),
        ("t00017", "Jan Müller"),
        ("0170 1234567", "Janet Smithers"),
        ("01701234567", "Janet Smithers"),
        ("+49 170 1234567", "Janet Smithers"),
    ]);
}

#[test]
fn another_digit_is_another_number() {
    check(&[("T-00018", ""), ("01701234568", ""), ("ORD-2072-0001", "")]);
}

#[test]
fn nothing_is_found_for_nothing() {
    check(&[("nobody", ""), ("x", ""), ("", ""), (" -- ", ""), ("\u{301}\u{308}\u{20dd}", "")]);
}

#[test]
fn what_fits_better_comes_first() {
    let people: [&[&str]; 9] = [
        &["Rob Smoth"],
        &["Dan Jones", "company=Smith and Sons"],
        &["Ada Blacksmith"],
        &["Kim Lee", "email=smith@example.org"],
        &["Eva Smithson"],
        &["Lou Smith"],
        &["Al Omith"],
        &["Li Wu", "reading=Smith"],
        &["Ann Jones", "company=Smoth Ltd"],
    ];
    assert_eq!(
        found(&people, "smith"),
        [
            "Lou Smith",
            "Li Wu",
            "Eva Smithson",
            "Ada Blacksmith",
            "Dan Jones",
            "Kim Lee",
            "Rob Smoth",
            "Al Omith",
            "Ann Jones"
        ]
    );
    assert_eq!(found(&people, "smith jones"), ["Dan Jones", "Ann Jones"]);
    let people: [&[&str]; 4] =
        [&["Jo Ann Smith"], &["Smith Ann Jo"], &["Ann Jo"], &["Ann Jo Smithers"]];
    assert_eq!(found(&people, "smith ann jo")[0], "Smith Ann Jo");
    assert_eq!(found(&people, "ann jo")[0], "Ann Jo");
}

#[test]
fn a_limit_keeps_the_best_and_their_order() {
    let index = index(&PEOPLE);
    let query = Query::new("a").unwrap();
    let all = index.find(&query, usize::MAX);
    for limit in 0..all.len() {
        assert_eq!(index.find(&query, limit), all[..limit]);
    }
    assert!(Index::default().find(&query, 5).is_empty());
}

#[test]
fn text_that_is_no_search_is_answered_at_once() {
    let index = index(&PEOPLE);
    for text in [
        "a".repeat(100_000),
        "a ".repeat(50_000),
        "ab c".repeat(25_000),
        "\u{301}".repeat(50_000),
        "e\u{301}\u{327}".repeat(20_000),
        "\u{fdfa}".repeat(30_000),
        "각".repeat(30_000),
        "🎉".repeat(25_000),
        "\u{0}\n\t%_\"'*".repeat(10_000),
    ] {
        let found = Query::new(&text).map_or(Vec::new(), |query| index.find(&query, 20));
        assert!(found.len() <= 20);
    }
    // The words that are read still find.
    let long = format!("jane smith {}", " ".repeat(100_000));
    assert_eq!(found(&PEOPLE, &long)[0], "Jane Smith");
}

proptest! {
    #[test]
    fn no_text_panics_and_every_answer_is_somebody(text in any::<String>(), name in any::<String>()) {
        let index = index(&[PEOPLE[0], &[&name], PEOPLE[5]]);
        if let Some(query) = Query::new(&text) {
            prop_assert!(index.find(&query, 20).into_iter().all(|number| number < 3));
        }
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }

    #[test]
    fn a_whole_name_finds_its_person_first(
        names in prop::collection::vec("[a-zA-ZüÖßŁя山ー각ç'\u{301}が -]{1,30}|\\PC{1,30}", 1..20),
        which in any::<prop::sample::Index>(),
    ) {
        let people: Vec<[&str; 1]> = names.iter().map(|name| [name.as_str()]).collect();
        let people: Vec<&[&str]> = people.iter().map(<[&str; 1]>::as_slice).collect();
        let name = which.get(&names);
        if Query::new(name).is_some() {
            let first = found(&people, name)[0];
            prop_assert_eq!(fold(first), fold(name), "{:?}", name);
        }
    }
}
