"""An independent reader of Lanyard's raw export.

It is written from docs/PROTOCOL.md alone and shares no code with Lanyard, so that two things can be told: whether the page is enough to
check an export, and whether Lanyard writes what the page says.

    read.py EXPORT                 check an export; one JSON object with what it holds and what is wrong with it
    read.py --grep EXPORT WORD...  look for words in the clear, also inside compressed bodies
    read.py --vectors [PAGE]       test vectors from fixed inputs; with PAGE, compare them with its lines `name hex`

Leaves with 0 when all is well, 1 when there are problems, 2 when called wrongly. Damage of any kind becomes a sentence with a byte offset.
Needs the packages `blake3` and `cryptography`.
"""

import bisect
import json
import re
import struct
import sys
import zlib

from blake3 import blake3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MAGIC = b"LANYARD1"
HAS_DOCUMENT, HAS_KEY, DROPPED = 1, 2, 4
MAX_BODY = 4 << 20
CHECKPOINT_RECORDS = 256
CHECKPOINT_BYTES = 256 << 10
CERTIFICATE, REVOCATION, SPACE_KEY, CHANGE, DROP, SCAN, VOID, RESOLUTION = 1, 2, 3, 16, 18, 32, 33, 34
HOME = {CERTIFICATE: "control", REVOCATION: "control", SPACE_KEY: "control", DROP: "control", SCAN: "attendance", VOID: "attendance",
        RESOLUTION: "attendance"}
SEAL_OVERHEAD = 24 + 16
LOGS_MAX = 64
WRAPPED = 32 + 32 + 16
ADMIN = 0
DESK = {("attendance", RESOLUTION), ("desk", CHANGE)}
SCANS = {("attendance", SCAN), ("attendance", VOID)}
# By role, 0 admin to 3 booth: what it may write where. `control` takes more than a role.
MAY_WRITE = ({("event", CHANGE), ("roster", CHANGE), ("contact", CHANGE)} | DESK | SCANS, DESK | SCANS, SCANS, set())
NONE, PRESENCE, FULL = range(3)
# Verdicts of those that went in or out.
PASSAGES = {0, 1, 2}
VERDICTS = ("admitted readmitted exited already_in unpaid cancelled blocked revoked unapproved not_yet_valid no_longer_valid wrong_gate "
            "wrong_date refused_by_rule answers_needed ambiguous unknown_code full").split()
AUTOMERGE = b"\x85\x6f\x4a\x83"
MOST_PROBLEMS = 500


class Damage(Exception):
    """Bytes that do not mean anything, and where they are in the file."""

    def __init__(self, at, sentence):
        super().__init__(sentence)
        self.at, self.sentence = at, sentence


# ---- bytes ----

class Cursor:
    """Takes bytes from data[pos:end] and says where it ran out. Positions are those of the whole file."""

    def __init__(self, data, pos=0, end=None):
        self.data, self.pos, self.end = data, pos, len(data) if end is None else end

    def left(self):
        return self.end - self.pos

    def take(self, count, what):
        if count > self.left():
            raise Damage(self.pos, f"{what} needs {count} bytes and {self.left()} are left")
        self.pos += count
        return self.data[self.pos - count:self.pos]

    def number(self, size, what):
        return int.from_bytes(self.take(size, what), "little")

    def uleb(self, what):
        value = 0
        for shift in range(0, 70, 7):
            byte = self.take(1, what)[0]
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise Damage(self.pos, f"{what} is too long a number")


def u64(value):
    return struct.pack("<Q", value)


def digest(*parts):
    return blake3(b"".join(parts)).digest()


# ---- names and hashes, sections 1, 2 and 8 ----

def event_id(root):
    return digest(root)[:16]


def log_id(event, space, station, epoch):
    return digest(b"lanyard log 1\0", event, bytes([len(space)]), space, station, u64(epoch))[:16]


def document_id(space, name):
    return digest(b"lanyard doc 1\0", bytes([len(space)]), space, bytes([len(name)]), name)[:16]


def space_key_id(key):
    return digest(b"lanyard space key 1\0", key)[:16]


def body_hash(salt, body):
    return digest(b"lanyard body 1\0", salt, body)


def record_hash(log, seq, prev, envelope, body):
    return digest(b"lanyard record 1\0", log, u64(seq), prev, envelope, body)


def head_message(log, seq, head):
    return b"lanyard head 1\0" + log + u64(seq) + head


def space_root(heads):
    """heads: (log, seq, hash) of every log of the space that has records."""
    return digest(b"lanyard root 1\0", *(log + u64(seq) + head for log, seq, head in sorted(heads)))


# ---- Ed25519 ----

P = 2 ** 255 - 19
ORDER_8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
SMALL_ORDER = {0, 1, P - 1, ORDER_8, P - ORDER_8}


def key_fault(key):
    """Why a public key is refused, or None. A point's order is small exactly where its y is one of five."""
    y = int.from_bytes(key, "little") & (2 ** 255 - 1)
    if y % P in SMALL_ORDER:
        return "is a key of small order"
    return "is not a canonical key" if y >= P else None


