"""Signed by the sender: what an office sent it cannot deny, what it did not send the hub cannot invent. Signing and
checking here are Python's, from PROTOCOL.md and the checker of tests/interop; the agent's are ours."""
import base64
import hashlib
import json
import os
import re
import sys
import unittest

import nacl.signing

from county import (BIN, DUPLICATE, POLICIES, PUBLISH, RECORDED, REFUSED, REJECTED, SOURCE, VILLAGES, County, field,
                    main, run, tally_event, until)
import sheets

sys.path.insert(0, str(SOURCE / "tests/interop"))
import proof_check  # noqa: E402

ROWS = 4000
SECRET_NOTE = "电话13800138000"


def leaf_of(salt, event):
    return hashlib.sha256(b"\0" + salt + event).digest()


class Signer:
    """An office's own key, as a file, and what it signs."""

    def __init__(self, county, name, agent="sanling-governance"):
        self.path = county.folder / f"{name}.sign"
        self.public = run(BIN / agent, "--new-signing-key", self.path).stdout.strip()
        text = self.path.read_text()
        seed = re.search(r"^signing_secret: (\S+)$", text, re.M).group(1)
        self.key = nacl.signing.SigningKey(base64.b64decode(seed))

    def sign(self, source, first, events, drawn, **changes):
        """A BatchSignature; `changes` replace its parts."""
        root = proof_check.tree_root([leaf_of(salt, event) for salt, event in zip(drawn, events)])
        text = f"sanling-batch/v1\n{source}\n{first}\n{len(events)}\n{base64.b64encode(root).decode()}\n"
        parts = {"key": bytes(self.key.verify_key), "signature": self.key.sign(text.encode()).signature,
                 "salts": b"".join(drawn), **changes}
        return b"".join(field(number, parts[name]) for number, name in enumerate(("key", "signature", "salts"), 1))


def salts_for(events):
    return [os.urandom(16) for _ in events]


def grant(county, **public_keys):
    """Signing keys, in the access file from the start."""
    county.write_access()
    path = county.folder / "access.yaml"
    text = path.read_text()
    for name, key in public_keys.items():
        text = text.replace(f"{{name: {name},", f"{{name: {name}, signing_key: '{key}',")
    path.write_text(text)


def adopt(county, *offices):
    path = county.folder / "policy.yaml"
    path.write_text((POLICIES / "yuxian-2020.yaml").read_text() + f"signatures: {{required_of: [{', '.join(offices)}]}}\n")
    county.ctl("policy", "adopt", path)


