//! The records themselves: proven, digested, and written out.

use crate::api::{Answer, DigestLine, Output, VerifyLine};
use crate::folder::Folder;
use crate::problem::{Code, Problem};
use crate::station::{OpenEvent, Station};
use domain::access::{Kind, Space};
use domain::id::LogId;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use sync::document::Scalar;
use sync::id::{EventId, LogName};
use sync::raw::RawWriter;
use sync::record::Record;
use sync::roster::decode_row;
use sync::store::check::Report;
use sync::store::{Exported, Store};

impl Station {
    /// Makes the projections of one event anew. Nobody else uses the store meanwhile.
    pub(crate) fn rebuild(&mut self, wanted: Option<&str>) -> Answer {
        let id = self.choose(wanted)?;
        if self.open.get(&id).is_some_and(|open| open.store.is_staging()) {
            return Err(sync::store::StoreError::Importing.into());
        }
        self.healthy(id)?;
        // What was read from the old projections is not to be used any more.
        self.open.remove(&id);
        let mut store = Store::inspect(&self.folder.store(id), &self.folder.station_key()?)?;
        let line = match store.rebuild() {
            Ok(report) => verify_line(report, true),
            Err(problem) => {
                let mut report = store.check();
                report.problems.push(format!("The projections could not be made anew: {problem}."));
                verify_line(report, false)
            }
        };
        Ok(vec![Output::Verify(line)])
    }
}

/// Checks one event of a folder, beside whoever owns it: no door waits for it. A store too damaged to be opened is a
/// finding, not a failure.
pub(crate) fn verify(folder: &Folder, id: EventId) -> Answer {
    let found = folder
        .station_key()
        .and_then(|key| Store::inspect(&folder.store(id), &key).map_err(Problem::from));
    let report = match found {
        Ok(store) => {
            let mut report = store.check();
            if store.event() != id {
                report.problems.push(format!("The store says it is of event {}.", store.event()));
            }
            report
        }
        Err(Problem { code: Code::Damaged | Code::NotAllowed, message, .. }) => {
            Report { problems: vec![message], ..Report::default() }
        }
        Err(other) => return Err(other),
    };
    Ok(vec![Output::Verify(verify_line(report, false))])
}

fn verify_line(report: Report, rebuilt: bool) -> VerifyLine {
    VerifyLine {
        logs: report.logs as u64,
        records: report.records,
        ok: report.problems.is_empty(),
        problems: report.problems,
        rebuilt,
    }
}

impl OpenEvent {
    pub(crate) fn digest(&self) -> Answer {
        let line = |space: Space| {
            let root = self.store.digest(space)?;
            let root = root.iter().map(|byte| format!("{byte:02x}")).collect();
            Ok(Output::Digest(DigestLine { space: space.to_string(), root }))
        };
        Space::ALL.into_iter().map(line).collect()
    }

    /// Every record this station can read, in words.
    pub(crate) fn dump(&self) -> Answer {
        let mut lines = Vec::new();
        let (mut log, mut branch) = (None, None);
        self.store.export(|block| -> Result<(), Problem> {
            match block {
                Exported::Log(name) => (log, branch) = (Some(name.clone()), None),
                Exported::Branch { id, .. } => branch = Some(id),
                Exported::Record(seq, record) => {
                    if let Some(name) = &log {
                        lines.push(self.dump_line(name, branch, seq, record));
                    }
                }
                Exported::Signature(..) => {}
            }
            Ok(())
        })?;
        Ok(lines)
    }

    fn dump_line(
        &self,
        name: &LogName,
        branch: Option<LogId>,
        seq: u64,
        record: &Record,
    ) -> Output {
        let body = self.store.content(branch.unwrap_or(name.id()), seq, record);
        let mut line = Map::new();
        line.insert("space".into(), name.space.as_str().into());
        line.insert("log".into(), name.id().to_string().into());
        if let Some(branch) = branch {
            line.insert("branch".into(), branch.to_string().into());
        }
        line.insert("station".into(), name.station.to_string().into());
        line.insert("epoch".into(), name.epoch.to_string().into());
        line.insert("seq".into(), seq.into());
        line.insert("hlc".into(), record.hlc.into());
        line.insert("kind".into(), kind_name(record.kind));
        line.extend(describe(record, body.as_deref()));
        if let (Some(naming), Some(domain::fact::Fact::Answered(answered))) =
            (&self.naming, sync::store::read_fact(record))
        {
            let answers = naming.open_answers(answered.attendee, &answered.sealed);
            line.insert("answers".into(), json!(answers));
        }
        Output::Record(Value::Object(line))
    }

    /// Every record as bytes, in the format of `docs/PROTOCOL.md`.
    pub(crate) fn dump_raw(&self, file: &Path) -> Answer {
        let problem = |e: std::io::Error| Problem::io(file, &e);
        if file.exists() && !file.is_file() {
            let message = format!("{} is not a plain file.", file.display());
            return Err(Problem::bad(message, "Name a file that Lanyard may write."));
        }
        let out = BufWriter::new(File::create(file).map_err(problem)?);
        let mut raw =
            RawWriter::begin(out, self.store.event(), self.store.root()).map_err(problem)?;
        self.store.export(|block| -> Result<(), Problem> {
            let written = match block {
                Exported::Log(name) => raw.log(name),
                Exported::Branch { seq, hash, .. } => raw.branch(seq, hash),
                Exported::Record(_, record) => raw.record(&record.to_bytes()),
                Exported::Signature(seq, signature) => raw.signature(seq, signature),
            };
            written.map_err(problem)
        })?;
        let out =
            raw.end().and_then(|out| out.into_inner().map_err(std::io::IntoInnerError::into_error));
        out.and_then(|out| out.sync_all()).map_err(problem)?;
        Ok(vec![Output::Note(format!("All records are in {}.", file.display()))])
    }
}