def signature_holds(key, signature, message):
    if key_fault(key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


# ---- CBOR ----

class Other:
    """A CBOR value that no known field has: a tag, a float, an unusual simple value."""


BREAK = object()
DEEPEST = 64


def cbor(cursor):
    """The one item that fills the cursor."""
    value = cbor_item(cursor, 0)
    if cursor.left():
        raise Damage(cursor.pos, f"{cursor.left()} bytes follow the CBOR item")
    return value


def cbor_item(cursor, depth, may_break=False):
    start = cursor.pos
    if depth > DEEPEST:
        raise Damage(start, "the CBOR is nested too deeply")
    first = cursor.take(1, "a CBOR item")[0]
    major, low = first >> 5, first & 31
    if first == 0xFF:
        if may_break:
            return BREAK
        raise Damage(start, "a CBOR break stands outside an indefinite item")
    if major == 7:
        return cbor_simple(cursor, low, start)
    count = cbor_count(cursor, low, major, start)
    if major == 0:
        return count
    if major == 1:
        return -1 - count
    if major in (2, 3):
        return cbor_string(cursor, major, count, start)
    if major == 4:
        return list(cbor_items(cursor, count, depth))
    if major == 5:
        return cbor_map(cursor, count, depth, start)
    cbor_item(cursor, depth + 1)
    return Other()


def cbor_count(cursor, low, major, start):
    """The number in an item's head; None for an indefinite length."""
    if low < 24:
        return low
    if low < 28:
        return int.from_bytes(cursor.take(1 << (low - 24), "a CBOR head"), "big")
    if low == 31 and major in (2, 3, 4, 5):
        return None
    raise Damage(start, "a CBOR head is not well-formed")


def cbor_simple(cursor, low, start):
    if low in (20, 21):
        return low == 21
    if low in (22, 23):
        return None
    if low == 24:
        if cursor.take(1, "a CBOR simple value")[0] < 32:
            raise Damage(start, "a CBOR simple value is not well-formed")
    elif low in (25, 26, 27):
        cursor.take(1 << (low - 24), "a CBOR float")
    elif low > 27:
        raise Damage(start, "a CBOR head is not well-formed")
    return Other()


def cbor_string(cursor, major, count, start):
    raw = cursor.take(count, "a CBOR string") if count is not None else b"".join(cbor_chunks(cursor, major))
    if major == 2:
        return raw
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Damage(start, "a CBOR text is not UTF-8") from None


def cbor_chunks(cursor, major):
    while True:
        start = cursor.pos
        first = cursor.take(1, "a CBOR chunk")[0]
        if first == 0xFF:
            return
        count = cbor_count(cursor, first & 31, first >> 5, start) if first >> 5 == major else None
        if count is None:
            raise Damage(start, "a chunk of a CBOR string is not well-formed")
        yield cursor.take(count, "a CBOR chunk")


def cbor_items(cursor, count, depth):
    if count is not None:
        if count > cursor.left():
            raise Damage(cursor.pos, f"a CBOR item says {count} parts and {cursor.left()} bytes are left")
        for _ in range(count):
            yield cbor_item(cursor, depth + 1)
        return
    while (value := cbor_item(cursor, depth + 1, may_break=True)) is not BREAK:
        yield value


def cbor_map(cursor, count, depth, start):
    """Only keys that are numbers are kept, the others are unknown by definition."""
    parts = list(cbor_items(cursor, None if count is None else 2 * count, depth))
    if len(parts) % 2:
        raise Damage(start, "a CBOR map ends after a key")
    found = {}
    for key, value in zip(parts[::2], parts[1::2]):
        if not is_int(key):
            continue
        if key in found:
            raise Damage(start, f"a CBOR map has key {key} twice")
        found[key] = value
    return found


# ---- fields of bodies ----

def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_uint(value):
    return is_int(value) and value >= 0


def is_text(value):
    return isinstance(value, str)


def is_bool(value):
    return isinstance(value, bool)


def is_array(value):
    return isinstance(value, list)


def is_name(value):
    return isinstance(value, (str, bytes))


def below(limit):
    return lambda value: is_uint(value) and value < limit


def bytes_of(length):
    return lambda value: isinstance(value, bytes) and len(value) == length


# number: (name, test, must be there). Null counts as absent.
CERTIFICATE_FIELDS = {0: ("station", bytes_of(32), True), 1: ("name", is_text, True), 2: ("role", below(4), True),
                      3: ("exhibitor", lambda value: True, False), 4: ("may_issue", is_bool, True), 5: ("not_before", is_uint, True),
                      6: ("not_after", is_uint, False), 7: ("box", bytes_of(32), True), 8: ("serial", is_uint, False), 9: ("gate", is_text, False)}
REVOCATION_FIELDS = {0: ("station", bytes_of(32), True), 1: ("cuts", is_array, True)}
CUT_FIELDS = {0: ("log", bytes_of(16), True), 1: ("seq", is_uint, True), 2: ("hash", bytes_of(32), True)}
SPACE_KEY_FIELDS = {0: ("space", is_text, True), 1: ("key_id", bytes_of(16), True), 2: ("wraps", is_array, True)}
WRAP_FIELDS = {0: ("station", bytes_of(32), True), 1: ("wrapped", bytes_of(WRAPPED), True)}
DROP_FIELDS = {0: ("log", bytes_of(16), True), 1: ("ranges", is_array, True)}
SCAN_FIELDS = {0: ("attendee", bytes_of(16), False), 1: ("code", bytes_of(16), False), 2: ("gate", is_text, True), 3: ("area", is_text, False),
               4: ("verdict", below(len(VERDICTS)), True), 5: ("at", is_uint, True), 6: ("day", is_int, True), 7: ("mode", below(2), False),
               8: ("wanted", below(2), False), 9: ("prior", is_array, False), 10: ("by", is_name, False)}
VOID_FIELDS = {0: ("target", is_array, True), 1: ("attendee", bytes_of(16), False), 2: ("at", is_uint, True), 3: ("by", is_name, False),
               4: ("reason", is_text, False)}
RESOLUTION_FIELDS = {0: ("attendee", bytes_of(16), True), 1: ("scans", is_array, True), 2: ("at", is_uint, True), 3: ("by", is_text, True),
                     4: ("note", is_text, True)}


def fields(value, schema, at):
    if not isinstance(value, dict):
        raise Damage(at, "the body is not a CBOR map")
    found = {}
    for number, (name, test, needed) in schema.items():
        part = value.get(number)
        if part is None and needed:
            raise Damage(at, f"field {number} ({name}) is missing")
        if part is not None and not test(part):
            raise Damage(at, f"field {number} ({name}) has a value that it may not have")
        found[name] = part
    return found


def link(value, own_log, at):
    """(log, seq) that [seq] or [seq, log] names; nulls may trail."""
    parts = list(value) if is_array(value) else []
    while parts and parts[-1] is None:
        parts.pop()
    if not 1 <= len(parts) <= 2 or not is_uint(parts[0]) or parts[0] == 0:
        raise Damage(at, "a link is not [seq] or [seq, log]")
    if len(parts) == 2 and not bytes_of(16)(parts[1]):
        raise Damage(at, "the log in a link is not 16 bytes")
    return (parts[1] if len(parts) == 2 else own_log), parts[0]


def read_certificate(value, log, at):
    return fields(value, CERTIFICATE_FIELDS, at)


def read_revocation(value, log, at):
    found = fields(value, REVOCATION_FIELDS, at)
    found["cuts"] = [fields(cut, CUT_FIELDS, at) for cut in found["cuts"]]
    return found


def read_space_key(value, log, at):
    found = fields(value, SPACE_KEY_FIELDS, at)
    found["wraps"] = [fields(wrap, WRAP_FIELDS, at) for wrap in found["wraps"]]
    return found


def read_drop(value, log, at):
    found = fields(value, DROP_FIELDS, at)
    for pair in found["ranges"]:
        if not (is_array(pair) and len(pair) == 2 and all(map(is_uint, pair)) and 1 <= pair[0] <= pair[1]):
            raise Damage(at, "a range of a drop is not [first seq, last seq]")
    return found


def read_scan(value, log, at):
    found = fields(value, SCAN_FIELDS, at)
    found["prior"] = [link(part, log, at) for part in found["prior"] or []]
    return found


def read_void(value, log, at):
    found = fields(value, VOID_FIELDS, at)
    found["target"] = link(found["target"], log, at)
    return found


def read_resolution(value, log, at):
    found = fields(value, RESOLUTION_FIELDS, at)
    found["scans"] = [link(part, log, at) for part in found["scans"]]
    return found


READERS = {CERTIFICATE: read_certificate, REVOCATION: read_revocation, SPACE_KEY: read_space_key, DROP: read_drop, SCAN: read_scan, VOID: read_void,
           RESOLUTION: read_resolution}


# ---- records and logs ----

class Record:
    """One record; `size` is what it had when it was written, whether or not its body was dropped since."""

    def __init__(self, cursor):
        start = self.at = cursor.pos
        self.hlc = cursor.number(8, "an hlc")
        self.kind = cursor.number(2, "a kind")
        self.flags = cursor.number(1, "flags")
        if self.flags & ~7:
            raise Damage(cursor.pos - 1, f"the flags {self.flags:#04x} have bits that are not known")
        if self.flags & HAS_DOCUMENT:
            self.document, self.generation = cursor.take(16, "a document"), cursor.number(4, "a generation")
        if self.flags & HAS_KEY:
            self.key_id = cursor.take(16, "a key id")
        self.length = cursor.number(4, "a body length")
        if self.length > MAX_BODY:
            raise Damage(cursor.pos - 4, f"the body length {self.length} is over 4 MiB")
        envelope = bytearray(cursor.data[start:cursor.pos])
        envelope[10] &= ~DROPPED
        self.envelope = bytes(envelope)
        self.size = len(envelope) + 16 + self.length
        self.read_body(cursor)
        if cursor.left():
            raise Damage(cursor.pos, f"{cursor.left()} bytes follow the record inside its block")

    def read_body(self, cursor):
        self.body = None
        if self.flags & DROPPED:
            self.body_hash = cursor.take(32, "a body hash")
            return
        salt = cursor.take(16, "a salt")
        self.body_at = cursor.pos
        self.body = cursor.take(self.length, "a body")
        self.body_hash = body_hash(salt, self.body)

    def sealed(self):
        return bool(self.flags & HAS_KEY)


class Log:
    """A log, or a branch of one, as it is read. `name_id` is the id that its records are hashed under, `id` its own. `proven` is the last
    seq that a good signature stands over; it proves all before it."""

    def __init__(self, at, event, space, station, epoch):
        self.at, self.space, self.station, self.epoch = at, space.decode("utf-8"), station, epoch
        self.id = self.name_id = log_id(event, space, station, epoch)
        self.base, self.base_hash, self.branch = 0, bytes(32), False
        self.records, self.head, self.proven = [], bytes(32), 0
        self.signed, self.since, self.broken = 0, 0, False

    def name(self):
        return f"log {self.id.hex()}"

    def last(self):
        return self.base + len(self.records)

    def record(self, seq):
        """None where there is none of that seq."""
        return self.records[seq - self.base - 1] if self.base < seq <= self.last() else None

    def numbered(self):
        return enumerate(self.records, self.base + 1)


class Export:
    """The whole export, read block by block. Problems are gathered, not raised, as far as reading can go on."""

    def __init__(self, data):
        self.data, self.problems, self.unread = data, [], []
        self.event = self.root = None
        self.logs, self.by_id = [], {}

    def problem(self, at, sentence):
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"{sentence} (byte {at})")
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append(f"there are more problems than these {MOST_PROBLEMS} (byte {at})")

    def damage(self, at, sentence):
        """A problem that leaves bytes unread."""
        self.unread.append(f"{sentence} (byte {at})")
        self.problem(at, sentence)

    # -- blocks, section 7 --

    def read(self):
        cursor = Cursor(self.data)
        try:
            self.read_start(cursor)
            self.read_blocks(cursor)
        except Damage as damage:
            self.damage(damage.at, f"the export is damaged: {damage.sentence}")
        return self

    def read_start(self, cursor):
        if cursor.take(8, "the magic") != MAGIC:
            raise Damage(0, "it does not begin with LANYARD1")
        self.event = cursor.take(16, "the event")
        self.root = cursor.take(32, "the root key")
        if event_id(self.root) != self.event:
            self.problem(8, f"the event {self.event.hex()} is not the hash of the root key")
        if fault := key_fault(self.root):
            self.problem(24, f"the root key {fault}")

    def read_blocks(self, cursor):
        log = None
        while True:
            at = cursor.pos
            if not cursor.left():
                raise Damage(at, "it ends without an E")
            letter = cursor.take(1, "a block's letter")
            if letter in (b"L", b"E"):
                self.end_log(log, at)
            if letter == b"E":
                self.check_ends(at)
                break
            if letter == b"L":
                log = self.begin_log(cursor, at)
            elif letter not in (b"F", b"R", b"S"):
                raise Damage(at, f"no block begins with the byte {letter[0]:#04x}")
            elif log is None:
                raise Damage(at, f"a block {letter.decode()} stands before the first log")
            elif letter == b"F":
                self.read_branch(cursor, log, at)
            elif letter == b"R":
                self.read_record(cursor, log)
            else:
                self.read_signature(cursor, log, at)
        if cursor.left():
            self.damage(cursor.pos, f"{cursor.left()} bytes follow the end of the export")

    def begin_log(self, cursor, at):
        space = cursor.take(cursor.number(1, "the length of a space"), "a space")
        station = cursor.take(32, "a station")
        epoch = cursor.number(8, "an epoch")
        try:
            log = Log(at, self.event, space, station, epoch)
        except UnicodeDecodeError:
            raise Damage(at + 2, "the name of a space is not UTF-8") from None
        if fault := key_fault(station):
            self.problem(at, f"the station {station.hex()} {fault}")
        return log

    def read_branch(self, cursor, log, at):
        seq, hash_there = cursor.number(8, "the seq at which a branch begins"), cursor.take(32, "a hash")
        if log.records or log.branch:
            raise Damage(at, f"an F stands where {log.name()} has begun already")
        log.base, log.base_hash, log.head, log.branch = seq, hash_there, hash_there, True
        log.proven = log.signed = seq

    def enter(self, log):
        """Called when a log has its first record, which gives a branch its id."""
        if log.branch:
            log.id = digest(b"lanyard branch 1\0", log.name_id, log.head)[:16]
        if log.id in self.by_id:
            self.damage(log.at, f"{log.name()} comes twice")
        else:
            self.by_id[log.id] = log
            self.logs.append(log)

    def read_record(self, cursor, log):
        length = cursor.number(4, "the length of a record")
        start = cursor.pos
        cursor.take(length, "a record")
        if log.broken:
            return
        self.want_checkpoint(log, start)
        try:
            record = Record(Cursor(self.data, start, start + length))
        except Damage as damage:
            log.broken = True
            self.damage(damage.at, f"{log.name()} record {log.last() + 1} is not a record: {damage.sentence}; the log is not read on")
            return
        self.add_record(log, record)

    def add_record(self, log, record):
        if log.records and record.hlc <= log.records[-1].hlc:
            self.problem(record.at, f"{log.name()} record {log.last() + 1} has an hlc that does not grow")
        log.records.append(record)
        log.head = record_hash(log.name_id, log.last(), log.head, record.envelope, record.body_hash)
        log.since += record.size
        if len(log.records) == 1:
            self.enter(log)

    def want_checkpoint(self, log, at):
        """Called where another record follows: was the one before it due a signature?"""
        seq = log.last()
        if not log.records or log.signed == seq:
            return
        if seq % CHECKPOINT_RECORDS == 0:
            self.problem(at, f"{log.name()} has no checkpoint at record {seq}")
        elif log.since > CHECKPOINT_BYTES and not log.branch:
            self.problem(at, f"{log.name()} has no checkpoint at record {seq}, {log.since} bytes after the one before")
            log.since = 0

    def read_signature(self, cursor, log, at):
        seq = cursor.number(8, "the seq of a signature")
        signature = cursor.take(64, "a signature")
        if log.broken:
            return
        if seq != log.last() or not log.records:
            self.problem(at, f"{log.name()} has a signature for record {seq} after record {log.last()}")
            return
        log.signed, log.since = seq, 0
        if signature_holds(log.station, signature, head_message(log.name_id, seq, log.head)):
            log.proven = seq
        else:
            self.problem(at, f"{log.name()} has a bad signature at record {seq}")

    def end_log(self, log, at):
        if log and not log.records and not log.broken:
            self.problem(at, f"{log.name()} has no records")

    def check_ends(self, at):
        """Every log ends with a signature, or where its branches begin: what one of them has signed proves it as well."""
        for log in sorted(self.logs, key=lambda log: -log.base):
            log.branches = [other for other in self.logs if other.branch and other is not log and other.name_id == log.name_id
                            and (other.base, other.base_hash) == (log.last(), log.head)]
            if any(other.proven > other.base for other in log.branches):
                log.proven = log.last()
            if not log.broken and not log.branches and log.signed != log.last():
                self.problem(at, f"{log.name()} does not end with a signature over its last record, {log.last()}")
        for log in self.logs:
            begins = (log.base, log.base_hash) == (0, bytes(32))
            if log.branch and not begins and not any(log in other.branches for other in self.logs):
                self.problem(log.at, f"{log.name()} is a branch of nothing that is here")


