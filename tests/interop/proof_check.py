#!/usr/bin/env python3
"""Checks what a log proves of itself, from the public formats and PROTOCOL.md alone: RFC 6962, and signed-note,
tlog-checkpoint, tlog-cosignature, tlog-proof and tlog-tiles of C2SP. Python's standard library and python3-nacl.

proof_check.py checkpoint FILE KEY [WITNESS-KEY...]   the checkpoint is signed by the log, and by each witness
proof_check.py proof FILE KEY [WITNESS-KEY...]        the record in the file is in the log
proof_check.py tiles FOLDER KEY                       the tiles of a folder are those of its checkpoint
proof_check.py growth OLD-FILE FOLDER KEY             the log in the folder goes on from the old checkpoint

KEY is a verifier key, NAME+ID+BASE64. Prints what was found; ends with 1 and a reason if anything does not hold.
"""
import base64
import hashlib
import pathlib
import sys
import unicodedata
from typing import NamedTuple

import nacl.exceptions
import nacl.signing

ED25519, COSIGNATURE = 1, 4
NAME_MAX, NOTE_MAX, SIGNATURES_MAX, PROOF_FILE_MAX = 128, 32 << 10, 64, 2 << 20
HASHES_MAX = 64


class Refused(Exception):
    """What was to be checked does not hold; says why."""


def demand(holds, why):
    if not holds:
        raise Refused(why)


# ---- the tree (RFC 6962, section 2.1) ----

def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf_hash(entry):
    return sha256(b"\0", entry)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def split(size):
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def tree_root(hashes):
    if not hashes:
        return sha256()
    if len(hashes) == 1:
        return hashes[0]
    left = split(len(hashes))
    return node_hash(tree_root(hashes[:left]), tree_root(hashes[left:]))


def inclusion_root(index, size, leaf, proof):
    """The root that the proof leads to, along the definition of PATH."""
    demand(0 <= index < size, "no such leaf")
    if size == 1:
        demand(not proof, "too many hashes")
        return leaf
    demand(proof, "too few hashes")
    left = split(size)
    if index < left:
        return node_hash(inclusion_root(index, left, leaf, proof[:-1]), proof[-1])
    return node_hash(proof[-1], inclusion_root(index - left, size - left, leaf, proof[:-1]))


def growth_roots(old, size, proof, old_root):
    """The roots of both trees that the proof leads to, along the definition of SUBPROOF; old_root stands for the part of
    the new tree that is the old one, None where that part is named by the proof."""
    if old == size:
        if old_root is not None:
            demand(not proof, "too many hashes")
            return old_root, old_root
        demand(len(proof) == 1, "not as many hashes as needed")
        return proof[0], proof[0]
    demand(proof, "too few hashes")
    left = split(size)
    if old <= left:
        before, after = growth_roots(old, left, proof[:-1], old_root)
        return before, node_hash(after, proof[-1])
    before, after = growth_roots(old - left, size - left, proof[:-1], None)
    return node_hash(proof[-1], before), node_hash(proof[-1], after)


def check_growth(old, size, old_root, root, proof):
    demand(0 <= old <= size, "the old log is the longer one")
    if old == 0:
        demand(not proof and old_root == sha256() and (size > 0 or root == old_root), "no empty log")
    else:
        demand(growth_roots(old, size, list(proof), old_root) == (old_root, root), "another past")


# ---- keys and notes ----

def strict_base64(text, size=None):
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused(f"no base64: {text!r}") from error
    demand(base64.b64encode(found) == text, f"base64 in another form: {text!r}")
    demand(size is None or len(found) == size, f"not {size} bytes: {text!r}")
    return found


def decimal(text):
    demand(text.isdigit() and text.isascii() and (text == b"0" or text[0:1] != b"0") and int(text) < 1 << 64,
           f"no number: {text!r}")
    return int(text)


