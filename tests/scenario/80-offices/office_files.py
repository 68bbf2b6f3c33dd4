"""A folder as a county's offices fill it: each file is one trap of OFFICES.md §1, with what must come of it.

A case is a file's name, its bytes, and its outcome: which rows are recorded, which come back with which code, or with
which code the file is refused as a whole, and what the report says besides. Every file of hazards has its own numbers
(H07-1 is row 1 of case 07), so that what is recorded is known to be its own.
"""
import dataclasses
import datetime

import county
import workbook
from workbook import made, packed

VILLAGE = county.VILLAGES[0]
HEADER = "隐患编号,单位编码,发现时间,等级,备注"
IDENTITY_NUMBER = "11010519491231002X"  # well-formed, of nobody

# How the folder's mappings read it: the example of OFFICES.md §2 and sheets that need something special.
HAZARD_FIELDS = """\
      - {field: hazard, column: [隐患编号, 编号]}
      - {field: category, constant: FIRE}
      - {field: grade, column: [等级], values: [{is: [一般, 一般隐患], to: GENERAL}, {is: [重大], to: MAJOR}]}
      - {field: note, column: [备注], optional: true}
"""
MAPPINGS = {
    "hazards": f"""\
version: 1
files: ["隐患台账*"]
header_rows: 2
key: [隐患编号]
ignore_rows: [合计, 小计, 填表人]
events:
  - type: HazardFound
    fields:
{HAZARD_FIELDS}\
      - {{field: unit, column: [单位/编码, 单位编码], as: unit_code}}
      - {{field: occurred_at, column: [发现时间], as: datetime}}
""",
    "serial": f"""\
version: 1
files: ["隐患序号*"]
key: [隐患编号]
events:
  - type: HazardFound
    fields:
{HAZARD_FIELDS}\
      - {{field: unit, column: [单位编码], as: unit_code}}
      - {{field: occurred_at, column: [发现时间], as: datetime, serial: true, year: 2020}}
""",
    "names": f"""\
version: 1
files: ["隐患按村*"]
key: [隐患编号]
events:
  - type: HazardFound
    fields:
{HAZARD_FIELDS}\
      - {{field: unit, column: [单位], as: unit_name, within: [乡镇]}}
      - {{field: occurred_at, column: [发现时间], as: datetime}}
""",
    "merged": f"""\
version: 1
files: ["隐患合并*"]
key: [隐患编号]
fill_down: [单位编码]
events:
  - type: HazardFound
    fields:
{HAZARD_FIELDS}\
      - {{field: unit, column: [单位编码], as: unit_code}}
      - {{field: occurred_at, column: [发现时间], as: datetime}}
""",
    "accidents": f"""\
version: 1
files: ["事故统计*"]
key: [编号]
events:
  - type: AccidentReported
    fields:
      - {{field: accident, column: [编号]}}
      - {{field: unit, constant: "{VILLAGE}"}}
      - {{field: occurred_at, constant: 2020-04-03}}
      - {{field: known_at, constant: 2020-04-03}}
      - {{field: reported_at, constant: 2020-04-03}}
      - {{field: industry, constant: FIRE}}
      - {{field: loss, constant: BELOW_THRESHOLD}}
      - {{field: casualties.deaths, column: [死亡], as: count, values: [{{is: [零], to: "0"}}]}}
""",
    "states": f"""\
version: 1
files: ["状态*"]
key: [状态]
events:
  - type: HazardFound
    fields:
      - {{field: hazard, column: [状态]}}
      - {{field: category, constant: FIRE}}
      - {{field: grade, constant: GENERAL}}
      - {{field: unit, constant: "{VILLAGE}"}}
      - {{field: occurred_at, constant: 2020-04-03}}
""",
    "monthly": f"""\
version: 1
files: ["隐患月报*"]
key: [隐患编号]
events:
  - type: HazardFound
    fields:
{HAZARD_FIELDS}\
      - {{field: unit, column: [单位编码], as: unit_code}}
      - {{field: occurred_at, column: [发现时间], as: datetime}}
attest: {{zero: ACCIDENT, basis: REGISTER_CHECKED, unit: "{county.COUNTY}", scope: true}}
""",
}

