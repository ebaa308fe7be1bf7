//! The people of the search bench, all invented: names put together from lists and syllables of several scripts, and what
//! somebody at a door would type for them.

use std::fmt::Write;

/// Thirty people who are looked for by a misspelt name, each once beside all others.
pub(super) const MISSPELT: [(&str, &str); 30] = [
    ("Jürgen Großkreutz", "jurgn groskreutz"),
    ("Łukasz Wiśniewski", "lukas wisnewski"),
    ("Siobhán O’Callaghan", "siobhan ocalaghan"),
    ("Katarzyna Szczepańska", "katarzina szczepanska"),
    ("Thorbjørn Kjærgaard", "thorbjorn kjergaard"),
    ("Дмитрий Ёлкин", "дмитирй елкин"),
    ("Евгения Крашенинникова", "крашениникова"),
    ("Михаил Щербаков", "mihail sherbakov"),
    ("Αλέξανδρος Παπαδόπουλος", "alexandros papadopuolos"),
    ("Γιώργος Θεοδωρόπουλος", "γιωργος θεοδορόπουλος"),
    ("Nguyễn Thị Phương", "nguyen phuogn"),
    ("María José Echeverría", "echevaria maria"),
    ("François Lefèvre-Desnoëttes", "francois lefevre desnoetes"),
    ("Zsófia Kovácsházy", "zsofia kovashazy"),
    ("Björn Þorsteinsson", "bjron thorsteinson"),
    ("Oluwaseun Adebayo-Ogunlesi", "oluwasuen adebayo"),
    ("Christina Featherstonehaugh", "fetherstonhaugh"),
    ("Wladimir Kowalczyk", "vladimir kovalcyk"),
    ("Stephanie Schwarzenbacher", "stefanie schwarzenbaher"),
    ("Mueller-Lüdenscheidt Hans", "müller luedenscheit"),
    ("Aleksander Brzęczyszczykiewicz", "brzeczyszczykievic"),
    ("İbrahim Çağlayangil", "ibrahim caglayangli"),
    ("Rajeshwari Venkataraman", "rajeshvari venkatraman"),
    ("김민수정아", "김민수정어"),
    ("محمد عبدالرحمن الخوارزمي", "محمد عبدالرحمان الخوارزمي"),
    ("אביגיל רוזנצוויג", "אביגיל רוזנצויג"),
    ("Jacqueline Vandenbroucke", "jaqueline vandenbrouke"),
    ("Guadalupe Iñárritu", "gaudalupe inarritu"),
    ("Bartholomew Cholmondeley", "bartolomew cholmondly"),
    ("Xiomara Quetzalcoatl", "xiomra quetzalcoalt"),
];

