"""What is in hand, what is late, who was told and why a status stands: each list as a table and as JSON."""
import json
import unittest

from county import COUNTY, TOWN, VILLAGES, County, main, until

VILLAGE, OTHER = VILLAGES[0], VILLAGES[1]
PETITION, DISPUTE, GRID = "信访-一", "纠纷-一", "网格-一"
HAZARD, MAJOR, CASE, ACCIDENT = "H-1", "H-2", "A-1", "S-1"
MORNING = "2020-08-19T09:00:00+08:00"


def event(payload, unit=VILLAGE, at=MORNING, **fields):
    (name, body), = payload.items()
    return {"unit": unit, "occurredAt": at, name: body, **fields}


def petition(matter=PETITION, unit=VILLAGE):
    return event({"petitionRegistered": {"type": "CLAIM", "channel": "VISIT", "scale": "ONE", "levelReceived": "COUNTY",
                                         "order": "FIRST", "category": "RURAL"}}, unit, matter=matter)


class Lists(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        cls.publish_matters()
        cls.publish_joint_handling()
        cls.county.ctl("clock", "set", "2020-09-10T09:00:00+08:00")

    @classmethod
    def publish_matters(cls):
        county = cls.county
        county.publish("petitions", petition(), petition("信访-二", OTHER),
                       event({"petitionAccepted": {"route": "OPINION"}}, matter=PETITION))
        county.publish(
            "safety", event({"hazardFound": {"hazard": HAZARD, "category": "FIRE", "grade": "GENERAL"}}),
            event({"rectificationOrdered": {"hazard": HAZARD, "dueDay": "2020-08-25"}}),
            event({"hazardFound": {"hazard": MAJOR, "category": "MINE", "grade": "MAJOR"}}, OTHER, campaign="C03"),
            event({"rectificationOrdered": {"hazard": MAJOR, "dueDay": "2020-09-12"}}, OTHER, campaign="C03"),
            event({"accidentReported": {"accident": ACCIDENT, "knownAt": MORNING, "reportedAt": MORNING,
                                        "casualties": {"deaths": 3}, "loss": "BELOW_10M", "industry": "COAL_MINE"}}))
        county.publish("public-security",
                       event({"caseFiled": {"caseId": CASE, "class": "CRIMINAL", "category": "THEFT",
                                            "influence": "NORMAL"}}))
        county.publish(
            "governance",
            event({"disputeOpened": {"category": "NEIGHBOUR", "scale": "INDIVIDUAL", "origin": "SWEEP"}}, matter=DISPUTE),
            event({"mediationChannelSelected": {"channel": "MOBILE_STATION"}}, matter=DISPUTE),
            event({"mediationExplained": {"toAll": True}}, matter=DISPUTE),
            event({"consentRecorded": {"side": "A", "answer": "AGREED"}}, matter=DISPUTE),
            event({"gridReported": {"category": "SAFETY_HAZARD"}}, matter=GRID),
            event({"gridRegistered": {}}, matter=GRID),
            event({"gridDispatched": {"toOffice": "WORK_SAFETY", "dueDay": "2020-08-28"}}, matter=GRID))

    @classmethod
    def publish_joint_handling(cls):
        kind = {"matterKind": "PETITION"}
        cls.county.publish(
            "petitions",
            event({"jointHandlingOpened": {**kind, "lead": "PETITIONS", "members": ["GOVERNANCE"]}}, matter=PETITION),
            event({"jointTaskAssigned": {**kind, "task": "T-1", "toOffice": "GOVERNANCE", "dueDay": "2020-08-30"}},
                  matter=PETITION),
            event({"supervisionIssued": {**kind, "level": 1, "toOffice": "GOVERNANCE", "dueDay": "2020-09-01"}},
                  matter=PETITION))

    def codes(self, *words):
        return [row["matter"] for row in self.county.ask(*words).get("matters", [])]

    def assert_table(self, words, *shown):
        printed = self.county.ctl(*words)
        self.assertIn("演示系统", printed)
        for text in shown:
            self.assertIn(text, printed, words)
        return printed

    def test_each_list_has_its_kind_alone(self):
        kinds = {"petitions": [PETITION, "信访-二"], "hazards": [HAZARD, MAJOR], "accidents": [ACCIDENT],
                 "cases": [CASE], "mediation": [DISPUTE], "grid": [GRID]}
        for command, codes in kinds.items():
            with self.subTest(command):
                self.assertEqual(self.codes(command), codes)
                self.assert_table([command], *codes)
        self.assertEqual(sorted(self.codes("matters")), sorted(sum(kinds.values(), [])))

    def test_a_list_shows_what_its_kind_is_about(self):
        self.assert_table(["petitions"], "申诉求决 CLAIM", "农村农业 RURAL", "受理 ACCEPTED", "办理 HANDLING",
                          "信访 PETITIONS 牵头 lead，任务 tasks 0/1，督办中 supervised")
        self.assert_table(["hazards"], "消防 FIRE", "重大 MAJOR", "限期整改 ORDERED", "逾期 16 overdue", "剩 2 left")
        self.assert_table(["accidents"], "较大 LARGER", "煤矿 COAL_MINE")
        self.assert_table(["cases"], "刑事 CRIMINAL", "盗窃 THEFT", "立案 FILED")
        self.assert_table(["mediation"], "掌上派出所 MOBILE_STATION", "1/2", "邻里 NEIGHBOUR")
        self.assert_table(["grid"], "分流交办 DISPATCHED", "安全隐患 SAFETY_HAZARD", "安委办/应急 WORK_SAFETY")

    def test_filters_hold_together(self):
        self.assertEqual(self.codes("matters", OTHER), ["信访-二", MAJOR])
        self.assertEqual(self.codes("hazards", "--campaign", "C03"), [MAJOR])
        self.assertEqual(self.codes("hazards", "--step", "限期整改", "--due-soon"), [MAJOR])
        self.assertEqual(self.codes("hazards", TOWN, "--overdue"), [HAZARD])
        self.assertEqual(self.codes("matters", "--kind", "信访", "--joint", "--supervised"), [PETITION])
        self.assertEqual(self.codes("matters", "--office", "公安"), [CASE])
        self.assertEqual(self.codes("matters", "--kind", "case", "--joint"), [])
        self.assertIn("（无）none", self.county.ctl("cases", "--joint"))

    def test_one_matter_has_its_whole_history(self):
        matter, = self.county.ask("matters", PETITION)["matters"]
        self.assertEqual([move["type"] for move in matter["moves"]][:2], ["PetitionRegistered", "PetitionAccepted"])
        self.assertEqual((matter["lead"], matter["tasks"][0]["task"]), ("PETITIONS", "T-1"))
        self.assert_table(["matters", "--matter", PETITION], "信访登记 PetitionRegistered",
                          f"#{matter['moves'][0]['position']}", "受理 ACCEPTED", "T-1", "催办 level 1", "逾期 overdue")

    def test_a_matter_that_does_not_exist_is_a_no(self):
        for words in (["matters", "没有"], ["--json", "hazards", "--matter", PETITION]):
            self.assertIn("[UNKNOWN_MATTER]", self.county.ctl(*words, expect=1))

    def test_overdue_is_sorted_by_days(self):
        printed = self.assert_table(["overdue"], HAZARD, GRID, "联合任务 task T-1", "催办 level 1")
        rows = [line.split() for line in printed.splitlines()]
        days = [int(words[0]) for words in rows if words and words[0].isdigit()]
        self.assertEqual(days, sorted(days, reverse=True))
        for expected in (16, 13, 11, 9):
            self.assertIn(expected, days)
        self.assertIn(MAJOR, self.county.ctl("overdue", "--soon"))
        self.assertNotIn(HAZARD, self.county.ctl("overdue", "--soon", "--kind", "隐患"))

    def test_campaigns_show_progress_and_the_countys_words(self):
        campaign = next(row for row in self.county.ask("campaigns")["campaigns"] if row["code"] == "C03")
        self.assertEqual(campaign["matters"], 1)
        self.assert_table(["campaigns"], "安全生产专项整治持久战", "措施 Measures", "强化组织领导", "工作制度 Work systems",
                          "滚动摸排")

    def test_lists_of_attention_are_taken_in_both_languages(self):
        lists = {"unverified": "未核实", "silent": "静默", "unswept": "未摸排", "late": "迟报", "contradicted": "被否定",
                 "unbroken": "由破转零", "amended": "更正", "withdrawn": "撤回", "evaluations": "年度评定"}
        for name, word in lists.items():
            with self.subTest(name):
                self.assertEqual(self.county.ask("attention", name), self.county.ask("attention", word))
                self.assert_table(["attention", name, COUNTY], name.upper())
        self.assertIn("未报不等于零", self.county.ctl("attention", "unverified"))
        units = {row["unit"] for row in self.county.ask("attention", "unverified")["rows"]}
        self.assertIn(OTHER, units)
        self.assertNotIn(VILLAGE, units, "what broke in all three is known")

    def test_an_inbox_says_on_what_ground_each_record_came(self):
        printed = self.assert_table(["inbox", "公安"], "事故快报 AccidentReported", "依据 ground: 国务院令493 art. 10")
        self.assertNotIn("CaseFiled", printed)
        for record in self.county.ask_lines("inbox", "public_security"):
            self.assertIn("PUBLIC_SECURITY", record["routedTo"])
        self.assert_table(["routes"], "国务院令493 art. 10", "联合成员 joint", "经办 handler")

    def test_an_inbox_says_how_far_behind_the_offices_agent_is(self):
        self.assertNotIn("inbox-public-security-yu", self.county.ctl("inbox", "公安"))
        agent = self.county.start_agent("public-security")
        until("the inbox", lambda: len(self.county.inbox("public-security")) > 0)
        until("the lag", lambda: "落后 behind 0 条 records，在线 connected" in self.county.ctl("inbox", "公安"))
        self.assertIn("收件 inbox-public-security-yu（public-security）", self.county.ctl("inbox", "公安"))
        self.assertNotIn("inbox-public-security-yu", self.county.ctl("inbox", "信访"))
        self.assertEqual(agent.stop(), 0)

    def test_an_inbox_is_followed_as_records_come(self):
        follower = self.county.start_ctl("follower", "inbox", "leadership", "--from", "now", "--follow")
        until("it to listen", lambda: "收件 inbox" in follower.output or follower.lines)
        self.county.publish("petitions", event({"petitionEscalated": {"levelReached": "CITY", "scale": "ONE"}},
                                               matter="信访-二", unit=OTHER))
        until("the record", lambda: "PetitionEscalated" in follower.output)
        until("its ground", lambda: "信访工作条例 art. 25" in follower.output)

    def test_a_figure_leads_back_to_its_records(self):
        figure = self.county.ask("figure", "hazards.found")
        self.assertEqual((figure["total"], figure["rowCount"]), ("2", 2))
        position = figure["rows"][0]["position"]
        self.assert_table(["figure", "hazards.found"], "hazards.found = 2", f"#{position}", HAZARD)
        record, = self.county.replay("--from", position, "--to", position)
        self.assertEqual(record["event"]["hazardFound"]["hazard"], HAZARD)
        self.county.ctl("figure", "hazards.none", expect=2)

    def test_a_suspicion_is_listed_until_it_is_resolved(self):
        self.assert_table(["discrepancies", "--open"], "疑似漏报 Suspected omissions")
        self.assertEqual(self.county.ask("discrepancies", COUNTY, "--open"), self.county.ask("discrepancies"))

    def test_why_says_which_event_broke_by_which_rule(self):
        why = self.county.ask("why", VILLAGE)
        broken = next(reason for reason in why["reasons"] if reason["kind"] == "BREAK" and reason["zero"] == "CASE")
        self.assert_table(["why", VILLAGE], "零案件：破零，自 2020-08-19", f"立案 CaseFiled（{CASE}）",
                          "按规则 yuxian-2020-1“CaseFiled", f"破零。 #{broken['position']}\n", "No cases: broken since",
                          f"Broken by CaseFiled ({CASE})")

    def test_why_knows_what_was_known_then(self):
        first = self.county.ask("why", VILLAGE)["reasons"]
        position = int(next(reason["position"] for reason in first if reason["kind"] == "BREAK"))
        before = self.county.ask("why", VILLAGE, "--known-at", str(position - 1), "--as-of", "2020-08-19")
        self.assertNotIn(str(position), [reason.get("position") for reason in before.get("reasons", [])])
        by_time = self.county.ask("why", VILLAGE, "--known-at", "2020-08-19T12:30:00+08:00", "--as-of", "2020-08-19")
        self.assertIn(str(position), [reason.get("position") for reason in by_time["reasons"]])
        self.assertLess(int(by_time["status"]["knownAt"]), int(self.county.ask("why", VILLAGE)["status"]["knownAt"]))

    def test_the_summary_names_targets_changes_and_joint_work(self):
        self.assert_table(["summary"], "今日变化 Today", "联合处置 Joint handling", "任务逾期 tasks overdue",
                          "催办督办 Supervision", "疑似漏报 Suspected omissions", "创建工作 Programme", "化解层级 Settled at")

    def test_what_waits_for_a_second_identity_is_seen_by_all_who_look(self):
        def supplement(deaths):
            return event({"accidentSupplemented": {"accident": ACCIDENT, "casualties": {"deaths": deaths},
                                                   "loss": "BELOW_10M"}})
        with County() as county:
            county.start()
            reported, = county.publish("safety", event({"accidentReported": {
                "accident": ACCIDENT, "knownAt": MORNING, "reportedAt": MORNING, "casualties": {"deaths": 3},
                "loss": "BELOW_10M", "industry": "COAL_MINE"}}))
            more, = county.publish("safety", supplement(4))
            self.assertNotIn("pending", more)
            fewer, = county.publish("safety", supplement(1))
            self.assertTrue(fewer["pending"])
            row = county.ask("attention", "amended")["rows"][1]
            self.assertEqual((row["position"], row["target"], row["text"], row["pending"]),
                             (fewer["firstPosition"], reported["firstPosition"], "SUPPLEMENTED", True))
            waits = f"待复核 pending second approval #{fewer['firstPosition']}"
            history = county.ctl("matters", ACCIDENT)
            self.assertIn("较大 LARGER", history)
            self.assertIn(f"补报 supplemented #{more['firstPosition']}，{waits}", history)
            self.assertEqual(history.count("待复核 pending second approval"), 2, history)
            self.assertNotIn("更正 corrected", history)
            self.assertIn("补报 SUPPLEMENTED，待复核 pending second approval", county.ctl("attention", "amended"))
            self.assertIn("补报待第二人批准", county.ctl("why", VILLAGE))
            lines = json.dumps(supplement(2)) + "\n"
            printed = county.ctl("publish", "--source", "safety-test", identity="safety", text=lines)
            self.assertIn("待复核 pending second approval", printed)

    def test_a_deadline_in_a_history_names_its_clock_and_level(self):
        self.assert_table(["matters", HAZARD], "DeadlinePassed（时限 clock 整改 RECTIFICATION，级别 level 1）")

    def test_lists_are_whole_however_many_pages_they_have(self):
        with County() as county:
            county.start()
            county.publish("petitions", *(petition(f"信访-{number}") for number in range(450)))
            answer = county.ask("petitions")
            self.assertEqual([row["matter"] for row in answer["matters"]], [f"信访-{number}" for number in range(450)])
            self.assertEqual(answer["total"], 450)
            rows = county.ask("figure", "petitions.registered")["rows"]
            self.assertEqual(len({row["position"] for row in rows}), 450)


if __name__ == "__main__":
    main()
