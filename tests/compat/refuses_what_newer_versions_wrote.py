"""What a version that is still to come wrote, this one names and leaves as it is: a hub's store, an outbox, a backup. It
says [NEWER_VERSION] and ends with 2, never with the 5 of damage: nobody shall restore an old backup over newer data.
The same of what is too old for it, as [OLDER_VERSION]."""
import json
import sqlite3
import struct
import unittest

from county import BIN, County, main, run
from fixtures import Fixture, content, versions

BLOCK_MAGIC = b"SNLK"  # then two bytes of version
BLOCK_VERSION = 5  # the newest of ours: a packed one; this fixture's is as it is, 3
PIECE, PLAIN_HEAD, RECYCLED_HEAD = 32768, 7, 11  # of RocksDB's log file: records in pieces, each with its sum before it
SLOT_SIZE, VERSION_AT, CHECK_AT = 4096, 4, 136  # of the file `head`: two slots, each with its version and a check


def crc32c(data):
    table = []
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (0x82F63B78 if number & 1 else 0)
        table.append(number)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def mend_sums(log):
    """Of a log file of RocksDB: each record's CRC32C of its kind and bytes, turned and added to as it keeps them."""
    at = 0
    while at + PLAIN_HEAD <= len(log):
        size, kind = struct.unpack_from("<HB", log, at + 4)
        if kind == 0 or PIECE - at % PIECE < PLAIN_HEAD:  # what is left of a piece is empty
            at += PIECE - at % PIECE
            continue
        end = at + (RECYCLED_HEAD if kind > 4 else PLAIN_HEAD) + size
        crc = crc32c(log[at + 6:end])
        struct.pack_into("<I", log, at, ((crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8) & 0xFFFFFFFF)
        at = end


class RefusesWhatNewerVersionsWrote(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        Fixture(versions()[-1]).lay(self.county)
        self.county.endpoint = "tcp://127.0.0.1:9"  # nobody is asked
        self.county.key("operator")
        self.county.write_access()

    def assert_refused(self, folder, *command, status=2, said="NEWER_VERSION", version="a newer"):
        before = content(folder)
        done = run(*command, expect=status)
        self.assertIn(said, done.stderr + done.stdout)
        self.assertIn(f"written by {version} version", done.stderr + done.stdout)
        self.assertEqual(content(folder).keys(), before.keys())
        self.assertEqual(content(folder), before, "nothing is changed")

    def renew_head(self, slots):
        """As the next version would write it: its own number, and a check that only it knows."""
        path = self.county.data / "head"
        head = bytearray(path.read_bytes())
        for slot in slots:
            version, = struct.unpack_from("<I", head, slot * SLOT_SIZE + VERSION_AT)
            struct.pack_into("<I", head, slot * SLOT_SIZE + VERSION_AT, version + 1)
            head[slot * SLOT_SIZE + CHECK_AT] ^= 0xFF
        path.write_bytes(head)

    def test_a_hubs_store(self):
        data = self.county.data
        whole = (data / "head").read_bytes()
        for slots in (0,), (1,), (0, 1):
            with self.subTest(slots=slots):
                (data / "head").write_bytes(whole)
                self.renew_head(slots)
                self.assert_refused(data, BIN / "sanling-hub", "--config", self.county.write_hub_config())
                self.assert_refused(data, BIN / "sanlingctl", "verify", "--data", data)
                self.assert_refused(data, BIN / "sanlingctl", "rebuild", "--data", data)
                self.assert_refused(data, BIN / "sanlingctl", "doctor", "--data", data, status=1, said="OTHER_VERSION")
        (data / "head").write_bytes(whole)
        run(BIN / "sanlingctl", "verify", "--data", data)

    def test_a_block_of_the_log(self):
        data = self.county.data
        path, = data.glob("log/*.log")
        whole = path.read_bytes()
        log = bytearray(whole)
        mend_sums(log)
        self.assertEqual(log, whole, "the sums are RocksDB's")
        at = log.rfind(BLOCK_MAGIC)
        for number, said, version in ((BLOCK_VERSION + 1, "NEWER_VERSION", "a newer"), (2, "OLDER_VERSION", "an older")):
            with self.subTest(number):
                struct.pack_into("<H", log, at + len(BLOCK_MAGIC), number)
                mend_sums(log)
                path.write_bytes(log)
                for command in ((BIN / "sanling-hub", "--config", self.county.write_hub_config()),
                                (BIN / "sanlingctl", "verify", "--data", data)):
                    self.assert_refused(data, *command, said=said, version=version)
                self.assert_refused(data, BIN / "sanlingctl", "doctor", "--data", data, status=1, said="OTHER_VERSION",
                                    version=version)

    def test_an_outbox(self):
        state = self.county.folder / "state/safety"
        with sqlite3.connect(state / "outbox.sqlite") as outbox:
            outbox.execute("UPDATE outbox SET version = version + 1")
            outbox.execute("DROP TABLE kept_row")  # one that a later version may not have: it is not made again
        outbox.close()
        config = self.county.write_agent_config("safety")
        self.assert_refused(state, BIN / "sanling-safety", "--config", config, "--once")
        self.assert_refused(state, BIN / "sanling-safety", "--config", config)

    def test_a_backup(self):
        backups, target = self.county.folder / "backups", self.county.folder / "restored"
        backups.mkdir()
        (backups / "lock").touch()
        self.county.data.rename(backups / "000001")
        note = {"format": 2, "position": "9", "keptBy": "another way of saying it"}
        (backups / "000001/backup.json").write_text(json.dumps(note))
        for named in backups, backups / "000001":
            self.assert_refused(backups, BIN / "sanlingctl", "restore", named, "--data", target)
            self.assertFalse(target.exists())
        self.assert_refused(backups, *self.county.ctl_command("backup", backups))


if __name__ == "__main__":
    main()
