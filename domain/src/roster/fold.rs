//! Text reduced to a key, so that headers and status words compare whatever their spelling.
//!
//! Here because both headers and values are recognised by it. It knows letters, not meanings: the
//! word lists are `headers`' and `values`'.

/// The text's letters and digits, in lower case and without accents: `"Prénom *"` is `"prenom"`.
pub(super) fn key(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()) {
        match plain(letter) {
            Plain::Same => out.push(letter),
            Plain::As(other) => out.push_str(other),
        }
    }
    out
}

enum Plain {
    Same,
    As(&'static str),
}

/// Combining accents need no entry: they are not alphanumeric, so `key` has dropped them.
const fn plain(letter: char) -> Plain {
    Plain::As(match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        // The signs of "Nº" and "Nª" count as letters to Unicode, as punctuation to a reader.
        'º' | 'ª' => "",
        _ => return Plain::Same,
    })
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn spelling_does_not_matter() {
        for (text, expected) in [
            ("E-mail", "email"),
            ("  Attendee name: Given name ", "attendeenamegivenname"),
            ("first_name", "firstname"),
            ("Prénom", "prenom"),
            ("Pre\u{301}nom", "prenom"),
            ("SOCIÉTÉ", "societe"),
            ("Straße", "strasse"),
            ("N° de commande", "ndecommande"),
            ("Nº de pedido", "ndepedido"),
            ("Order #", "order"),
            ("Имя", "имя"),
            (" - ", ""),
        ] {
            assert_eq!(key(text), expected, "{text}");
        }
    }
}
