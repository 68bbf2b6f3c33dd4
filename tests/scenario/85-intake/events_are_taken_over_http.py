"""Events come over HTTP and count once: single, in batches and as CloudEvents, with and without waiting for the hub."""
import json
import unittest

import county
from county import BIN, County, run, until
from intake import Intake, OTHER_UNIT, UNIT, cloud, tally


class EventsAreTakenOverHttp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = County().__enter__().start()
        cls.intake = Intake(cls.county)
        cls.token = cls.intake.new_token("app", "publish")
        cls.intake.start()

    @classmethod
    def tearDownClass(cls):
        cls.county.__exit__(None, None, None)

    def counts(self, low):
        """What this test's events counted: each uses a range of its own."""
        return [count for count in self.intake.recorded() if low <= count < low + 100]

    def status_when_settled(self, location, token=None):
        def look():
            status = self.intake.ask("GET", location, token or self.token).json
            return status if status["waiting"] == 0 else None
        return until("the hub's answer", look)

    def test_one_event_is_answered_202_and_its_status_tells_the_position(self):
        answer = self.intake.post(self.token, tally(100), key="one")
        self.assertEqual(answer.status, 202)
        self.assertEqual(answer.json["location"], answer.headers["Location"])
        status = self.status_when_settled(answer.headers["Location"])
        self.assertEqual((status["count"], status["recorded"], status["rejected"]), (1, 1, 0))
        event, = status["events"]
        self.assertEqual(event["state"], "RECORDED")
        record, = self.county.replay("--from", event["position"], "--to", event["position"])
        self.assertEqual(record["event"]["publicityTallied"]["count"], 100)
        self.assertEqual(record["event"]["sequence"], event["sequence"])

    def test_whoever_waits_is_told_the_position(self):
        answer = self.intake.post(self.token, tally(200), key="waits", wait=20)
        self.assertEqual(answer.status, 201)
        self.assertEqual(answer.headers["Preference-Applied"], "wait=20")
        self.assertEqual(answer.json["events"][0]["state"], "RECORDED")
        again = self.intake.post(self.token, tally(200), key="waits", wait=20)
        self.assertEqual((again.status, again.body), (201, answer.body))
        self.assertEqual(self.counts(200), [200])

    def test_the_same_key_and_events_are_answered_the_same(self):
        first = self.intake.post(self.token, tally(300), key="same")
        other_spelling = json.dumps(tally(300), indent=3).encode()
        for body in (tally(300), other_spelling):
            again = self.intake.post(self.token, body, key="same")
            self.assertEqual((again.status, again.body, again.headers["Location"]),
                             (202, first.body, first.headers["Location"]))
        self.status_when_settled(first.headers["Location"])
        self.assertEqual(self.counts(300), [300])

    def test_the_same_key_with_other_events_is_refused(self):
        self.assertEqual(self.intake.post(self.token, tally(400), key="other").status, 202)
        answer = self.intake.post(self.token, tally(401), key="other")
        self.assertEqual((answer.status, answer.code), (422, "KEY_REUSED"))

    def test_a_key_belongs_to_its_token(self):
        other = self.intake.new_token("other-app", "publish")
        self.assertEqual(self.intake.post(self.token, tally(500), key="mine", wait=20).status, 201)
        self.assertEqual(self.intake.post(other, tally(501), key="mine", wait=20).status, 201)
        self.assertEqual(self.counts(500), [500, 501])

    def test_a_key_is_needed(self):
        for key in (None, "", "a b", "ä", "k" * 201):
            answer = self.intake.post(self.token, tally(600), key=None,
                                      headers={} if key is None else {"Idempotency-Key": key.encode("latin-1")})
            self.assertEqual((answer.status, answer.code), (400, "KEY_REQUIRED"), key)
        quoted = self.intake.post(self.token, tally(600), key='"quoted"')
        plain = self.intake.post(self.token, tally(600), key="quoted")
        self.assertEqual(quoted.json["id"], plain.json["id"])

    def test_a_batch_is_taken_whole(self):
        answer = self.intake.post(self.token, {"events": [tally(700 + i) for i in range(3)]}, key="batch", wait=20)
        self.assertEqual(answer.status, 201)
        self.assertEqual([event["index"] for event in answer.json["events"]], [0, 1, 2])
        lines = "\n".join(json.dumps(tally(710 + i)) for i in range(3)) + "\n\n"
        answer = self.intake.post(self.token, lines.encode(), key="lines", wait=20, content_type="application/x-ndjson")
        self.assertEqual(answer.status, 201)
        self.assertEqual(self.counts(700), [700, 701, 702, 710, 711, 712])

    def test_a_batch_with_a_wrong_event_is_not_taken_and_each_is_listed(self):
        events = [tally(800), tally(801, source="mine"), tally(802, unit="14032"), tally(803, note="电话13800138000"),
                  {**tally(804), "publicityTallied": {"dya": "2020-08-19"}}]
        answer = self.intake.post(self.token, {"events": events}, key="wrong")
        self.assertEqual((answer.status, answer.code), (422, "PERSONAL_DATA"))
        found = [(error["index"], error["path"], error["code"]) for error in answer.json["errors"]]
        self.assertEqual(found, [(1, "source", "BAD_VALUE"), (2, "unit", "BAD_VALUE"), (3, "note", "PERSONAL_DATA"),
                                 (4, "publicityTallied.dya", "BAD_VALUE")])
        self.assertNotIn("13800138000", answer.body.decode())
        mended = self.intake.post(self.token, {"events": [tally(800)]}, key="wrong", wait=20)
        self.assertEqual(mended.status, 201)
        self.assertEqual(self.counts(800), [800])

    def test_cloud_events_are_taken_in_each_mode(self):
        answer = self.intake.post(self.token, cloud(900), key="c1", wait=20,
                                  content_type="application/cloudevents+json; charset=UTF-8")
        self.assertEqual(answer.status, 201)
        answer = self.intake.post(self.token, [cloud(901), cloud(902, unit=OTHER_UNIT)], key="c2", wait=20,
                                  content_type="application/cloudevents-batch+json")
        self.assertEqual(answer.status, 201)
        data = cloud(903).pop("data")
        headers = {f"ce-{name}": value for name, value in cloud(903).items() if name != "data"}
        answer = self.intake.post(self.token, data, key="c3", wait=20,
                                  headers={**headers, "ce-note": "%E5%AE%A3%E4%BC%A0"})
        self.assertEqual(answer.status, 201)
        self.assertEqual(self.counts(900), [900, 901, 902, 903])
        record, = self.county.replay("--from", answer.json["events"][0]["position"], "--to",
                                     answer.json["events"][0]["position"])
        self.assertEqual((record["event"]["note"], record["event"]["utcOffsetMinutes"], record["event"]["occurredAt"]),
                         ("宣传", 480, "2020-08-19T01:00:00Z"))

    def test_what_is_wrong_with_a_cloud_event_is_named_by_its_attribute(self):
        cases = [({"type": "sanling.v1.Nothing"}, "type"), ({"time": "19 August"}, "time"), ({"extra": "x"}, "extra"),
                 ({"data": {"item": "LEAFLETZ"}}, "data.item"), ({"specversion": "0.3"}, "specversion"),
                 ({"data_base64": "e30="}, "data_base64"), ({"subject": "有 空格\u0001"}, "subject")]
        for change, path in cases:
            answer = self.intake.post(self.token, cloud(1, **change), content_type="application/cloudevents+json")
            self.assertEqual((answer.status, answer.json["errors"][0]["path"]), (422, path), change)

    def test_what_the_hub_rejects_is_told(self):
        unknown = tally(1000, unit="140322999999")
        answer = self.intake.post(self.token, {"events": [tally(1000), unknown]}, key="rejected", wait=20)
        self.assertEqual((answer.status, answer.code), (422, "REJECTED"))
        self.assertEqual([event["state"] for event in answer.json["events"]], ["RECORDED", "REJECTED"])
        self.assertEqual(answer.json["events"][1]["code"], "UNKNOWN_UNIT")
        status = self.status_when_settled(answer.headers["Location"])
        self.assertEqual((status["recorded"], status["rejected"]), (1, 1))
        self.assertIn("单位", status["events"][1]["detail"])
        again = self.intake.post(self.token, {"events": [tally(1000), unknown]}, key="rejected", wait=20)
        self.assertEqual((again.status, again.json["events"]), (422, answer.json["events"]))

    def test_its_description_is_served_to_everybody(self):
        document = self.intake.ask("GET", "/v1/openapi.json").json
        self.assertEqual(document["openapi"], "3.1.0")
        event = document["components"]["schemas"]["Event"]
        self.assertFalse(event["additionalProperties"])
        for media in document["paths"]["/v1/events"]["post"]["requestBody"]["content"]:
            for name, example in document["paths"]["/v1/events"]["post"]["requestBody"]["content"][media].get(
                    "examples", {}).items():
                answer = self.intake.post(self.token, example["value"], key=f"{media}-{name}", wait=20,
                                          content_type=media)
                self.assertEqual(answer.status, 201, (media, name, answer.body))
        self.assertEqual(self.intake.ask("GET", "/healthz").json, {"alive": True})
        self.assertTrue(self.intake.ask("GET", "/readyz").json["ready"])
        self.assertIn("KEY_REUSED", [row["code"] for row in self.intake.ask("GET", "/v1/problems").json["problems"]])

    def test_wrong_addresses_and_methods_are_answered(self):
        self.assertEqual(self.intake.ask("GET", "/v1/nothing", self.token).status, 404)
        answer = self.intake.ask("PUT", "/v1/events", self.token)
        self.assertEqual((answer.status, answer.headers["Allow"]), (405, "POST"))
        answer = self.intake.ask("POST", "/healthz")
        self.assertEqual((answer.status, answer.headers["Allow"]), (405, "GET, HEAD"))
        self.assertEqual(self.intake.ask("HEAD", "/healthz").status, 200)

    def test_other_types_of_content_are_refused(self):
        for content_type in ("text/plain", "application/xml", "application/json; charset=gb18030"):
            answer = self.intake.post(self.token, tally(1), content_type=content_type)
            self.assertEqual((answer.status, answer.code), (415, "UNSUPPORTED_MEDIA"), content_type)
        answer = self.intake.post(self.token, tally(1), headers={"Content-Encoding": "gzip"})
        self.assertEqual(answer.status, 415)


if __name__ == "__main__":
    county.main()
