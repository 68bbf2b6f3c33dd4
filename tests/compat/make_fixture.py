"""Makes the fixture of this version: a stopped hub's data folder and an agent's state, without any secret key, what must
be found in them, and what this version's clients and hub said to each other. Run once for each released version, by hand,
as a scenario is:

    SANLING_BIN=… SANLING_TOOLS=… SANLING_SOURCE=. PYTHONPATH=tests/testing python3 tests/compat/make_fixture.py 0.1.0

A version that lays its state out in another form (STATE_FORM) has another digest of it: `laterDigests` of each fixture
gets that by hand, once the answers, which are the same in every form, were found to be.
"""
import json
import lzma
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

import sheets
from county import BIN, POLICIES, VILLAGES, County, run, until
from fixtures import LOG_NAME, write_log_key

HERE = pathlib.Path(__file__).parent


def tally(sequence, unit):
    return {"source": "governance-test", "sequence": str(sequence), "occurredAt": "2020-08-19T04:00:00Z", "unit": unit,
            "publicityTallied": {"day": "2020-08-19", "item": "LEAFLETS", "count": sequence}}


def keep_folders(version):
    with County(log_name=LOG_NAME) as county:
        county.data.mkdir(mode=0o700)
        write_log_key(county.data / "log.key")
        county.start()
        agent = county.start_agent("safety")
        report = county.drop("safety", "隐患台账.csv", sheets.HAZARDS,
                             [sheets.hazard(f"H-{n}", VILLAGES[n % 8], "2020-08-18", explosives=n == 3) for n in range(40)])
        until("the report", report.exists)
        other = county.start_agent("petitions")
        report = county.drop("petitions", "信访台账.csv", sheets.PETITIONS,
                             [sheets.petition("P-1", VILLAGES[1], "2020-08-18", accepted="2020-08-19")])
        until("the other report", report.exists)
        other.stop()
        county.publish("governance", *[tally(n, VILLAGES[n % 8]) for n in range(1, 301)])
        county.publish("governance", tally(301, "140322999999"), expect=1)
        until("a checkpoint", (county.data / "tiles/checkpoint").exists)
        position = county.ask("digest")["position"]
        answers = {command: county.ask(*command.split(), "--known-at" if "status" in command else "--known", position)
                   for command in ("status --depth 2", "summary")}
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
        with tarfile.open(HERE / f"{version}.tar.xz", "w:xz") as archive:
            archive.add(county.data, "hub")
            archive.add(county.folder / "state/safety/outbox.sqlite", "state/outbox.sqlite")
        (HERE / f"{version}.json").write_text(json.dumps(
            {"position": rebuilt["position"], "digest": rebuilt["digest"], "form": rebuilt["form"],
             "outbox": watching, "answers": answers},
            indent=1, ensure_ascii=False) + "\n")


def keep_conversations(version):
    """From a hub's first minute on, so that whoever says the same to a new hub must be told the same."""
    kept = []
    with County() as county:
        recorder = county.folder / "recorder.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o", recorder, HERE / "record_frames.c"], check=True)

        frames = county.folder / "frames"
        recording = {"LD_PRELOAD": str(recorder), "SANLING_FRAMES": str(frames)}

        def keep(identity):
            kept.append({"identity": identity, "frames": frames.read_text().splitlines()})
            frames.unlink()

        def record(identity, *command, expect=0):
            run(*command, expect=expect, environment=recording)
            keep(identity)

        county.open_hub()
        record("operator", *county.ctl_command("units", "import", county.write_units(county.folder / "units.csv")))
        record("operator", *county.ctl_command("policy", "adopt", POLICIES / "yuxian-2020.yaml"))
        config = county.write_agent_config("safety")
        county.drop("safety", "隐患台账.csv", sheets.HAZARDS,
                    [sheets.hazard(f"H-{n}", VILLAGES[n % 8], "2020-08-18", explosives=n == 3) for n in range(5)] +
                    [sheets.hazard("H-8", "140322102277", "2020-08-18")])
        record("safety", BIN / "sanling-safety", "--config", config, "--once", expect=1)
        config = county.write_agent_config("public-security")
        agent = county.start_program("public-security", BIN / "sanling-public-security", "--config", config,
                                     env={**os.environ, **recording})
        until("what is routed there to be acknowledged", lambda: any(
            consumer["identity"] == "public-security" and "lag" not in consumer
            for consumer in county.ask("consumers").get("consumers", [])))
        agent.stop()
        keep("public-security")
        for words in (("status", "--depth", "2"), ("summary",), ("matters",), ("rejected",), ("sources",), ("replay",)):
            record("operator", *county.ctl_command(*words))
    (HERE / f"{version}.conversations.xz").write_bytes(lzma.compress(json.dumps(kept).encode()))


if __name__ == "__main__":
    keep_folders(sys.argv[1])
    keep_conversations(sys.argv[1])
