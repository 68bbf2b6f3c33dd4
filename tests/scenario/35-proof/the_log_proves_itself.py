"""Checkpoints, tiles and proofs of a real hub, checked by a program that knows the public formats only; and killed again
and again it never signs two checkpoints that contradict."""
import base64
import functools
import http.server
import sys
import threading
import time
import unittest
import urllib.request

from county import (ANSWER, BIN, CODES, ERROR, OTHER_VILLAGES, QUERY, SOURCE, TOWN, VILLAGES, County, field, fields, main,
                    run, seeded, tally_event, until)

sys.path.insert(0, str(SOURCE / "tests/interop"))
import nacl.signing  # noqa: E402
import proof_check  # noqa: E402

CHECKPOINT, PROOF, CONSISTENCY, COSIGNATURE = 30, 31, 32, 33
KILLS = 10


def log_key(county):
    """The present verifier key, as the hub wrote it beside its own."""
    return proof_check.read_key((county.data / "log.key.pub").read_text().splitlines()[-1])


def newest(county):
    return (county.data / "tiles/checkpoint").read_bytes()


def size_of(checkpoint):
    return int(checkpoint.split(b"\n")[1])


def ask(peer, number, *parts):
    """The answer's body, or the name of the error's code."""
    peer.send(field(QUERY, field(1, 7) + field(number, b"".join(parts))))
    kind, values = peer.receive()
    return fields(values[number][0]) if kind == ANSWER else CODES[values[1][0]] if kind == ERROR else kind


def published(county, count, first=1, source="oracle"):
    oracle = county.start_publisher(source, source=source, first=first, count=count, batch=100)
    if oracle.wait() != 0:
        raise AssertionError(oracle.journal)


def covers(county, size):
    return lambda: (county.data / "tiles/checkpoint").exists() and size_of(newest(county)) >= size


class Witness:
    """An office's own key, as tlog-cosignature has it."""

    def __init__(self, name):
        self.signing, public = (key := nacl.signing.SigningKey.generate()), bytes(key.verify_key)
        self.id = proof_check.key_id(name, proof_check.COSIGNATURE, public)
        self.name = name
        self.text = f"{name}+{self.id.hex()}+{base64.b64encode(bytes([proof_check.COSIGNATURE]) + public).decode()}"

    def line(self, text, moment=1700000000):
        signature = self.signing.sign(b"cosignature/v1\ntime %d\n" % moment + text).signature
        return f"— {self.name} {base64.b64encode(self.id + moment.to_bytes(8, 'big') + signature).decode()}\n"