UNITS = f"""\
单位编码,名称,上级编码
{county.COUNTY},盂县,
{county.TOWN},路家村镇,{county.COUNTY}
{county.OTHER_TOWN},南娄镇,{county.COUNTY}
{county.VILLAGES[0]},西村,{county.TOWN}
{county.VILLAGES[1]},示范01村,{county.TOWN}
{county.OTHER_VILLAGES[0]},西村,{county.OTHER_TOWN}
"""


@dataclasses.dataclass
class Case:
    """`recorded` and `rejected` are about rows; `hub` are rows that the agent takes and the hub rejects."""
    name: str
    content: bytes
    recorded: list = dataclasses.field(default_factory=list)
    rejected: dict = dataclasses.field(default_factory=dict)
    hub: dict = dataclasses.field(default_factory=dict)
    refused: str = ""
    says: str = ""
    skipped: bool = False

    @property
    def outcome(self):
        if self.skipped:
            return "SKIP"
        if self.refused:
            return f"FILE {self.refused}"
        back = " ".join(f"{row}:{code}" for row, code in sorted({**self.rejected, **self.hub}.items()))
        return f"recorded {len(self.recorded)}" + (f"; rejected {back}" if back else "")


def row(code, unit=VILLAGE, day="2020-04-03", grade="一般", note=""):
    return f"{code},{unit},{day},{grade},{note}"


def table(*rows, header=HEADER, end="\r\n"):
    return "".join(line + end for line in (header, *rows))


def ids(number, *rows):
    return [f"H{number:02d}-{n}" for n in rows]


def hazards(number, title, content, recorded=(1,), ending=".csv", **outcome):
    """A file of the register; `recorded` are the numbers behind the dash."""
    data = content.encode() if isinstance(content, str) else content
    return Case(f"隐患台账{number:02d}-{title}{ending}", data, recorded=ids(number, *recorded), **outcome)


def encoding_cases():
    two = table(row("H02-1"), row("H02-2", note="消防通道"))
    gb = table(row("H03-1"), row("H03-2", grade="重大")).encode("gb18030")
    utf16 = table(row("H07-1").replace(",", "\t"), header=HEADER.replace(",", "\t"))
    lines = table(*(row(f"H10-{n}", note="x") for n in range(2, 319)), end="\n").encode("gb18030").splitlines(True)
    lines[316] = lines[316].replace(b",x", b",\xff")
    return [
        hazards(1, "UTF8", table(row("H01-1"))),
        hazards(2, "带标记", "\ufeff" + two, recorded=(1, 2)),
        hazards(3, "GB18030", gb, recorded=(1, 2)),
        Case("状态04-两种读法都合法.csv", b"\xd7\xb4\xcc\xac,\xd2\xbb\r\nH04-1,\xd2\xbb\r\n", recorded=ids(4, 1)),
        hazards(5, "生僻字和欧元", table(row("H05-1", note="BZ"), row("H05-2", note="EUR")).encode("gb18030")
                .replace(b"BZ", b"\xfe\x9f\x81\x39\xef\x31\x95\x34\xb2\x35").replace(b"EUR", b"\x80"), recorded=(1, 2)),
        hazards(6, "粘贴的标记", ("\ufeff" + table(row("H06-1")) + "\ufeff" + table(row("H06-2"))), recorded=(1, 2)),
        hazards(7, "Unicode文本", b"\xff\xfe" + utf16.encode("utf-16-le"), ending=".txt"),
        hazards(8, "UTF16大端", b"\xfe\xff" + utf16.replace("H07", "H08").encode("utf-16-be"), ending=".txt"),
        hazards(9, "还在复制", table(row("H09-1")).encode("gb18030") + b"\xd3\xdb\xcf", recorded=(), refused="ENCODING",
                says="still being copied"),
        hazards(10, "第317行有FF", b"".join(lines), recorded=[n for n in range(2, 319) if n != 317],
                rejected={317: "ENCODING"}, says="FF, is no text"),
        hazards(11, "Big5", "隱患編號,單位\r\nH11-1,x\r\n".encode("big5"), recorded=(), refused="NO_HEADER",
                says="row 1 reads "),
        hazards(12, "UTF8里有FF", table(row("H12-1"), row("H12-2", note="Z"), row("H12-3")).encode().replace(b"Z", b"\xff"),
                recorded=(1, 3), rejected={3: "ENCODING"}),
        hazards(13, "半个字符", table(row("H13-1"), row("H13-2")).encode()[:-3] + b"\xe4\xbd", recorded=(),
                refused="ENCODING", says="still being copied"),
    ]


