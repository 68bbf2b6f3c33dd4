#!/usr/bin/env python3
"""What our C makes of random logs, an independent checker believes, and the other way round; both refuse the same
damaged documents.

usage: proof_interop_test.py PROOF_MAKE [LOGS]
"""
import base64
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import nacl.signing

import proof_check as check

PROGRAM = sys.argv[1]
LOGS = int(sys.argv[2]) if len(sys.argv) > 2 else 200
DAMAGED = 12  # of each document


def hexed(word):
    if isinstance(word, str):
        word = word.encode()
    return str(word) if isinstance(word, int) else word.hex() or "-"


def ask(questions):
    """All answers of the C program, in order."""
    lines = "\n".join(" ".join([name, *map(hexed, words)]) for name, *words in questions) + "\n"
    done = subprocess.run([PROGRAM], input=lines, capture_output=True, text=True, check=True)
    answers = done.stdout.split("\n")[:-1]
    assert len(answers) == len(questions), (len(answers), len(questions))
    return answers


class Signer:
    """A key as text, and signatures by it, made here."""

    def __init__(self, draw, name, algorithm):
        seed = draw.randbytes(32)
        self.key = nacl.signing.SigningKey(seed)
        self.name, self.algorithm = name, algorithm
        public = bytes(self.key.verify_key)
        self.id = check.key_id(name, algorithm, public)
        self.verifier = self.text(public)
        self.secret = "PRIVATE+KEY+" + self.text(seed)

    def text(self, material):
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.algorithm]) + material).decode()}"

    def line(self, text, time=0):
        if self.algorithm == check.COSIGNATURE:
            signature = time.to_bytes(8, "big") + self.key.sign(b"cosignature/v1\ntime %d\n" % time + text).signature
        else:
            signature = self.key.sign(text).signature
        return b"\xe2\x80\x94 %s %s\n" % (self.name.encode(), base64.b64encode(self.id + signature))


def inclusion_proof(index, leaves):
    if len(leaves) == 1:
        return []
    left = check.split(len(leaves))
    if index < left:
        return inclusion_proof(index, leaves[:left]) + [check.tree_root(leaves[left:])]
    return inclusion_proof(index - left, leaves[left:]) + [check.tree_root(leaves[:left])]


def growth_proof(old, leaves, whole=True):
    if old == len(leaves):
        return [] if whole else [check.tree_root(leaves)]
    left = check.split(len(leaves))
    if old <= left:
        return growth_proof(old, leaves[:left], whole) + [check.tree_root(leaves[left:])]
    return growth_proof(old - left, leaves[left:], False) + [check.tree_root(leaves[:left])]


def checkpoint_note(signer, size, root, *more):
    text = b"%s\n%d\n%s\n" % (signer.name.encode(), size, base64.b64encode(root))
    return text + b"\n" + signer.line(text) + b"".join(line(text) for line in more)


def proof_file(extra, index, hashes, checkpoint):
    lines = [b"c2sp.org/tlog-proof@v1"]
    if extra:
        lines.append(b"extra " + base64.b64encode(extra))
    lines.append(b"index %d" % index)
    return b"\n".join([*lines, *map(base64.b64encode, hashes), b"", checkpoint])


def damaged(draw, data):
    """The document with one thing changed."""
    lines = data.split(b"\n")
    at = draw.randrange(len(lines))
    kind = draw.randrange(9)
    if kind == 0:
        position = draw.randrange(len(data))
        return data[:position] + bytes([data[position] ^ 1 << draw.randrange(8)]) + data[position + 1:]
    if kind == 1:
        return data[:draw.randrange(len(data))]
    if kind == 2:
        lines.pop(at)
    elif kind == 3:
        lines.insert(at, lines[draw.randrange(len(lines))])
    elif kind == 4:
        other = draw.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == 5:
        lines[at] += draw.choice([b" ", b"=", b"\r", b"0", b"\t", b"A", "\u3000".encode(), b"\0"])
    elif kind == 6:  # the same bytes in another form of base64
        lines[at] = lines[at].replace(b"/", b"_").replace(b"A=", b"B=").replace(b"=", b"")
    elif kind == 7:
        lines[at] = draw.choice([b"", b"0", b"1", b"18446744073709551616", b"index 0", b"extra QQ==",
                                 b"\xe2\x80\x94 log AAAAAAA=", b"\xff"])
    else:
        return data + draw.choice([b"\n", b" ", b"more\n", data])
    return b"\n".join(lines)


