"""The work safety office with a register in its own PostgreSQL, and an agent that reads it."""
import subprocess

from county import BIN, SOURCE, VILLAGES, until
from postgres import BIN as POSTGRES_BIN

DAY = "2020-08-18"
MAPPING = """version: 1
key: [hazard_no]
on_change: correct
correct_reason: DATA_ERROR
events:
  - type: HazardFound
    fields:
      - {field: hazard, column: [hazard_no]}
      - {field: unit, column: [unit_code]}
      - {field: occurred_at, column: [found_at]}
      - {field: category, column: [category], values: [{is: [消防], to: FIRE}, {is: [用电], to: ELECTRICITY}]}
      - {field: grade, column: [grade], values: [{is: [一般], to: GENERAL}, {is: [重大], to: MAJOR}]}
      - {field: explosives, constant: NONE}
  - type: HazardFixedOnSpot
    when: [{column: fixed, is: ["t"]}]
    fields:
      - {field: hazard, column: [hazard_no]}
      - {field: unit, column: [unit_code]}
      - {field: occurred_at, column: [fixed_on], as: datetime}
      - {field: by_role, constant: UNIT}
"""
TABLE = """CREATE SCHEMA desk;
CREATE TABLE desk.hazards (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hazard_no text, unit_code char(15),
    found_at timestamptz, category text DEFAULT '消防', grade varchar(10) DEFAULT '一般', fixed boolean DEFAULT false,
    fixed_on date, changed_at timestamptz DEFAULT clock_timestamp(), photo bytea);
GRANT USAGE ON SCHEMA desk TO reader; GRANT SELECT ON desk.hazards TO reader;
"""


def insert(first, count, columns="", values="", day=DAY):
    """SQL for `count` hazards numbered from `first`; `values` go into `columns` (both begin with a comma)."""
    units = ", ".join(f"'{unit}'" for unit in VILLAGES)
    return (f"INSERT INTO desk.hazards (hazard_no, unit_code, found_at{columns}) SELECT 'H-' || n, "
            f"(ARRAY[{units}])[1 + n % 8], '{day} 09:30:00+08'{values} FROM generate_series({first}, "
            f"{first + count - 1}) AS n;")


class Office:
    """`county` has a hub; `server` a PostgreSQL. The agent is started by `start`."""

    def __init__(self, county, server):
        self.county = county
        self.server = server
        self.agent = None
        self.reports = county.folder / "office/safety/reports"
        (county.folder / "hazards.yaml").write_text(MAPPING)
        self.passfile = server.write_passfile(county.folder / "passfile")
        server.query(TABLE)

    def watch_changes(self, channel=None, key=None):
        self.run_file("change-table.sql")
        names = f", '{channel}'" if channel else ""
        names += f", key => ARRAY['{key}']" if key else ""
        self.server.query(f"SELECT sanling.watch('desk.hazards', 'reader'{names})")

    def run_file(self, name, **variables):
        words = [word for key, value in variables.items() for word in ("-v", f"{key}={value}")]
        done = subprocess.run([str(POSTGRES_BIN / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", *words, "-h",
                               str(self.server.folder), "-p", str(self.server.port), "-U", "owner", "-d", "postgres",
                               "-f", str(SOURCE / "deploy/postgresql" / name)], capture_output=True, text=True,
                              check=False)
        if done.returncode != 0 or "ERROR" in done.stderr:
            raise AssertionError(done.stderr)

    def configure(self, connection=None, **keys):
        settings = {"name": "hazards", "connection": f'"{connection or self.server.conninfo(passfile=self.passfile)}"',
                    "mapping": "hazards.yaml", "poll_seconds": 1, "chunk_rows": 100, **keys}
        if "query" not in settings:
            settings.setdefault("table", "desk.hazards")
        entry = ", ".join(f"{key}: {value}" for key, value in settings.items())
        return self.county.write_agent_config("safety", databases=f"\n  - {{{entry}}}")

    def start(self, **keys):
        self.agent = self.county.start_program("safety", BIN / "sanling-safety", "--config", self.configure(**keys))
        return self.agent

    def restart(self, **keys):
        self.agent.kill()
        return self.start(**keys)

    def events(self, kind="HazardFound"):
        return self.county.replay("--type", kind)

    def hazards(self, kind="HazardFound"):
        """The numbers of the hazards that have such an event, in the order of the log."""
        name = kind[0].lower() + kind[1:]
        return [record["event"][name]["hazard"] for record in self.events(kind)]

    def await_hazards(self, count, seconds=60):
        until(f"{count} hazards", lambda: len(self.hazards()) >= count, seconds)

    @property
    def report(self):
        path = self.reports / "database-hazards.report.txt"
        return path.read_text() if path.exists() else ""

    @property
    def rejected(self):
        path = self.reports / "database-hazards.rejected.csv"
        return path.read_text(encoding="utf-8-sig") if path.exists() else ""