def csv_cases():
    return [
        hazards(14, "CR换行", table(row("H14-1"), row("H14-2"), end="\r"), recorded=(1, 2)),
        hazards(15, "制表符", table(row("H15-1"), end="\n").replace(",", "\t"), ending=".tsv"),
        hazards(16, "分号", table(row("H16-1")).replace(",", ";")),
        hazards(17, "sep行", "sep=;\r\n" + table(row("H17-1", note="a,b,c,d,e,f").replace(",", ";", 4), header=HEADER.replace(",", ";"))),
        hazards(18, "引号里换行", table(row("H18-1", note='"第一行\r\n第二行"'), row("H18-2", grade="较大")),
                rejected={4: "BAD_VALUE"}),
        hazards(19, "引号没闭合", table(row("H19-1"), row("H19-2", note='"没有闭合'), row("H19-3"), row("H19-4")),
                recorded=(1, 3, 4), rejected={3: "MALFORMED"}, says="a quote is not closed"),
        hazards(20, "引号和保护的编码", table(row("H20-1", unit=f'="{VILLAGE}"', note='a"b'), row("H20-2", unit=f"'{VILLAGE}")),
                recorded=(1, 2)),
        hazards(21, "短行", table(f"H21-1,{VILLAGE},2020-04-03,一般", f"H21-2,{VILLAGE}", row("H21-3")), recorded=(1, 3),
                rejected={3: "MISSING_FIELD"}),
        hazards(22, "长行", table(row("H22-1") + ",,,", row("H22-2") + ",,多出来", row("H22-3")), recorded=(1, 3),
                rejected={3: "MALFORMED"}, says="column 7 is filled"),
        hazards(23, "上面有标题", "盂县隐患排查台账,,,,\r\n填报单位：路家村镇,,,,\r\n\r\n" +
                table(row("H23-1"), row("H23-2", grade="较大")), rejected={6: "BAD_VALUE"}),
        hazards(24, "表头写法不同", table(row("H24-1"), header='*隐 患编号,单\u200b位编码,"发现\n时间",等级,备注')),
        hazards(25, "缺一列", table(row("H25-1"), header="隐患编号,单位编码,发现日期,等级,备注"), recorded=(), refused="NO_HEADER",
                says="looked for 发现时间; row 1 has 隐患编号、单位编码、发现日期、等级、备注; nearest is 发现日期"),
        hazards(26, "一列两次", table(row("H26-1") + ",一般", header=HEADER + ",等 级"), recorded=(), refused="NO_HEADER",
                says="has 等级 twice"),
        hazards(27, "合计和重复表头", table(row("H27-1"), "小 计,1,,,", HEADER, row("H27-2"), "合计,2,,,", "填表人：,,,,"),
                recorded=(1, 2), says="skipped: 4"),
        hazards(28, "只有表头", table(), recorded=(), says="no data row"),
        hazards(29, "两行表头", "隐患编号,单位,,发现时间,等级,备注\r\n,编码,名称,,,\r\n" f"H29-1,{VILLAGE},某村,2020-04-03,一般,\r\n"),
        hazards(30, "空文件", "", recorded=(), refused="NO_HEADER", says="the file is empty"),
        hazards(47, "列太多", table(row("H47-1"), header=HEADER + ",x" * 1024), recorded=(), refused="TOO_LARGE",
                says="more than 1024 columns"),
        hazards(31, "同一编号两次", table(row("H31-1"), row("H31-2"), row("H31-1", day="2020-04-04")), recorded=(2,),
                rejected={2: "DUPLICATE_KEY", 4: "DUPLICATE_KEY"}),
    ]


