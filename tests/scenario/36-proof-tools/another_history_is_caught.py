"""A hub that was put back to an earlier state and went another way cannot hide it: not from a witness, not from whoever
kept a checkpoint."""
import json
import shutil
import unittest

from county import BIN, VILLAGES, County, main, run, until


def tally(source, sequence):
    return {"source": source, "sequence": str(sequence), "occurredAt": "2020-08-19T04:00:00Z", "unit": VILLAGES[0],
            "publicityTallied": {"day": "2020-08-19", "item": "LEAFLETS", "count": sequence}}


class AnotherHistoryIsCaught(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.witness_key = self.county.folder / "witness.key"
        self.state = self.county.folder / "witness.state"
        self.vkey = run(BIN / "sanlingctl", "witness", "--new-key", "petitions.example", "--key",
                        self.witness_key).stdout.strip()
        self.assertEqual(self.witness_key.stat().st_mode & 0o777, 0o600)
        self.county.hub_options["witnesses"] = f"['{self.vkey}']"
        self.county.start()
        self.key = self.county.folder / "kept.key.pub"
        shutil.copy(self.county.data / "log.key.pub", self.key)

    def publish(self, source, count):
        """One by one, until a checkpoint covers them; returns the first one's position."""
        runs = [self.county.publish("governance", tally(source, sequence), source=source)[0]
                for sequence in range(1, count + 1)]
        last = int(runs[-1]["firstPosition"])
        until(f"a checkpoint of {last}", lambda: self.newest_size() >= last)
        return int(runs[0]["firstPosition"])

    def newest_size(self):
        path = self.county.data / "tiles/checkpoint"
        return int(path.read_text().split("\n")[1]) if path.exists() else 0

    def witness(self, expect):
        return run(*self.county.ctl_command("witness", "--key", self.witness_key, "--state", self.state, "--log-key",
                                            self.key, "--once", identity="auditor"), expect=expect)

    def put_back(self, kept):
        self.county.stop_hub()
        shutil.move(self.county.data, self.county.folder / "first")
        shutil.copytree(kept, self.county.data)
        self.county.open_hub()

    def test_a_restored_and_diverging_hub_is_caught(self):
        county = self.county
        county.stop_hub()
        kept = county.folder / "kept"
        shutil.copytree(county.data, kept)
        county.open_hub()
        first = self.publish("one", 3)
        checkpoint = county.folder / "later.checkpoint"
        county.ctl("verify", "--out", checkpoint, "--key", self.key)
        self.witness(expect=0)
        remembered = self.state.read_text()
        proof = county.folder / "cosigned.proof"
        county.ctl("prove", first, "--out", proof)
        checked = run(BIN / "sanlingctl", "--json", "prove", "--check", proof, "--key", self.key, "--witness", self.vkey)
        cosignature, = json.loads(checked.stdout)["cosignatures"]
        self.assertEqual((cosignature["name"], cosignature["checked"]), ("petitions.example", True))
        self.publish("more", 1)
        self.witness(expect=0)  # the log goes on from what it remembers
        self.assertNotEqual(self.state.read_text(), remembered)
        remembered = self.state.read_text()

        self.put_back(kept)  # shorter than what was signed
        self.assertIn("the past was changed", county.ctl("verify", "--from", checkpoint, "--key", self.key, expect=1))
        said = self.witness(expect=1).stderr
        self.assertIn("THE LOG WAS CHANGED", said)

        self.publish("two", 6)  # longer, and other
        self.assertIn("the past was changed", county.ctl("verify", "--from", checkpoint, "--key", self.key, expect=1))
        said = self.witness(expect=1).stderr
        self.assertIn("THE LOG WAS CHANGED", said)
        self.assertEqual(self.state.read_text(), remembered)
        evidence = sorted(path.name for path in county.folder.glob("witness.state.*-*"))
        self.assertEqual(sum("remembered" in name for name in evidence), 1, evidence)
        self.assertEqual(sum("shown" in name for name in evidence), 2, evidence)
        self.assertEqual((county.folder / f"witness.state.remembered-{remembered.splitlines()[1]}").read_text(), remembered)

        county.stop_hub()
        run(BIN / "sanlingctl", "verify", "--data", county.data, "--key", self.key)
        done = run(BIN / "sanlingctl", "verify", "--data", county.data, "--key", self.key, "--from", checkpoint, expect=1)
        self.assertIn("the past was changed", done.stderr)
        mixed = county.folder / "first"  # what was signed, with another log under it
        for name in ("log", "head"):
            path = mixed / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            shutil.move(county.data / name, path)
        done = run(BIN / "sanlingctl", "--json", "verify", "--data", mixed, "--key", self.key, expect=5)
        self.assertEqual(json.loads(done.stdout)["damaged"], str(first), done.stderr)
        self.assertIn(f"position {first}: the record is not the one that was signed", done.stderr)


if __name__ == "__main__":
    main()
