"""The figures as tables: rows of cells, printed on a terminal or written in Markdown; and the picture."""
import unicodedata
from xml.sax.saxutils import escape

from . import labels
from .ratios import all_ratios, limits
from .rules import counties


def plain(value):
    """A figure as people read it: three digits that say something, thousands apart."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.1e}"


def median_and_range(figures, name):
    low, high = figures.range(name)
    spread = "" if low == high else f"{plain(low)} – {plain(high)}"
    return [plain(figures.median(name)), spread]


def both(chinese, english):
    """In both languages; what is the same in both, once."""
    return chinese if chinese == english else f"{chinese} {english}"


class Table:
    """A heading, the names of the columns and the rows; the first columns are figures, the last says of what."""

    def __init__(self, heading, columns, rows):
        self.heading = heading
        self.columns = columns
        self.rows = rows


def simple(heading, figures, named):
    rows = [[*median_and_range(figures, name), both(chinese, english)] for name, chinese, english in named
            if figures.has(name)]
    return Table(heading, ["中位 median", "范围 range", ""], rows)


def ratio_rows(document):
    rows = []
    for ratio in all_ratios():
        value = document["ratios"].get(ratio.name)
        if value is not None:
            rows.append([plain(value), "是 yes" if ratio.held(value) else "否 no", plain(ratio.least), plain(ratio.aim),
                         f"{ratio.chinese} {ratio.english} (`{ratio.name}`)"])
    return rows


def limit_rows(figures):
    return [[plain(figures.median(limit.name)), "是 yes" if limit.held(figures.median(limit.name)) else "否 no",
             plain(limit.least), plain(limit.aim), f"{limit.chinese} {limit.english}"]
            for limit in limits() if figures.has(limit.name)]


def targets(figures, document):
    return Table("要求 What is asked", ["此次 here", "达到 held", "至少 at least", "目标 aim", ""],
                 ratio_rows(document) + limit_rows(figures))


def load_table(figures):
    rows = [[plain(figures.last(f"{name}_off")), plain(figures.last(f"{name}_on")), both(chinese, english)]
            for name, chinese, english in labels.LOAD if figures.has(f"{name}_off") and figures.has(f"{name}_on")]
    return Table("不加密与加密 Without CURVE and with it", ["不加密 off", "加密 on", ""], rows)


def rules_table(figures):
    rows = [[plain(figures.last(name + "_best")), plain(figures.last(name)), plain(figures.last(name + "_worst")),
             both(chinese, english)] for name, chinese, english in labels.RULES if figures.has(name)]
    return Table("规则：纳秒/事件 The rules by themselves: ns an event", ["最好 best", "中位 median", "最差 worst", ""], rows)


def county_table(heading, figures, scale, named):
    """A row for each county that was asked about."""
    rows = []
    for units, years in counties(scale):
        of = f"_of_{units}_units_{years}_years"
        if all(figures.has(name + of) for name, _, _ in named):
            rows.append([str(units), str(years), *(plain(figures.last(name + of)) for name, _, _ in named)])
    return Table(heading, ["单位 units", "年 years", *(both(chinese, english) for _, chinese, english in named)], rows)


def summary_table(figures, scale):
    """A row for each round of events."""
    rounds, events = scale.counted
    rows = []
    for at in range(events, rounds * events + 1, events):
        names = [f"{name}_at_{at}_events" for name, _, _ in labels.SUMMARIES]
        if all(figures.has(name) for name in names):
            rows.append([f"{at:,}", *(plain(figures.last(name)) for name in names)])
    return Table("总览：处理器毫秒 A county's summary: ms of processor time",
                 ["事件 events", *(both(chinese, english) for _, chinese, english in labels.SUMMARIES)], rows)


def units_rows(scale):
    return [row for units in scale.many_units for row in labels.of_units(units)]


def tables(figures, scale, document):
    """All that have rows."""
    found = [
        targets(figures, document),
        simple("持久事件/秒 Durable events a second", figures, labels.COMPARISONS),
        simple("读与重启 Reading, and starting again", figures, labels.READING),
        simple("延迟 Latency", figures, labels.LATENCY),
        simple("大小 Size", figures, labels.SIZE),
        simple("随事件增长 Growth with events", figures, labels.GROWTH),
        simple("随单位增长 Growth with units", figures, units_rows(scale)),
        load_table(figures),
        simple("单条延迟、签名与网页 Single events, signatures and the page", figures,
               labels.LOAD_LINES + labels.SIGNED + labels.PAGE),
        rules_table(figures),
        summary_table(figures, scale),
        county_table("某日某位置的提问，毫秒 Questions as of a day known at a position, ms", figures, scale, labels.ASOF),
        county_table("领导页的提问，毫秒 The questions of the leadership's page, ms", figures, scale, labels.QUESTIONS),
    ]
    return [table for table in found if table.rows]


def width(text):
    """Columns on a terminal: Chinese takes two each."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def padded(text, columns):
    return " " * (columns - width(text)) + text


