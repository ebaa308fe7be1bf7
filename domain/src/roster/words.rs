//! The words that head the columns of attendee lists, in English, German, French and Spanish.
//!
//! Here, apart from `headers`, because the lists only grow. Each word is a [`super::fold::key`].
//! Words that often head something else ("State", "Day", "Position", "ID") are left out: such a
//! column is mapped by hand, or its values would reject every row.

use crate::attendee::Field;

/// Who somebody is, and what is noted of the person.
#[rustfmt::skip] // One word to a line would make four screens of each list.
pub(super) fn of_person(key: &str) -> Option<Field> {
    Some(match key {
        "firstname" | "first" | "givenname" | "givennames" | "given" | "forename" | "forenames"
        | "fname" | "prename" | "vorname" | "vornamen" | "rufname" | "prenom" | "prenoms"
        | "nombredepila" | "primernombre" => Field::FirstName,
        "lastname" | "last" | "familyname" | "family" | "surname" | "surnames" | "lname"
        | "nachname" | "nachnamen" | "familienname" | "zuname" | "nomdefamille" | "nomfamille"
        | "apellido" | "apellidos" | "primerapellido" => Field::LastName,
        "fullname" | "wholename" | "completename" | "displayname" | "attendee" | "attendeename"
        | "nameofattendee" | "guest" | "guestname" | "participant" | "participantname"
        | "teilnehmer" | "teilnehmerin" | "teilnehmername" | "namedesteilnehmers" | "gast"
        | "gastname" | "besucher" | "visitor" | "visitorname" | "personname" | "person"
        | "badgename" | "nameonbadge" | "nameonticket" | "ticketholder" | "ticketholdername"
        | "firstandlastname" | "firstlastname" | "firstnamelastname" | "lastnamefirstname"
        | "namesurname" | "nameandsurname" | "vollername" | "vollstandigername"
        | "vollstaendigername" | "ganzername" | "vorundnachname" | "vornachname"
        | "vornamenachname" | "vornameundnachname" | "vornamename" | "nachnamevorname"
        | "namevorname" | "nomcomplet" | "nometprenom" | "nomsetprenoms" | "prenometnom"
        | "nomprenom" | "prenomnom" | "nomduparticipant" | "invite" | "nombrecompleto"
        | "nombreyapellidos" | "nombreyapellido" | "nombreapellidos" | "apellidosynombre"
        | "apellidosnombre" | "nombredelasistente" | "nombreasistente" | "asistente"
        | "participante" | "invitado" => Field::Name,
        "email" | "emails" | "emailaddress" | "emailaddr" | "mail" | "mailaddress" | "mailadresse"
        | "emailadresse" | "adressemail" | "adresseemail" | "adresseelectronique" | "courriel"
        | "adressecourriel" | "adressedecourriel" | "mel" | "correo" | "correoelectronico"
        | "direcciondecorreo" | "direcciondecorreoelectronico" | "direccionemail"
        | "direcciondeemail" => Field::Email,
        "company" | "companyname" | "companyorganization" | "companyorganisation"
        | "organisation" | "organization" | "organisationname" | "organizationname" | "org"
        | "employer" | "affiliation" | "institution" | "firma" | "firmenname" | "unternehmen"
        | "arbeitgeber" | "einrichtung" | "societe" | "nomdelasociete" | "entreprise"
        | "nomdelentreprise" | "raisonsociale" | "organisme" | "empresa" | "nombredelaempresa"
        | "organizacion" | "compania" | "institucion" | "entidad" => Field::Company,
        "phone" | "phonenumber" | "phoneno" | "telephone" | "telephonenumber" | "tel" | "telno"
        | "telnr" | "mobile" | "mobilephone" | "mobilenumber" | "cell" | "cellphone"
        | "cellnumber" | "telefon" | "telefonnummer" | "telefonnr" | "rufnummer" | "handy"
        | "handynummer" | "mobil" | "mobilnummer" | "mobiltelefon" | "numerodetelephone"
        | "ndetelephone" | "portable" | "telephoneportable" | "numerodeportable" | "telefono"
        | "numerodetelefono" | "ndetelefono" | "movil" | "telefonomovil"
        | "celular" => Field::Phone,
        "language" | "languagecode" | "preferredlanguage" | "lang" | "locale" | "sprache"
        | "sprachcode" | "korrespondenzsprache" | "langue" | "idioma" | "lengua" => Field::Language,
        "vip" | "isvip" | "vipguest" | "vipgast" | "ehrengast" | "guestofhonour"
        | "guestofhonor" | "invitedhonneur" | "invitadodehonor" => Field::Vip,
        "guardian" | "accompaniedby" | "accompanyingperson" | "accompanyingadult" | "parent"
        | "begleitperson" | "begleitetvon" | "aufsichtsperson" | "erziehungsberechtigte"
        | "erziehungsberechtigter" | "accompagnateur" | "accompagnant" | "accompagnepar"
        | "tutor" | "acompanante" | "acompanadopor" => Field::Guardian,
        "reading" | "namereading" | "readingofname" | "phoneticname" | "namephonetic"
        | "furigana" | "kana" | "romaji" | "pinyin" | "romanizedname" | "romanisedname"
        | "latinname" | "nameinlatinletters" | "lesung" | "aussprache" | "pronunciation"
        | "prononciation" | "pronunciacion" => Field::Reading,
        "notes" | "note" | "comment" | "comments" | "remark" | "remarks" | "attention"
        | "attentionnote" | "checkintext" | "memo" | "notiz" | "notizen" | "bemerkung"
        | "bemerkungen" | "kommentar" | "kommentare" | "hinweis" | "hinweise" | "anmerkung"
        | "anmerkungen" | "vermerk" | "remarque" | "remarques" | "commentaire" | "commentaires"
        | "observation" | "observations" | "nota" | "notas" | "comentario" | "comentarios"
        | "observacion" | "observaciones" => Field::Notes,
        _ => return None,
    })
}

