"""Beyond this machine the page is served with a certificate or not at all; what is said on how to get one works."""
import http.client
import json
import re
import ssl
import subprocess
import unittest

from county import BIN, County, main, run
from page import PASSWORD, Page


class Certificates(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()

    def test_it_asks_for_a_certificate_and_serves_with_it(self):
        page = Page(self.county, listen="0.0.0.0:0")
        refused = run(BIN / "sanling-leadership", "--config", page.write(), expect=2)
        self.assertIn("no loopback address", refused.stderr)
        lines = [line.split(" [")[0] for line in refused.stderr.splitlines() if line.startswith("openssl")]
        self.assertEqual(len(lines), 2)
        for line in lines:
            subprocess.run(line.replace("ADDRESS", "127.0.0.1"), shell=True, cwd=page.folder, check=True,
                           capture_output=True)
        page = Page(self.county, listen="0.0.0.0:0", certificate="page.crt", key="page.key").start()
        trusted = ssl.create_default_context(cafile=page.folder / "ca.crt")
        port = int(re.search(r"listening on https://[^:]+:(\d+)", page.program.journal)[1])
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=trusted, timeout=30)
        connection.request("POST", "/v1/session", json.dumps({"account": "leader", "password": PASSWORD}),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["Set-Cookie"].endswith("; Secure"))
        self.assertIn(connection.sock.version(), ("TLSv1.2", "TLSv1.3"))
        answer.read()
        connection.close()

        old = ssl.create_default_context(cafile=page.folder / "ca.crt")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, OSError)):
            http.client.HTTPSConnection("127.0.0.1", port, context=old, timeout=30).request("GET", "/healthz")
        self.assertEqual(page.program.stop(), 0)

    def test_files_that_do_not_fit_are_named(self):
        page = Page(self.county, certificate="nowhere.crt", key="nowhere.key")
        self.assertIn("nowhere.crt", run(BIN / "sanling-leadership", "--config", page.write(), expect=2).stderr)


if __name__ == "__main__":
    main()
