"""What the manual shows of the intake works as it stands there."""
import json
import os
import re
import unittest

from county import BIN, SOURCE, County, main, run
from intake import Intake

OFFICES = ("petitions", "safety", "public-security", "governance", "leadership-office")


class TheManualIsRight(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())

    def test_its_commands_record_an_event(self):
        self.county.start()
        intake = Intake(self.county)
        intake.new_token("first", "read")
        intake.start()
        section = (SOURCE / "deploy/OPERATIONS.md").read_text().split("\n## 6b HTTP intake\n")[1].split("\n## ")[0]
        commands, = re.findall(r"```sh\n(.*?)```", section, re.S)
        self.assertIn("127.0.0.1:7391", commands)
        script = "set -e\ncd " + str(self.county.folder) + "\n" + commands.replace("127.0.0.1:7391", intake.address)
        done = run("bash", "-c", script, environment={"PATH": f"{BIN.absolute()}:{os.environ['PATH']}"})
        answer = json.loads(done.stdout)
        self.assertEqual(answer["recorded"], 1)
        self.assertEqual(intake.recorded(), [120])

    def test_the_examples_of_configuration_have_the_keys_there_are(self):
        self.county.open_hub()
        Intake(self.county).new_token("first", "read")
        for office in OFFICES:
            example = (SOURCE / f"deploy/config/{office}.yaml").read_text()
            block = re.search(r"^# http:\n((?:#   .*\n)+)", example, re.M)[1]
            keys = dict(re.findall(r"^#   (\w+): (\S+)", block, re.M))
            self.assertEqual(set(keys), {"listen", "tls_certificate", "tls_key", "tokens", "connections",
                                         "requests_per_second"}, office)
            keys.update(tls_certificate=None, tls_key=None, tokens="tokens")
            run(BIN / f"sanling-{office}", "--config", Intake(self.county, office, **keys).config(), "--check")


if __name__ == "__main__":
    main()