/// The ticket itself.
#[rustfmt::skip]
pub(super) fn of_ticket(key: &str) -> Option<Field> {
    Some(match key {
        "code" | "barcode" | "barcodenumber" | "barcodeno" | "barcodenr" | "barcodeid" | "secret"
        | "ticketsecret" | "ticketcode" | "ticketbarcode" | "tickettoken" | "token" | "qr"
        | "qrcode" | "qrdata" | "qrcodedata" | "qrcontent" | "qrcodecontent" | "scancode"
        | "checkincode" | "entrycode" | "accesscode" | "admissioncode" | "registrationcode"
        | "attendeecode" | "guestcode" | "participantcode" | "badgecode" | "teilnehmercode"
        | "strichcode" | "eintrittscode" | "zugangscode" | "ticketgeheimnis" | "geheimnis"
        | "codebarres" | "codebarre" | "codeabarres" | "codedubillet" | "codebillet"
        | "codedebillet" | "codeqr" | "codigo" | "codigodebarras" | "codigoqr" | "codigoentrada"
        | "codigodeentrada" | "codigodelaentrada" | "codigodelticket" | "secreto" => Field::Code,
        "tickettype" | "tickettypename" | "ticketname" | "ticketcategory" | "ticketclass"
        | "tickettier" | "product" | "productname" | "item" | "itemname" | "admissionitem"
        | "admission" | "admissiontype" | "registrationtype" | "registrationcategory"
        | "attendeetype" | "participanttype" | "passtype" | "ticketart" | "tickettyp"
        | "ticketkategorie" | "kartenart" | "kartentyp" | "kartenkategorie" | "produkt"
        | "produktname" | "artikel" | "teilnehmertyp" | "teilnehmerart" | "typedebillet"
        | "typebillet" | "typedeticket" | "typeticket" | "nomdubillet" | "categoriedebillet"
        | "produit" | "tarif" | "tipodeentrada" | "tipoentrada" | "tipodeticket" | "tipoticket"
        | "tipodebillete" | "nombredelaentrada" | "producto" | "tarifa" => Field::TicketType,
        "status" | "ticketstatus" | "ticketstate" | "attendeestatus" | "registrationstatus"
        | "bookingstatus" | "teilnehmerstatus" | "statut" | "statutdubillet" | "statutbillet"
        | "etat" | "estatus" | "estadodelaentrada" | "estadodelticket" => Field::Status,
        _ => return None,
    })
}

/// The order that the ticket was bought with.
#[rustfmt::skip]
pub(super) fn of_order(key: &str) -> Option<Field> {
    Some(match key {
        "order" | "ordercode" | "orderid" | "ordernumber" | "orderno" | "ordernr" | "ordernum"
        | "orderref" | "orderreference" | "booking" | "bookingid" | "bookingcode"
        | "bookingnumber" | "bookingno" | "bookingref" | "bookingreference" | "reservation"
        | "reservationid" | "reservationnumber" | "reservationcode" | "confirmationnumber"
        | "confirmationcode" | "bestellung" | "bestellcode" | "bestellnummer" | "bestellnr"
        | "bestellid" | "buchung" | "buchungsnummer" | "buchungscode" | "buchungsnr" | "auftrag"
        | "auftragsnummer" | "auftragsnr" | "commande" | "codedecommande" | "codecommande"
        | "numerodecommande" | "numerocommande" | "ndecommande" | "ncommande" | "nocommande"
        | "referencecommande" | "referencedecommande" | "referencedelacommande"
        | "numerodereservation" | "pedido" | "codigodepedido" | "codigodelpedido"
        | "codigopedido" | "numerodepedido" | "numerodelpedido" | "numeropedido" | "ndepedido"
        | "npedido" | "nopedido" | "orden" | "numerodeorden" | "ndeorden" | "reserva"
        | "numerodereserva" | "codigodereserva" | "localizador" => Field::Order,
        "addonto" | "addontopositionid" | "addontoposition" | "addonof" | "zusatzproduktzu"
        | "zusatzproduktzuposition" | "zusatzprodukt" | "complementde"
        | "complementode" => Field::AddonTo,
        "orderposition" | "orderpositionid" | "orderpositionnumber" | "positionid"
        | "positionnumber" | "positionno" | "positionnr" | "positionsnummer" | "positionsnr"
        | "positionsid" | "posnr" | "bestellposition" | "orderline" | "orderlinenumber"
        | "lineitem" | "lineitemid" | "lineitemnumber" | "numerodeposition" | "iddeposition"
        | "positioncommande" | "lignedecommande" | "posicion" | "posiciondelpedido"
        | "numerodeposicion" | "iddeposicion" | "lineadepedido" => Field::OrderPosition,
        _ => return None,
    })
}