const LATIN: [&str; 40] = [
    "Anna",
    "Jan",
    "Maria",
    "Thomas",
    "Zoë",
    "Jürgen",
    "Łukasz",
    "Søren",
    "Chloé",
    "José",
    "Petra",
    "Michael",
    "Sofía",
    "Håkon",
    "Agnieszka",
    "Björn",
    "Siobhán",
    "Liam",
    "Emma",
    "Noah",
    "Olivia",
    "Lars",
    "Åse",
    "Ivana",
    "Đorđe",
    "Zsófia",
    "Ümit",
    "Ipek",
    "Ana",
    "Paul",
    "Jane",
    "John",
    "Laura",
    "Stephan",
    "Wladimir",
    "Nguyễn",
    "Aisha",
    "Kwame",
    "Priya",
    "Alexander",
];
const CYRILLIC: [&str; 12] = [
    "Анна",
    "Дмитрий",
    "Михаил",
    "Ольга",
    "Юрий",
    "Семён",
    "Наталья",
    "Алексей",
    "Татьяна",
    "Игорь",
    "Пётр",
    "Людмила",
];
const GREEK: [&str; 6] = ["Γιώργος", "Μαρία", "Νίκος", "Ελένη", "Δημήτρης", "Άννα"];
const ARABIC: [&str; 6] = ["محمد", "فاطمة", "علي", "خديجة", "أحمد", "مريم"];
/// Beginnings, middles and ends of family names.
const SYLLABLES: [[&str; 20]; 3] = [
    [
        "Ber", "Kal", "Mö", "Schu", "Ste", "Wil", "Fran", "Gro", "Hen", "Lin", "Mar", "Nor", "Pet",
        "Ros", "Sand", "Tor", "Vog", "Wein", "Zim", "Ko",
    ],
    [
        "", "ge", "la", "ne", "ri", "ken", "do", "mi", "ster", "ba", "lo", "tu", "wa", "ze", "hof",
        "sa", "vi", "pel", "gar", "ni",
    ],
    [
        "mann", "er", "ski", "sen", "son", "berg", "müller", "ić", "ová", "ez", "ini", "eau",
        "stein", "feld", "ström", "wicz", "ton", "ley", "haus", "dóttir",
    ],
];
const SLAVIC: [[&str; 12]; 2] = [
    ["Щерба", "Кузне", "Пет", "Ива", "Смир", "Вол", "Соко", "Лебе", "Мороз", "Нови", "Ёл", "Юш"],
    ["ков", "цов", "ров", "нов", "нин", "кин", "лов", "дев", "енко", "чук", "ский", "щев"],
];
const HELLENIC: [[&str; 8]; 2] = [
    ["Παπα", "Θεο", "Νικο", "Γεωργ", "Χατζη", "Καρα", "Μαυρο", "Αντων"],
    ["δόπουλος", "λάκης", "ίδης", "άκος", "γιάννης", "μανλής", "νικολάου", "ίου"],
];
/// Family names in ideographs and how they are read.
const JAPANESE: [(&str, &str); 12] = [
    ("山田", "Yamada"),
    ("佐藤", "Satō"),
    ("鈴木", "Suzuki"),
    ("髙橋", "Takahashi"),
    ("田中", "Tanaka"),
    ("渡邊", "Watanabe"),
    ("伊藤", "Itō"),
    ("中村", "Nakamura"),
    ("小林", "Kobayashi"),
    ("加藤", "Katō"),
    ("吉田", "Yoshida"),
    ("大澤", "Ōsawa"),
];
const JAPANESE_GIVEN: [(&str, &str); 10] = [
    ("太郎", "タロウ"),
    ("花子", "ハナコ"),
    ("一郎", "イチロウ"),
    ("美咲", "ミサキ"),
    ("健太", "ケンタ"),
    ("陽子", "ヨウコ"),
    ("大輔", "ダイスケ"),
    ("結衣", "ユイ"),
    ("翔", "ショウ"),
    ("さくら", "サクラ"),
];
const HANGUL: [[&str; 14]; 2] = [
    ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신"],
    ["민", "수", "지", "현", "준", "영", "은", "서", "우", "진", "하", "경", "선", "훈"],
];
const COMPANIES: [&str; 16] = [
    "Nordwind",
    "Łódź Werke",
    "Blue Harbor",
    "Café Zentral",
    "Ακρόπολις",
    "Вектор",
    "Søhavn",
    "Granite",
    "Miró Labs",
    "Papel y Tinta",
    "Quantum",
    "Orchard",
    "Stellar",
    "Tramontana",
    "Ubique",
    "Vega",
];

/// One person of the roll.
struct Person {
    name: String,
    reading: String,
    company: String,
}

/// Numbers that look like chance and are the same in every run (splitmix).
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let end = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from((mixed ^ (mixed >> 31)) % end).unwrap_or_default()
    }

    fn of<T: Copy + Default>(&mut self, list: &[T]) -> T {
        list.get(self.below(list.len())).copied().unwrap_or_default()
    }
}

/// Everybody of the bench.
pub(super) struct Roll {
    people: Vec<Person>,
}

impl Roll {
    /// So many people, and those who are looked for by misspelt names.
    pub(super) fn new(people: u32) -> Self {
        let mut dice = Dice(1);
        let mut people: Vec<Person> = (0..people).map(|_| person(&mut dice)).collect();
        for (name, _) in MISSPELT {
            let place = dice.below(people.len());
            let person = Person {
                name: name.to_owned(),
                reading: String::new(),
                company: company(&mut dice),
            };
            people.insert(place, person);
        }
        Self { people }
    }

