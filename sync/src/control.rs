//! Who takes part, folded from the `control` space: certificates, who may issue them, who was shut out and where.
//!
//! A pure function of the set of records: whatever their order, repetition or splitting, the answer is the same. The
//! root key stands above issuers, issuers above the rest:
//!
//! 1. What the root revokes is cut off, issuers included.
//! 2. Whoever has a certificate that may issue, from the root or an issuer, is an issuer.
//! 3. What an issuer revokes is cut off, unless it is an issuer itself.
//! 4. Of several certificates of one station the one with the highest serial holds. What the station wrote as what it
//!    was before goes on to count: a door that becomes a kiosk has still let its people in.

use crate::certificate::{Certificate, Revocation};
use crate::id::{LogName, StationKey};
use domain::access::{Effect, Kind, Role, Space, Standing, effect, may_write};
use domain::id::LogId;
use std::collections::{BTreeMap, BTreeSet};

/// One record of the `control` space, as far as this fold reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Who says it.
    pub by: StationKey,
    /// The log that it stands in.
    pub log: LogId,
    /// Its place there.
    pub seq: u64,
    /// Hybrid logical clock.
    pub hlc: u64,
    /// Whether it stands on a branch of a forked log.
    pub doubtful: bool,
    /// What it says.
    pub word: Word,
}

/// What a record of `control` says about membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A station is a member.
    Certificate(Certificate),
    /// A station is shut out.
    Revocation(Revocation),
}

impl Word {
    /// The word in a record; none where it says something else, or cannot be read.
    #[must_use]
    pub fn read(kind: Kind, body: &[u8]) -> Option<Self> {
        match kind {
            Kind::CERTIFICATE => Certificate::from_cbor(body).ok().map(Self::Certificate),
            Kind::REVOCATION => Revocation::from_cbor(body).ok().map(Self::Revocation),
            _ => None,
        }
    }
}

/// The stations of an event, and what each may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    root: StationKey,
    certificates: BTreeMap<StationKey, Certificate>,
    /// What each station is or was.
    roles: BTreeMap<StationKey, BTreeSet<Role>>,
    issuers: BTreeSet<StationKey>,
    cuts: BTreeMap<StationKey, BTreeMap<LogId, u64>>,
    named: BTreeSet<StationKey>,
}

impl Members {
    /// Nobody but the root key.
    #[must_use]
    pub const fn none(root: StationKey) -> Self {
        Self {
            root,
            certificates: BTreeMap::new(),
            roles: BTreeMap::new(),
            issuers: BTreeSet::new(),
            cuts: BTreeMap::new(),
            named: BTreeSet::new(),
        }
    }

    /// Folds what the `control` space tells.
    #[must_use]
    pub fn fold(root: StationKey, told: &[Told]) -> Self {
        let mut members = Self::none(root);
        let by_root = |one: &&Told| one.by == root;
        members.cut(told.iter().filter(by_root), |_| true);
        members.find_issuers(told);
        let issuers = members.issuers.clone();
        let root_cuts = members.cuts.clone();
        let good = |one: &&Told| issuers.contains(&one.by) && !is_cut(&root_cuts, one);
        members.cut(told.iter().filter(good), |station| !issuers.contains(station));
        members.find_certificates(told);
        members.find_named(told);
        members
    }