def check_name(name):
    demand(0 < len(name) <= NAME_MAX, "no name")
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("a name that is no UTF-8") from error
    demand("+" not in text and not any(unicodedata.category(c) in ("Zs", "Zl", "Zp", "Cc") for c in text),
           f"no name: {text!r}")
    return text


class Key(NamedTuple):
    name: str
    id: bytes
    algorithm: int
    public: bytes


def key_id(name, algorithm, public):
    return sha256(name.encode(), b"\n", bytes([algorithm]), public)[:4]


def read_key(text):
    """Of text or bytes."""
    parts = (text.encode() if isinstance(text, str) else text).removesuffix(b"\n").split(b"+", 2)
    demand(len(parts) == 3, "no verifier key")
    name, material = check_name(parts[0]), strict_base64(parts[2], 33)
    key = Key(name, key_id(name, material[0], material[1:]), material[0], material[1:])
    demand(key.algorithm in (ED25519, COSIGNATURE) and parts[1] == key.id.hex().encode(), "no verifier key of ours")
    return key


def verify(public, signature, message):
    try:
        nacl.signing.VerifyKey(public).verify(message, signature)
        return True
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False


class Note(NamedTuple):
    text: bytes         # with its last newline
    signatures: list    # of name, id, bytes

    def signed_by(self, key):
        """The key's first signature; refused if there is none, or if one with its name and id does not verify."""
        mine = [bytes_ for name, number, bytes_ in self.signatures if (name, number) == (key.name, key.id)]
        demand(mine, f"not signed by {key.name}")
        for signature in mine:
            if key.algorithm == ED25519:
                holds = len(signature) == 64 and verify(key.public, signature, self.text)
            else:
                time = int.from_bytes(signature[:8], "big")
                holds = len(signature) == 72 and verify(key.public, signature[8:],
                                                        b"cosignature/v1\ntime %d\n" % time + self.text)
            demand(holds, f"signature of {key.name} is wrong")
        return mine[0]


def read_note(data):
    demand(len(data) <= NOTE_MAX, "a note that is too long")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("a note that is no UTF-8") from error
    demand(all(byte >= 32 or byte == 10 for byte in data), "control characters in a note")
    end = data.rfind(b"\n\n")
    demand(end >= 0 and data.endswith(b"\n"), "no signed note")
    lines = data[end + 2:-1].split(b"\n")
    demand(len(lines) <= SIGNATURES_MAX, "too many signatures")
    signatures = []
    for line in lines:
        demand(line.startswith("— ".encode()), "no signature line")
        name, space, encoded = line[len("— ".encode()):].partition(b" ")
        demand(space, "no signature line")
        found = strict_base64(encoded)
        demand(len(found) > 4, "a signature that is too short")
        signatures.append((check_name(name), found[:4], found[4:]))
    return Note(data[:end + 1], signatures)


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def read_checkpoint(text):
    demand(text.endswith(b"\n"), "no checkpoint")
    lines = text[:-1].split(b"\n")
    demand(len(lines) >= 3 and all(lines) and len(lines[0]) <= NAME_MAX, "no checkpoint")
    return Checkpoint(lines[0].decode("utf-8"), decimal(lines[1]), strict_base64(lines[2], 32))


def open_checkpoint(data, key):
    note = read_note(data)
    checkpoint = read_checkpoint(note.text)
    demand(checkpoint.origin == key.name, f"a checkpoint of {checkpoint.origin!r}")
    note.signed_by(key)
    return checkpoint, note


# ---- proof files ----

class ProofFile(NamedTuple):
    extra: bytes
    index: int
    hashes: list
    checkpoint: bytes


