"""Bad input is answered by its name, changes nothing else, and never ends the hub (DESIGN.md, bad input)."""
import os
import unittest

from county import (COUNTY, OTHER_VILLAGES, PUBLISH, RECORDED, REFUSED, VILLAGES, County, field, main, run,
                    tally_event, until, varint)

MESSAGE_LIMIT = 4 * 1024 * 1024
TRANSPORT_LIMIT = 2 * MESSAGE_LIMIT
HOUR = "2020-08-19T03:00:00Z"
# a well-formed resident identity number of nobody: area 110105 of birth year 1949, with its check digit
IDENTITY_NUMBER = "11010519491231002X"


def event(payload, content, unit=VILLAGES[0], at=HOUR, **envelope):
    return {"unit": unit, "occurredAt": at, payload: content, **envelope}


def tally(**changes):
    return event("publicityTallied", {"day": "2020-08-19", "item": "LEAFLETS", "count": 3}, **changes)


def petition(matter, **changes):
    content = {"type": "CLAIM", "channel": "LETTER", "scale": "ONE", "levelReceived": "COUNTY", "order": "FIRST",
               "category": "RURAL"}
    return event("petitionRegistered", content, matter=matter, **changes)


class Messages(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.peer = self.county.peer("governance")
        self.peer.hello()

    def assert_session_goes_on(self, source="after"):
        self.peer.publish(source, 1, tally_event(source, 1))
        self.assertEqual(self.peer.outcome()[0][0][0], RECORDED)
        self.assertEqual(self.peer.link(), (1, 0), "the connection is kept")

    def test_bytes_that_are_no_message_are_MALFORMED_and_the_connection_is_kept(self):
        bad = {
            "nothing": b"",
            "noise": os.urandom(200),
            "cut short": field(1, field(1, 1) + field(2, "x"))[:-1],
            "field number 0": b"\x00\x01",
            "a varint without end": b"\xff" * 12,
            "no text": field(1, field(1, 1) + field(2, b"\xff\xfe")),
            "NUL in a text": field(1, field(1, 1) + field(2, "a\0b")),
            "two bodies": field(1, field(1, 1)) + field(7, field(1, 1)),
            "too deep": field(7, field(2, field(3, field(3, field(3, field(3, field(3, field(3, field(3, b""))))))))),
            "a message of a later protocol": field(99, b"x"),
        }
        for name, frame in bad.items():
            with self.subTest(name):
                self.peer.send(frame)
                self.assertEqual(self.peer.expect_error(), "MALFORMED")
        self.assert_session_goes_on()

    def test_a_publish_out_of_range_is_MALFORMED(self):
        good = tally_event("x", 1)
        bad = {
            "no source": field(2, 1) + field(3, good),
            "number 0": field(1, "x") + field(2, 0) + field(3, good),
            "no events": field(1, "x") + field(2, 1),
            "too many events": field(1, "x") + field(2, 1) + field(3, b"") * 10001,
            "a name with a space": field(1, "x y") + field(2, 1) + field(3, good),
        }
        for name, body in bad.items():
            with self.subTest(name):
                self.peer.send(field(PUBLISH, body))
                self.assertEqual(self.peer.expect_error(), "MALFORMED")
        self.assert_session_goes_on()

    def test_an_event_that_is_no_event_ends_its_message_and_takes_no_number(self):
        large = tally_event("x", 2) + field(9, "x" * 70000)
        for name, bad in {"noise": b"\xff\xff", "no payload": tally_event("x", 2)[:40], "too large": large}.items():
            with self.subTest(name):
                self.peer.publish(name.replace(" ", "-"), 1, tally_event(name.replace(" ", "-"), 1), bad,
                                  tally_event(name.replace(" ", "-"), 3))
                runs, following = self.peer.outcome()
                self.assertEqual([run[0] for run in runs], [RECORDED, REFUSED])
                self.assertEqual((runs[1][2], following), ("MALFORMED", 2))
        self.assert_session_goes_on()

    def test_a_message_of_several_frames_is_dropped_and_the_connection_kept(self):
        self.peer.send(b"one", b"two")
        self.assert_session_goes_on()

    def publish_of(self, size):
        """A publish message of exactly so many bytes, and how many events it has."""
        body, count = field(1, "large") + field(2, 1), 0
        while len(body) < size - 3000:
            count += 1
            body += field(3, tally_event("large", count, extra=field(5000, b"\0" * 2500)))
        filled = lambda fill: field(PUBLISH, body + field(6000, b"\0" * fill))
        return filled(1000 + size - len(filled(1000))), count

    def test_a_message_at_the_limit_is_taken(self):
        message, count = self.publish_of(MESSAGE_LIMIT)
        self.assertEqual(len(message), MESSAGE_LIMIT)
        self.peer.send(message)
        (kind, recorded, _), = self.peer.outcome()[0]
        self.assertEqual((kind, recorded), (RECORDED, count))
        self.assert_session_goes_on()

    def test_a_message_over_the_limit_is_MALFORMED_and_the_connection_is_kept(self):
        self.peer.send(self.publish_of(MESSAGE_LIMIT + 1)[0])
        self.assertEqual(self.peer.expect_error(), "MALFORMED")
        self.peer.send_zeros(MESSAGE_LIMIT + 1)
        self.assertEqual(self.peer.expect_error(), "MALFORMED")
        self.assert_session_goes_on()

    def test_a_message_over_the_transports_limit_closes_that_connection_alone(self):
        other = self.county.peer("town")
        other.hello()
        self.peer.send_zeros(TRANSPORT_LIMIT + 1)
        until("the connection to end and to come back", lambda: self.peer.link() == (2, 1))
        self.peer.hello()
        other.publish("other", 1, tally_event("other", 1))
        self.assertEqual(other.outcome()[0][0][0], RECORDED)
        self.assertEqual(other.link(), (1, 0), "nobody else noticed")

    def test_unknown_fields_are_no_error_and_are_kept(self):
        later = field(2000, "of a later version") + varint(3000 << 3) + varint(7)
        self.peer.send(field(1, field(1, 1) + field(3, 9) + later))
        self.assertEqual(self.peer.expect(1)[2], [9])
        encoded = tally_event("later", 1, extra=later)
        self.peer.send(field(PUBLISH, field(1, "later") + field(2, 1) + field(3, encoded) + later))
        self.assertEqual(self.peer.outcome()[0][0][0], RECORDED)
        line = self.county.ctl("replay", "--raw", "--type", "PublicityTallied").split()
        self.assertEqual(bytes.fromhex(line[1]), encoded)

    def test_without_a_hello_everything_is_answered_HELLO_FIRST(self):
        silent = self.county.peer("governance")
        for body in (field(2, field(1, "x") + field(2, 1) + field(3, tally_event("x", 1))),
                     field(3, field(1, 1) + field(2, field(9, 5))), field(7, field(1, 1) + field(8, b""))):
            silent.send(body)
            self.assertEqual(silent.expect_error(), "HELLO_FIRST")
        silent.hello()

    def test_a_later_version_of_the_protocol_is_refused_by_its_name(self):
        self.peer.send(field(1, field(1, 2)))
        self.assertEqual(self.peer.expect_error(), "VERSION_UNSUPPORTED")
        self.assert_session_goes_on()


class Events(unittest.TestCase):
    """Each of these is rejected: it is answered by name and kept with its reason, and the next event is taken."""

    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()

    def assert_rejected(self, identity, bad, code, *words):
        before = self.county.ask_lines("rejected")
        outcome, = self.county.publish(identity, bad, expect=1)
        self.assertEqual((outcome["kind"], outcome["code"]), ("REJECTED", code))
        for word in words:
            self.assertIn(word, outcome["text"])
        kept = self.county.ask_lines("rejected")
        self.assertEqual(len(kept), len(before) + 1)
        self.assertEqual((kept[-1]["code"], kept[-1]["text"]), (code, outcome["text"]))
        self.assertIn(code, self.county.ctl("rejected"))
        self.assertIn(f"rejected: {code}", self.county.hub.journal)
        return kept[-1]

    def test_UNKNOWN_UNIT_names_the_unit(self):
        kept = self.assert_rejected("governance", tally(unit="140322199201"), "UNKNOWN_UNIT", "140322199201")
        self.assertIn("event", kept)

    def test_NOT_PERMITTED_for_a_type_of_another_office(self):
        self.assert_rejected("petitions", tally(), "NOT_PERMITTED", "type")

    def test_NOT_PERMITTED_outside_the_subtree(self):
        self.assertEqual(self.county.publish("town", tally())[0]["kind"], "RECORDED")
        self.assert_rejected("town", tally(unit=OTHER_VILLAGES[0]), "NOT_PERMITTED", OTHER_VILLAGES[0])
        self.assert_rejected("town", tally(unit=COUNTY), "NOT_PERMITTED", COUNTY)

    def test_BAD_TIME_beyond_the_tolerance_ahead(self):
        self.assertEqual(self.county.publish("governance", tally(at="2020-08-19T04:15:00Z"))[0]["kind"], "RECORDED")
        self.assert_rejected("governance", tally(at="2020-08-19T04:15:01Z"), "BAD_TIME", "ahead")

    def test_BAD_TIME_for_a_tally_of_a_day_to_come(self):
        later = event("publicityTallied", {"day": "2020-08-20", "item": "LEAFLETS", "count": 3})
        self.assert_rejected("governance", later, "BAD_TIME", "day")

    def test_ILLEGAL_TRANSITION_names_the_step_that_the_matter_stands_at(self):
        accepted = event("petitionAccepted", {"route": "OPINION"}, matter="X-1")
        self.assertEqual([run["kind"] for run in self.county.publish("petitions", petition("X-1"), accepted)],
                         ["RECORDED", "RECORDED"])
        self.assert_rejected("petitions", accepted, "ILLEGAL_TRANSITION", "X-1", "ACCEPTED")
        self.assert_rejected("petitions", petition("X-1"), "ILLEGAL_TRANSITION", "ACCEPTED")

    def test_UNKNOWN_MATTER_names_the_matter(self):
        closed = event("matterClosed", {"matterKind": "PETITION", "outcomeCode": "SETTLED"}, matter="X-404")
        self.assert_rejected("petitions", closed, "UNKNOWN_MATTER", "X-404")

    def test_MISSING_FIELD_and_BAD_VALUE_name_the_field(self):
        self.assert_rejected("governance", event("publicityTallied", {"day": "2020-08-19", "count": 3}),
                             "MISSING_FIELD", "item")
        self.assert_rejected("governance", tally(unit=""), "MISSING_FIELD", "unit")
        self.assert_rejected("governance", event("publicityTallied", {"day": "2020-02-30", "item": "BANNERS"}),
                             "BAD_VALUE", "day")
        self.assert_rejected("governance", tally(note="字" * 201), "BAD_VALUE", "note")
        self.assert_rejected("governance", {"unit": VILLAGES[0], "publicityTallied": {"day": "2020-08-19", "item": 3}},
                             "MISSING_FIELD", "occurred_at")

    def test_CAMPAIGN_UNKNOWN_names_the_campaign(self):
        self.assertEqual(self.county.publish("governance", tally(campaign="C03"))[0]["kind"], "RECORDED")
        self.assert_rejected("governance", tally(campaign="C99"), "CAMPAIGN_UNKNOWN", "C99")

    def test_DUPLICATE_UNIT_and_NOT_VALID_name_the_unit(self):
        again = event("unitRegistered", {"kind": "VILLAGE", "name": "重复", "parent": "140322102000",
                                         "validFrom": "2020-01-01"})
        self.assert_rejected("operator", again, "DUPLICATE_UNIT", VILLAGES[0])
        self.assert_rejected("governance", tally(at="1999-12-31T03:00:00Z"), "NOT_VALID", VILLAGES[0])

    def test_DAY_NOT_CLOSED_for_an_attestation_of_today(self):
        today = event("zeroAttested", {"zero": "PETITION", "fromDay": "2020-08-01", "toDay": "2020-08-19",
                                       "basis": "REGISTER_CHECKED"})
        self.assert_rejected("petitions", today, "DAY_NOT_CLOSED", "2020-08-19")

    def test_POLICY_INVALID_names_the_line(self):
        text = (self.county.folder / "policy.yaml")
        text.write_text("version: broken\n")
        self.assertIn("broken", text.read_text())
        bad = event("policyAdopted", {"version": "broken", "sha256": "A" * 43 + "=", "effectiveFrom": "2020-01-01",
                                      "text": "version: broken\npreset: [1, 2]\n"}, unit="")
        self.assert_rejected("operator", bad, "POLICY_INVALID", "policy")

    def test_PERSONAL_DATA_keeps_no_bytes(self):
        note = f"当事人{IDENTITY_NUMBER}"
        kept = self.assert_rejected("governance", tally(note=note), "PERSONAL_DATA", "note")
        self.assertNotIn("event", kept)
        self.assertEqual((kept["field"], kept["fieldSize"]), ("note", len(note.encode())))
        self.assertEqual(self.files_with(IDENTITY_NUMBER), [])
        full_width = "１３８" + "００１３８０００"
        self.assert_rejected("governance", tally(note=f"电话 {full_width}"), "PERSONAL_DATA", "note")
        self.assertEqual(self.files_with(full_width), [])
        self.assertNotIn(IDENTITY_NUMBER, self.county.hub.journal)

    def files_with(self, text):
        """Files of the hub that hold the text."""
        return [str(path) for path in self.county.data.rglob("*")
                if path.is_file() and text.encode() in path.read_bytes()]

    def test_what_a_drill_does_is_recorded_and_left_out_unless_asked_for(self):
        marker = event("publicityTallied", {"day": "2020-08-18", "item": "BANNERS", "count": 77}, mode="EXERCISE")
        self.assertEqual(self.county.publish("governance", marker)[0]["kind"], "RECORDED")
        drills = lambda *words: [record for record in self.county.replay(*words)
                                 if record["event"].get("mode") == "EXERCISE"]
        self.assertEqual(drills(), [])
        self.assertEqual(len(drills("--drills")), 1)
        tallies = {tally["kind"]: int(tally.get("count", 0)) for tally in self.county.ask("summary")["tallies"]}
        self.assertEqual(tallies.get("publicity.BANNERS", 0), 0)


class Lines(unittest.TestCase):
    def test_a_line_that_is_no_event_is_named_and_the_others_are_published(self):
        with County() as county:
            county.start()
            good = '{"unit":"%s","occurredAt":"%s","publicityTallied":{"day":"2020-08-19","item":"MEDIA"}}' % (
                VILLAGES[0], HOUR)
            done = run(*county.ctl_command("--json", "publish", "--source", "x", identity="governance"), expect=1,
                       text="\n".join([good, "{", good, '{"nothing": 1}', good]) + "\n")
            self.assertEqual(len(done.stdout.splitlines()), 3)
            self.assertIn("line 2", done.stderr)
            self.assertIn("line 4", done.stderr)
            self.assertEqual(len(county.replay("--type", "PublicityTallied")), 3)


if __name__ == "__main__":
    main()