class SendersSign(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County(policy=None))
        self.signer = Signer(self.county, "governance")
        self.safety = Signer(self.county, "safety", "sanling-safety")
        grant(self.county, governance=self.signer.public, safety=self.safety.public)
        self.county.start()
        adopt(self.county, "GOVERNANCE", "WORK_SAFETY")
        self.peer = self.open_peer("governance")

    def open_peer(self, identity):
        peer = self.county.peer(identity)
        peer.hello()
        return peer

    def send(self, first, events, signature=None, peer=None, source="yu"):
        body = field(1, source) + field(2, first) + b"".join(field(3, event) for event in events)
        body += b"" if signature is None else field(4, signature)
        peer = peer or self.peer
        peer.send(field(PUBLISH, body))
        return peer.outcome()

    def signed(self, first, events, **changes):
        return self.send(first, events, self.signer.sign("yu", first, events, salts_for(events), **changes))

    def sources(self):
        return {source["name"]: source for source in self.county.ask("sources").get("sources", [])}

    def stored(self):
        """All bytes of the hub's folder."""
        return b"".join(path.read_bytes() for path in self.county.data.rglob("*") if path.is_file())

    def prove(self, record, signer):
        """Checked by ours, with the office's key, and by the other checker."""
        path = self.county.folder / "record.proof"
        key = self.county.data / "log.key.pub"
        self.county.ctl("prove", record["position"], "--out", path)
        run(BIN / "sanlingctl", "prove", "--check", path, "--key", key, "--office-key", signer.public)
        proof_check.check_proof(path.read_bytes(), proof_check.read_key(key.read_text().strip()))
        other = base64.b64encode(bytes(nacl.signing.SigningKey.generate().verify_key)).decode()
        run(BIN / "sanlingctl", "prove", "--check", path, "--key", key, "--office-key", other, expect=1)

    def test_what_is_not_signed_as_it_must_be_is_refused_and_nothing_is_consumed(self):
        events = [tally_event("yu", sequence) for sequence in range(1, 6)]
        salts = salts_for(events)
        stranger = Signer(self.county, "stranger")
        good = self.signer.sign("yu", 1, events, salts)
        turned = bytearray(good)
        turned[2 + 32 + 2] ^= 1
        changed = [*events[:4], tally_event("yu", 5, count=2)]
        wrong = {
            "by another key": stranger.sign("yu", 1, events, salts),
            "by another key that says it is the right one":
                stranger.sign("yu", 1, events, salts, key=bytes(self.signer.key.verify_key)),
            "a bit is turned": bytes(turned),
            "another event": self.signer.sign("yu", 1, changed, salts),
            "events in another order": self.signer.sign("yu", 1, events[::-1], salts),
            "another number": self.signer.sign("yu", 2, events, salts),
            "another source": self.signer.sign("other", 1, events, salts),
            "one salt too few": self.signer.sign("yu", 1, events, salts, salts=b"".join(salts[1:])),
            "no salts": good[:2 + 32 + 2 + 64],
            "a short signature": self.signer.sign("yu", 1, events, salts, signature=bytes(63)),
            "zeros": self.signer.sign("yu", 1, events, salts, key=bytes(32), signature=bytes(64)),
            "nothing": b"",
        }
        self.assertEqual(self.send(1, events), ([(REFUSED, 5, "SIGNATURE_REQUIRED")], 1))
        for what, signature in wrong.items():
            with self.subTest(what):
                self.assertEqual(self.send(1, events, signature), ([(REFUSED, 5, "BAD_SIGNATURE")], 1))
        self.assertNotIn("yu", self.sources())
        self.assertEqual(self.county.ask_lines("rejected"), [])
        for code in ("SIGNATURE_REQUIRED", "BAD_SIGNATURE"):
            self.assertIn(code, self.county.hub.journal)
        (kind, count, _), = self.send(1, events, good)[0]
        self.assertEqual((kind, count), (RECORDED, 5))
        self.assertEqual((self.sources()["yu"]["signs"], self.sources()["yu"]["mustSign"]), (True, True))

    def test_an_office_that_need_not_sign_may_and_then_it_must_be_true(self):
        peer = self.open_peer("leadership-office")
        event = tally_event("led", 1)
        self.assertEqual(self.send(1, [event], self.signer.sign("led", 1, [event], salts_for([event])), peer, "led")[0],
                         [(REFUSED, 1, "BAD_SIGNATURE")])
        self.assertNotEqual(self.send(1, [event], None, peer, "led")[0][0][0], REFUSED)

    def test_what_is_sent_again_keeps_the_signature_that_it_was_recorded_with(self):
        first = [tally_event("yu", sequence) for sequence in range(1, 4)]
        (_, _, position), = self.signed(1, first)[0]
        more = [*first, tally_event("yu", 4), tally_event("yu", 5)]
        self.peer.send(field(PUBLISH, field(1, "yu") + field(2, 1) + b"".join(field(3, event) for event in more) +
                             field(4, self.signer.sign("yu", 1, more, salts_for(more)))))
        runs = sorted(self.peer.outcome()[0] + self.peer.outcome()[0])
        self.assertEqual(runs, [(RECORDED, 2, position + 3), (DUPLICATE, 3, position)])
        self.county.kill_hub()
        self.county.open_hub()
        for record in self.county.replay("--from", str(position)):
            if record["event"]["source"] == "yu":
                self.prove(record, self.signer)

    def test_a_rejected_event_cannot_be_denied_either(self):
        events = [tally_event("yu", 1), tally_event("yu", 2, unit="140322199201"), tally_event("yu", 3)]
        self.assertEqual([run[0] for run in self.signed(1, events)[0]], [RECORDED, REJECTED, RECORDED])
        kept, = self.county.ask_lines("rejected")
        self.assertEqual(base64.b64decode(kept["event"]), events[1])
        signature = kept["signature"]
        proof_check.check_sender(
            {1: [signature["source"].encode()], 2: [int(signature["firstSequence"])], 3: [signature["count"]],
             4: [base64.b64decode(signature["key"])], 5: [base64.b64decode(signature["signature"])],
             6: [base64.b64decode(signature["salt"])],
             7: [base64.b64decode(text) for text in signature["hashes"]]}, events[1])
        self.assertEqual(signature["key"], self.signer.public)

    def test_personal_data_leaves_no_hash_that_could_be_guessed(self):
        events = [tally_event("yu", 1), tally_event("yu", 2, extra=field(9, SECRET_NOTE)), tally_event("yu", 3)]
        salts = salts_for(events)
        runs, _ = self.send(1, events, self.signer.sign("yu", 1, events, salts))
        self.assertEqual([run[0] for run in runs], [RECORDED, REJECTED, RECORDED])
        kept, = self.county.ask_lines("rejected")
        self.assertEqual(kept["code"], "PERSONAL_DATA")
        self.assertNotIn("signature", kept)
        self.county.stop_hub()
        stored = self.stored()
        for salt in (salts[0], salts[2]):
            self.assertIn(salt, stored, "those of the records beside it are there")
        for what, trace in {"the text": SECRET_NOTE.encode(), "the number": b"13800138000", "its salt": salts[1],
                            "its plain hash": hashlib.sha256(events[1]).digest(),
                            "its leaf without salt": leaf_of(b"", events[1]),
                            "its leaf with a salt of zeros": leaf_of(bytes(16), events[1])}.items():
            self.assertNotIn(trace, stored, what)

    def test_an_agent_signs_all_that_it_sends_however_often_it_and_the_hub_are_killed(self):
        agent = self.county.start_agent("safety", signing_key=self.safety.path)
        report = self.county.drop("safety", "隐患台账.csv", sheets.HAZARDS,
                                  [sheets.hazard(f"H-{row}", VILLAGES[row % 8], "2020-08-18") for row in range(ROWS)])
        for reached in (1, ROWS):
            until("more of the file",
                  lambda: int(self.sources().get("safety-yu", {"nextSequence": 0})["nextSequence"]) > reached)
            self.county.kill_hub()
            agent.kill()
            self.county.open_hub()
            agent = self.county.start_agent("safety", signing_key=self.safety.path)
        until("the report", report.exists)
        self.assertEqual(agent.stop(), 0)
        records = self.county.replay("--office", "WORK_SAFETY")
        self.assertEqual([int(record["event"]["sequence"]) for record in records], list(range(1, 3 * ROWS + 1)))
        for record in (records[0], records[ROWS + 1], records[-1]):
            self.prove(record, self.safety)
        self.assertEqual(self.county.ask_lines("rejected"), [])
        self.county.stop_hub()
        verified = json.loads(run(BIN / "sanlingctl", "--json", "verify", "--data", self.county.data).stdout)
        self.assertEqual((verified["good"], verified["signed"]), (True, 3 * ROWS))
        seed = re.search(r"^signing_secret: (\S+)$", self.safety.path.read_text(), re.M).group(1)
        for path in self.county.journals.iterdir():
            self.assertNotIn(seed, path.read_text(errors="replace"))

    def test_an_agent_without_its_key_is_told_so_and_loses_nothing(self):
        self.county.drop("safety", "隐患台账.csv", sheets.HAZARDS, [sheets.hazard("H-1", VILLAGES[0], "2020-08-18")])
        for key, code in ((None, "SIGNATURE_REQUIRED"), (Signer(self.county, "other").path, "BAD_SIGNATURE")):
            config = self.county.write_agent_config("safety", signing_key=key)
            refused = run(BIN / "sanling-safety", "--config", config, "--once", expect=4)
            self.assertIn(code, refused.stderr)
        self.assertNotIn("safety-yu", self.sources())
        config = self.county.write_agent_config("safety", signing_key=self.safety.path)
        run(BIN / "sanling-safety", "--config", config, "--once")
        self.assertEqual(len(self.county.replay("--office", "WORK_SAFETY")), 3)

    def test_a_key_that_others_may_read_signs_nothing(self):
        config = self.county.write_agent_config("safety", signing_key=self.safety.path)
        self.assertEqual(self.safety.path.stat().st_mode & 0o777, 0o600)
        self.safety.path.chmod(0o644)
        self.assertIn("signing_key", run(BIN / "sanling-safety", "--config", config, "--check", expect=2).stderr)
        self.safety.path.chmod(0o600)
        run(BIN / "sanling-safety", "--config", config, "--check")
        again = run(BIN / "sanling-safety", "--new-signing-key", self.safety.path, expect=2)
        self.assertIn("never overwritten", again.stderr)

    def test_sanlingctl_signs_what_it_publishes(self):
        event = ('{"unit":"%s","occurredAt":"2020-08-19T01:00:00Z","publicityTallied":{"day":"2020-08-19",'
                 '"item":"LEAFLETS","count":1}}\n' % VILLAGES[0])
        words = ("publish", "--source", "by-hand")
        self.assertIn("SIGNATURE_REQUIRED", self.county.ctl(*words, identity="governance", text=event, expect=4))
        self.county.ctl(*words, "--signing-key", self.signer.path, identity="governance", text=event)
        record, = [record for record in self.county.replay() if record["event"]["source"] == "by-hand"]
        self.prove(record, self.signer)


if __name__ == "__main__":
    main()
