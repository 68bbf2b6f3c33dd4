"""What offices tell each other about parties is read by the recipient alone, and by nobody once the matter is erased."""
import os
import re
import stat
import unittest

import sheets
from county import BIN, VILLAGES, County, main, run, until

DAY = "2020-08-18"
MATTER = "P-2020-0001"
SECRET = "当事人张三丰，身份证 11010519491231002X，电话 13800138000"
PROGRAMS = {"petitions": "sanling-petitions", "safety": "sanling-safety"}


class Sealed(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        for office in PROGRAMS:
            self.start(office)
        report = self.county.drop("petitions", "信访登记台账.csv", sheets.PETITIONS,
                                  [sheets.petition(MATTER, VILLAGES[0], DAY, accepted=DAY)])
        until("the petition", report.exists)
        self.county.publish("petitions", {"occurredAt": f"{DAY}T02:00:00Z", "unit": VILLAGES[0], "matter": MATTER,
                                          "jointHandlingOpened": {"matterKind": "PETITION", "lead": "PETITIONS",
                                                                  "members": ["WORK_SAFETY"]}})

    def start(self, office):
        sealing = f"{{keys: keys-{office}, opened: opened/{office}, outgoing: sealed/{office}}}"
        return self.county.start_agent(office, sealing=sealing)

    def agent(self, office, *words, expect=0, text=None):
        done = run(BIN / PROGRAMS[office], "-c", self.county.folder / f"{office}.yaml", *words, expect=expect, text=text)
        return done.stdout + done.stderr

    def position(self, said):
        return int(re.search(r"position (\d+)", said).group(1))

    def offer(self, office="safety"):
        said = self.agent(office, "--offer-matter-key", MATTER)
        offered = self.position(said)
        folder = self.county.folder / "keys-petitions/offers"
        if office == "safety":
            until("the offer at petitions", lambda: any(folder.glob("*.json")))
        return offered

    def opened(self):
        return sorted((self.county.folder / "opened/safety").glob("*/*.txt"))

    def files_with(self, text):
        """Every file below the county's folder that holds the text, in any of its encodings."""
        found = set()
        for path in self.county.folder.rglob("*"):
            if path.is_file() and any(text.encode(encoding) in path.read_bytes() for encoding in ("utf-8", "gb18030")):
                found.add(str(path.relative_to(self.county.folder)))
        return found

    def test_only_the_recipient_reads_a_note_and_erasing_leaves_a_record(self):
        county = self.county
        # Without an offer nothing can be sealed.
        note = county.folder / "note.txt"
        note.write_text(SECRET)
        refused = self.agent("petitions", "--seal-note", MATTER, "--to", "WORK_SAFETY", "--in", note, expect=None)
        self.assertIn("--offer-matter-key", refused)
        self.offer()
        sealed_at = self.position(self.agent("petitions", "--seal-note", MATTER, "--to", "WORK_SAFETY", "--in", note))
        path, = until("the opened note", self.opened)
        self.assertEqual(path.read_text(), SECRET)
        self.assertEqual(path.name, f"{sealed_at}.txt")
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(county.folder / "keys-safety").st_mode), 0o700)
        for key in (county.folder / "keys-safety").glob("*.key"):
            self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        note.unlink()
        for part in ("张三丰", "11010519491231002X", "13800138000"):
            self.assertEqual(self.files_with(part), {str(path.relative_to(county.folder))})

        # A second note goes by the folder; its file is gone once it is sealed.
        outgoing = county.folder / "sealed/petitions/WORK_SAFETY"
        outgoing.mkdir()
        (outgoing / f"{MATTER} 2.txt").write_text("短")
        until("two notes", lambda: len(self.opened()) == 2)
        until("the file's end", lambda: not list(outgoing.iterdir()))
        records = county.replay("--type", "SealedNoteAdded")
        for record in records:
            self.assertIn("WORK_SAFETY", record["routedTo"])
        ciphertexts = [record["event"]["sealedNoteAdded"]["ciphertext"] for record in records]
        self.assertEqual(len(ciphertexts[0]), len(ciphertexts[1]), "one class, one length")
        before = county.replay("--raw", "--to", str(sealed_at))
        proofs = [county.folder / f"{when}.proof" for when in ("before", "after")]
        county.ctl("prove", str(sealed_at), "--out", proofs[0])

        # Erased: key and notes are gone, the record stays, and nothing is sealed to the key again.
        said = self.agent("safety", "--erase", MATTER)
        erased_at = self.position(said)
        self.assertEqual(self.opened(), [])
        self.assertEqual(list((county.folder / "keys-safety").glob("*.key*")), [])
        until("the offer's end", lambda: not list((county.folder / "keys-petitions/offers").iterdir()))
        self.assertEqual(self.files_with("张三丰"), set())
        self.assertEqual(county.replay("--raw", "--to", str(sealed_at)), before)
        county.ctl("prove", str(sealed_at), "--out", proofs[1])
        for proof in proofs:  # made before the erasure, and after it
            county.ctl("prove", "--check", proof, "--key", county.data / "log.key.pub")
        key, = county.ask("matters", MATTER)["matters"][0]["sealKeys"]
        self.assertEqual((key["office"], key["notes"], int(key["destroyedAt"])), ("WORK_SAFETY", 2, erased_at))
        self.assertIn("erased", county.ctl("matters", MATTER))
        event = {**records[0]["event"], "sequence": "1", "source": ""}
        run_, = county.publish("petitions", event, source="petitions-late", expect=1)
        self.assertEqual(run_["code"], "KEY_DESTROYED")
        self.assertIn("no key for it", self.agent("safety", "--erase", MATTER, expect=None))

        # A matter that is taken up again takes another key.
        self.offer()
        self.agent("petitions", "--seal-note", MATTER, "--to", "WORK_SAFETY", "--in", "-", text="又一份")
        path, = until("a note to the new key", self.opened)
        self.assertEqual(path.read_text(), "又一份")
        keys = county.ask("matters", MATTER)["matters"][0]["sealKeys"]
        self.assertEqual([int(key.get("destroyedAt", 0)) > 0 for key in keys], [False, True])

    def test_an_erasure_that_was_cut_short_is_completed(self):
        self.offer()
        self.agent("petitions", "--seal-note", MATTER, "--to", "WORK_SAFETY", "--in", "-", text=SECRET)
        until("the opened note", self.opened)
        agent = next(program for program in self.county.programs if program.name == "safety")
        agent.kill()
        key, = (self.county.folder / "keys-safety").glob("*.key")
        key.unlink()  # as it stands between destroying the key and telling of it
        self.start("safety")
        until("the record", lambda: self.county.replay("--type", "MatterKeyDestroyed"))
        self.assertEqual(self.opened(), [])


if __name__ == "__main__":
    main()
