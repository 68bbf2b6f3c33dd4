"""Workbooks (.xlsx) as offices' programs write them, with every trap of theirs: zipfile and XML text, nothing else.

    write(path, Sheet("隐患台账", [["隐患编号", "数量"], ["YH-1", 3]], merges=["A1:B1"]))

A cell is None (left out), text, a number, a bool, a date or a datetime (a serial number in a date format), or one of
the classes below, which say exactly what is stored. Options of write() choose how the file as a whole is written.
"""
import dataclasses
import datetime
import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONSHIPS = {False: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                 True: "http://purl.oclc.org/ooxml/officeDocument/relationships"}
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DAY_FORMAT, TIME_FORMAT = 14, 22


@dataclasses.dataclass
class Stored:
    """What stands in <v>, as it is: Stored("1.40322102200E11"), Stored("2020-04-03", type="d"), Stored("#N/A", "e").
    format: a format code ("yyyy/m/d;@") or the number of a built-in one (14). formula: its text; value None: no <v>."""
    value: str | None
    type: str | None = None
    format: str | int | None = None
    formula: str | None = None


@dataclasses.dataclass
class Inline:
    """Text in the cell itself, whatever the workbook does with its other texts."""
    text: str


@dataclasses.dataclass
class Rich:
    """Text in runs, with a phonetic guide that is no part of it."""
    runs: list
    phonetic: str | None = None


@dataclasses.dataclass
class Sheet:
    name: str
    rows: list
    merges: list = dataclasses.field(default_factory=list)
    state: str | None = None           # hidden, veryHidden
    hidden_rows: tuple = ()            # numbers: filtered out
    first_row: int = 1                 # row numbers begin here
    dimension: str | None = None       # whatever is claimed
    numbered: bool = True              # rows and cells say where they are
    before_rows: str = ""              # XML
    after_rows: str = ""


def column_name(index):
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def serial(moment, from_1904=False):
    """A date or datetime as a spreadsheet's number."""
    start = datetime.datetime(1904, 1, 1) if from_1904 else datetime.datetime(1899, 12, 30)
    if not isinstance(moment, datetime.datetime):
        moment = datetime.datetime.combine(moment, datetime.time())
    passed = moment - start
    return passed.days if not passed.seconds else repr(passed.days + passed.seconds / 86400)


def _text(text):
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<t{space}>{escape(text)}</t>"


def _string_item(value):
    if isinstance(value, str):
        return _text(value)
    runs = "".join(f"<r><rPr><b/></rPr>{_text(run)}</r>" for run in value.runs)
    guide = f'<rPh sb="0" eb="1">{_text(value.phonetic)}</rPh><phoneticPr fontId="1"/>' if value.phonetic else ""
    return runs + guide


