"""deploy/monitoring and OPERATIONS.md speak of what a real hub, agent and page show, of all of it, and of nothing else."""
import json
import re
import shutil
import tempfile
import unittest

from county import SOURCE, County, main
from intake import Intake
from monitored import LISTEN, Monitor, promtool
from page import Page

FOLDER = SOURCE / "deploy/monitoring"
OPERATIONS = (SOURCE / "deploy/OPERATIONS.md").read_text(encoding="utf-8")
FIGURE = re.compile(r"\b(?:sanling|process)_[a-z_]+\b")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def anchors():
    """What GitHub makes of the headings."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.+)$", OPERATIONS, re.MULTILINE)}


def alerts():
    """(name, text of its rule) of each."""
    parts = re.split(r"^      - alert: ", (FOLDER / "alerts.yml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [(part.split("\n", 1)[0], part) for part in parts[1:]]


def panels():
    return [panel for panel in json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))["panels"]]


def section(begin, end):
    return OPERATIONS.split(begin, 1)[1].split(end, 1)[0]


class RulesFit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("promtool") is None:
            raise AssertionError("promtool is missing: deploy/install-deps --tests installs it")
        county = cls.enterClassContext(County(**LISTEN))
        county.start()
        agent = Intake(county)
        agent.new_token("any", "publish")
        agent.start()
        page = Page(county, **LISTEN).start()
        text = "".join([Monitor(county).text, agent.ask("GET", "/metrics").body.decode(),
                        Monitor(county, county.start_agent("safety", **LISTEN)).text,
                        Monitor(county, page.program).text])
        cls.types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
        cls.helps = dict(re.findall(r"^# HELP (\S+) (.+)$", text, re.MULTILINE))

    def shown(self, name):
        """The family that a series belongs to; None: no hub shows it."""
        if name in self.types:
            return name
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        return base if self.types.get(base) == "histogram" else None

    def test_each_figure_has_type_and_help_and_a_name_by_convention(self):
        self.assertEqual(set(self.types), set(self.helps))
        for name, kind in self.types.items():
            self.assertTrue(name.startswith(("sanling_", "process_")), name)
            self.assertEqual(name.endswith("_total"), kind == "counter", name)
            self.assertNotRegex(name, r"_(ms|us|minutes|hours|kb|mb|mib)\b", "base units")

    def test_rules_and_dashboard_ask_for_what_is_shown(self):
        for file in "alerts.yml", "alerts.test.yml", "dashboard.json":
            text = (FOLDER / file).read_text(encoding="utf-8")
            for name in sorted(set(FIGURE.findall(text))):
                self.assertIsNotNone(self.shown(name), f"{file}: {name}")

    def test_each_figure_is_documented_and_nothing_else_is(self):
        table = section("### Figures 指标", "\nWhat Prometheus needs")
        documented = {name for row in table.splitlines() if row.startswith("| `")
                      for name in re.findall(r"`(\w+)`", row.split("|")[1])}
        self.assertEqual(documented, set(self.types))

    def test_each_alert_is_documented_tried_and_says_what_to_do(self):
        names = [name for name, _ in alerts()]
        self.assertEqual(len(names), len(set(names)))
        table = section("### What an alert wants 告警处置", "\n## ")
        self.assertEqual(sorted(re.findall(r"^\| (Sanling\w+) \|", table, re.MULTILINE)), sorted(names))
        tried = (FOLDER / "alerts.test.yml").read_text(encoding="utf-8")
        for name, text in alerts():
            self.assertIn(f'{{alertname="{name}"}}', tried, "no test lets it fire")
            self.assertRegex(text, r"severity: (critical|warning)\}", name)
            for annotation in "summary", "description":
                said = re.search(rf"^          {annotation}: '(.+)'$", text, re.MULTILINE)[1]
                first, _, second = said.partition(" / ")
                self.assertRegex(first, CHINESE, f"{name}: {annotation}: Chinese first")
                self.assertTrue(second and not CHINESE.search(second), f"{name}: {annotation}: English beside")
            page, anchor = re.search(r"runbook_url: '([^#]+)#(.+)'", text).groups()
            self.assertEqual(page, "OPERATIONS.md")
            self.assertIn(anchor, anchors(), name)

    def test_promtool_finds_nothing_to_mend(self):
        for words in (("check", "rules", FOLDER / "alerts.yml"), ("check", "config", FOLDER / "prometheus.yml"),
                      ("test", "rules", FOLDER / "alerts.test.yml")):
            status, said = promtool(*words)
            self.assertEqual(status, 0, f"promtool {words}: {said}")

    def test_the_dashboard_is_sound(self):
        numbers = [panel["id"] for panel in panels()]
        self.assertEqual(len(numbers), len(set(numbers)))
        for panel in panels():
            self.assertRegex(panel["title"], r"^[\u4e00-\u9fff].*[A-Za-z]", "Chinese first, English beside")
        asked = [target["expr"] for panel in panels() for target in panel.get("targets", [])]
        self.assertGreater(len(asked), 40)
        rules = {"groups": [{"name": "asked", "rules": [{"record": f"asked:{n}", "expr": expression.replace("$hub", "x")}
                                                        for n, expression in enumerate(asked)]}]}
        with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
            json.dump(rules, file)
            file.flush()
            status, said = promtool("check", "rules", file.name)
        self.assertEqual(status, 0, said)


if __name__ == "__main__":
    main()
