//! Whole files read and written.
//!
//! Here because these cases cross the files of `roster`; what one of them does alone is tested
//! beside it.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn sheet(text: &str) -> Sheet {
    read(text.as_bytes(), &Mapping::default()).unwrap()
}

fn refusal(text: &str) -> FileProblem {
    read(text.as_bytes(), &Mapping::default()).unwrap_err()
}

/// The rejections of a file as "line column value", with the reasons.
fn rejections(sheet: &Sheet) -> Vec<(String, &str)> {
    let shown = |it: &Rejected| format!("{} {} {}", it.line, it.column, it.value);
    sheet.rejected.iter().map(|it| (shown(it), it.reason.as_str())).collect()
}

fn get(sheet: &Sheet, row: usize, field: Field) -> &str {
    sheet.rows[row].fields.get(&field).map_or("", String::as_str)
}

#[test]
fn every_encoding_and_separator_gives_the_same_rows() {
    let table = "Vorname;Name;E-Mail;Firma;Code;Ticketart;Status\n\
        Zoë;Müller;zoe@example.org;Café Größe;A1;VIP;bezahlt\n\
        \"Ana \"\"Ani\"\"\";Nuñez;;;A2;;storniert\n";
    let expected = sheet(table);
    assert_eq!((expected.rows.len(), expected.rejected.len()), (2, 0));
    assert_eq!(get(&expected, 0, Field::Company), "Café Größe");
    assert_eq!(get(&expected, 1, Field::FirstName), "Ana \"Ani\"");
    assert_eq!(get(&expected, 1, Field::Status), "cancelled");
    for separator in [',', ';', '\t', '|'] {
        let text = table.replace(';', &separator.to_string());
        let wide = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(bytes).collect()
        };
        let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
        for (bytes, encoding) in [
            (text.clone().into_bytes(), "UTF-8"),
            ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), "UTF-8"),
            ([b"\xFF\xFE", little.as_slice()].concat(), "UTF-16 LE"),
            ([b"\xFE\xFF", big.as_slice()].concat(), "UTF-16 BE"),
            (little, "UTF-16 LE"),
            (big, "UTF-16 BE"),
            (encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(), "Windows-1252"),
        ] {
            let sheet = read(&bytes, &Mapping::default()).unwrap();
            assert_eq!(sheet, Sheet { separator, encoding, ..expected.clone() });
        }
    }
}

#[test]
fn bad_rows_are_reported_and_good_ones_go_in() {
    let sheet = sheet(
        "code;name;status;entries;days;valid_from;company\n\
         A1;Ada;;;;;\n\
         ;;paid;;;;ACME\n\
         \n\
         A1;Bob;;;;;\n\
         A2;Bob;maybe;;;;\n\
         A3;Cy;paid;0;;;\n\
         A4;Di;paid;1;someday;;\n\
         A5;Ed;paid;1;2027-03-28;soon;\n\
         A6;Flo\x07;;;;;\n\
         A7;Gus\n\
         A8;Hal;;;;;;\n\
         ;;;;;;\n\
         ;Ivy;paid;2;2027-03-29,2027-03-28;2027-03-28 18:00;\"A\nB\"\n\
         A9;Jo;maybe;x;;;\n\
         A9;Kim;;;;;\n",
    );
    let lines: Vec<u64> = sheet.rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [2, 14]);
    assert_eq!(get(&sheet, 1, Field::Days), "2027-03-28 2027-03-29");
    assert_eq!(get(&sheet, 1, Field::ValidFrom), "2027-03-28T18:00");
    assert_eq!(get(&sheet, 1, Field::Company), "A B");
    assert_eq!(sheet.row_count, 13);
    let expected = [
        ("3 code ", "nothing tells who"),
        ("5 code A1", "in line 2"),
        ("6 status maybe", "no status"),
        ("7 entries 0", "whole number"),
        ("8 days someday", "\"someday\" is no date"),
        ("9 valid_from soon", "no date or time"),
        ("10 name Flo␇", "control character"),
        ("11  2", "2 columns, the header has 7"),
        ("12  8", "8 columns, the header has 7"),
        ("16 status maybe", "no status"),
        ("17 code A9", "in line 16"),
    ];
    let found = rejections(&sheet);
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((place, reason), (expected, part)) in found.iter().zip(expected) {
        assert_eq!(place, expected);
        assert!(reason.contains(part), "{reason}");
    }
}

