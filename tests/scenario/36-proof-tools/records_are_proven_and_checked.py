"""Proofs, kept checkpoints and whole folders, as people use them: what is right holds, and whatever is altered is named."""
import base64
import json
import pathlib
import shutil
import sys
import unittest

from county import BIN, SOURCE, VILLAGES, County, main, run, seeded

sys.path.insert(0, str(SOURCE / "tests/interop"))
import proof_check  # noqa: E402

EVENTS = 12


def tally(sequence):
    return {"source": "one-by-one", "sequence": str(sequence), "occurredAt": "2020-08-19T04:00:00Z",
            "unit": VILLAGES[sequence % len(VILLAGES)],
            "publicityTallied": {"day": "2020-08-19", "item": "LEAFLETS", "count": sequence}}


def verify(data, *words, expect=0):
    """Of a folder; the JSON document and what was said on standard error."""
    done = run(BIN / "sanlingctl", "--json", "verify", "--data", data, *words, expect=expect)
    return json.loads(done.stdout) if done.stdout else None, done.stderr


class RecordsAreProvenAndChecked(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = county = cls.enterClassContext(County())
        county.start()
        cls.first = 0
        for sequence in range(1, EVENTS + 1):  # one by one: each is a block of its own
            run_of = county.publish("governance", tally(sequence), source="one-by-one")[0]
            cls.first = cls.first or int(run_of["firstPosition"])
        cls.last = cls.first + EVENTS - 1
        cls.key = county.folder / "kept.key.pub"
        shutil.copy(county.data / "log.key.pub", cls.key)
        cls.old = county.folder / "old.checkpoint"
        county.ctl("verify", "--out", cls.old, "--key", cls.key)
        cls.records = {int(record["position"]): record for record in county.replay("--raw")}
        cls.proof = county.folder / "proof"
        county.ctl("prove", cls.last, "--out", cls.proof, "--key", cls.key)
        county.publish("governance", tally(EVENTS + 1), source="one-by-one")
        cls.copy = county.folder / "copy"
        county.stop_hub()
        cls.size = cls.newest_size()
        shutil.copytree(county.data, cls.copy)
        county.open_hub()

    @classmethod
    def newest_size(cls):
        return int((cls.county.data / "tiles/checkpoint").read_text().split("\n")[1])

    # ---- proofs ----

    def check(self, text, *words, expect):
        path = self.county.folder / "checked.proof"
        path.write_text(text)
        return run(BIN / "sanlingctl", "--json", "prove", "--check", path, *words, expect=expect)

    def test_a_proof_holds_here_and_for_an_independent_checker(self):
        for position in (1, self.first, self.last):
            text = self.county.ctl("prove", position)
            shown = json.loads(self.check(text, "--key", self.key, expect=0).stdout)
            self.assertTrue(shown["holds"])
            self.assertEqual(shown["position"], str(position))
            self.assertEqual(shown["publisher"], self.records[position]["publisher"])
            checkpoint, _ = proof_check.check_proof(text.encode(), proof_check.read_key(self.key.read_text().strip()))
            self.assertEqual(str(checkpoint.size), shown["checkpoint"]["size"])
            self.assertEqual(base64.b64encode(checkpoint.root).decode(), shown["checkpoint"]["root"])
        self.assertEqual(shown["event"]["publicityTallied"]["count"], EVENTS)

    def test_each_altered_part_is_named(self):
        lines = self.proof.read_text().split("\n")
        index = next(at for at, line in enumerate(lines) if line.startswith("index "))
        key = ("--key", self.key)

        def altered(at, line):
            return "\n".join(lines[:at] + [line] + lines[at + 1:])

        extra = bytearray(base64.b64decode(lines[1].removeprefix("extra ")))
        extra[extra.rindex(b"2020-08-19") + 9] ^= 1
        hashes = lines[index + 1]
        other = "A" if hashes[0] != "A" else "B"
        size = lines.index("", index) + 2
        for text, part in ((altered(1, "extra " + base64.b64encode(extra).decode()), "not in the log"),
                           (altered(index, f"index {self.last}"), "index"),
                           (altered(index + 1, other + hashes[1:]), "not in the log"),
                           (altered(size, str(int(lines[size]) + 1)), "checkpoint"),
                           ("\n".join(lines[:4]), "")):
            done = self.check(text, *key, expect=1)
            self.assertIn(part, done.stderr)
            self.assertIs(json.loads(done.stdout)["holds"], False)
        another = run(BIN / "sanlingctl", "witness", "--new-key", "somebody", "--key", self.county.folder / "w.key").stdout
        self.assertIn("cosign", self.check("\n".join(lines), *key, "--witness", another.strip(), expect=1).stderr)
        self.assertIn("signature", self.check("\n".join(lines), *key, "--office-key", base64.b64encode(
            bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")).decode(), expect=1).stderr)

    def test_a_reader_gets_the_proof_of_what_it_may_read(self):
        self.assertIn("2020-08-19", self.check(self.county.ctl("prove", self.first, identity="leader"), "--key", self.key,
                                               expect=0).stdout)
        self.assertIn("[POSITION_AHEAD]", self.county.ctl("prove", 1 << 40, expect=1))

    def test_an_office_gets_the_receipt_of_its_event(self):
        receipt = self.county.folder / "receipt.proof"
        config = self.county.write_agent_config("governance", log_key=self.key)
        agent = (BIN / "sanling-governance", "--config", config, "--receipt")
        run(*agent, self.first, "--out", receipt)
        shown = json.loads(self.check(receipt.read_text(), "--key", self.key, expect=0).stdout)
        self.assertEqual(shown["event"]["publicityTallied"]["count"], 1)
        self.assertEqual(run(*agent, self.first).stdout.split("\nindex ")[0], receipt.read_text().split("\nindex ")[0])
        self.assertIn("POSITION", run(*agent, "none", expect=2).stderr.upper())
        run(*agent, 1 << 40, expect=1)
        other = self.county.folder / "other-log.key.pub"
        other.write_text("sanling/other+" + self.key.read_text().split("+", 1)[1])
        self.county.write_agent_config("governance", log_key=other)
        self.assertIn("log_key", run(*agent, self.first, expect=2).stderr)
        self.county.write_agent_config("governance")
        self.assertIn("log_key", run(*agent, self.first, expect=2).stderr)

    # ---- a kept checkpoint ----

    def test_the_past_goes_on_from_a_kept_checkpoint(self):
        shown = json.loads(self.county.ctl("--json", "verify", "--from", self.old, "--key", self.key))
        self.assertTrue(shown["unchanged"])
        self.assertGreater(int(shown["to"]), int(shown["from"]))
        offline, _ = verify(self.copy, "--from", self.old, "--key", self.key)
        self.assertTrue(offline["good"])
        other = self.county.folder / "other.key.pub"
        other.write_text(self.key.read_text().replace("sanling/", "sanling/x", 1))
        self.county.ctl("verify", "--from", self.old, "--key", other, expect=2)
        spoilt = self.county.folder / "spoilt.checkpoint"
        lines = self.old.read_text().split("\n")
        spoilt.write_text("\n".join([lines[0], str(int(lines[1]) - 1), *lines[2:]]))
        self.county.ctl("verify", "--from", spoilt, "--key", self.key, expect=1)
        verify(self.copy, "--from", spoilt, "--key", self.key, expect=1)

    # ---- a folder ----

    def altered_copy(self):
        path = self.county.folder / f"altered-{self.id().rsplit('.', 1)[-1]}"
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.copy, path)
        return path

    def flip(self, path, at):
        data = bytearray(path.read_bytes())
        data[at] ^= 1
        path.write_bytes(data)

    def test_a_whole_folder_holds(self):
        result, _ = verify(self.copy)
        self.assertTrue(result["good"])
        self.assertEqual(result["position"], str(self.size))
        self.assertGreaterEqual(result["checkpoints"], 2)
        self.assertGreaterEqual(result["tiles"], 1)
        self.assertNotIn("damaged", result)

    def test_a_flipped_byte_in_a_record_names_its_position(self):
        for position in (self.first, self.first + EVENTS // 2, self.last):
            folder = self.altered_copy()
            event = base64.b64decode(self.records[position]["event"])
            found = [(path, path.read_bytes().find(event)) for path in (folder / "log").iterdir()
                     if event in path.read_bytes()]
            self.assertTrue(found, f"the bytes of position {position} are nowhere in the store")
            for path, at in found:
                self.flip(path, at + len(event) - 1)
            result, said = verify(folder, expect=5)
            self.assertEqual(result["damaged"], str(position), said)
            self.assertIn(f"position {position}", said)
            self.assertIn("[DAMAGED]", said)

    def test_a_flipped_byte_of_the_tree_or_a_checkpoint_is_found(self):
        folder = self.altered_copy()
        tile = next(path for path in (folder / "tiles/tile/0").rglob("*") if path.is_file() and
                    path.name == str(self.size))
        self.flip(tile, 32 * (self.first - 1) + 5)
        result, said = verify(folder, expect=5)
        self.assertEqual(result["damaged"], str(self.first), said)
        self.assertIn("records are as they were signed", said)
        day = next((folder / "checkpoints").iterdir())
        for path in (folder / "tiles/checkpoint", day):
            shutil.rmtree(folder)
            folder = self.altered_copy()
            self.flip(path, 40)
            _, said = verify(folder, expect=5)
            self.assertIn(path.name, said)

    def test_a_flipped_bit_anywhere_changes_nothing_or_is_named(self):
        draw = seeded(self)
        self.county.stop_hub()  # the next start moves the records from the store's journal into its tables
        self.county.open_hub()
        self.county.stop_hub()
        store = self.county.folder / "store"
        shutil.copytree(self.county.data, store)
        self.county.open_hub()
        tables = [path for path in (store / "log").iterdir() if path.suffix == ".sst"]
        self.assertTrue(tables)
        named = 0
        for _ in range(15):
            path = draw.choice(tables)
            before = path.read_bytes()
            self.flip(path, draw.randrange(len(before)))
            done = run(BIN / "sanlingctl", "--json", "verify", "--data", store, expect=None)
            self.assertIn(done.returncode, (0, 5), done.stderr)
            self.assertEqual(json.loads(done.stdout)["good"], done.returncode == 0)
            named += "damaged" in json.loads(done.stdout)
            path.write_bytes(before)
        self.assertGreater(named, 0)
        verify(store)

    def test_what_is_missing_is_found(self):
        for name in ("tiles/checkpoint", "checkpoints", "tiles/tile", "head"):
            folder = self.altered_copy()
            path = folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            if name in ("tiles/checkpoint", "checkpoints"):  # each stands in for the other
                verify(folder)
            else:
                verify(folder, expect=5)
        folder = self.altered_copy()
        shutil.rmtree(folder / "checkpoints")
        (folder / "tiles/checkpoint").unlink()
        verify(folder, expect=5)

    def test_a_folder_that_is_none_or_in_use_is_wrong_usage(self):
        verify(pathlib.Path(self.county.folder / "nowhere"), expect=2)
        verify(self.county.data, expect=2)


if __name__ == "__main__":
    main()
