"""A store that lost what was acknowledged is never opened; what can be computed again is."""
import base64
import json
import shutil
import unittest

from county import BIN, STARTED, County, main, run, until


def newest(folder, pattern):
    return max(folder.glob(pattern), key=lambda path: path.name)


def flip(path, at):
    """Turns one byte at that part of the file (0 to 1) over."""
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 0xFF
    path.write_bytes(content)


class CutStore(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        cls.publish(cls.county, 1)
        cls.county.stop_hub()
        cls.county.open_hub()  # what the write-ahead log held is a table now
        cls.publish(cls.county, 1001)
        cls.digest = cls.county.ask("digest")
        cls.county.stop_hub()

    @staticmethod
    def publish(county, first):
        oracle = county.start_publisher(f"oracle-{first}", source="oracle", first=first, count=1000, batch=100)
        if oracle.wait() != 0:
            raise AssertionError(oracle.journal)

    def setUp(self):
        self.copy = self.county.folder / self.id().rpartition(".")[2]
        shutil.copytree(self.county.data, self.copy)
        self.addCleanup(shutil.rmtree, self.copy)

    def assert_refused(self, *words):
        done = run(BIN / "sanling-hub", "--config", self.county.write_hub_config(data=self.copy.name), expect=5)
        self.assertIn("[DAMAGED]", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertEqual(run(BIN / "sanlingctl", "rebuild", "--data", self.copy, expect=5).stdout, "")

    def assert_opened_with_the_same_state(self):
        self.county.open_hub(data=self.copy.name)
        self.assertEqual(self.county.ask("digest"), self.digest)
        self.county.stop_hub()
        rebuilt = json.loads(run(BIN / "sanlingctl", "--json", "rebuild", "--data", self.copy).stdout)
        self.assertEqual(rebuilt["digest"], base64.b64decode(self.digest["digest"]).hex())

    def test_without_its_newest_write_ahead_log(self):
        newest(self.copy / "log", "*.log").unlink()
        self.assert_refused(f"ends at position {STARTED + 1000}", f"positions up to {STARTED + 2000} were acknowledged",
                            "restore a backup")

    def test_with_a_write_ahead_log_that_was_cut_short(self):
        path = newest(self.copy / "log", "*.log")
        content = path.read_bytes()
        path.write_bytes(content[:len(content) * 2 // 3])
        self.assert_refused(f"positions up to {STARTED + 2000} were acknowledged")

    def test_with_a_changed_byte_in_the_write_ahead_log(self):
        flip(newest(self.copy / "log", "*.log"), 0.3)
        self.assert_refused()

    def test_with_a_changed_byte_in_a_table(self):
        (self.copy / "state").unlink()  # it would do without reading the table
        flip(max((self.copy / "log").glob("*.sst"), key=lambda path: path.stat().st_size), 0.3)
        self.assert_refused()

    def test_without_its_head(self):
        (self.copy / "head").unlink()
        self.assert_refused("head: missing")

    def test_with_a_head_that_does_not_hold(self):
        head = self.copy / "head"
        head.write_bytes(b"\xff" * head.stat().st_size)
        self.assert_refused("restore a backup")

    def test_with_the_head_of_another_log(self):
        with County() as other:
            other.start()
            other.stop_hub()
            shutil.copy(other.data / "head", self.copy / "head")
        self.assert_refused("not what was acknowledged")

    def test_a_changed_state_is_computed_again(self):
        flip(self.copy / "state", 0.5)
        self.assert_opened_with_the_same_state()

    def test_a_state_that_was_cut_short_is_computed_again(self):
        state = self.copy / "state"
        state.write_bytes(state.read_bytes()[:-100])
        self.assert_opened_with_the_same_state()

    def test_a_missing_state_is_computed_again(self):
        (self.copy / "state").unlink()
        self.assert_opened_with_the_same_state()


class RunningStore(unittest.TestCase):
    def test_a_store_that_a_hub_has_open_is_left_alone(self):
        with County() as county:
            county.start()
            oracle = county.start_publisher("oracle", count=1000000, batch=10, pause=1)
            until("it writes", lambda: len(oracle.lines) > 100)
            for _ in range(10):
                error = run(BIN / "sanlingctl", "rebuild", "--data", county.data, expect=2).stderr
                self.assertIn(f"process {county.hub.process.pid} has it open", error)
            error = run(BIN / "sanling-hub", "--config", county.folder / "hub.yaml", expect=2).stderr
            self.assertIn("has it open", error)
            answered = len(oracle.lines)
            until("more to be acknowledged", lambda: len(oracle.lines) > answered)


if __name__ == "__main__":
    main()