#[test]
fn long_values_are_rejected_and_shown_short() {
    let text = format!("code,name\n{},Ada\nA,{}\n", "x".repeat(4297), "y".repeat(4097));
    let sheet = sheet(&text);
    assert_eq!(sheet.rows.len(), 0);
    assert!(sheet.rejected.iter().all(|it| it.value.chars().count() == 200));
}

#[test]
fn a_stray_quote_that_joins_lines_is_hinted_at() {
    let sheet = sheet("name,company\n\"Ada,x\nBob,y\",\"z\"\"\nCy,w\n\"Di\",v\"\n");
    assert_eq!(rejections(&sheet).len(), 1);
    assert!(sheet.rejected[0].reason.contains("stray quote"), "{:?}", sheet.rejected);
}

#[test]
fn columns_are_listed_with_what_they_hold() {
    let found = sheet("E-Mail,Shoe size,Email,\nada@example.org,38,x,\n");
    let names: Vec<(&str, Option<Field>)> =
        found.columns.iter().map(|(name, field)| (name.as_str(), *field)).collect();
    let email = Some(Field::Email);
    assert_eq!(names, [("E-Mail", email), ("Shoe size", None), ("Email", None), ("", None)]);
    assert_eq!(get(&found, 0, Field::Email), "ada@example.org");
}

#[test]
fn small_files_are_read() {
    for (text, rows) in [
        ("email", 0),
        ("email\n", 0),
        ("email\nada@example.org", 1),
        ("sep=;\r\nName;Code\r\nAda;1\r\n", 1),
        ("\n\n ,\nname,code\rAda,1\r\rBob,2", 2),
        ("\u{feff}\u{feff}name\nAda", 1),
        ("name,notes\nAda,5\" pipe\n", 1),
    ] {
        let sheet = sheet(text);
        assert_eq!((sheet.rows.len(), sheet.rejected.len()), (rows, 0), "{text:?}");
    }
}

#[test]
fn a_mapping_by_hand_reads_any_columns() {
    let mapping = Mapping::parse(["Kunde=name", "a=b=code"]).unwrap();
    let sheet = read(b"Kunde;a=b;Code\nAda;1;2\n", &mapping).unwrap();
    assert_eq!((get(&sheet, 0, Field::Name), get(&sheet, 0, Field::Code)), ("Ada", "1"));
    assert_eq!(sheet.columns[2], ("Code".to_owned(), None));
    let ignoring = Mapping::parse(["E-Mail=", "Company="]).unwrap();
    let sheet = read(b"Name,E-Mail,Company\nAda,a@x.org,ACME\n", &ignoring).unwrap();
    assert_eq!((sheet.rows[0].fields.len(), get(&sheet, 0, Field::Name)), (1, "Ada"));
    for (texts, said) in [
        (["x=nmae", ""], "\"nmae\" is not a field; the fields are: code, first_name"),
        (["name", ""], "write it as \"COLUMN=field\""),
        (["=name", ""], "write it as \"COLUMN=field\""),
        (["a=name", "b=name"], "the field name to two columns"),
        (["a=name", "a=code"], "two fields to the column \"a\""),
    ] {
        let problem = Mapping::parse(texts).unwrap_err().to_string();
        assert!(problem.contains(said), "{problem}");
    }
    let problem = read(b"Name\nAda\n", &Mapping::parse(["Nmae=name"]).unwrap()).unwrap_err();
    assert!(problem.to_string().contains("columns are: \"Name\""), "{problem}");
}

#[test]
fn files_that_cannot_be_used_are_refused() {
    for text in ["", "\n \n", "\u{feff}", ";;;\n;;\n", "sep=;\n", "sep=;"] {
        assert_eq!(refusal(text), FileProblem::Empty, "{text:?}");
    }
    assert_eq!(refusal("name\nAda\n\"Bob\nCy\n"), FileProblem::UnclosedQuote { line: 3 });
    assert!(matches!(refusal("Foo,Bar\n1,2\n"), FileProblem::NoColumns { .. }));
    assert!(matches!(refusal("status,order\npaid,2\n"), FileProblem::NobodyNamed { .. }));
    let wide = format!("name{}\n", ",".repeat(1000));
    assert!(matches!(refusal(&wide), FileProblem::TooManyColumns { columns: 1001, .. }));
    assert!(matches!(refusal("<html>"), FileProblem::Foreign { .. }));
    assert_eq!(check_size(MAX_FILE_BYTES), Ok(()));
    let said = check_size(MAX_FILE_BYTES + 1).unwrap_err().to_string();
    assert!(said.contains("268435457 bytes") && said.contains("split it"), "{said}");
}