class _Book:
    def __init__(self, strings, from_1904):
        self.strings = strings
        self.from_1904 = from_1904
        self.shared = {}
        self.items = []
        self.formats = []  # by style number, after style 0

    def style(self, wanted):
        if wanted is None:
            return ""
        if wanted not in self.formats:
            self.formats.append(wanted)
        return f' s="{self.formats.index(wanted) + 1}"'

    def shared_number(self, value):
        key = value if isinstance(value, str) else repr(value)
        if key not in self.shared:
            self.shared[key] = len(self.items)
            self.items.append(_string_item(value))
        return self.shared[key]

    def cell(self, value, reference):
        place = f" r={quoteattr(reference)}" if reference else ""
        if isinstance(value, Inline) or (isinstance(value, (str, Rich)) and self.strings == "inline"):
            return f'<c{place} t="inlineStr"><is>{_string_item(getattr(value, "text", value))}</is></c>'
        if isinstance(value, (str, Rich)):
            return f'<c{place} t="s"><v>{self.shared_number(value)}</v></c>'
        if isinstance(value, bool):
            return f'<c{place} t="b"><v>{int(value)}</v></c>'
        if isinstance(value, datetime.date):
            wanted = TIME_FORMAT if isinstance(value, datetime.datetime) else DAY_FORMAT
            return f"<c{place}{self.style(wanted)}><v>{serial(value, self.from_1904)}</v></c>"
        if isinstance(value, Stored):
            kind = f' t="{value.type}"' if value.type else ""
            formula = f"<f>{escape(value.formula)}</f>" if value.formula is not None else ""
            stored = f"<v>{escape(value.value)}</v>" if value.value is not None else ""
            return f"<c{place}{self.style(value.format)}{kind}>{formula}{stored}</c>"
        return f"<c{place}><v>{value!r}</v></c>"

    def sheet(self, sheet, namespace):
        rows = []
        for number, cells in enumerate(sheet.rows, sheet.first_row):
            if cells is None:
                continue
            written = "".join(self.cell(value, f"{column_name(c)}{number}" if sheet.numbered else None)
                              for c, value in enumerate(cells) if value is not None or not sheet.numbered)
            place = f' r="{number}"' if sheet.numbered else ""
            hidden = ' hidden="1"' if number in sheet.hidden_rows else ""
            rows.append(f"<row{place}{hidden}>{written}</row>")
        merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in sheet.merges)
        dimension = f'<dimension ref="{sheet.dimension}"/>' if sheet.dimension else ""
        return (f'<worksheet xmlns="{namespace}">{dimension}{sheet.before_rows}<sheetData>{"".join(rows)}</sheetData>'
                + (f'<mergeCells count="{len(sheet.merges)}">{merges}</mergeCells>' if merges else "")
                + f"{sheet.after_rows}</worksheet>")

    def styles(self, namespace):
        codes = [wanted for wanted in self.formats if isinstance(wanted, str)]
        declared = "".join(f'<numFmt numFmtId="{176 + i}" formatCode={quoteattr(code)}/>' for i, code in enumerate(codes))
        numbers = [0] + [176 + codes.index(wanted) if isinstance(wanted, str) else wanted for wanted in self.formats]
        styles = "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in numbers)
        return (f'<styleSheet xmlns="{namespace}"><numFmts>{declared}</numFmts>'
                f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>')


def _prefixed(xml, namespace):
    """The same XML with a prefix on every element, as some programs write it."""
    xml = xml.replace(f'xmlns="{namespace}"', f'xmlns:x="{namespace}"')
    return xml.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:")


def parts(*sheets, strings="shared", prefix=False, strict=False, from_1904=False, recalculate=False,
          properties=None):
    """The parts of a workbook: name -> bytes. properties: what stands in docProps/core.xml; it need not be XML."""
    namespace, relationships = STRICT if strict else TRANSITIONAL, RELATIONSHIPS[strict]
    book = _Book(strings, from_1904)
    bodies = {f"xl/worksheets/sheet{i}.xml": book.sheet(sheet, namespace) for i, sheet in enumerate(sheets, 1)}
    listed = "".join(f'<sheet name={quoteattr(sheet.name)} sheetId="{i}" r:id="rId{i}"'
                     + (f' state="{sheet.state}"' if sheet.state else "") + "/>" for i, sheet in enumerate(sheets, 1))
    counted = ' date1904="1"' if from_1904 else ""
    calculated = '<calcPr fullCalcOnLoad="1"/>' if recalculate else ""
    bodies["xl/workbook.xml"] = (f'<workbook xmlns="{namespace}" xmlns:r="{relationships}"><workbookPr{counted}/>'
                                 f"<sheets>{listed}</sheets>{calculated}</workbook>")
    bodies["xl/styles.xml"] = book.styles(namespace)
    bodies["xl/sharedStrings.xml"] = (f'<sst xmlns="{namespace}">'
                                      + "".join(f"<si>{item}</si>" for item in book.items) + "</sst>")
    if prefix:
        bodies = {name: _prefixed(body, namespace) for name, body in bodies.items()}

    def related(*links):
        return f'<Relationships xmlns="{PACKAGE}/relationships">' + "".join(
            f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in links
        ) + "</Relationships>"
    bodies["_rels/.rels"] = related(
        ("rId1", f"{relationships}/officeDocument", "xl/workbook.xml"),
        ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"))
    bodies["xl/_rels/workbook.xml.rels"] = related(
        *((f"rId{i}", f"{relationships}/worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)),
        ("rIdStyles", f"{relationships}/styles", "/xl/styles.xml"),
        ("rIdStrings", f"{relationships}/sharedStrings", "sharedStrings.xml"))
    bodies["[Content_Types].xml"] = f'<Types xmlns="{PACKAGE}/content-types"/>'
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    whole = {name: (head + body).encode() for name, body in bodies.items()}
    if properties is not None:
        whole["docProps/core.xml"] = properties if isinstance(properties, bytes) else properties.encode()
    return whole


def pack(path, bodies, compression=zipfile.ZIP_DEFLATED):
    """Parts as an archive."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, body in bodies.items():
            archive.writestr(name, body)


def write(path, *sheets, **options):
    """A workbook as a file; see parts() for the options."""
    pack(path, parts(*sheets, **options))


def made(*sheets, **options):
    """A workbook as bytes."""
    return packed(parts(*sheets, **options))


def packed(bodies, **options):
    """Parts as the bytes of an archive."""
    archive = io.BytesIO()
    pack(archive, bodies, **options)
    return archive.getvalue()


def large(rows, columns):
    """A sheet like a grown register: codes, words that repeat, days, counts, and a text of its own in each row."""
    day = datetime.date(2020, 1, 1)

    def cell(row, column):
        return (f"YH-{row:07}", f"1403221022{row % 90 + 10:02}", day + datetime.timedelta(row % 366), row % 97,
                ("一般", "重大")[row % 2], f"第{row}处：消防通道堵塞，已通知整改")[column % 6]
    return Sheet("台账", [[f"列{c}" for c in range(columns)]] + [[cell(r, c) for c in range(columns)]
                                                               for r in range(1, rows)])


if __name__ == "__main__":
    import sys
    write(sys.argv[3], large(int(sys.argv[1]), int(sys.argv[2])))