class Served:
    """The tiles behind Python's own web server."""

    def __init__(self, folder):
        handler = functools.partial(Quiet, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def copy(self, county, name):
        """What a stranger gets: the checkpoint, and each tile that its size says."""
        folder = county.folder / name
        checkpoint = self.get("checkpoint")
        (folder / "tile").mkdir(parents=True)
        (folder / "checkpoint").write_bytes(checkpoint)
        size, level = size_of(checkpoint), 0
        while size >> 8 * level:
            hashes = size >> 8 * level
            for number in range((hashes + 255) // 256):
                path = f"tile/{level}/{proof_check.tile_name(number)}"
                path += f".p/{hashes % 256}" if number == hashes // 256 else ""
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(self.get(path))
            level += 1
        return folder

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.server_port}/{path}", timeout=10) as answer:
            return answer.read()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class TheLogProvesItself(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.witness = Witness("petitions.example")
        cls.county = cls.enterClassContext(County(witnesses=f"['{cls.witness.text}']"))
        cls.county.start()
        published(cls.county, 1000)
        until("a checkpoint of all", covers(cls.county, 1020))

    def prove(self, peer, position):
        answer = ask(peer, PROOF, field(1, position))
        self.assertIsInstance(answer, dict, answer)
        checkpoint, _ = proof_check.open_checkpoint(answer[4][0], log_key(self.county))
        file = proof_check.ProofFile(field(1, answer[1][0]), position - 1, answer.get(3, []), answer[4][0])
        root = proof_check.inclusion_root(position - 1, checkpoint.size,
                                          proof_check.leaf_hash(proof_check.record_entry(file)), file.hashes)
        self.assertEqual(root, checkpoint.root)
        return fields(answer[1][0])

    def test_served_tiles_are_those_of_the_checkpoint(self):
        with Served(self.county.data / "tiles") as served:
            before = served.copy(self.county, "before")
            old, leaves = proof_check.check_tiles(before, log_key(self.county))
            self.assertEqual(len(leaves), old.size)
            published(self.county, 300, source="more")
            until("a checkpoint of more", covers(self.county, old.size + 300))
            new, leaves = proof_check.check_tiles(served.copy(self.county, "after"), log_key(self.county))
            self.assertEqual(proof_check.tree_root(leaves[:old.size]), old.root)
            self.assertGreaterEqual(new.size, old.size + 300)

    def test_each_record_is_proven_to_who_may_read_it(self):
        peer = self.county.peer("operator")
        peer.hello()
        for position in (1, 2, 20, 21, 256, 257, 1020):
            record = self.prove(peer, position)
            self.assertEqual(record[1][0], position)
        self.assertEqual(ask(peer, PROOF), "BAD_QUERY")
        self.assertEqual(ask(peer, PROOF, field(1, 1 << 40)), "POSITION_AHEAD")

    def test_a_receipt_comes_for_an_event_just_recorded(self):
        peer = self.county.peer("governance")
        peer.hello()
        event = tally_event("receipts", 1)
        peer.publish("receipts", 1, event)
        (_, _, position), = peer.outcome()[0]
        self.assertEqual(self.prove(peer, position)[4][0], event)

    def test_what_may_not_be_delivered_is_not_proven(self):
        self.county.ctl("access", "grant", "townsman", "--key",
                        self.county.key("townsman").with_suffix(".key.pub"), "--role", "subscriber", "--office",
                        "GOVERNANCE", "--unit", TOWN)
        owner, townsman = self.county.peer("governance"), self.county.peer("townsman")
        owner.hello()
        townsman.hello()
        owner.publish("subtree", 1, tally_event("subtree", 1, VILLAGES[0]), tally_event("subtree", 2, OTHER_VILLAGES[0]))
        (_, count, position), = owner.outcome()[0]
        self.assertEqual(count, 2)
        self.prove(townsman, position)
        self.assertEqual(ask(townsman, PROOF, field(1, position + 1)), "NOT_PERMITTED")
        self.prove(owner, position + 1)

    def test_consistency_is_shown(self):
        peer = self.county.peer("leader")
        peer.hello()
        _, leaves = proof_check.check_tiles(self.county.data / "tiles", log_key(self.county))
        for old, new in ((1, 1020), (255, 256), (256, 257), (700, 1000), (1020, 1020)):
            answer = ask(peer, CONSISTENCY, field(1, old), field(2, new))
            proof_check.check_growth(old, new, proof_check.tree_root(leaves[:old]), proof_check.tree_root(leaves[:new]),
                                     answer.get(3, []))
        answer = ask(peer, CONSISTENCY, field(1, 5))
        self.assertEqual(answer[2][0], size_of(answer[4][0]))
        self.assertEqual(ask(peer, CONSISTENCY, field(1, 6), field(2, 5)), "BAD_QUERY")
        self.assertEqual(ask(peer, CONSISTENCY, field(2, 5)), "BAD_QUERY")
        self.assertEqual(ask(peer, CONSISTENCY, field(1, 1), field(2, 1 << 40)), "POSITION_AHEAD")

    def test_the_newest_checkpoint_is_told_with_its_key(self):
        peer = self.county.peer("leader")
        peer.hello()
        answer = ask(peer, CHECKPOINT)
        self.assertEqual(proof_check.read_key(answer[2][0]), log_key(self.county))
        checkpoint, _ = proof_check.open_checkpoint(answer[1][0], log_key(self.county))
        self.assertEqual(answer[3][0], checkpoint.size)
        welcome = self.county.peer("leader").hello()
        self.assertEqual(checkpoint.origin, f"sanling/{welcome[3][0].decode()}")


    def test_a_cosignature_is_kept_and_shown(self):
        peer, key = self.county.peer("leader"), proof_check.read_key(self.witness.text)
        peer.hello()
        text = proof_check.read_note(ask(peer, CHECKPOINT)[1][0]).text
        offer = lambda signed, line: ask(peer, COSIGNATURE, field(1, signed), field(2, line))
        self.assertEqual(offer(text, Witness("petitions.example").line(text)), "NOT_PERMITTED")
        self.assertEqual(offer(text, self.witness.line(text + b"x")), "BAD_SIGNATURE")
        self.assertEqual(offer(b"none", self.witness.line(b"none")), "BAD_QUERY")
        origin, size, _ = text.decode().splitlines()
        forged = f"{origin}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n".encode()
        self.assertEqual(offer(forged, self.witness.line(forged)), "UNKNOWN_CHECKPOINT")
        self.assertIsInstance(offer(text, self.witness.line(text)), dict)
        published(self.county, 10, source="witnessed")
        until("a newer checkpoint", covers(self.county, int(size) + 10))
        answer = ask(peer, CHECKPOINT)
        for note in (answer[4][0], (self.county.data / "tiles/cosigned").read_bytes()):
            checkpoint, note = proof_check.open_checkpoint(note, log_key(self.county))
            self.assertEqual((checkpoint.size, note.text), (int(size), text))
            note.signed_by(key)
        newer = proof_check.read_note(answer[1][0]).text
        self.assertEqual(offer(newer, self.witness.line(newer)).get(1), [1])
        answer = ask(peer, CHECKPOINT)
        self.assertNotIn(4, answer)
        proof_check.read_note(answer[1][0]).signed_by(key)


class AnotherKey(unittest.TestCase):
    def test_the_key_is_replaced_by_two_operators(self):
        with County() as county:
            county.start()
            old = log_key(county)
            next_key = run(BIN / "sanling-hub", "--config", county.folder / "hub.yaml", "--new-log-key").stdout.strip()
            error = county.ctl("log-key", "propose", county.data.joinpath("log.key.pub").read_text().strip(), expect=2)
            self.assertIn("not the key that waits", error)
            county.ctl("log-key", "propose", next_key)
            proposal, = county.ask("proposals")["proposals"]
            self.assertEqual(proposal["verifierKey"], next_key)
            self.assertIn("[SECOND_APPROVER]", county.ctl("confirm", proposal["position"], expect=1))
            until("a checkpoint of all", covers(county, int(proposal["position"])))
            proof_check.open_checkpoint(newest(county), old)
            county.ctl("confirm", proposal["position"], identity="operator-2")
            county.kill_hub()  # before it was signed, or behind
            county.open_hub()
            until("a checkpoint by the new key", covers(county, int(proposal["position"]) + 1))
            self.assertEqual((county.data / "log.key.pub").read_text().splitlines()[1:], [next_key])
            proof_check.open_checkpoint(newest(county), proof_check.read_key(next_key))
            self.assertFalse((county.data / "log.key.next").exists())


class NoTwoHistories(unittest.TestCase):
    def test_no_two_checkpoints_contradict_however_often_the_hub_is_killed(self):
        chance = seeded(self)
        seen = {}  # size: note
        with County(clock=None, policy="default", snapshot_records=500) as county:
            county.start()
            until("a first checkpoint", (county.data / "tiles/checkpoint").exists)
            note = newest(county)
            seen[size_of(note)] = note
            oracle = county.start_publisher("oracle", count=200000, batch=20, window=16, pause=2)
            for _ in range(KILLS):
                answered = len(oracle.lines)
                until("more to be acknowledged", lambda: len(oracle.lines) > answered)
                until("a checkpoint that was not seen yet", lambda: size_of(newest(county)) not in seen)
                until_time = time.monotonic() + chance.uniform(0, 1)
                while time.monotonic() < until_time:
                    note = newest(county)
                    self.assertEqual(seen.setdefault(size_of(note), note), note)
                    time.sleep(0.002)
                self.assertTrue(oracle.running, "it was done before the last kill")
                county.kill_hub()
                note = newest(county)
                self.assertEqual(seen.setdefault(size_of(note), note), note)
                county.open_hub()
            oracle.kill()
            county.stop_hub()
            last, leaves = proof_check.check_tiles(county.data / "tiles", log_key(county))
            self.assertGreater(len(seen), KILLS)
            for size, note in seen.items():
                checkpoint, _ = proof_check.open_checkpoint(note, log_key(county))
                self.assertLessEqual(size, last.size)
                self.assertEqual(proof_check.tree_root(leaves[:size]), checkpoint.root, f"checkpoint of {size} records")
            day = sorted((county.data / "checkpoints").iterdir())[-1]
            self.assertEqual(day.read_bytes(), newest(county))


if __name__ == "__main__":
    main()
