"""The mediation desk without its page: who is answered what, that numbers are given once, and that a wrong one is refused."""
import unittest

from county import BIN, County, main, run, until
from intake import Intake

CODES = '{prefix: "140322", from: 500001, to: 500050}'
QUESTIONS = ["now", "setup", "units", "disputes", "disputes/140322-2020-D-500001-F"]


def desk(folder, codes=CODES, **more):
    keys = {"codes": codes, "page": folder / "page", **more}
    return "{" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + "}"


class TheDeskAnswersPhones(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = County().__enter__().start()
        (cls.county.folder / "page").mkdir()
        (cls.county.folder / "page/index.html").write_text("<title>desk</title>")
        cls.intake = Intake(cls.county, office="public-security")
        cls.intake.settings = {"desk": desk(cls.county.folder)}
        cls.phone = cls.intake.new_token("phone-1", "desk")
        cls.app = cls.intake.new_token("app", "publish")
        cls.intake.start()

    @classmethod
    def tearDownClass(cls):
        cls.county.__exit__(None, None, None)

    def get(self, path, token=None):
        return self.intake.ask("GET", path, token)

    def test_the_page_is_open_to_all_and_the_rest_to_tokens_of_the_desk(self):
        self.assertEqual(self.get("/desk").headers["Location"], "/desk/")
        page = self.get("/desk/")
        self.assertEqual((page.status, page.body), (200, b"<title>desk</title>"))
        for path in ("/desk/../tokens", "/desk/%2e%2e/tokens", "/desk/assets/x.js", "/desk/.hidden"):
            self.assertEqual(self.get(path).status, 404, path)
        for question in QUESTIONS:
            self.assertEqual(self.get(f"/v1/desk/{question}").code, "TOKEN_REQUIRED", question)
            self.assertEqual(self.get(f"/v1/desk/{question}", self.app).code, "SCOPE_MISSING", question)
        self.assertEqual(self.intake.ask("POST", "/v1/desk/numbers", self.app).code, "SCOPE_MISSING")

    def test_a_token_of_the_desk_sends_a_mediation_and_nothing_else(self):
        attested = {"occurredAt": "2020-08-19T01:00:00Z", "unit": "140322000000", "zeroAttested": {}}
        self.assertEqual(self.intake.post(self.phone, attested, key="a").code, "SCOPE_MISSING")
        filed = {"occurredAt": "2020-08-19T01:00:00Z", "unit": "140322102200", "caseFiled": {"caseId": "x"}}
        self.assertEqual(self.intake.post(self.phone, filed, key="b").status, 403)

    def test_the_clock_is_the_hubs_and_the_setup_the_policys(self):
        now = self.get("/v1/desk/now", self.phone).json
        self.assertEqual((now["device"], now["demonstration"], now["hub"]), ("phone-1", True, True))
        self.assertTrue(now["time"].startswith("2020-08-"), now)
        setup = self.get("/v1/desk/setup", self.phone).json
        self.assertIn({"code": "NEIGHBOUR", "name": "邻里"}, setup["categories"])
        self.assertIsNone(setup["parties"])
        units = self.get("/v1/desk/units", self.phone).json["units"]
        self.assertTrue(all(len(unit) == 3 for unit in units))
        self.assertGreater(len(units), 1)

    def test_numbers_are_given_once_until_there_are_none(self):
        given = []
        while (answer := self.intake.ask("POST", "/v1/desk/numbers", self.phone)).status == 200:
            self.assertEqual(answer.json["prefix"], "140322")
            given += range(answer.json["first"], answer.json["first"] + answer.json["count"])
        self.assertEqual(given, list(range(500001, 500051)))
        self.assertIn("desk.codes", answer.json["detail"])
        self.assertIn("all numbers from 500001 to 500050 are given", self.intake.agent.journal)


class TheDeskWithoutItsHub(unittest.TestCase):
    def test_the_clock_goes_on_and_nothing_is_guessed(self):
        with County() as county:
            county.start()
            (county.folder / "page").mkdir()
            (county.folder / "page/index.html").write_text("<title>desk</title>")
            intake = Intake(county, office="public-security")
            intake.settings = {"desk": desk(county.folder)}
            phone = intake.new_token("phone-1", "desk")
            intake.start()
            ask = lambda path: intake.ask("GET", f"/v1/desk/{path}", phone)
            until("the hub's clock", lambda: ask("now").json["hub"])
            time = ask("now").json["time"]
            county.kill_hub()
            until("the agent to notice", lambda: "the hub is away" in intake.agent.journal)
            now = ask("now").json
            self.assertEqual((now["hub"], now["demonstration"], now["time"]), (False, True, time))
            for question in QUESTIONS[1:]:
                answer = ask(question)
                self.assertEqual((answer.status, answer.code), (503, "HUB_UNREACHABLE"), question)
            self.assertEqual(intake.ask("POST", "/v1/desk/numbers", phone).json["first"], 500001)
            county.open_hub()
            until("the hub again", lambda: ask("units").status == 200)


class AWrongDeskIsRefused(unittest.TestCase):
    def test_before_anything_is_opened(self):
        with County() as county:
            county.start()
            folder = county.folder
            (folder / "page").mkdir()
            (folder / "page/index.html").write_text("x")
            (folder / "empty").mkdir()
            run(BIN / "sanling-public-security", "--new-seal-key", folder / "seal.key")
            http = "{listen: 127.0.0.1:0, tokens: tokens}"
            intake = Intake(county, office="public-security")
            intake.new_token("phone-1", "desk")
            safety = Intake(county, office="safety")
            safety.new_token("x", "publish")
            right = desk(folder)
            cases = [
                ("public-security", {"http": http, "desk": right}, 0, ""),
                ("public-security", {"http": http, "desk": desk(folder, parties="true", seal_to=folder / "seal.key.pub")}, 0, ""),
                ("public-security", {"desk": right}, 2, "`http`"),
                ("public-security", {"http": http, "desk": desk(folder, codes='{prefix: "1403", from: 1, to: 9}')}, 2, "desk.codes"),
                ("public-security", {"http": http, "desk": desk(folder, page=folder / "empty")}, 2, "index.html"),
                ("public-security", {"http": http, "desk": desk(folder, parties="true")}, 2, "--new-seal-key"),
                ("public-security", {"http": http, "desk": desk(folder, parties="true", seal_to=folder / "seal.key")}, 2, "secret half"),
                ("public-security", {"http": http, "desk": desk(folder, names="true")}, 2, "names"),
                ("safety", {"http": http, "desk": right}, 2, "only sanling-public-security"),
            ]
            for office, changes, status, said in cases:
                config = county.write_agent_config(office, **changes)
                done = run(BIN / f"sanling-{office}", "--config", config, "--check", expect=status)
                self.assertIn(said, done.stderr, changes)
                self.assertFalse((folder / "state" / office / "desk.sqlite").exists())


if __name__ == "__main__":
    main()
