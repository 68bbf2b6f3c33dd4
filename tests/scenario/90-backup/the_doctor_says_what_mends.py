"""sanlingctl doctor: each thing that can be wrong with a data folder has a code, and what it advises mends it."""
import json
import os
import shutil
import unittest

from county import BIN, VILLAGES, County, main, run, until


class TheDoctorSaysWhatMends(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = County()
        cls.addClassCleanup(cls.county.__exit__, None, None, None)
        cls.county.start()
        writer = cls.county.start_publisher("many", count=5000, batch=500, window=8)
        assert writer.wait() == 0
        until("a checkpoint of all", lambda: int((cls.county.data / "tiles/checkpoint").read_text().split("\n")[1]) >= 5000)

    def setUp(self):
        county = self.county
        if not county.hub.running:
            county.open_hub()
        county.stop_hub()
        self.kept = county.folder / "kept"
        shutil.rmtree(self.kept, ignore_errors=True)
        shutil.copytree(county.data, self.kept)
        self.data = county.data

    def tearDown(self):
        if self.county.hub.running:
            self.county.stop_hub()
        shutil.rmtree(self.data)
        shutil.copytree(self.kept, self.data)

    def doctor(self, expect):
        done = run(BIN / "sanlingctl", "--json", "doctor", "--data", self.data, expect=expect)
        return {finding["code"]: finding for finding in map(json.loads, done.stdout.splitlines())}

    def starts(self):
        self.county.open_hub()
        self.county.stop_hub()

    def test_nothing_is_wrong(self):
        self.assertEqual(self.doctor(0), {})
        self.assertIn("未发现问题", run(BIN / "sanlingctl", "doctor", "--data", self.data).stdout)
        self.county.open_hub()
        self.assertEqual(set(self.doctor(0)), {"RUNNING"})

    def test_a_damaged_record_is_named(self):
        store = max((self.data / "log").glob("0*.*"), key=lambda path: path.stat().st_size)
        with open(store, "r+b") as file:
            file.seek(store.stat().st_size // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        found = self.doctor(5)
        self.assertIn("position", found["LOG_DAMAGED"]["detail"])
        self.assertIn("restore", found["LOG_DAMAGED"]["mend"]["en"])

    def test_a_hub_program_that_ends_halfway_has_found_nothing_right(self):
        tools = self.county.folder / "tools"
        tools.mkdir(exist_ok=True)
        shutil.copy2(BIN / "sanlingctl", tools)
        whole = f'exec {BIN / "sanling-hub"} "$@"'
        for part, verifies, rebuilds in (("log", "kill -ABRT $$", whole), ("state", whole, "kill -ABRT $$"),
                                         ("log", "exit 1", whole), ("state", whole, "exit 1")):
            (tools / "sanling-hub").write_text(f'#!/bin/sh\nif [ "$1" = --verify ]; then {verifies}; fi\n{rebuilds}\n')
            (tools / "sanling-hub").chmod(0o755)
            done = run(tools / "sanlingctl", "--json", "doctor", "--data", self.data, expect=1)
            finding = json.loads(done.stdout)
            self.assertEqual((finding["code"], finding["detail"]), ("NOT_EXAMINED", part))

    def test_a_missing_witness_and_a_missing_log(self):
        (self.data / "head").rename(self.data / "head.away")
        self.assertEqual(set(self.doctor(5)), {"HEAD_MISSING"})
        (self.data / "head.away").rename(self.data / "head")
        shutil.rmtree(self.data / "log")
        self.assertEqual(set(self.doctor(5)), {"LOG_MISSING"})

    def test_what_a_start_mends(self):
        tile = self.data / "tiles/tile/0/003"
        tile.unlink()
        self.assertEqual(set(self.doctor(1)), {"TILES"})
        with open(self.data / "state", "r+b") as state:
            state.write(bytes(8192))
        self.starts()
        self.assertTrue(tile.exists())
        self.assertEqual(self.doctor(0), {})

    def test_a_flipped_bit_anywhere_in_the_newest_checkpoint(self):
        checkpoint = self.data / "tiles/checkpoint"
        whole = checkpoint.read_bytes()
        line = whole.index(b"\xe2\x80\x94") + len("— ".encode())
        signature = whole.index(b" ", line) + 1
        for place in (3, whole.index(b"\n") + 1, line + 5, signature + 1, signature + 60, len(whole) - 2):
            with self.subTest(place=place):
                spoilt = bytearray(whole)
                spoilt[place] ^= 1
                checkpoint.write_bytes(bytes(spoilt))
                found = self.doctor(1)
                self.assertEqual(set(found), {"TILES"})
                self.assertIn("this file is damaged", found["TILES"]["detail"])
        self.starts()
        self.assertEqual(self.doctor(0), {})
        # A name or number that is spoilt is no other key, either.
        for place in (line + 5, signature + 1):
            spoilt = bytearray(checkpoint.read_bytes())
            spoilt[place] ^= 1
            checkpoint.write_bytes(bytes(spoilt))
            self.starts()
        self.assertEqual(self.doctor(0), {})

    def test_a_spoilt_state(self):
        with open(self.data / "state", "r+b") as state:
            state.write(bytes(16384))
        self.assertEqual(set(self.doctor(1)), {"STATE_UNUSABLE"})
        self.starts()
        self.assertEqual(self.doctor(0), {})

    def test_keys_and_modes(self):
        (self.data / "log.key").chmod(0o644)
        self.data.chmod(0o755)
        self.assertEqual(set(self.doctor(1)), {"KEY_MODE", "FOLDER_MODE"})
        (self.data / "log.key").rename(self.county.folder / "log.key.away")
        self.data.chmod(0o700)
        self.assertEqual(set(self.doctor(1)), {"LOG_KEY_MISSING"})
        (self.county.folder / "log.key.away").unlink()
        if os.geteuid() == 0:
            os.chown(self.data / "log/CURRENT", 65534, 65534)
            self.assertEqual(set(self.doctor(1)), {"LOG_KEY_MISSING", "OWNER"})

    def test_half_a_restore(self):
        (self.data / "backup.json").write_text("{}")
        self.assertEqual(set(self.doctor(5)), {"RESTORE_UNFINISHED"})
        empty = self.county.folder / "empty"
        empty.mkdir(mode=0o700, exist_ok=True)
        done = run(BIN / "sanlingctl", "--json", "doctor", "--data", empty)
        self.assertEqual(json.loads(done.stdout)["code"], "NEVER_STARTED")
        run(BIN / "sanlingctl", "doctor", "--data", empty / "nothing", expect=2)


if __name__ == "__main__":
    main()
