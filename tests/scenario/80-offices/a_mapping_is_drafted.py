"""An office with a sheet that no mapping reads: --suggest drafts one, --check takes it, and the sheet goes in."""
import unittest

from county import BIN, VILLAGES, County, main, run

HEADER = "隐患编码,所在单位编码,发现日,隐患类型,隐患等级,整改措施方式,整改限期,整改完成日,复查日,民爆情形,目前状态"
DAY = "2020-08-18"


class Draft(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.config = self.county.write_agent_config("safety")
        self.sheet = self.county.folder / "office" / "safety" / "安全排查2020-08.csv"

    def agent(self, *options, expect=0):
        return run(BIN / "sanling-safety", "--config", self.config, *options, expect=expect)

    def write_sheet(self, header, *rows):
        self.sheet.write_bytes("\r\n".join([header, *rows, ""]).encode("gb18030"))

    def test_a_draft_loads_and_reads_the_sheet_that_it_was_made_for(self):
        self.write_sheet(HEADER, f"YH-1,{VILLAGES[0]},{DAY},消防,一般,现场整改,/,{DAY},{DAY},/,已销号")
        draft = self.agent("--suggest", self.sheet).stdout
        self.assertIn("# ? 没有“隐患编号”，用相近的“隐患编码”", draft)
        path = self.county.folder / "drafted.yaml"
        path.write_text(draft)
        self.config.write_text(self.config.read_text().replace("mappings:\n", f"mappings:\n  - {path}\n"))
        self.agent("--check")
        self.agent("--once")
        types = [kind for record in self.county.replay("--matter", "YH-1") for kind in record["event"]
                 if kind.startswith(("hazard", "rectification"))]
        self.assertEqual(types, ["hazardFound", "hazardFixedOnSpot", "hazardVerified"])

    def test_what_is_missing_is_said_and_nothing_is_written_or_sent(self):
        self.write_sheet("隐患类型,隐患等级,整改措施方式,整改限期", "消防,一般,现场整改,/")
        before = sorted(self.county.folder.rglob("*.yaml"))
        draft = self.agent("--suggest", self.sheet, expect=1).stdout
        self.assertIn("# ? 缺 missing: key", draft)
        self.assertEqual(sorted(self.county.folder.rglob("*.yaml")), before)
        self.assertFalse((self.county.folder / "state" / "safety" / "outbox.sqlite").exists())


if __name__ == "__main__":
    main()