# ---- what the records mean ----

class Meaning:
    """Bodies, trust, dropped bodies and facts of an export that was read."""

    def __init__(self, export):
        self.export = export
        self.bodies = {}
        self.holders, self.admins, self.issuers = set(), set(), set()
        self.read_bodies()
        self.trust()
        self.check_logs()
        self.check_drops()
        self.check_targets()

    def problem(self, log, seq, sentence, at=None):
        self.export.problem(log.record(seq).at if at is None else at, f"{log.name()} record {seq} {sentence}")

    def read_bodies(self):
        for log in self.export.logs:
            for seq, record in log.numbered():
                self.check_place(log, seq, record)
                if record.body is None:
                    continue
                if record.kind in READERS and log.space == HOME[record.kind]:
                    self.read_body(log, seq, record)
                elif record.kind == CHANGE and not record.sealed():
                    self.check_change(log, seq, record)

    def check_place(self, log, seq, record):
        if record.kind in HOME and HOME[record.kind] != log.space:
            self.problem(log, seq, f"of kind {record.kind} does not belong in space {log.space}")
        if record.kind == CHANGE and not record.flags & HAS_DOCUMENT:
            self.problem(log, seq, "is a change and names no document")
        if log.space == "contact" and not record.sealed():
            self.problem(log, seq, "in space contact is not sealed")
        if log.space == "contact" and record.sealed() and record.length <= SEAL_OVERHEAD:
            self.problem(log, seq, "in space contact is too short to be sealed")

    def read_body(self, log, seq, record):
        if record.sealed():
            self.problem(log, seq, f"of kind {record.kind} is sealed and cannot be read")
            return
        try:
            cursor = Cursor(self.export.data, record.body_at, record.body_at + record.length)
            self.bodies[log.id, seq] = READERS[record.kind](cbor(cursor), log.name_id, record.body_at)
        except Damage as damage:
            self.problem(log, seq, f"of kind {record.kind} cannot be read: {damage.sentence}", damage.at)

    def check_change(self, log, seq, record):
        try:
            if change_actor(record.body)[:16] != log.name_id:
                self.problem(log, seq, "is a change by another actor than its log", record.body_at)
        except Damage as damage:
            self.problem(log, seq, f"is not a change: {damage.sentence}", record.body_at + damage.at)

    def of_kind(self, kind):
        """(log, seq, body) of the records that were read and that a signature proves."""
        for log in self.export.logs:
            for seq, record in log.numbered():
                if record.kind == kind and log.space == HOME[kind] and seq <= log.proven and (log.id, seq) in self.bodies:
                    yield log, seq, self.bodies[log.id, seq]

    def trust(self):
        """Who takes part: the root key above issuers, issuers above the rest. What stands on a branch says nothing."""
        words = [(log, seq, body) for kind in (CERTIFICATE, REVOCATION) for log, seq, body in self.of_kind(kind) if not log.branch]
        certificates = [word for word in words if "role" in word[2]]
        revocations = [word for word in words if "cuts" in word[2]]
        self.cuts, self.roles = {}, {}
        self.issuers = {self.export.root}
        self.shut_out([word for word in revocations if word[0].station == self.export.root], set())
        by_root = {station: dict(cuts) for station, cuts in self.cuts.items()}
        before = -1
        while before != len(self.issuers):
            before = len(self.issuers)
            self.issuers |= {body["station"] for log, seq, body in certificates if body["may_issue"] and self.is_heard(log, seq)}
        good = [(log, seq, body) for log, seq, body in revocations
                if log.station in self.issuers - {self.export.root} and not past(by_root, log, seq)]
        self.shut_out(good, self.issuers)
        for log, seq, body in certificates:
            if self.is_heard(log, seq):
                self.roles.setdefault(body["station"], set()).add(body["role"])
        self.admins = {self.export.root} | {station for station, roles in self.roles.items() if ADMIN in roles}
        self.find_named()
        for log, seq, _ in words:
            if log.station not in self.ever:
                self.problem(log, seq, "says who takes part, by a station that never might")

    def find_named(self):
        """Whoever an issuer ever named, cut off since or not: their logs are part of the event."""
        certificates = [(log, body) for log, _, body in self.of_kind(CERTIFICATE)]
        self.ever, before = {self.export.root}, -1
        while before != len(self.ever):
            before = len(self.ever)
            self.ever |= {body["station"] for log, body in certificates if body["may_issue"] and log.station in self.ever}
        self.holders = {body["station"] for log, body in certificates if log.station in self.ever}

    def shut_out(self, revocations, spared):
        for _, _, body in revocations:
            if body["station"] != self.export.root and body["station"] not in spared:
                cuts = self.cuts.setdefault(body["station"], {})
                for cut in body["cuts"]:
                    cuts[cut["log"]] = max(cut["seq"], cuts.get(cut["log"], 0))

    def is_heard(self, log, seq):
        return log.station in self.issuers and not past(self.cuts, log, seq)

    def effect(self, log, seq, kind):
        """FULL, PRESENCE (only who went in or out counts) or NONE; section 3."""
        may = any((log.space, kind) in MAY_WRITE[role] for role in self.roles.get(log.station, ()))
        if not may:
            return NONE
        if log.branch or past(self.cuts, log, seq):
            return PRESENCE if kind == SCAN else NONE
        return FULL

    def counts(self, log):
        return log.station in self.holders or (log.station == self.export.root and log.space == "control")

    def check_logs(self):
        for log in self.export.logs:
            if not self.counts(log):
                why = "is the root key, outside control" if log.station == self.export.root else "was never named by an issuer"
                self.export.problem(log.at, f"{log.name()} in space {log.space} does not count: its station {log.station.hex()} {why}")

    def check_drops(self):
        covered = {}
        for log, seq, body in self.of_kind(DROP):
            if log.station in self.admins:
                covered.setdefault(body["log"], []).extend(body["ranges"])
            else:
                self.problem(log, seq, "is a drop by a station that is no admin")
        for log in self.export.logs:
            for seq, record in log.numbered():
                if record.body is None and not any(first <= seq <= last for first, last in covered.get(log.id, [])):
                    self.problem(log, seq, "has lost its body and no drop covers it")

    def check_targets(self):
        """A void names a scan. One that is not in this export may be elsewhere."""
        for log, seq, body in self.of_kind(VOID):
            other, number = body["target"]
            found = self.export.by_id.get(other)
            record = found and found.record(number)
            if record and (found.space, record.kind) != ("attendance", SCAN):
                self.problem(log, seq, "is a void of something that is no scan")

    def has_effect(self, log, seq, kind, body):
        effect = self.effect(log, seq, kind)
        return effect == FULL or effect == PRESENCE and body["verdict"] in PASSAGES

    def facts(self, kind):
        """In the order of section 4, from logs that count."""
        found = [(body["at"], log.record(seq).hlc, log.id, seq, body) for log, seq, body in self.of_kind(kind) if self.has_effect(log, seq, kind, body)]
        return sorted(found, key=lambda fact: fact[:4])


