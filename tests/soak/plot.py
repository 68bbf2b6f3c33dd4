"""Lines over time as an SVG, readable on light and dark, without any library."""
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 1000, 260
LEFT, RIGHT, TOP, BOTTOM = 70, 150, 34, 34
MOST = 600  # points of a line
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"
     font-size="12">
<style>
  text {{ fill: #1f2328 }} .small {{ fill: #59636e; font-size: 11px }} .axis {{ stroke: #d1d9e0 }}
  .fault {{ stroke: #cf222e; stroke-dasharray: 2 3; opacity: .6 }} .burst {{ fill: #8c959f; opacity: .18 }}
  path {{ fill: none; stroke-width: 1.4 }}
  @media (prefers-color-scheme: dark) {{
    text {{ fill: #e6edf3 }} .small {{ fill: #9198a1 }} .axis {{ stroke: #3d444d }} .fault {{ stroke: #f85149 }}
  }}
</style>
"""
COLOURS = ("#0969da", "#bf8700", "#1a7f37", "#8250df", "#bc4c00", "#bf3989", "#57606a")


def plain(value):
    if value == 0:
        return "0"
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


def thinned(points):
    """Of many neighbours the highest, so that peaks stay."""
    if len(points) <= MOST:
        return points
    size = len(points) / MOST
    parts = (points[int(at * size):int((at + 1) * size)] for at in range(MOST))
    return [max(part, key=lambda point: point[1]) for part in parts if part]


def above(value):
    """The next round number."""
    scale = 1.0
    while scale < value:
        scale *= 10
    while scale / 10 >= value > 0:
        scale /= 10
    return next(scale * part for part in (0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1) if scale * part >= value)


class Plot:
    """`lines`: (name, points (seconds, value)); None as value breaks a line."""

    def __init__(self, title, lines, seconds, faults=(), bursts=()):
        self.title, self.faults, self.bursts = title, faults, bursts
        self.lines = [(name, points) for name, points in lines if points]
        self.seconds = max(1.0, seconds)
        most = max((y for _, points in self.lines for _, y in points if y is not None), default=1)
        self.most = above(most) if most > 0 else 1

    def x(self, at):
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(at, 0), self.seconds) / self.seconds

    def y(self, value):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.most

    def path(self, points):
        parts, pen = [], "M"
        for at, value in points:
            if value is None:
                pen = "M"
                continue
            parts.append(f"{pen}{self.x(at):.1f} {self.y(value):.1f}")
            pen = "L"
        return "".join(parts)

    def axes(self):
        parts = []
        for step in range(5):
            value = self.most * step / 4
            parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{self.y(value):.1f}" '
                         f'y2="{self.y(value):.1f}"/><text class="small" x="{LEFT - 6}" y="{self.y(value) + 4:.1f}" '
                         f'text-anchor="end">{plain(value)}</text>')
        for step in range(7):
            at = self.seconds * step / 6
            parts.append(f'<text class="small" x="{self.x(at):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
                         f'{at / 60:.3g} min</text>')
        return parts

    def marks(self):
        high = HEIGHT - TOP - BOTTOM
        return [f'<rect class="burst" x="{self.x(start):.1f}" y="{TOP}" height="{high}" '
                f'width="{self.x(end) - self.x(start) + 0.5:.1f}"/>' for start, end in self.bursts] + \
               [f'<line class="fault" x1="{self.x(at):.1f}" x2="{self.x(at):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
                for at in self.faults]

    def svg(self):
        parts = [HEAD.format(width=WIDTH, height=HEIGHT), f"<title>{escape(self.title)}</title>",
                 f'<text x="8" y="18">{escape(self.title)}</text>', *self.axes(), *self.marks()]
        for number, (name, points) in enumerate(self.lines):
            colour = COLOURS[number % len(COLOURS)]
            parts.append(f'<path stroke="{colour}" d="{self.path(thinned_parts(points))}"/>')
            parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{TOP + 14 + 18 * number}" style="fill: {colour}">'
                         f'{escape(name)}</text>')
        return "\n".join(parts) + "\n</svg>\n"


def thinned_parts(points):
    """Thins what lies between the breaks."""
    parts, part = [], []
    for point in [*points, (0, None)]:
        if point[1] is None:
            parts += [*thinned(part), (point[0], None)] if part else []
            part = []
        else:
            part.append(point)
    return parts