def cell_cases():
    days = ["2020-04-03", "2020/4/3", "2020.4.3", "20200403", "2020年4月3日", "２０２０年４月３日", "二〇二〇年四月三日",
            "2020年4月3日下午2时30分", "2020-04-03T06:30:00Z", "2020-04-03 24:00"]
    wrong_days = ["43924", "4月3日", "03/04/2020", "20-4-3", "4.3", "2020-02-30", "60", "0.5"]
    counts = ['"1,234"', "１２３", "3起", "十二", "零"]
    no_counts = ["约10", "10+", "5-6", "", "/", "—", "无"]
    number = IDENTITY_NUMBER
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    return [
        hazards(32, "日期", table(*(row(f"H32-{n}", day=day) for n, day in enumerate(days))), recorded=range(len(days))),
        hazards(33, "不能确定的日期", table(*(row(f"H33-{n}", day=day) for n, day in enumerate(wrong_days))), recorded=(),
                rejected={n + 2: "BAD_VALUE" for n in range(len(wrong_days))}),
        Case("隐患序号34-序号和没有年份.csv", table(row("H34-1", day="43924"), row("H34-2", day="43924.60416666666"),
             row("H34-3", day="4月3日"), row("H34-4", day="60"), row("H34-5", day="0.5")).encode(), recorded=ids(34, 1, 2, 3),
             rejected={5: "BAD_VALUE", 6: "BAD_VALUE"}),
        Case("事故统计35-数.csv", table(*(f"H35-{n},{count}" for n, count in enumerate(counts)), header="编号,死亡").encode(),
             recorded=ids(35, *range(len(counts)))),
        Case("事故统计36-不是数.csv", table(*(f"H36-{n},{count}" for n, count in enumerate(no_counts)), header="编号,死亡").encode(),
             rejected={n + 2: "BAD_VALUE" if n < 3 else "MISSING_FIELD" for n in range(len(no_counts))},
             says="what is not there is not zero"),
        hazards(37, "被缩短的编码", table(row("H37-1", unit="1.40322E+11"), row("1.40322E+11"), row("H37-3")), recorded=(3,),
                rejected={2: "BAD_VALUE", 3: "BAD_VALUE"}, says="set the column to text"),
        hazards(38, "编码里有字母", table(row("H38-1", unit="14032A102200")), recorded=(), rejected={2: "BAD_VALUE"},
                says="character 6 of the unit code, 'A', is wrong"),
        Case("隐患按村39-单位写名称.csv", table("H39-1,路家村镇,西村,2020-04-03,一般", "H39-2,,南娄镇西村,2020-04-03,一般",
             "H39-3,,示范 01 村,2020-04-03,一般", f"H39-4,,{VILLAGE},2020-04-03,一般", "H39-5,,西村,2020-04-03,一般",
             "H39-6,,示范02村,2020-04-03,一般", header="隐患编号,乡镇,单位,发现时间,等级").encode(),
             recorded=ids(39, 1, 2, 3, 4), rejected={6: "BAD_VALUE", 7: "UNKNOWN_UNIT"},
             says=f"fits 2 units: {county.VILLAGES[0]} 路家村镇西村、{county.OTHER_VILLAGES[0]} 南娄镇西村"),
        hazards(40, "控制字符", table(row("H40-1", note="a\x01"), row("H40-2", note="a\u202eb"), row("H40-3", note="a\x7f"),
                row("H40-4")), recorded=(4,), rejected={2: "BAD_VALUE", 3: "BAD_VALUE", 4: "BAD_VALUE"}),
        hazards(41, "身份证号", table(row("H41-1", note=f"找{number}"), row("H41-2", note=wide),
                row("H41-3", note="110105 19491231 002X"), row("H41-4", unit=number), row(number), row("H41-6")),
                recorded=(6,), rejected={n: "PERSONAL_DATA" for n in range(2, 7)}, says="column 备注 holds personal data"),
        hazards(42, "值不在列", table(row("H42-1", grade="较大"), row("H42-2", grade="一 般")), recorded=(2,),
                rejected={2: "BAD_VALUE"}, says="is not one of 一般、一般隐患、重大"),
        hazards(43, "没有这个单位", table(row("H43-1"), row("H43-2", unit="140322199201")), hub={3: "UNKNOWN_UNIT"}),
        hazards(44, "全角编码", table(row("H44-1", unit="".join(chr(ord(c) + 0xFEE0) for c in VILLAGE)))),
        Case("隐患月报45-2020-05.csv", table().encode(), says="no zero is attested"),
        Case("隐患月报46-2020-06.csv", table(row("H46-1"), row("H46-2", grade="较大")).encode(), recorded=ids(46, 1),
             rejected={3: "BAD_VALUE"}, says="no zero is attested"),
    ]