def read_proof_file(data):
    demand(len(data) <= PROOF_FILE_MAX, "a proof that is too long")
    head, empty, checkpoint = data.partition(b"\n\n")
    lines = head.split(b"\n")
    demand(empty and checkpoint and b"\0" not in checkpoint, "no proof")
    demand(lines.pop(0) == b"c2sp.org/tlog-proof@v1", "no proof of a kind that is known")
    extra = b""
    if lines and lines[0].startswith(b"extra "):
        extra = strict_base64(lines.pop(0)[6:])
        demand(extra, "an empty extra line")
    demand(lines and lines[0].startswith(b"index "), "no index")
    index = decimal(lines.pop(0)[6:])
    demand(len(lines) <= HASHES_MAX, "too many hashes")
    return ProofFile(extra, index, [strict_base64(line, 32) for line in lines], checkpoint)


def check_proof(data, key, entry=None):
    """The checkpoint under which the entry is proven; without an entry, the record in the file is the entry."""
    proof = read_proof_file(data)
    checkpoint, note = open_checkpoint(proof.checkpoint, key)
    if entry is None:
        entry = record_entry(proof)
    root = inclusion_root(proof.index, checkpoint.size, leaf_hash(entry), proof.hashes)
    demand(root == checkpoint.root, "this record is not in the log")
    return checkpoint, note


# ---- records ----

def varint(data, at):
    value = shift = 0
    while True:
        demand(at < len(data) and shift < 70, "no message")
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value & (1 << 64) - 1, at


