"""Who may send what over HTTP: tokens with scopes, taken back at once, at their own pace, behind a certificate."""
import base64
import os
import ssl
import subprocess
import unittest

from county import BIN, County, main, run
from intake import Intake, UNIT, tally

DISPUTE = {"occurredAt": "2020-08-19T09:00:00+08:00", "unit": UNIT, "matter": "D-1", "disputeOpened": {}}
ATTESTATION = {"occurredAt": "2020-08-19T09:00:00+08:00", "unit": UNIT,
               "zeroAttested": {"zero": "PETITION", "fromDay": "2020-08-01", "toDay": "2020-08-18",
                                "basis": "REGISTER_CHECKED"}}


class OnlyTokensAreAdmitted(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.intake = Intake(self.county)

    @property
    def tokens(self):
        return self.county.folder / "tokens"

    def refusal(self, *arguments, **more):
        answer = self.intake.post(*arguments, **more)
        return answer.status, answer.code

    def test_without_a_token_of_the_file_nothing_is_taken(self):
        token = self.intake.new_token("app", "publish")
        self.intake.start()
        for wrong in (None, "", "x", token[:-1], token + "x", token.upper()):
            self.assertEqual(self.refusal(wrong, tally(1)), (401, "TOKEN_REQUIRED"), wrong)
        answer = self.intake.post("nobody", tally(1))
        self.assertEqual(answer.headers["WWW-Authenticate"], 'Bearer realm="sanling"')
        for scheme in ("Basic", "Token"):
            answer = self.intake.post(None, tally(1), headers={"Authorization": f"{scheme} {token}"})
            self.assertEqual(answer.status, 401)
        self.assertEqual(self.intake.post(token, tally(1), wait=20).status, 201)
        self.assertEqual(self.intake.recorded(), [1])
        written = "".join(path.read_text() for path in self.county.journals.iterdir()) + self.tokens.read_text()
        self.assertNotIn(token, written)
        self.assertEqual(os.stat(self.tokens).st_mode & 0o777, 0o600)

    def test_scopes_say_what_may_be_sent(self):
        tokens = {scope: self.intake.new_token(scope, scope) for scope in ("publish", "desk", "attest", "read")}
        both = self.intake.new_token("both", "publish,attest")
        self.intake.start()
        allowed = {"publish": {"tally", "dispute"}, "desk": {"dispute"}, "attest": {"attestation"}, "read": set()}
        for scope, token in tokens.items():
            for name, event in (("tally", tally(1)), ("dispute", DISPUTE), ("attestation", ATTESTATION)):
                answer = self.intake.post(token, event, key=f"{scope}-{name}")
                expected = 202 if name in allowed[scope] else 403
                self.assertEqual(answer.status, expected, (scope, name, answer.body))
        batch = {"events": [tally(2), ATTESTATION]}
        self.assertEqual(self.refusal(tokens["publish"], batch, key="b"), (403, "SCOPE_MISSING"))
        taken = self.intake.post(both, batch, key="b")
        self.assertEqual(taken.status, 202)
        location = taken.headers["Location"]
        for scope, status in (("publish", 404), ("desk", 404), ("read", 200)):
            self.assertEqual(self.intake.ask("GET", location, tokens[scope]).status, status, scope)
        self.assertEqual(self.intake.ask("GET", location, both).status, 200)
        self.assertEqual(self.intake.ask("GET", location).status, 401)

    def test_an_attestation_is_not_corrected_by_who_may_not_attest(self):
        publish, both = self.intake.new_token("publish", "publish"), self.intake.new_token("both", "publish,attest")
        self.intake.start()
        replacement = b"\xc2\x01\x02\x08\x01"  # an Event with a ZeroAttested of PETITION
        event = {"occurredAt": "2020-08-19T09:00:00+08:00", "unit": UNIT,
                 "eventCorrected": {"target": "9", "replacement": base64.b64encode(replacement).decode(),
                                    "reasonCode": "DATA_ERROR"}}
        self.assertEqual(self.refusal(publish, event), (403, "SCOPE_MISSING"))
        self.assertEqual(self.intake.post(both, event).status, 202)

    def test_a_line_taken_out_holds_no_longer(self):
        first, second = self.intake.new_token("first", "publish"), self.intake.new_token("second", "publish")
        self.intake.start()
        self.assertEqual(self.intake.post(first, tally(1)).status, 202)
        lines = self.tokens.read_text().splitlines()
        self.tokens.write_text(lines[1] + "  # the only one\n")
        self.assertEqual(self.refusal(first, tally(2)), (401, "TOKEN_REQUIRED"))
        self.assertEqual(self.intake.post(second, tally(2)).status, 202)
        third = self.intake.new_token("third", "publish")
        self.assertEqual(self.intake.post(third, tally(3)).status, 202)
        self.assertEqual(self.intake.post(second, tally(4), key="k2").status, 202)

    def test_a_file_that_is_wrong_admits_nobody_until_it_is_mended(self):
        token = self.intake.new_token("app", "publish")
        good = self.tokens.read_text()
        self.intake.start()
        for wrong in ("app publish\n", "app steal " + good.split()[2] + "\n", good + good, "app publish abc\n"):
            self.tokens.write_text(wrong)
            self.assertEqual(self.intake.post(token, tally(1)).status, 500, wrong)
            self.assertEqual(self.intake.ask("GET", "/readyz").status, 503)
        self.tokens.write_text(good)
        os.chmod(self.tokens, 0o644)
        self.assertEqual(self.intake.post(token, tally(1)).status, 500)
        os.chmod(self.tokens, 0o600)
        self.assertEqual(self.intake.post(token, tally(1)).status, 202)
        self.assertIn("nobody is admitted until this is mended", self.intake.agent.journal)

    def test_a_name_has_one_token(self):
        self.intake.new_token("app", "publish")
        command = [BIN / "sanling-governance", "--config", self.intake.config(), "--new-token"]
        self.assertIn("app", run(*command, "app", "--scope", "publish", expect=2).stderr)
        self.assertIn("publish, desk, attest, read", run(*command, "b", "--scope", "admin", expect=2).stderr)
        run(*command, "a b", "--scope", "publish", expect=2)
        run(*command, "b", expect=2)

    def test_each_token_has_its_own_pace(self):
        self.intake.keys["requests_per_second"] = 1
        fast, slow = self.intake.new_token("fast", "publish"), self.intake.new_token("slow", "publish")
        self.intake.start()
        answers = [self.intake.post(fast, tally(1), key=f"k{i}") for i in range(8)]
        late = [answer for answer in answers if answer.status == 429]
        self.assertTrue(late)
        self.assertEqual((late[0].code, late[0].headers["Retry-After"], late[0].json["retryAfter"]),
                         ("TOO_MANY_REQUESTS", "1", 1))
        self.assertEqual(answers[0].status, 202)
        self.assertEqual(self.intake.post(slow, tally(2)).status, 202)
        self.assertEqual(self.intake.ask("GET", "/healthz").status, 200)

    def test_beyond_this_machine_it_needs_a_certificate(self):
        token = self.intake.new_token("app", "publish")
        self.intake.keys["listen"] = "0.0.0.0:0"
        command = [BIN / "sanling-governance", "--config"]
        refused = run(*command, self.intake.config(), "--check", expect=2).stderr
        self.assertIn("no loopback address", refused)
        lines = [line.split(" [")[0] for line in refused.splitlines() if line.startswith("openssl")]
        self.assertEqual(len(lines), 2)
        for line in lines:
            subprocess.run(line.replace("ADDRESS", "127.0.0.1"), shell=True, cwd=self.county.folder, check=True,
                           capture_output=True)
        self.intake.keys.update(tls_certificate="page.crt")
        self.assertIn("tls_key", run(*command, self.intake.config(), "--check", expect=2).stderr)
        self.intake.keys.update(tls_key="page.key")
        run(*command, self.intake.config(), "--check")
        self.intake.start()
        self.intake.address = "127.0.0.1:" + self.intake.address.rsplit(":", 1)[1]
        trusted = ssl.create_default_context(cafile=self.county.folder / "ca.crt")
        answer = self.intake.post(token, tally(1), wait=20, context=trusted)
        self.assertEqual(answer.status, 201)
        self.assertIn("max-age", answer.headers["Strict-Transport-Security"])
        with self.assertRaises(ssl.SSLError):
            self.intake.post(token, tally(1), context=ssl.create_default_context())
        with self.assertRaises((OSError, Exception)):
            self.intake.post(token, tally(1))
        self.assertEqual(self.intake.agent.stop(), 0)

    def test_what_is_configured_wrong_is_named(self):
        self.intake.new_token("app", "publish")
        for key, value, named in (("tokens", "nowhere", "nowhere"), ("listen", "localhost:80", "listen"),
                                  ("connections", 0, "connections"), ("requests_per_second", 99999, "requests_per"),
                                  ("nonsense", 1, "nonsense")):
            intake = Intake(self.county, **{key: value})
            refused = run(BIN / "sanling-governance", "--config", intake.config(), "--check", expect=2)
            self.assertIn(named, refused.stderr, key)


if __name__ == "__main__":
    main()