def line(cells, widths, says_what):
    """Figures to the right; the last column, if it says of what, as it is."""
    ends = len(cells) - 1 if says_what else len(cells)
    text = "  ".join(padded(cell, columns) for cell, columns in zip(cells[:ends], widths[:ends]))
    return f"{text}   {cells[-1]}".rstrip() if says_what else text


def terminal(table):
    widths = [max(width(row[column]) for row in [table.columns, *table.rows]) for column in range(len(table.columns))]
    says_what = table.columns[-1] == ""
    lines = [line(row, widths, says_what) for row in [table.columns, *table.rows]]
    return "\n".join(["", table.heading, *(text.replace("`", "") for text in lines)])


def markdown(table):
    row = "| {} |".format
    ruler = ["--:"] * len(table.columns)
    if table.columns[-1] == "":
        ruler[-1] = "--"
    return "\n".join([f"### {table.heading}", "", row(" | ".join(table.columns)), row(" | ".join(ruler)),
                      *(row(" | ".join(cells)) for cells in table.rows), ""])


def left_out(figures):
    """Lines about what is missing."""
    return [f"{name}: {reason}" for name, reason in figures.left_out.items()]


SVG_HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"
     font-size="13">
<style>
  text {{ fill: #1f2328 }} .small {{ fill: #59636e; font-size: 12px }}
  .hub {{ fill: #0969da }} .peer {{ fill: #8c959f }}
  @media (prefers-color-scheme: dark) {{
    text {{ fill: #e6edf3 }} .small {{ fill: #9198a1 }} .hub {{ fill: #4493f8 }} .peer {{ fill: #6e7681 }}
  }}
</style>
<title>持久事件/秒 Durable events a second</title>
<text x="8" y="20">持久事件/秒，中位与范围 Durable events a second, median and range</text>
"""
PICTURE_WIDTH, LABEL_WIDTH, VALUE_WIDTH, ROW_HEIGHT, HEAD_HEIGHT = 1000, 470, 90, 26, 36


def bar(figures, name, text, top, per_event):
    """A label, the bar of the median, a thin line from the least to the most, and the number."""
    low, high = figures.range(name)
    median = figures.median(name)
    kind = "hub" if name.startswith("hub_") else "peer"
    end = LABEL_WIDTH + median * per_event
    return (f'<text x="{LABEL_WIDTH - 8}" y="{top + 16}" text-anchor="end">{escape(text)}</text>\n'
            f'<rect class="{kind}" x="{LABEL_WIDTH}" y="{top + 4}" width="{median * per_event:.1f}" height="16" '
            f'rx="2"/>\n'
            f'<rect class="small" x="{LABEL_WIDTH + low * per_event:.1f}" y="{top + 11}" '
            f'width="{(high - low) * per_event:.1f}" height="2"/>\n'
            f'<text class="small" x="{max(end, LABEL_WIDTH + high * per_event) + 6:.1f}" y="{top + 16}">'
            f'{plain(median)}</text>\n')


def picture(figures):
    """The comparisons as an SVG, readable on light and dark."""
    shown = [(name, both(chinese, english)) for name, chinese, english in labels.COMPARISONS if figures.has(name)]
    if not shown:
        return ""
    most = max(figures.range(name)[1] for name, _ in shown)
    per_event = (PICTURE_WIDTH - LABEL_WIDTH - VALUE_WIDTH) / most
    height = HEAD_HEIGHT + ROW_HEIGHT * len(shown) + 8
    bars = (bar(figures, name, text, HEAD_HEIGHT + ROW_HEIGHT * at, per_event) for at, (name, text) in enumerate(shown))
    return SVG_HEAD.format(width=PICTURE_WIDTH, height=height) + "".join(bars) + "</svg>\n"