def fields(data):
    """A protobuf message's fields: lists of numbers and bytes by field number."""
    found, at = {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            value, at = varint(data, at)
        elif tag & 7 == 2:
            size, at = varint(data, at)
            demand(at + size <= len(data), "no message")
            value, at = data[at:at + size], at + size
        else:
            size = {1: 8, 5: 4}.get(tag & 7)
            demand(size is not None and at + size <= len(data), "no message")
            value, at = data[at:at + size], at + size
        found.setdefault(tag >> 3, []).append(value)
    return found


def signed_number(value):
    return value - (1 << 64) if value >= 1 << 63 else value


def one(message, number, absent):
    return message.get(number, [absent])[-1]


def numbers(values):
    """A repeated enum, packed or not."""
    for value in values:
        if isinstance(value, int):
            yield value
        else:
            at = 0
            while at < len(value):
                number, at = varint(value, at)
                yield number


def leaf_entry(position, recorded_at_us, routed_to, office, identity, root, event, signature):
    return b"".join([
        b"SANLING1", position.to_bytes(8, "big"), recorded_at_us.to_bytes(8, "big", signed=True),
        routed_to.to_bytes(4, "big"), office.to_bytes(4, "big"), sha256(identity, b"\0", root), sha256(event),
        sha256(signature) if signature else bytes(32)])


def check_sender(signature, event):
    """The sender's signature over the batch that the event came in."""
    source, first, count = one(signature, 1, b""), one(signature, 2, 0), one(signature, 3, 0)
    sequence = one(fields(event), 2, 0)
    leaf = leaf_hash(one(signature, 6, b"") + event)
    root = inclusion_root(sequence - first, count, leaf, signature.get(7, []))
    text = b"sanling-batch/v1\n%s\n%d\n%d\n%s\n" % (source, first, count, base64.b64encode(root))
    demand(verify(one(signature, 4, b""), one(signature, 5, b""), text), "the sender's signature is wrong")


def record_entry(proof):
    """What the tree holds of the record in a proof file."""
    answer = fields(proof.extra)
    record = fields(one(answer, 1, b""))
    time, publisher = fields(one(record, 2, b"")), fields(one(record, 3, b""))
    event = one(record, 4, b"")
    signature = fields(answer[2][-1]) if 2 in answer else None
    if signature is not None:
        check_sender(signature, event)
    demand(one(record, 1, 0) == proof.index + 1, "a record of another position")
    nanos = one(time, 2, 0)
    demand(nanos % 1000 == 0, "no time of the hub's")
    return leaf_entry(one(record, 1, 0), signed_number(one(time, 1, 0)) * 1000000 + nanos // 1000,
                      sum({1 << office for office in numbers(record.get(5, []))}), one(publisher, 2, 0),
                      one(publisher, 1, b""), one(publisher, 3, b""), event,
                      one(signature, 5, b"") if signature is not None else b"")


# ---- tiles ----

def tile_name(number):
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def read_tile(folder, level, number, width):
    """A tile's bytes; where the partial one is gone, the whole one has them too."""
    whole = folder / "tile" / str(level) / tile_name(number)
    part = whole.with_name(f"{whole.name}.p") / str(width)
    path = part if width < 256 and part.exists() else whole
    demand(path.exists(), f"{path}: missing")
    return path, path.read_bytes()


def level_hashes(folder, level, size):
    count = size >> 8 * level
    for number in range((count + 255) // 256):
        width = min(256, count - number * 256)
        path, data = read_tile(folder, level, number, width)
        demand(len(data) >= 32 * width and len(data) % 32 == 0, f"{path}: too short")
        for at in range(0, 32 * width, 32):
            yield data[at:at + 32]


def check_entries(folder, hashes):
    """The entries, where the folder has them, are those of the leaves."""
    for number in range((len(hashes) + 255) // 256):
        mine = hashes[number * 256:(number + 1) * 256]
        path, data = read_tile(folder, "entries", number, len(mine))
        at = 0
        for index, expected in enumerate(mine, number * 256):
            size = int.from_bytes(data[at:at + 2], "big")
            entry = data[at + 2:at + 2 + size]
            demand(leaf_hash(entry) == expected, f"{path}: entry {index} is another")
            demand(entry[:16] == b"SANLING1" + (index + 1).to_bytes(8, "big"), f"{path}: entry {index} is no record")
            at += 2 + size


def check_tiles(folder, key):
    """The newest checkpoint of a folder and all its leaves' hashes."""
    checkpoint, _ = open_checkpoint((folder / "checkpoint").read_bytes(), key)
    leaves = list(level_hashes(folder, 0, checkpoint.size))
    demand(tree_root(leaves) == checkpoint.root, "the tiles are not those of the checkpoint")
    below, level = leaves, 1
    while len(below) >= 256:
        mine = [tree_root(below[at:at + 256]) for at in range(0, len(below) // 256 * 256, 256)]
        demand(list(level_hashes(folder, level, checkpoint.size)) == mine, f"tiles of level {level}: others")
        below, level = mine, level + 1
    if (folder / "tile" / "entries").exists():
        check_entries(folder, leaves)
    return checkpoint, leaves


# ---- command line ----

def main(command, *words):
    if command == "checkpoint" and len(words) >= 2:
        checkpoint, note = open_checkpoint(pathlib.Path(words[0]).read_bytes(), read_key(words[1]))
    elif command == "proof" and len(words) >= 2:
        checkpoint, note = check_proof(pathlib.Path(words[0]).read_bytes(), read_key(words[1]))
    elif command == "tiles" and len(words) == 2:
        checkpoint, note = check_tiles(pathlib.Path(words[0]), read_key(words[1]))[0], None
    elif command == "growth" and len(words) == 3:
        old, note = open_checkpoint(pathlib.Path(words[0]).read_bytes(), read_key(words[2]))
        checkpoint, leaves = check_tiles(pathlib.Path(words[1]), read_key(words[2]))
        demand(old.size <= checkpoint.size and tree_root(leaves[:old.size]) == old.root, "another past")
    else:
        sys.exit(__doc__)
    witnesses = words[2:] if command in ("checkpoint", "proof") else ()
    for witness in map(read_key, witnesses):
        signature = note.signed_by(witness)
        print(f"witness {witness.name} at {int.from_bytes(signature[:8], 'big')}")
    print(f"{checkpoint.origin} {checkpoint.size} {checkpoint.root.hex()}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (Refused, OSError) as refused:
        print(f"does not hold: {refused}", file=sys.stderr)
        sys.exit(1)
