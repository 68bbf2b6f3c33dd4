"""A hub that was put back to an earlier state and went another way cannot hide it: not from a witness, not from whoever
kept a checkpoint."""
import shutil
import unittest

from county import BIN, VILLAGES, County, main, run


def tally(source, sequence):
    return {"source": source, "sequence": str(sequence), "occurredAt": "2020-08-19T04:00:00Z", "unit": VILLAGES[0],
            "publicityTallied": {"day": "2020-08-19", "item": "LEAFLETS", "count": sequence}}


class AnotherHistoryIsCaught(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.key = self.county.folder / "kept.key.pub"
        shutil.copy(self.county.data / "log.key.pub", self.key)
        self.witness_key = self.county.folder / "witness.key"
        self.state = self.county.folder / "witness.state"
        self.vkey = run(BIN / "sanlingctl", "witness", "--new-key", "petitions.example", "--key",
                        self.witness_key).stdout.strip()
        self.assertEqual(self.witness_key.stat().st_mode & 0o777, 0o600)

    def publish(self, source, count):
        for sequence in range(1, count + 1):
            self.county.publish("governance", tally(source, sequence), source=source)

    def witness(self, expect):
        return run(*self.county.ctl_command("witness", "--key", self.witness_key, "--state", self.state, "--log-key",
                                            self.key, "--once", identity="auditor"), expect=expect)

    def put_back(self, kept):
        self.county.stop_hub()
        shutil.rmtree(self.county.data)
        shutil.copytree(kept, self.county.data)
        self.county.open_hub()

    def test_a_restored_and_diverging_hub_is_caught(self):
        county = self.county
        county.stop_hub()
        kept = county.folder / "kept"
        shutil.copytree(county.data, kept)
        county.open_hub()
        self.publish("one", 3)
        checkpoint = county.folder / "later.checkpoint"
        county.ctl("verify", "--out", checkpoint, "--key", self.key)
        self.witness(expect=0)
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
        county.open_hub()


if __name__ == "__main__":
    main()