def past(cuts, log, seq):
    """Whether a record stands past the end that its station's logs have since it was shut out."""
    return log.station in cuts and seq > cuts[log.station].get(log.name_id, 0)


def change_actor(body):
    """The actor of an Automerge change: after the header and the hashes that it depends on."""
    kind, content = automerge_chunk(body, 0)
    if kind not in (1, 2):
        raise Damage(8, f"the Automerge chunk is of type {kind}")
    cursor = Cursor(content)
    try:
        cursor.take(32 * cursor.uleb("a count of dependencies"), "the dependencies")
        return cursor.take(cursor.uleb("the length of an actor"), "an actor")
    except Damage as damage:
        raise Damage(0, damage.sentence) from None


def automerge_chunk(body, at):
    """Type and content of the chunk at an offset; the content of type 2 is inflated."""
    cursor = Cursor(body, at)
    if cursor.take(4, "an Automerge chunk") != AUTOMERGE:
        raise Damage(at, "it does not begin as an Automerge chunk")
    cursor.take(4, "a checksum")
    kind = cursor.take(1, "a chunk's type")[0]
    content = cursor.take(cursor.uleb("a chunk's length"), "a chunk")
    if kind == 2:
        content, _ = inflate(content, -15)
        if content is None:
            raise Damage(at, "the Automerge chunk cannot be inflated")
    return kind, content


