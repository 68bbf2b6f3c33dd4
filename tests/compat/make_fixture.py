"""Makes the fixture of this version: a stopped hub's data folder and an agent's state, without any secret key, and what
must be found in them. Run once for each released version, by hand, as a scenario is:

    SANLING_BIN=… SANLING_TOOLS=… SANLING_SOURCE=. PYTHONPATH=tests/testing python3 tests/compat/make_fixture.py 0.1.0
"""
import json
import pathlib
import shutil
import sys
import tarfile

import sheets
from county import BIN, VILLAGES, County, run, until


def tally(sequence, unit):
    return {"source": "governance-test", "sequence": str(sequence), "occurredAt": "2020-08-19T04:00:00Z", "unit": unit,
            "publicityTallied": {"day": "2020-08-19", "item": "LEAFLETS", "count": sequence}}


def main(version):
    here = pathlib.Path(__file__).parent
    with County() as county:
        county.start()
        agent = county.start_agent("safety")
        report = county.drop("safety", "隐患台账.csv", sheets.HAZARDS,
                             [sheets.hazard(f"H-{n}", VILLAGES[n % 8], "2020-08-18") for n in range(40)])
        until("the report", report.exists)
        county.publish("governance", *[tally(n, VILLAGES[n % 8]) for n in range(1, 301)])
        county.publish("governance", tally(301, "140322999999"), expect=1)
        until("a checkpoint", (county.data / "tiles/checkpoint").exists)
        county.stop_hub()
        county.drop("safety", "隐患台账二.csv", sheets.HAZARDS, [sheets.hazard("H-99", VILLAGES[0], "2020-08-18")])
        until("an event that waits", lambda: "the hub is away" in agent.journal)
        until("the second file", lambda: b"H-99" in (county.folder / "state/safety/outbox.sqlite-wal").read_bytes())
        agent.stop()
        rebuilt = json.loads(run(BIN / "sanlingctl", "--json", "rebuild", "--data", county.data).stdout)
        told = run(BIN / "sanling-safety", "--config", county.write_agent_config("safety"), "--once", expect=3).stderr
        watching = told.partition("next number ")[2].partition("\n")[0]
        for secret in ("log.key", "backup"):
            path = county.data / secret
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        for path in (*county.data.glob("log/LOG*"), county.data / "log/LOCK"):  # RocksDB's own journal
            path.unlink(missing_ok=True)
        with tarfile.open(here / f"{version}.tar.xz", "w:xz") as archive:
            archive.add(county.data, "hub")
            archive.add(county.folder / "state/safety/outbox.sqlite", "state/outbox.sqlite")
        (here / f"{version}.json").write_text(json.dumps(
            {"position": rebuilt["position"], "digest": rebuilt["digest"], "outbox": watching}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