fn kind_name(kind: Kind) -> Value {
    match kind {
        Kind::CERTIFICATE => "certificate".into(),
        Kind::REVOCATION => "revocation".into(),
        Kind::SPACE_KEY => "space_key".into(),
        Kind::CHANGE => "change".into(),
        Kind::SNAPSHOT => "snapshot".into(),
        Kind::DROP => "drop".into(),
        Kind::RECEIPT => "receipt".into(),
        Kind::SCAN => "scan".into(),
        Kind::VOID => "void".into(),
        Kind::RESOLUTION => "resolution".into(),
        Kind::ANSWERED => "answered".into(),
        Kind(number) => number.into(),
    }
}

/// What a record says, as far as this version knows its kind.
fn describe(record: &Record, body: Option<&[u8]>) -> Map<String, Value> {
    let mut line = Map::new();
    let Some(body) = body else { return line };
    match record.kind {
        Kind::SCAN | Kind::VOID | Kind::RESOLUTION | Kind::ANSWERED => {
            if let Some(fact) = sync::store::read_fact(record) {
                line.extend(describe_fact(&fact));
            }
        }
        Kind::CHANGE => {
            let set = sync::document::describe_change(body).unwrap_or_default();
            let set: Map<String, Value> = set
                .into_iter()
                .map(|(key, value)| (key, value.map_or(Value::Null, scalar)))
                .collect();
            line.insert("sets".into(), Value::Object(set));
        }
        Kind::CERTIFICATE => {
            if let Ok(certificate) = sync::certificate::Certificate::from_cbor(body) {
                line.insert("name".into(), certificate.name.clone().into());
                line.insert("role".into(), certificate.role.as_str().into());
                line.insert("certifies".into(), certificate.key().to_string().into());
                line.insert("may_issue".into(), certificate.may_issue.into());
            }
        }
        Kind::REVOCATION => {
            if let Ok(revocation) = sync::certificate::Revocation::from_cbor(body) {
                let cut = |cut: &sync::certificate::Cut| json!({ "log": LogId::new(cut.log).to_string(), "seq": cut.seq });
                line.insert("revokes".into(), revocation.key().to_string().into());
                line.insert("cuts".into(), revocation.cuts.iter().map(cut).collect());
            }
        }
        _ => {
            line.insert("bytes".into(), body.len().into());
        }
    }
    line
}

fn describe_fact(fact: &domain::fact::Fact) -> Map<String, Value> {
    use domain::fact::Fact;
    let object = match fact {
        Fact::Scan(scan) => json!({
            "attendee": scan.attendee.map(|id| id.to_string()),
            "code_hash": scan.code.map(|hash| hash.to_string()),
            "gate": scan.gate, "area": scan.area(), "verdict": scan.verdict.as_str(),
            "at": scan.at, "day": scan.day, "mode": scan.mode().as_str(),
            "wanted": if scan.wanted == Some(domain::verdict::Passage::Exit) { "out" } else { "in" },
            "prior": scan.prior.iter().flatten().map(link).collect::<Vec<_>>(),
            "by": scan.by, "nonce": scan.nonce,
            "override": scan.overriding.as_ref().map(|over| json!({
                "refused": over.refused.as_str(), "reason": over.reason, "approved_by": over.approved,
            })),
        }),
        Fact::Void(void) => json!({
            "attendee": void.attendee.map(|id| id.to_string()), "target": link(&void.target),
            "at": void.at, "by": void.by, "reason": void.reason, "approved_by": void.approved,
        }),
        Fact::Resolution(word) => json!({
            "attendee": word.attendee.to_string(), "scans": word.scans.iter().map(link).collect::<Vec<_>>(),
            "at": word.at, "by": word.by, "note": word.note,
        }),
        Fact::Answered(answered) => json!({
            "attendee": answered.attendee.to_string(), "gate": answered.gate, "at": answered.at,
            "by": answered.by, "questions": answered.questions,
        }),
    };
    object.as_object().cloned().unwrap_or_default()
}

fn link(link: &domain::fact::Link) -> Value {
    json!({ "seq": link.seq, "log": link.log.map(|log| log.to_string()) })
}

/// A value of a document: rows of files are maps from field to text.
fn scalar(value: Scalar) -> Value {
    match value {
        Scalar::Text(text) => text.into(),
        Scalar::Bytes(bytes) => {
            let (fields, code) = decode_row(&bytes);
            if fields.is_empty() && code.is_none() {
                return bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
            }
            let mut row: Map<String, Value> = fields
                .into_iter()
                .map(|(field, text)| (field.as_str().to_owned(), text.into()))
                .collect();
            row.extend(code.map(|code| ("code_hash".to_owned(), code.to_string().into())));
            Value::Object(row)
        }
    }
}