def inflate(data, window, most=64 << 20):
    """(what comes out, did the stream end), or (None, False)."""
    try:
        engine = zlib.decompressobj(window)
        return engine.decompress(data, most), engine.eof
    except zlib.error:
        return None, False


# ---- the report ----

def show(value):
    return value.hex() if isinstance(value, bytes) else value


def show_link(target):
    return {"log": target[0].hex(), "seq": target[1]}


def show_scan(fact):
    _, _, log, seq, scan = fact
    return {"record": show_link((log, seq)), "attendee": show(scan["attendee"]), "code": show(scan["code"]), "gate": scan["gate"],
            "area": "main" if scan["area"] is None else scan["area"], "verdict": VERDICTS[scan["verdict"]], "at": scan["at"], "day": scan["day"],
            "mode": "rehearsal" if scan["mode"] else "live", "wanted": "out" if scan["wanted"] else "in",
            "prior": [show_link(part) for part in scan["prior"]], "by": show(scan["by"])}


def show_void(fact):
    _, _, log, seq, void = fact
    return {"record": show_link((log, seq)), "target": show_link(void["target"]), "attendee": show(void["attendee"]), "at": void["at"],
            "by": show(void["by"]), "reason": void["reason"]}


def show_resolution(fact):
    _, _, log, seq, word = fact
    return {"record": show_link((log, seq)), "scans": [show_link(part) for part in word["scans"]], "attendee": show(word["attendee"]),
            "at": word["at"], "by": word["by"], "note": word["note"]}


