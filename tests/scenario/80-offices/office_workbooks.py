"""More workbooks (.xlsx) of a county's folder, beside those of office_files.py: what is merged, which sheet, what a
spreadsheet program did to numbers and formulas, and archives that are something else."""
import datetime

import county
import office_files
from office_files import IDENTITY_NUMBER, Case, hazards, ids
from workbook import Sheet, Stored, made, packed, parts

VILLAGE = county.VILLAGES[0]
HEADER = ["隐患编号", "单位编码", "发现时间", "等级", "备注"]
DAY = datetime.date(2020, 4, 3)

MAPPINGS = {
    "named-sheet": office_files.MAPPINGS["merged"].replace("隐患合并", "隐患指定")
                   .replace("fill_down: [单位编码]", 'sheet: [明细, "*月份"]'),
}


def row(code, unit=VILLAGE, day=DAY, grade="一般", note=None):
    return [code, unit, day, grade, note]


def sheet(*rows, name="隐患台账", **options):
    return Sheet(name, [HEADER, *rows], **options)


def book(number, title, *sheets, recorded=(1,), name="隐患台账", says="", rejected=None, refused="", **options):
    return Case(f"{name}{number}-{title}.xlsx", made(*sheets, **options), recorded=ids(number, *recorded),
                rejected=rejected or {}, refused=refused, says=says)


def sheet_cases():
    notes = Sheet("填表说明", [["请如实填写"]])
    titled = Sheet("台账", [["盂县隐患排查台账"], HEADER, row("H87-1")], merges=["A1:E1"])
    left_under = row("H88-2", unit="140322199999")
    march, detail = sheet(row("H90-2"), name="3月份"), sheet(row("H90-1"), name="明 细")
    return [
        book(87, "合并的标题", titled, says="header in row 2"),
        book(88, "合并但不向下填", sheet(row("H88-1"), left_under, merges=["B2:B3"]), rejected={3: "MISSING_FIELD"}),
        book(89, "空的工作表", sheet(row("H89-1")), Sheet("Sheet2", []), Sheet("Sheet3", []), says="xlsx, 隐患台账"),
        book(90, "映射指定", notes, march, detail, name="隐患指定", says="xlsx, 明 细"),
        book(91, "没有指定的表", notes, name="隐患指定", recorded=(), refused="NO_SHEET", says="the visible ones: 填表说明"),
    ]


def cell_cases():
    moments = (datetime.datetime(2020, 4, 3, 14, 30), Stored("43924.60416666666", format="yyyy/m/d h:mm"),
               "2020年4月3日下午2时30分", Stored("43924", format="[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy"), "43924")
    lost = Stored(IDENTITY_NUMBER[:-4] + "0000")
    return [
        book(92, "时刻", sheet(*(row(f"H92-{n}", day=moment) for n, moment in enumerate(moments, 1))),
             recorded=(1, 2, 3, 4), rejected={6: "BAD_VALUE"}),
        book(93, "公式待重算", sheet(row("H93-1"), row("H93-2", note=Stored("0", formula="1+2"))), recalculate=True,
             rejected={3: "BAD_VALUE"}, says="save it once"),
        book(94, "科学计数", sheet(row("H94-1", unit=Stored(f"{int(VILLAGE):.11E}")), row("H94-2", unit=Stored("9.1350100001E17"))),
             rejected={3: "BAD_VALUE"}, says="a number of more than 15 digits"),
        book(95, "身份证号", sheet(row("H95-1", note=IDENTITY_NUMBER), row("H95-2", note=lost), row("H95-3")), recorded=(3,),
             rejected={2: "PERSONAL_DATA", 3: "BAD_VALUE"}),
    ]


def archive_cases():
    whole = parts(sheet(row("H96-1")))
    many = {**whole, **{f"xl/media/{n}.png": b"" for n in range(1000)}}
    open_document = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
    return [
        hazards(96, "部分太多", packed(many), recorded=(), ending=".xlsx", refused="TOO_LARGE", says="more than 1000 parts"),
        hazards(97, "ODS", packed(open_document), recorded=(), ending=".ods", refused="UNSUPPORTED", says="save it as .xlsx"),
        hazards(98, "名为CSV的工作簿", made(sheet(row("H98-1"))), ending=".csv"),
    ]


def all_cases():
    return sheet_cases() + cell_cases() + archive_cases()