def sheet(*rows, name="隐患台账", header=HEADER, above=(), **options):
    return workbook.Sheet(name, [*above, header.split(","), *rows], **options)


def cells(code, unit=VILLAGE, day="2020-04-03", grade="一般", note=None):
    return [code, unit, day, grade, note]


def workbook_cases():
    day, stored = datetime.date(2020, 4, 3), workbook.Stored
    return [
        hazards(71, "字符串", made(sheet(cells("H71-1"), cells(workbook.Rich(["H71", "-2"], "yin huan"), note=workbook.Inline("x")))),
                recorded=(1, 2), ending=".xlsx"),
        hazards(72, "前缀和内联", made(sheet(cells("H72-1")), strings="inline", prefix=True), ending=".xlsx"),
        hazards(73, "严格名字空间", made(sheet(cells("H73-1")), strict=True), ending=".xlsx"),
        hazards(74, "WPS", made(sheet(cells("H74-1"), cells("H74-2"), dimension="A1"), properties="<cp:broken"),
                recorded=(1, 2), ending=".xlsx"),
        hazards(75, "合并的表头", made(workbook.Sheet("台账", [
            ["盂县隐患台账"], ["隐患编号", "单位", None, "发现时间", "等级", "备注"], [None, "编码", "名称"],
            ["H75-1", VILLAGE, "某村", "2020-04-03", "一般"]],
            merges=["A1:F1", "A2:A3", "B2:C2", "D2:D3", "E2:E3", "F2:F3"])), ending=".xlsx"),
        Case("隐患合并76-向下合并.xlsx", made(sheet(cells("H76-1"), cells("H76-2", unit=None), cells("H76-3", unit=None, day=None),
             merges=["B2:B4", "C3:C4"])), recorded=ids(76, 1, 2), rejected={4: "MISSING_FIELD"}),
        hazards(77, "几个工作表", made(sheet(cells("H77-1"), name="一月"), sheet(cells("H77-2"), name="二月")), recorded=(),
                ending=".xlsx", refused="NO_SHEET", says="一月、二月"),
        hazards(78, "别的工作表隐藏着", made(sheet(cells("H78-1")), sheet(cells("H78-2"), name="旧", state="hidden")), ending=".xlsx"),
        hazards(79, "筛选掉的行", made(sheet(cells("H79-1"), cells("H79-2"), hidden_rows=(3,))), recorded=(1, 2), ending=".xlsx"),
        hazards(80, "公式", made(sheet(
            [stored("H80-1", "str", formula='"H80-"&1'), VILLAGE, "2020-04-03", "一般"],
            ["H80-2", VILLAGE, "2020-04-03", stored(None, formula="D2")],
            ["H80-3", VILLAGE, stored("#N/A", "e"), "一般"])), rejected={3: "BAD_VALUE", 4: "BAD_VALUE"}, ending=".xlsx",
            says="open"),
        hazards(81, "编码是数", made(sheet(cells("H81-1", unit=int(VILLAGE)), cells("H81-2", unit=int(VILLAGE) * 1000 + 1),
                cells("H81-3", unit=1403221022000010))), recorded=(1,), rejected={4: "BAD_VALUE"}, hub={3: "UNKNOWN_UNIT"},
                ending=".xlsx", says="digits"),
        hazards(82, "日期格式", made(sheet(cells("H82-1", day=day), cells("H82-2", day=datetime.datetime(2020, 4, 3, 14, 30)),
                cells("H82-3", day=stored("43924", format=58)), cells("H82-4", day=stored("43924", format='yyyy"年"m"月"d"日"')),
                cells("H82-5", day=43924), cells("H82-6", day=stored("60", format=14)), cells("H82-7", day=stored("0.5", format=14)))),
                recorded=(1, 2, 3, 4), rejected={6: "BAD_VALUE", 7: "BAD_VALUE", 8: "BAD_VALUE"}, ending=".xlsx"),
        hazards(83, "1904年起", made(sheet(cells("H83-1", day=day)), from_1904=True), ending=".xlsx"),
        hazards(84, "压缩包不全", made(sheet(cells("H84-1")))[:-400], recorded=(), ending=".xlsx", refused="MALFORMED"),
        hazards(85, "压缩炸弹", bomb_book(), recorded=(), ending=".xlsx", refused="TOO_LARGE"),
        hazards(86, "实体声明", entity_book(), recorded=(), ending=".xlsx", refused="MALFORMED"),
    ]