    /// A roster of them, as an organizer with all fields has it.
    pub(super) fn csv(&self) -> String {
        let mut text = String::from("code,name,reading,email,phone,company,ticket_type,order\n");
        for (number, person) in self.people.iter().enumerate() {
            let Person { name, reading, company } = person;
            let code = (number * 7_919) % 99_991;
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "T{number:07}X{code:05},{name},{reading},person{number}@example.org,\
                 +49 30 {:07},{company},Regular,ORD{:06}",
                (number * 7_368_787) % 10_000_000,
                number / 2
            );
        }
        text
    }

    /// Texts as they are typed, each with what it is: whole names, starts, errors, and all in their scripts.
    pub(super) fn queries(&self, count: usize) -> Vec<(&'static str, String)> {
        let mut dice = Dice(2);
        (0..count).filter_map(|number| self.query(number, &mut dice)).collect()
    }

    fn query(&self, number: usize, dice: &mut Dice) -> Option<(&'static str, String)> {
        let person = self.people.get(dice.below(self.people.len()))?;
        let words: Vec<&str> = person.name.split(' ').collect();
        let reversed = words.iter().rev().copied().collect::<Vec<_>>().join(" ");
        let letters = |text: &str, count: usize| text.chars().take(count).collect::<String>();
        Some(match number % 10 {
            0 => ("whole names", person.name.clone()),
            1 => ("names, turned round", reversed),
            2 => ("one letter", letters(&person.name, 1)),
            3 => ("starts of names", letters(&person.name, 2 + dice.below(3))),
            4 => {
                let starts = words.iter().map(|word| letters(word, 3)).collect::<Vec<_>>();
                ("starts of each word", starts.join(" "))
            }
            5 | 6 => ("names with an error", misspelt(&person.name, dice)),
            7 => ("turned round, an error in each word", {
                let words = words.iter().rev().map(|word| misspelt(word, dice));
                words.collect::<Vec<_>>().join(" ")
            }),
            8 if !person.reading.is_empty() => ("readings", person.reading.to_lowercase()),
            8 => ("companies", person.company.clone()),
            _ => {
                let known =
                    [format!("ORD{:06}", number / 2), format!("person{number}@example.org")];
                ("orders and addresses", known.get(dice.below(2)).cloned().unwrap_or_default())
            }
        })
    }
}

/// A letter too many, too few, another one, or two that changed places.
fn misspelt(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let place = dice.below(letters.len().saturating_sub(1));
    match dice.below(4) {
        0 => letters.insert(place, 'e'),
        1 if letters.len() > 2 => drop(letters.remove(place)),
        2 if letters.len() > place + 1 => letters.swap(place, place + 1),
        _ => letters.iter_mut().skip(place).take(1).for_each(|letter| *letter = 'r'),
    }
    letters.into_iter().collect()
}

fn company(dice: &mut Dice) -> String {
    let number = dice.below(400);
    format!("{} {number} GmbH", dice.of(&COMPANIES))
}

/// Somebody: three of five in Latin letters, the others in other scripts.
fn person(dice: &mut Dice) -> Person {
    let mut reading = String::new();
    let name = match dice.below(20) {
        0..12 => {
            let [first, middle, last] = SYLLABLES;
            let middle = format!("{}{}", dice.of(&middle), dice.of(&middle));
            let family = format!("{}{middle}{}", dice.of(&first), dice.of(&last));
            format!("{} {family}", dice.of(&LATIN))
        }
        12..15 => {
            let [first, last] = SLAVIC;
            format!("{} {}{}", dice.of(&CYRILLIC), dice.of(&first), dice.of(&last))
        }
        15 => {
            let [first, last] = HELLENIC;
            format!("{} {}{}", dice.of(&GREEK), dice.of(&first), dice.of(&last))
        }
        16 => format!("{} {} {}", dice.of(&ARABIC), dice.of(&ARABIC), dice.of(&ARABIC)),
        17 => {
            let [family, given] = HANGUL;
            format!("{}{}{}", dice.of(&family), dice.of(&given), dice.of(&given))
        }
        _ => {
            let (family, read) = dice.of(&JAPANESE);
            let (given, kana) = dice.of(&JAPANESE_GIVEN);
            reading = format!("{read} {kana}");
            format!("{family} {given}")
        }
    };
    Person { name, reading, company: company(dice) }
}
