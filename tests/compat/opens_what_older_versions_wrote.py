"""What each released version wrote opens in this one: the log to the same state, the outbox to the same numbers."""
import json
import pathlib
import tarfile
import unittest

from county import BIN, County, main, run, until

HERE = pathlib.Path(__file__).parent


class OpensWhatOlderVersionsWrote(unittest.TestCase):
    def test_each_of_them(self):
        fixtures = sorted(HERE.glob("*.tar.xz"))
        self.assertTrue(fixtures)
        for fixture in fixtures:
            with self.subTest(fixture.name), County() as county:
                expected = json.loads((HERE / f"{fixture.name.removesuffix('.tar.xz')}.json").read_text())
                with tarfile.open(fixture) as archive:
                    archive.extractall(county.folder / "old")  # our own
                data = county.folder / "old/hub"
                verified = json.loads(run(BIN / "sanlingctl", "--json", "verify", "--data", data).stdout)
                self.assertEqual((verified["good"], verified["position"]), (True, expected["position"]))
                rebuilt = json.loads(run(BIN / "sanlingctl", "--json", "rebuild", "--data", data).stdout)
                self.assertEqual((rebuilt["position"], rebuilt["digest"]), (expected["position"], expected["digest"]))
                county.endpoint = "tcp://127.0.0.1:9"  # nobody: only the outbox is looked at
                county.key("hub")
                config = county.write_agent_config("safety", state=county.folder / "old/state")
                agent = county.start_program("safety-old", BIN / "sanling-safety", "--config", config)
                try:
                    until("the journal", lambda: "next number" in agent.journal)
                    self.assertIn(f"next number {expected['outbox']}", agent.journal)
                finally:
                    agent.stop()


if __name__ == "__main__":
    main()
