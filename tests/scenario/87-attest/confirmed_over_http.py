"""The agent's page asks what is due and sends what a person confirmed: over HTTP, with a token for it, once."""
import hashlib
import json
import unittest

from county import County, VILLAGES, OTHER_VILLAGES, main, until
from intake import Intake, KEY

UNITS = len(VILLAGES) + len(OTHER_VILLAGES) + 1


class ConfirmedOverHttp(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County(clock="2020-01-02T09:00:00+08:00"))
        self.county.start()
        self.intake = Intake(self.county, office="safety")
        self.token = self.intake.new_token("duty", "attest")
        self.other = self.intake.new_token("app", "publish")
        self.intake.start()
        self.county.ctl("clock", "set", "2020-02-03T09:00:00+08:00")

    def get(self, path, token=None):
        return self.intake.ask("GET", path, token or self.token)

    def confirm(self, key="k1", token=None, **changes):
        body = {"zero": "ACCIDENT", "fromDay": "2020-01-01", "basis": "REGISTER_CHECKED", "role": "DUTY",
                "units": UNITS, **changes}
        headers = {} if key is None else {KEY: key}
        return self.intake.ask("POST", "/v1/attestations", token or self.token,
                               json.dumps({name: value for name, value in body.items() if value is not None}), headers)

    def attested(self):
        return [record["event"]["zeroAttested"] for record in self.county.replay("--type", "ZeroAttested")]

    def test_a_period_is_seen_confirmed_and_recorded_once(self):
        due = self.get("/v1/attestations/due").json
        period = due["periods"][-1]
        self.assertEqual((period["zero"], period["fromDay"], period["uncovered"], due["bases"]),
                         ("ACCIDENT", "2020-01-01", UNITS, ["REGISTER_CHECKED", "SITE_VISIT"]))
        units = self.get("/v1/attestations/due/units?zero=ACCIDENT&from=2020-01-01&after=3").json
        self.assertEqual((units["total"], len(units["units"])), (UNITS, UNITS - 3))
        answer = self.confirm()
        self.assertEqual((answer.status, answer.json["state"]), (202, "WAITING"))
        state = until("the hub's answer", lambda: (lambda now: now if now.status == 200 else None)(
            self.get("/v1/attestations/k1"))).json
        self.assertEqual((state["state"], state["recorded"]), ("RECORDED", 1))
        again = self.confirm()
        self.assertEqual((again.status, again.json), (200, state))
        event, = self.attested()
        self.assertEqual((event["scope"], event["byRole"], event.get("bySystem", False)), (True, "DUTY", False))
        record, = self.county.replay("--from", state["position"], "--to", state["position"])
        self.assertEqual(record["event"]["zeroAttested"], event)
        self.assertEqual(self.confirm(basis="SITE_VISIT").code, "KEY_REUSED")
        self.assertEqual(self.confirm(key="k2").code, "REJECTED", "it is not owed any more")
        self.assertEqual(len(self.attested()), 1)

    def test_it_is_sent_though_the_agent_is_killed_before_the_answer(self):
        self.county.stop_hub()
        self.assertEqual(self.confirm().code, "HUB_UNREACHABLE", "what is due is not known: nothing is confirmed")
        self.county.open_hub()
        until("the hub", lambda: self.get("/v1/attestations/due").status == 200)
        self.assertEqual(self.confirm().status, 202)
        self.intake.agent.kill()
        self.intake.start()
        until("the attestation", self.attested)
        self.assertEqual(self.get("/v1/attestations/k1").json["events"], 1)
        self.assertEqual(len(self.attested()), 1)

    def test_the_units_are_confirmed_as_they_were_shown(self):
        units = self.get("/v1/attestations/due/units?zero=ACCIDENT&from=2020-01-01").json["units"]
        lines = "".join(f"{unit['unit']} {unit['fromDay']} {unit['toDay']}\n" for unit in units)
        self.assertEqual(self.confirm(shown=hashlib.sha256(lines.encode()).hexdigest()).status, 202)
        until("the attestation", self.attested)

    def test_every_office_serves_the_page_to_whoever_reaches_it(self):
        page = self.intake.ask("GET", "/attest/", None)
        self.assertEqual(page.status, 200)
        self.assertIn("script-src 'self'", page.headers["Content-Security-Policy"])
        self.assertEqual(self.intake.ask("GET", "/attest/agent.json", None).json, {"program": "sanling-safety"})
        self.assertEqual(self.intake.ask("GET", "/attest", None).status, 308)
        self.assertEqual(self.intake.ask("GET", "/attest/../tokens", None).status, 404)
        self.assertEqual(self.intake.ask("GET", "/attest/nothing.js", None).status, 404)

    def test_only_who_may_attest_is_heard_and_what_is_wrong_is_said(self):
        self.assertEqual(self.get("/v1/attestations/due", self.other).status, 403)
        self.assertEqual(self.confirm(token=self.other).status, 403)
        self.assertEqual(self.intake.ask("POST", "/v1/attestations", None, "{}").status, 401)
        self.assertEqual(self.confirm(key=None).code, "KEY_REQUIRED")
        self.assertEqual(self.confirm(key="a/b").code, "KEY_REQUIRED")
        for changes in ({"role": ""}, {"role": None}, {"basis": "HISTORIC"}, {"zero": "ALL"}, {"units": 0},
                        {"name": "somebody"}, {"role": "x" * 65}, {"shown": "0"}):
            self.assertEqual((changes, self.confirm(**changes).code), (changes, "MALFORMED"))
        self.assertEqual(self.confirm(units=UNITS - 1).code, "REJECTED", "something else was shown")
        self.assertEqual(self.confirm(fromDay="2020-01-02").code, "REJECTED")
        self.assertEqual(self.confirm(shown="0" * 64).code, "REJECTED", "as many, but others were shown")
        self.assertEqual(self.confirm(unit="140322999999").status, 400)
        for query in ("zero=CASE", "from=2020-01-01", "zero=NONE&from=2020-01-01", "zero=ACCIDENT&from=x",
                      "zero=ACCIDENT&from=2020-01-01&after=x"):
            self.assertEqual((query, self.get(f"/v1/attestations/due/units?{query}").status), (query, 400))
        self.assertEqual(self.get("/v1/attestations/nothing").status, 404)
        self.assertEqual(self.attested(), [])


if __name__ == "__main__":
    main()
