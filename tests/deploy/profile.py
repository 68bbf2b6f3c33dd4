"""A build that notes which way a program takes, and one that is compiled by it: the same program, of the same results."""
import os
import pathlib
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["SANLING_SOURCE"])
CMAKE = os.environ["CMAKE"]
PROGRAM = "sanling-demo"  # a small one, and what it makes is known


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          check=False, timeout=250)


def made(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class Profile(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="sanling-profile-")
        self.addCleanup(place.cleanup)
        self.folder = pathlib.Path(place.name)

    def configure(self, profile, compiler="gcc", build="build"):
        return run(CMAKE, "-S", SOURCE, "-B", self.folder / build, "-G", "Ninja", f"-DCMAKE_C_COMPILER={compiler}",
                   "-DCMAKE_BUILD_TYPE=Release", f"-DSANLING_PROFILE={profile}")

    def county_of(self, profile, name):
        """What the program makes that is built so."""
        for done in (self.configure(profile),
                     run(CMAKE, "--build", self.folder / "build", "-j2", "--target", PROGRAM),
                     run(self.folder / "build/bin" / PROGRAM, "make", "--dir", self.folder / name)):
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return made(self.folder / name)

    def test_what_is_compiled_by_a_profile_makes_the_same(self):
        noting = self.county_of("generate", "noting")
        noted = list((self.folder / "build").rglob("*.gcda"))
        self.assertTrue(noted, "nothing was noted")
        compiled = self.county_of("use", "compiled")
        self.assertTrue(noting)
        self.assertEqual(noting, compiled)
        self.assertEqual(run(SOURCE / "deploy/train", "--help").returncode, 0)

    def test_what_is_no_profile_is_refused(self):
        for profile, compiler, words in (("used", "gcc", "neither generate nor use"), ("use", "clang", "for GCC only")):
            done = self.configure(profile, compiler, f"refused-{compiler}")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, " ".join(done.stderr.split()))
        done = run(SOURCE / "deploy/train", "--fast")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("unknown", done.stderr)


if __name__ == "__main__":
    unittest.main()