def show_log(log):
    shown = {"log": log.name_id.hex(), "space": log.space, "station": log.station.hex(), "epoch": f"{log.epoch:016x}", "records": len(log.records),
             "head": log.head.hex()}
    return {**shown, "branch": log.id.hex()} if log.branch else shown


def kind_counts(export):
    counts = {}
    for log in export.logs:
        for record in log.records:
            counts[record.kind] = counts.get(record.kind, 0) + 1
    return {str(kind): counts[kind] for kind in sorted(counts)}


def space_digests(export):
    heads = {}
    many = {}
    for log in export.logs:
        sort = (log.space, log.station, len(log.records) == 1)
        many[sort] = many.get(sort, 0) + bool(log.records)
    for log in export.logs:
        if log.records:
            heads.setdefault(log.space, [])
            if many[log.space, log.station, len(log.records) == 1] < LOGS_MAX:
                heads[log.space].append((log.id, log.last(), log.head))
    return {space: space_root(heads[space]).hex() for space in sorted(heads)}


def check(data):
    export = Export(data).read()
    meaning = Meaning(export)
    return {"event": show(export.event), "logs": [show_log(log) for log in sorted(export.logs, key=lambda log: log.id)],
            "records": sum(len(log.records) for log in export.logs), "kinds": kind_counts(export), "spaces": space_digests(export),
            "scans": [show_scan(fact) for fact in meaning.facts(SCAN)], "voids": [show_void(fact) for fact in meaning.facts(VOID)],
            "resolutions": [show_resolution(fact) for fact in meaning.facts(RESOLUTION)],
            "ok": not export.problems, "problems": export.problems}


# ---- words in the clear ----

