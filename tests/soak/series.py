"""What the judge needs to know of a series of numbers, without any library."""
import statistics


def bucketed(points, most=300):
    """At most so many points (x, y): medians of neighbours."""
    if len(points) <= most:
        return list(points)
    size = len(points) / most
    found = []
    for number in range(most):
        part = points[int(number * size):int((number + 1) * size)]
        if part:
            found.append((statistics.median(x for x, _ in part), statistics.median(y for _, y in part)))
    return found


def slope(points):
    """The median of the slopes between all pairs (Theil, Sen): a jump or a few strays do not turn it. 0 for less than
    two different x."""
    points = bucketed(points)
    slopes = [(y2 - y1) / (x2 - x1) for at, (x1, y1) in enumerate(points) for x2, y2 in points[at + 1:] if x2 != x1]
    return statistics.median(slopes) if slopes else 0.0


def life_slope(lives):
    """The same of several lives of one process: pairs are taken within a life only, for a process that was started again
    begins somewhere else."""
    slopes = []
    for points in lives:
        points = bucketed(points, 120)
        slopes += [(y2 - y1) / (x2 - x1) for at, (x1, y1) in enumerate(points) for x2, y2 in points[at + 1:]
                   if x2 != x1]
    return statistics.median(slopes) if slopes else 0.0


def thirds(points):
    """The values in the first and in the last third of the x."""
    if not points:
        return [], []
    low, high = points[0][0], points[-1][0]
    width = (high - low) / 3
    return [y for x, y in points if x <= low + width], [y for x, y in points if x >= high - width]


def slope_over(lives):
    """Least squares of y = (a constant of each life) + b x. `lives`: lists of (x, y)."""
    xx = xy = 0.0
    for life in lives:
        if len(life) < 3:
            continue
        mean_x, mean_y = (statistics.fmean(column) for column in zip(*life))
        xx += sum((x - mean_x) ** 2 for x, _ in life)
        xy += sum((x - mean_x) * (y - mean_y) for x, y in life)
    return xy / xx if xx else 0.0


def parted(points, hole):
    """The points (…, second, y), where a hole in time is wider than this, in parts."""
    parts = []
    for point in points:
        if not parts or point[-2] - parts[-1][-1][-2] > hole:
            parts.append([])
        parts[-1].append(point)
    return parts