    fn cut<'a>(&mut self, told: impl Iterator<Item = &'a Told>, may: impl Fn(&StationKey) -> bool) {
        for one in told.filter(|one| !one.doubtful) {
            let Word::Revocation(revocation) = &one.word else { continue };
            let station = revocation.key();
            if station == self.root || !may(&station) {
                continue;
            }
            let cuts = self.cuts.entry(station).or_default();
            for cut in &revocation.cuts {
                // Raised, never lowered: whichever revoker knew more of the log.
                let known = cuts.entry(LogId::new(cut.log)).or_default();
                *known = (*known).max(cut.seq);
            }
        }
    }

    fn find_issuers(&mut self, told: &[Told]) {
        loop {
            let before = self.issuers.len();
            for one in told {
                let Word::Certificate(certificate) = &one.word else { continue };
                if certificate.may_issue && self.is_heard(one) {
                    self.issuers.insert(certificate.key());
                }
            }
            if self.issuers.len() == before {
                return;
            }
        }
    }

    /// Whether a record's author may say who takes part, at this point of the log.
    fn is_heard(&self, one: &Told) -> bool {
        let may = one.by == self.root || self.issuers.contains(&one.by);
        may && !one.doubtful && !is_cut(&self.cuts, one)
    }

    fn find_certificates(&mut self, told: &[Told]) {
        let mut best: BTreeMap<StationKey, (u64, u64, LogId, u64)> = BTreeMap::new();
        let mut certificates = BTreeMap::new();
        let mut roles: BTreeMap<StationKey, BTreeSet<Role>> = BTreeMap::new();
        for one in told.iter().filter(|one| self.is_heard(one)) {
            let Word::Certificate(certificate) = &one.word else { continue };
            let station = certificate.key();
            roles.entry(station).or_default().insert(certificate.role);
            // Only the root takes an issuer's right away, and it does so by revoking.
            if self.issuers.contains(&station) && !certificate.may_issue {
                continue;
            }
            let rank = (certificate.serial.unwrap_or(0), one.hlc, one.log, one.seq);
            if best.get(&station).is_none_or(|known| *known < rank) {
                best.insert(station, rank);
                certificates.insert(station, certificate.clone());
            }
        }
        (self.certificates, self.roles) = (certificates, roles);
    }

    /// Everybody whom an issuer ever named, cut off since or not. It only grows, so that all replicas come to keep
    /// the same logs.
    fn find_named(&mut self, told: &[Told]) {
        let mut ever: BTreeSet<StationKey> = BTreeSet::from([self.root]);
        loop {
            let before = ever.len();
            for one in told {
                if let Word::Certificate(certificate) = &one.word
                    && certificate.may_issue
                    && ever.contains(&one.by)
                {
                    ever.insert(certificate.key());
                }
            }
            if ever.len() == before {
                break;
            }
        }
        let words = told.iter().filter(|one| ever.contains(&one.by));
        self.named = words
            .filter_map(|one| match &one.word {
                Word::Certificate(certificate) => Some(certificate.key()),
                Word::Revocation(_) => None,
            })
            .chain([self.root])
            .collect();
    }

    /// The root key.
    #[must_use]
    pub const fn root(&self) -> StationKey {
        self.root
    }

    /// Every station that has a certificate, shut out since or not, in the order of their keys.
    #[must_use]
    pub const fn certificates(&self) -> &BTreeMap<StationKey, Certificate> {
        &self.certificates
    }

    /// The certificate of a station, shut out since or not.
    #[must_use]
    pub fn certificate(&self, station: &StationKey) -> Option<&Certificate> {
        self.certificates.get(station)
    }

    /// The role in which a station may take part now; none: it may not.
    #[must_use]
    pub fn role(&self, station: &StationKey) -> Option<Role> {
        let certificate = self.certificates.get(station)?;
        (!self.is_revoked(station)).then_some(certificate.role)
    }

    /// Whether a station was shut out.
    #[must_use]
    pub fn is_revoked(&self, station: &StationKey) -> bool {
        self.cuts.contains_key(station)
    }

    /// Whether a station may say who takes part.
    #[must_use]
    pub fn may_issue(&self, station: &StationKey) -> bool {
        self.issuers.contains(station) && !self.is_revoked(station)
    }

    /// Whether an issuer ever named a station: its logs are kept.
    #[must_use]
    pub fn is_named(&self, station: &StationKey) -> bool {
        self.named.contains(station)
    }

    /// Where a log of a station that was shut out stops; none: it was not.
    #[must_use]
    pub fn cut_of(&self, name: &LogName) -> Option<u64> {
        let cuts = self.cuts.get(&name.station)?;
        Some(cuts.get(&name.id()).copied().unwrap_or(0))
    }

    /// Where a record stands. `branch`: whether on a branch of a forked log.
    #[must_use]
    pub fn standing(&self, station: &StationKey, log: LogId, seq: u64, branch: bool) -> Standing {
        let cut = self.cuts.get(station).map(|cuts| cuts.get(&log).copied().unwrap_or(0));
        match cut {
            Some(cut) if seq > cut => Standing::PastCut,
            _ if branch => Standing::Doubtful,
            _ => Standing::Good,
        }
    }

    /// What a record does.
    #[must_use]
    pub fn effect(&self, name: &LogName, seq: u64, branch: bool, kind: Kind) -> Effect {
        let standing = self.standing(&name.station, name.id(), seq, branch);
        if name.space == Space::Control {
            let heard = name.station == self.root || self.issuers.contains(&name.station);
            let good = heard && standing == Standing::Good;
            return if good { Effect::Full } else { Effect::None };
        }
        let roles = self.roles.get(&name.station).into_iter().flatten();
        let may = roles.copied().find(|role| may_write(*role, name.space, kind));
        effect(may, name.space, kind, standing)
    }
}

fn is_cut(cuts: &BTreeMap<StationKey, BTreeMap<LogId, u64>>, one: &Told) -> bool {
    cuts.get(&one.by).is_some_and(|cuts| one.seq > cuts.get(&one.log).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests;