class Grep:
    """Looks for words in the file as it is, in Automerge chunks, and in whatever else inflates in bodies that are not of space contact."""

    GUESSES = 1_000_000

    def __init__(self, data, words):
        self.export = Export(data).read()
        self.forms = [(word, form, word.encode(form)) for word in words for form in ("utf-8", "utf-16-le")]
        self.found, self.guesses = [], self.GUESSES
        self.places = sorted((record.at, log, seq) for log, seq, record in self.records())
        self.starts = [place[0] for place in self.places]

    def records(self):
        for number, log in enumerate(self.export.logs):
            for seq, record in log.numbered():
                yield number, seq, record

    def run(self):
        self.search_file()
        for number, seq, record in self.records():
            if record.body:
                log = self.export.logs[number]
                self.search_chunks(log, seq, record)
                if log.space != "contact":
                    self.search_guesses(log, seq, record)
        unread = self.export.unread
        return {"found": self.found, "every_offset_tried": self.guesses >= 0, "ok": not self.found and not unread, "problems": unread}

    def add(self, word, form, where, at):
        entry = {"word": word, "as": form, "where": where, "byte": at}
        if entry not in self.found:
            self.found.append(entry)

    def search_file(self):
        for word, form, raw in self.forms:
            at = self.export.data.find(raw)
            while at >= 0:
                self.add(word, form, self.place(at), at)
                at = self.export.data.find(raw, at + 1)

    def place(self, at):
        index = bisect.bisect_right(self.starts, at) - 1
        if index < 0:
            return "outside a record"
        _, number, seq = self.places[index]
        return self.describe(self.export.logs[number], f"record {seq} or between it and the next")

    def describe(self, log, what):
        return f"{log.name()} in space {log.space}, {what}"

    def search_text(self, text, log, seq, at, how):
        for word, form, raw in self.forms:
            if raw in text:
                self.add(word, form, self.describe(log, f"record {seq}, {how}"), at)

    def search_chunks(self, log, seq, record):
        at = record.body.find(AUTOMERGE)
        while at >= 0:
            try:
                kind, content = automerge_chunk(record.body, at)
                if kind == 2:
                    self.search_text(content, log, seq, record.body_at + at, "in a compressed Automerge change")
            except Damage:
                pass
            at = record.body.find(AUTOMERGE, at + 1)

    def search_guesses(self, log, seq, record):
        """A stream that begins anywhere counts where it comes to its end; the rest is noise. Once the guesses are used up, only
        places with a header of zlib or gzip are tried."""
        body = record.body
        for at in range(len(body) - 1):
            if (body[at] & 15 == 8 and (body[at] << 8 | body[at + 1]) % 31 == 0) or body.startswith(b"\x1f\x8b", at):
                self.search_guess(body, at, 47, log, seq, record)
            if self.guesses > 0:
                self.search_guess(body, at, -15, log, seq, record)
            self.guesses -= 1

    def search_guess(self, body, at, window, log, seq, record):
        text, ended = inflate(memoryview(body)[at:at + (64 << 10)], window, 1 << 22)
        if text and not ended:
            text, ended = inflate(memoryview(body)[at:], window, 1 << 22)
        if text and ended:
            self.search_text(text, log, seq, record.body_at + at, "in a compressed part")


# ---- sealing and wrapping, section 5, for the vectors ----

def rotate(value, by):
    return (value << by | value >> (32 - by)) & 0xFFFFFFFF


def quarter(s, a, b, c, d):
    for x, y, z, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = (s[x] + s[y]) & 0xFFFFFFFF
        s[z] = rotate(s[z] ^ s[x], by)


def hchacha20(key, nonce):
    s = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(s, a, b, c, d)
    return struct.pack("<8I", *s[:4], *s[12:])


def xchacha_seal(key, nonce, plain, data):
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])).encrypt(bytes(4) + nonce[16:], plain, data)


def box_secret(seed):
    return digest(b"lanyard box 1\0", seed)


def box_public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def wrap(key, once_secret, recipient):
    once = box_public(once_secret)
    shared = X25519PrivateKey.from_private_bytes(once_secret).exchange(X25519PublicKey.from_public_bytes(recipient))
    return once + xchacha_seal(digest(b"lanyard wrap 1\0", shared, once, recipient), bytes(24), key, b"")


def keyed(key, *parts):
    return blake3(b"".join(parts), key=key).digest()[:16]


def minted(raw):
    bits = int.from_bytes(raw[:10], "big")
    return "".join("ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[bits >> shift & 31] for shift in range(75, -1, -5))


def conflict_id(attendee, area, day):
    return digest(b"lanyard conflict 1\0" + attendee + area + struct.pack("<i", day))[:8]


# ---- vectors ----

def name_vectors():
    root, station = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
    root_key, station_key = (key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) for key in (root, station))
    event = event_id(root_key)
    log = log_id(event, b"attendance", station_key, 0x1122334455667788)
    return station, log, {"root_key": root_key, "station": station_key, "event": event, "log": log, "doc_event": document_id(b"event", b"event"),
                          "doc_roster_a7": document_id(b"roster", b"a7"), "space_key_id": space_key_id(bytes([3]) * 32)}


def record_vectors(station, log):
    first = struct.pack("<QHBI", 0x0001020304050607, SCAN, 0, 3)
    second = struct.pack("<QHB16sI16sI", 0x0001020304050608, CHANGE, 3, bytes([6]) * 16, 9, bytes([7]) * 16, 5)
    body_1, body_2 = body_hash(bytes([4]) * 16, b"abc"), body_hash(bytes([5]) * 16, b"hello")
    hash_1 = record_hash(log, 1, bytes(32), first, body_1)
    hash_2 = record_hash(log, 2, hash_1, second, body_2)
    dropped = second[:10] + b"\7" + second[11:] + body_2
    return {"record_1": first + bytes([4]) * 16 + b"abc", "body_hash_1": body_1, "record_hash_1": hash_1,
            "record_2": second + bytes([5]) * 16 + b"hello", "record_2_dropped": dropped, "body_hash_2": body_2, "record_hash_2": hash_2,
            "signature_2": station.sign(head_message(log, 2, hash_2)), "space_root": space_root([(log, 2, hash_2)]), "space_root_empty": space_root([])}


def secret_vectors(log):
    secret = box_secret(bytes([2]) * 32)
    attendee = keyed(bytes([3]) * 32, b"lanyard attendee 1\0", b"csv", b"\0", b"code:ABC123")
    mint = keyed(bytes([3]) * 32, b"lanyard mint 1\0", attendee)
    nonce = bytes(range(24))
    return {"box_secret": secret, "box_public": box_public(secret), "wrapped": wrap(bytes([3]) * 32, bytes([8]) * 32, box_public(secret)),
            "sealed": nonce + xchacha_seal(bytes([3]) * 32, nonce, b"\0hello", log + u64(2)), "attendee": attendee,
            "conflict_once": conflict_id(attendee, b"main", -2 ** 31), "conflict_daily": conflict_id(attendee, b"main", 20905),
            "code_hash": keyed(bytes([3]) * 32, b"lanyard code 1\0", b"ABC123"), "minted": mint, "minted_text": minted(mint).encode()}


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def base32(data):
    text = "".join(f"{byte:08b}" for byte in data)
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[int(text[at:at + 5].ljust(5, "0"), 2)] for at in range(0, len(text), 5))


