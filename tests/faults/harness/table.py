"""The table, on a terminal and in RESULTS.md."""
import unicodedata

HEAD = ("故障 fault", "次数 tried", "已确认 acknowledged", "丢失 lost", "重复 twice", "程序的反应 what the program did")


def did(row):
    if row.skipped:
        return f"未做 SKIPPED: {row.skipped}"
    parts = [f"{what} {count}×" for what, count in row.did.most_common()]
    parts += [f"{name} {value}" for name, value in row.figures.items()]
    parts += [f"**WRONG** {' '.join(text.split())}" for text in row.wrong[:3]]
    parts += [f"and {len(row.wrong) - 3} more"] * (len(row.wrong) > 3)
    return "; ".join(parts)


def cells(row, fault):
    if row.skipped:
        return (fault, "0", "–", "–", "–", did(row))
    return (fault, f"{row.tried:,}", f"{row.acknowledged:,}", str(row.lost), str(row.twice), did(row))


def width(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def terminal(rows):
    lines = [HEAD, *(cells(row, row.name) for row in rows), _sum(rows)]
    widths = [max(width(line[place]) for line in lines) for place in range(len(HEAD) - 1)]
    for line in lines:
        padded = [text + " " * (widths[place] - width(text)) if place == 0 else
                  " " * (widths[place] - width(text)) + text for place, text in enumerate(line[:-1])]
        yield "  ".join([*padded, line[-1]]).rstrip()


def _sum(rows):
    tried = [row for row in rows if not row.skipped]
    return ("合计 together", f"{sum(row.tried for row in tried):,}", f"{sum(row.acknowledged for row in tried):,}",
            str(sum(row.lost for row in tried)), str(sum(row.twice for row in tried)), "")


def markdown(rows):
    yield "| " + " | ".join(HEAD) + " |"
    yield "| -- | --: | --: | --: | --: | -- |"
    for row in rows:
        fault = f"`{row.name}` {row.chinese}<br>{row.english}"
        yield "| " + " | ".join(text.replace("|", "\\|") for text in cells(row, fault)) + " |"
    yield "| " + " | ".join(_sum(rows)) + " |"