def bomb_book():
    """A sheet that is a thousandth of itself on the disk."""
    bodies = workbook.parts(sheet(cells("H85-1")))
    name = "xl/worksheets/sheet1.xml"
    bodies[name] = bodies[name].replace(b"<sheetData>", b"<sheetData>" + b" " * (16 * 1024 * 1024))
    return packed(bodies)


def entity_book():
    """A sheet whose words are entities that it declares."""
    bodies = workbook.parts(sheet(cells("H86-1")))
    name = "xl/sharedStrings.xml"
    head, _, rest = bodies[name].partition(b"<sst")
    bodies[name] = head + b'<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + b"<sst" + rest.replace(b"H86-1", b"&b;")
    return packed(bodies)


def refused_cases():
    return [
        hazards(51, "网页", "<html><table><tr><td>隐患编号</td></tr></table></html>", recorded=(), ending=".xls",
                refused="UNSUPPORTED", says="web page"),
        hazards(52, "旧格式", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), recorded=(), ending=".xls",
                refused="UNSUPPORTED", says="save it as"),
        hazards(53, "WPS格式", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), recorded=(), ending=".et",
                refused="UNSUPPORTED", says="save it as"),
        hazards(54, "带密码", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), recorded=(), ending=".xlsx",
                refused="UNSUPPORTED", says="password"),
        Case("别的表55.csv", table(row("H55-1")).encode(), refused="NO_MAPPING", says="--suggest"),
        Case("别的表56.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), refused="UNSUPPORTED", says="save it as"),
        *(Case(name, table(row("H60-1")).encode(), skipped=True)
          for name in ("~$隐患台账60.xlsx", ".~隐患台账61.csv", "._隐患台账62.csv", "隐患台账63.csv.tmp", "Thumbs.db")),
    ]


def all_cases():
    return encoding_cases() + csv_cases() + cell_cases() + workbook_cases() + refused_cases()