def spoken_vectors(station, log, names):
    """Between stations: a live record, a ticket, and how a laptop joins with it."""
    record = record_vectors(station, log)
    key, epoch = names["station"], u64(0x1122334455667788)
    columns = varint(0x0001020304050607) + varint(SCAN) + b"\0" + varint(3) + bytes([4]) * 16 + b"abc"
    signature = station.sign(head_message(log, 1, record["record_hash_1"]))
    stretch = b"\0\x0aattendance" + key + epoch + varint(1) + bytes(32) + signature + varint(1) + columns
    event, issuer, secret, joiner = bytes([7]) * 16, bytes([8]) * 32, bytes([9]) * 16, bytes([1]) * 32
    ticket = event + issuer + secret + bytes([4, 192, 168, 1, 20]) + struct.pack(">H", 4711)
    proof = blake3(event + issuer + joiner + bytes([1]) * 16, key=digest(b"lanyard invite 1\0", secret)).digest()
    digits = digest(b"lanyard digits 1\0", event, issuer, joiner, bytes([1]) * 16, bytes([2]) * 16)
    return {"branch": digest(b"lanyard branch 1\0", log, record["record_hash_1"])[:16], "have_nothing": digest(b"lanyard have 1\0"),
            "live": struct.pack("<I", len(stretch) + 1) + b"\7" + stretch,
            "ticket_text": ("LANYARD1" + base32(ticket + digest(b"lanyard ticket 1\0", ticket)[:4])).encode(), "join_proof": proof,
            "join_digits": f"{int.from_bytes(digits[:8], 'little') % 1000000:06}".encode()}


def self_checks():
    """Known answers from outside: the XChaCha draft, RFC 8949, RFC 8032, BLAKE3, and the order of small keys."""
    samples = {"1903e8": 1000, "3863": -100, "f4": False, "f6": None, "83010203": [1, 2, 3], "a201020304": {1: 2, 3: 4}, "5f42010243030405ff": b"\1\2\3\4\5",
               "7f657374726561646d696e67ff": "streaming", "9f018202039f0405ffff": [1, [2, 3], [4, 5]], "bf0102ff": {1: 2}, "1bffffffffffffffff": 2 ** 64 - 1}
    xkey = bytes(range(0x80, 0xA0))
    xtag = xchacha_seal(xkey, bytes(range(0x40, 0x58)), b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                        b"sunscreen would be it.", bytes.fromhex("50515253c0c1c2c3c4c5c6c7"))[-16:]
    sub_key = hchacha20(bytes(range(32)), bytes.fromhex("000000090000004a0000000031415927"))
    return {"blake3": digest(b"").hex().startswith("af1349b9f5f9a1a6a0404dea36dcc949"),
            "cbor": all(cbor(Cursor(bytes.fromhex(raw))) == value for raw, value in samples.items()),
            "hchacha20": sub_key.hex() == "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc",
            "xchacha20poly1305": xtag.hex() == "c0875924c1c7987947deafd8780acf49",
            "ed25519": signature_holds(bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), bytes.fromhex(
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"), b""),
            "small_order": all(key_fault(y.to_bytes(32, "little")) for y in SMALL_ORDER) and eight_doubles()}


def eight_doubles():
    """The point with y = ORDER_8, doubled, has y = 0: y' = (y*y + x*x) / (2 - (y*y - x*x)), x*x = (y*y - 1) / (d*y*y + 1)."""
    yy = ORDER_8 * ORDER_8 % P
    d = -121665 * pow(121666, -1, P) % P
    xx = (yy - 1) * pow(d * yy + 1, -1, P) % P
    return (yy + xx) % P == 0


def compare(vectors, page):
    """Problems for each line of the page, after its last `## `, that gives a vector of ours another value."""
    section = page.rsplit("\n## ", 1)[-1]
    lines = re.findall(r"^[\s|`*-]*(\w+)[\s|`:=]+([0-9a-f]+)[\s|`]*$", section, re.MULTILINE)
    ours = [(name, value) for name, value in lines if name in vectors]
    problems = [f"{name} is {vectors[name]} here and {value} on the page" for name, value in ours if vectors[name] != value]
    return problems if ours else ["the page gives none of these vectors"]


def run_vectors(page):
    station, log, names = name_vectors()
    found = {**names, **record_vectors(station, log), **secret_vectors(log), **spoken_vectors(station, log, names)}
    vectors = {name: value.hex() for name, value in found.items()}
    checks = self_checks()
    problems = [f"the self-check {name} fails" for name, good in checks.items() if not good]
    if page is not None:
        problems += compare(vectors, page.decode("utf-8", "replace"))
    return {"vectors": vectors, "checks": checks, "ok": not problems, "problems": problems}


# ---- the command line ----

def load(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        raise Damage(0, f"{path} cannot be read: {error}") from None


def run(args):
    if args[0] == "--vectors":
        return run_vectors(load(args[1]) if len(args) > 1 else None)
    if args[0] == "--grep":
        return Grep(load(args[1]), args[2:]).run()
    return check(load(args[0]))


def well_called(args):
    if args[:1] == ["--grep"]:
        return len(args) >= 3 and all(args[2:])
    if args[:1] == ["--vectors"]:
        return len(args) <= 2
    return len(args) == 1 and not args[0].startswith("-")


def main(args):
    if not well_called(args):
        print("usage: read.py EXPORT | --grep EXPORT WORD... | --vectors [PAGE]", file=sys.stderr)
        return 2
    try:
        report = run(args)
    except Damage as damage:
        report = {"ok": False, "problems": [f"{damage.sentence} (byte {damage.at})"]}
    except Exception as error:  # a fault of this reader must not look like a good export, nor like a crash
        report = {"ok": False, "problems": [f"the reader itself failed: {type(error).__name__}: {error} (byte 0)"]}
    print(json.dumps(report))
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