class Log:
    def __init__(self, seed):
        self.draw = draw = random.Random(seed)
        self.size = draw.choice([0, 1, 2, 3, 255, 256, 257, draw.randrange(20), draw.randrange(600),
                                 draw.randrange(3001)]) if seed else 3000
        self.entries = [draw.randbytes(draw.randrange(40)) for _ in range(self.size)]
        self.leaves = [check.leaf_hash(entry) for entry in self.entries]
        self.signer = Signer(draw, draw.choice(["log.example", "sanling/三零", "l" * 128]), check.ED25519)
        self.witness = Signer(draw, "office.example", check.COSIGNATURE)

    @property
    def question(self):
        return "log", b"".join(len(entry).to_bytes(2, "big") + entry for entry in self.entries)

    def some_size(self):
        return self.draw.randint(1, self.size)


def verdict(function, *arguments):
    try:
        return function(*arguments)
    except check.Refused:
        return None


class Interop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.logs = [Log(seed) for seed in range(LOGS)]

    def test_what_c_makes_is_believed(self):
        for log in self.logs:
            draw, root = log.draw, check.tree_root(log.leaves)
            with self.subTest(size=log.size):
                made, note = ask([log.question, ("checkpoint", log.size, log.signer.name, log.signer.secret)])
                self.assertEqual(made, f"{log.size} {root.hex()}")
                note, key = bytes.fromhex(note), check.read_key(log.signer.verifier)
                self.assertEqual(check.open_checkpoint(note, key)[0], (log.signer.name, log.size, root))
                line = bytes.fromhex(ask([("cosign", log.witness.secret, 1679315147, note)])[0])
                self.assertEqual(line, log.witness.line(check.read_note(note).text, 1679315147))
                if log.size == 0:
                    continue
                index, old = draw.randrange(log.size), log.some_size()
                extra = draw.randbytes(draw.randrange(50))
                _, file, growth, old_root = ask([log.question, ("proof", index, log.size, extra, note + line),
                                                 ("consistency", old, log.size), ("root", old)])
                found, signed = check.check_proof(bytes.fromhex(file), key, log.entries[index])
                self.assertEqual(found.root, root)
                self.assertEqual(signed.signed_by(check.read_key(log.witness.verifier))[:8].hex(), f"{1679315147:016x}")
                self.assertEqual(check.read_proof_file(bytes.fromhex(file)).extra, extra)
                hashes = [bytes.fromhex(growth[at:at + 64]) for at in range(0, len(growth), 64)]
                self.assertEqual(hashes, growth_proof(old, log.leaves))
                self.assertEqual(old_root, check.tree_root(log.leaves[:old]).hex())
                check.check_growth(old, log.size, bytes.fromhex(old_root), root, hashes)

    def test_what_is_made_here_c_believes(self):
        questions, expected = [], []
        for log in self.logs:
            draw, root = log.draw, check.tree_root(log.leaves)
            note = checkpoint_note(log.signer, log.size, root, lambda text, log=log: log.witness.line(text, 7))
            questions += [("open", log.signer.verifier, note), ("witness", log.witness.verifier, note),
                          ("key", log.signer.verifier)]
            expected += [f"{log.size} {root.hex()}", "7", f"{log.signer.id.hex()} 1 {log.signer.name.encode().hex()}"]
            if log.size == 0:
                continue
            index, old = draw.randrange(log.size), log.some_size()
            file = proof_file(b"extra", index, inclusion_proof(index, log.leaves), note)
            questions += [("included", log.signer.verifier, file, log.entries[index]),
                          ("grown", old, log.size, check.tree_root(log.leaves[:old]), root,
                           b"".join(growth_proof(old, log.leaves)))]
            expected += ["yes", "yes"]
        self.assertEqual(ask(questions), expected)

    def test_both_refuse_the_same_damaged_documents(self):
        questions, expected = [], []
        for log in self.logs:
            draw, root = log.draw, check.tree_root(log.leaves)
            key, witness = check.read_key(log.signer.verifier), check.read_key(log.witness.verifier)
            note = checkpoint_note(log.signer, log.size, root, lambda text, log=log: log.witness.line(text, 7))
            for _ in range(DAMAGED):
                changed = damaged(draw, note)
                found = verdict(check.open_checkpoint, changed, key)
                questions.append(("open", log.signer.verifier, changed))
                expected.append(f"{found[0].size} {found[0].root.hex()}" if found else "no")
                time = verdict(lambda data: check.read_note(data).signed_by(witness), changed)
                questions.append(("witness", log.witness.verifier, changed))
                expected.append(str(int.from_bytes(time[:8], "big")) if time else "no")
                changed = damaged(draw, log.signer.verifier.encode())
                found = verdict(check.read_key, changed)
                questions.append(("key", changed))
                expected.append(f"{found.id.hex()} {found.algorithm} {found.name.encode().hex()}" if found else "no")
            if log.size == 0:
                continue
            index = draw.randrange(log.size)
            file = proof_file(b"extra", index, inclusion_proof(index, log.leaves), note)
            for _ in range(DAMAGED):
                changed = damaged(draw, file)
                questions.append(("included", log.signer.verifier, changed, log.entries[index]))
                expected.append("yes" if verdict(check.check_proof, changed, key, log.entries[index]) else "no")
        answers = ask(questions)
        different = [(question, ours, theirs) for question, ours, theirs in zip(questions, expected, answers)
                     if ours != theirs]
        self.assertEqual(different[:3], [])
        self.assertGreater(answers.count("no"), len(answers) // 2)
        self.assertGreater(len(answers) - answers.count("no"), 0)  # a witness's line that went does not hurt the log's

    def test_both_refuse_the_same_damaged_growth(self):
        questions, expected = [], []
        for log in self.logs:
            draw, root = log.draw, check.tree_root(log.leaves)
            for _ in range(DAMAGED if log.size else 0):
                old, size = log.some_size(), log.size
                old_root, proof = check.tree_root(log.leaves[:old]), growth_proof(old, log.leaves)
                kind = draw.randrange(7)
                if kind == 0:
                    old = draw.choice([0, old - 1, old + 1, size, size + 1])
                elif kind == 1:
                    size = draw.choice([0, size - 1, size + 1, 2 * size, (1 << 64) - 1])
                elif kind == 2 and proof:
                    proof.pop(draw.randrange(len(proof)))
                elif kind == 3:
                    proof.insert(draw.randint(0, len(proof)), draw.choice([root, old_root, check.sha256()]))
                elif kind == 4:
                    old_root, root = root, old_root
                elif kind == 5 and proof:
                    at = draw.randrange(len(proof))
                    proof[at] = proof[at][:31] + bytes([proof[at][31] ^ 1])
                elif kind == 6:
                    proof = [proof[0] if proof else root] * draw.choice([64, 65, 128])

                def holds(old=old, size=size, old_root=old_root, root=root, proof=proof):
                    check.check_growth(old, size, old_root, root, proof)
                    return True
                questions.append(("grown", old, size, old_root, root, b"".join(proof)))
                expected.append("yes" if verdict(holds) else "no")
        self.assertEqual(ask(questions), expected)

    def test_tiles_that_c_writes_lead_to_the_root(self):
        for log in self.logs[:20]:
            with self.subTest(size=log.size), tempfile.TemporaryDirectory() as folder:
                root = check.tree_root(log.leaves)
                ask([log.question, ("tiles", log.size, folder)])
                note = checkpoint_note(log.signer, log.size, root)
                (pathlib.Path(folder) / "checkpoint").write_bytes(note)
                key = check.read_key(log.signer.verifier)
                found, leaves = check.check_tiles(pathlib.Path(folder), key)
                self.assertEqual((found.size, leaves), (log.size, log.leaves))
                for path in sorted(path for path in pathlib.Path(folder).rglob("tile/**/*") if path.is_file()):
                    whole = path.read_bytes()
                    at = log.draw.randrange(len(whole))
                    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
                    self.assertIsNone(verdict(check.check_tiles, pathlib.Path(folder), key), path)
                    path.write_bytes(whole)

    def test_leaves_are_the_same_bytes(self):
        draw = random.Random(7)
        questions, expected = [], []
        for _ in range(300):
            position, time = draw.randrange(1, 1 << 64), draw.randrange(-1 << 63, 1 << 63)
            routed, office = draw.randrange(1 << 32), draw.randrange(1 << 32)
            identity, root = draw.choice([b"safety-yu", b"x", "安全".encode()]), draw.choice([b"", b"140322000000"])
            event, signature = draw.randbytes(draw.randrange(300)), draw.choice([b"", draw.randbytes(64)])
            questions.append(("leaf", position, time, routed, office, identity, root, event, signature))
            expected.append(check.leaf_entry(position, time, routed, office, identity, root, event, signature).hex())
        self.assertEqual(ask(questions), expected)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