/// When and how often the ticket lets in.
#[rustfmt::skip]
pub(super) fn of_admission(key: &str) -> Option<Field> {
    Some(match key {
        "validfrom" | "validsince" | "validafter" | "validstart" | "validitystart"
        | "startofvalidity" | "gultigab" | "gueltigab" | "gultigvon" | "gueltigvon"
        | "valableapartirdu" | "valableapartirde" | "valabledu" | "valablede"
        | "valideapartirdu" | "valideapartirde" | "debutdevalidite" | "validodesde"
        | "validadesde" | "validoapartirde" | "vigentedesde"
        | "iniciodevalidez" => Field::ValidFrom,
        "validuntil" | "validto" | "validtill" | "validthrough" | "validend" | "validityend"
        | "endofvalidity" | "gultigbis" | "gueltigbis" | "valablejusqua" | "valablejusquau"
        | "valideau" | "valableau" | "validejusqua" | "validejusquau" | "findevalidite"
        | "validohasta" | "validahasta" | "vigentehasta" | "findevalidez" => Field::ValidUntil,
        "days" | "validdays" | "validon" | "daysvalid" | "eventdays" | "attendancedays" | "tage"
        | "gultigetage" | "gueltigetage" | "gultigam" | "gueltigam" | "veranstaltungstage"
        | "besuchstage" | "jours" | "joursvalables" | "joursdevalidite" | "dias" | "diasvalidos"
        | "diasdevalidez" => Field::Days,
        "blocked" | "block" | "blockreason" | "blockedreason" | "reasonblocked" | "banned" | "ban"
        | "blacklist" | "blacklisted" | "gesperrt" | "sperre" | "sperrgrund" | "sperrvermerk"
        | "blockiert" | "hausverbot" | "bloque" | "bloquee" | "blocage" | "motifdeblocage"
        | "motifdublocage" | "bloqueado" | "bloqueada" | "bloqueo" | "motivodebloqueo"
        | "motivodelbloqueo" | "vetado" => Field::Blocked,
        "entries" | "numberofentries" | "entrycount" | "maxentries" | "allowedentries"
        | "admissions" | "admits" | "admit" | "eintritte" | "anzahleintritte" | "entrees"
        | "nombredentrees" | "entradas" | "numerodeentradas" | "accesos"
        | "numerodeaccesos" => Field::Entries,
        _ => return None,
    })
}

/// Words too vague to go before a clearer column.
#[rustfmt::skip]
pub(super) fn weak(key: &str) -> Option<Field> {
    Some(match key {
        "ticketid" | "ticketnumber" | "ticketno" | "ticketnr" | "ticketnummer" | "ticketref"
        | "ticketreference" | "kartennummer" | "numerodebillet" | "numerobillet" | "ndebillet"
        | "numerodeticket" | "numerodeentrada" | "numerodelaentrada" | "ndeentrada"
        | "nentrada" => Field::Code,
        "type" | "category" | "typ" | "art" | "kategorie" | "categorie" | "tipo" | "categoria"
        | "pass" => Field::TicketType,
        "orderstatus" | "orderstate" | "paymentstatus" | "paymentstate" | "bestellstatus"
        | "zahlungsstatus" | "buchungsstatus" | "statutcommande" | "statutdelacommande"
        | "statutpaiement" | "statutdupaiement" | "statutdepaiement" | "estado"
        | "estadodelpedido" | "estadodelpago" | "estadodepago" => Field::Status,
        "homephone" | "workphone" => Field::Phone,
        // Not "quantity" or "tickets": exports repeat the order's on each of its tickets.
        "pax" | "persons" | "people" | "numberofpersons" | "numberofpeople" | "partysize"
        | "headcount" | "personen" | "anzahlpersonen" | "personenanzahl" | "personenzahl"
        | "personnes" | "nombredepersonnes" | "personas" | "numerodepersonas" => Field::Entries,
        _ => return None,
    })
}
