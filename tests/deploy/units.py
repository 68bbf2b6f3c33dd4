"""What is installed beside the programs: units that systemd finds sound, and tighter than 2.0 of its ten."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ["SANLING_BIN"])
SOURCE = pathlib.Path(os.environ["SANLING_SOURCE"])
EXPOSURE = 2.0
OFFICES = ("petitions", "safety", "public-security", "governance", "leadership-office")


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=50, check=False,
                          **options)


class Installation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.prefix = pathlib.Path(tempfile.mkdtemp(prefix="sanling-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.prefix)
        done = run(os.environ["CMAKE"], f"-DCMAKE_INSTALL_PREFIX={cls.prefix}", "-P",
                   pathlib.Path(os.environ["SANLING_BUILD"]) / "deploy/cmake_install.cmake")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        (cls.prefix / "bin").symlink_to(BIN)
        units = cls.prefix / "lib/systemd/system"
        template = units / "sanling-agent@.service"
        cls.units = sorted(units.glob("*.service"))
        for office in OFFICES:  # as the manager makes them of the template
            instance = units / f"sanling-agent@{office}.service"
            shutil.copy(template, instance)
            cls.units.append(instance)

    def test_everything_is_in_its_place(self):
        for name in ("lib/systemd/system/sanling-hub.service", "lib/systemd/system/sanling-leadership.service",
                     "lib/systemd/system/sanling-witness.service", "lib/sysusers.d/sanling.conf",
                     "lib/tmpfiles.d/sanling.conf", "share/sanling/config/hub.yaml",
                     "share/sanling/config/access.yaml", "share/sanling/policy/default.yaml",
                     "share/sanling/mappings/safety/hazards.yaml", "share/sanling/postgresql/reader.sql",
                     "share/sanling/monitoring/alerts.yml"):
            self.assertTrue((self.prefix / name).is_file(), name)

    def test_units_start_what_is_installed_under_the_prefix(self):
        for unit in self.units:
            command = re.search(r"^ExecStart=(\S+)", unit.read_text(), re.MULTILINE)[1]
            self.assertTrue(command.startswith(f"{self.prefix}/bin/"), unit.name)

    def test_the_manager_finds_nothing_wrong(self):
        done = run("systemd-analyze", "verify", "--man=no", *[unit for unit in self.units if "@.service" not in unit.name])
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_each_is_tight(self):
        for unit in self.units:
            done = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
            level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
            self.assertIsNotNone(level, done.stdout + done.stderr)
            self.assertLess(float(level[1]), EXPOSURE, f"{unit.name}\n{done.stdout}")

    def test_a_loose_unit_would_be_seen(self):
        loose = self.prefix / "loose.service"
        loose.write_text(f"[Service]\nExecStart={self.prefix}/bin/sanling-hub\nUser=sanling-hub\n")
        done = run("systemd-analyze", "security", "--offline=true", "--no-pager", loose)
        self.assertGreater(float(re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)[1]), EXPOSURE)

    def test_each_runs_as_a_user_that_the_installation_makes(self):
        made = set(re.findall(r"^u (\S+) ", (self.prefix / "lib/sysusers.d/sanling.conf").read_text(), re.MULTILINE))
        for unit in self.units:
            user = re.search(r"^User=(\S+)", unit.read_text(), re.MULTILINE)[1]
            for office in OFFICES:
                self.assertIn(user.replace("%i", office), made, unit.name)

    def test_folders_that_are_made_belong_to_users_that_are_made(self):
        made = {"root", *re.findall(r"^u (\S+) ", (self.prefix / "lib/sysusers.d/sanling.conf").read_text(),
                                    re.MULTILINE)}
        rows = [line.split() for line in (self.prefix / "lib/tmpfiles.d/sanling.conf").read_text().splitlines()
                if not line.startswith("#")]
        self.assertGreater(len(rows), 5)
        for kind, path, _, user, group in rows:
            self.assertEqual(kind, "d")
            self.assertLessEqual({user, group}, made, path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