#[test]
fn a_large_file_is_read() {
    let mut text = "code,first_name,last_name,email,company,ticket_type,status,order\n".to_owned();
    for row in 0..100_000 {
        // A multiplier scatters the codes, as random ones would be.
        let code = (row * 2_654_435_761_u64) % 4_294_967_296;
        let _ = writeln!(
            text,
            "{code:010X}PQRS,Ada,\"Love, {row}\",a{row}@example.org,ACME,VIP,paid,O{row}"
        );
    }
    let sheet = sheet(&text);
    assert_eq!((sheet.rows.len(), sheet.rejected.len()), (100_000, 0));
    assert_eq!(sheet.rows[99_999].line, 100_001);
}

/// Attendees with any printable text in the fields that take any.
fn attendee() -> impl Strategy<Value = Fields> {
    let text = "\\PC{0,12}|[a-z,;|\"\t '=\\-]{0,8}";
    let values = proptest::collection::vec(text, Field::ALL.len());
    let typed = (0..4_usize, 0..4_usize, 1..=10_000_u32, "[A-Z0-9]{8}");
    (values, typed).prop_map(|(values, (status, when, entries, code))| {
        let mut fields = Fields::new();
        let listed = Field::ALL.into_iter().filter(|field| !field.is_of_addition());
        for (field, value) in listed.zip(values) {
            let value = match field {
                Field::Code => format!("{code}{value}"),
                Field::Status => ["", "paid", "pending", "unapproved"][status].to_owned(),
                Field::Days => ["", "2027-03-28", "2027-03-28 2027-03-29", ""][when].to_owned(),
                Field::ValidFrom | Field::ValidUntil => {
                    let values =
                        ["", "2027-03-28", "2027-03-28T18:00", "2027-03-28T18:00:00+02:00"];
                    values[when].to_owned()
                }
                Field::Entries => entries.to_string(),
                Field::Vip => ["", "yes", "no", "x"][when].to_owned(),
                Field::Notes => format!("{value}\n{value}"),
                _ => value,
            };
            if let Some(value) = normalise(field, &value).unwrap() {
                fields.insert(field, value);
            }
        }
        fields
    })
}

proptest! {
    #[test]
    fn an_export_comes_back_as_it_was(mut roster in proptest::collection::vec(attendee(), 0..8)) {
        roster.sort_by(|one, other| one[&Field::Code].cmp(&other[&Field::Code]));
        roster.dedup_by(|one, other| one[&Field::Code] == other[&Field::Code]);
        let text = write(&roster);
        let sheet = sheet(&text);
        prop_assert_eq!(&sheet.rejected, &[]);
        let back: Vec<Fields> = sheet.rows.into_iter().map(|row| row.fields).collect();
        prop_assert_eq!(back, roster);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &Mapping::default());
    }

    #[test]
    fn no_text_makes_it_panic_and_every_row_is_accounted_for(
        text in "[a-c,;|\"\r\n\t é\u{feff}]{0,60}",
        head in "(sep=[,;x]\n)?(code|name|e-mail|days)[,;](status|Name|ticket)[\n\r]",
    ) {
        let text = format!("{head}{text}");
        if let Ok(sheet) = read(text.as_bytes(), &Mapping::default()) {
            prop_assert_eq!(sheet.row_count, sheet.rows.len() + sheet.rejected.len());
            let lines = text.replace("\r\n", "\n").matches(['\r', '\n']).count() as u64 + 1;
            let mut seen: Vec<u64> = sheet.rows.iter().map(|row| row.line).collect();
            seen.extend(sheet.rejected.iter().map(|row| row.line));
            seen.sort_unstable();
            prop_assert!(seen.iter().all(|line| (2..=lines).contains(line)));
            prop_assert!(seen.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
