"""What the judge needs to know of a series of numbers, without any library."""
import math
import statistics

TOLD_APART = 0.002  # 1: x and t have nothing to do with each other; 0: one says all of the other
MEMORY_S = 60.0  # a buffer that fills and is emptied says the same for so long


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
    """The same of several lives of one process: pairs are taken within a life only, for a process that was started
    again begins somewhere else."""
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


def two_slopes(lives):
    """Least squares of y = (a constant of each life) + b x + c t. `lives`: lists of (x, t, y), t in seconds. Returns
    (b, c, doubt): c is None where x and t cannot be told apart; doubt is twice the standard error of c, of points that
    say something new only once in MEMORY_S."""
    xx = tt = xt = xy = ty = yy = 0.0
    seen_s = 0.0
    for life in lives:
        if len(life) < 3:
            continue
        mean_x, mean_t, mean_y = (statistics.fmean(column) for column in zip(*life))
        seen_s += life[-1][1] - life[0][1]
        for x, t, y in life:
            x, t, y = x - mean_x, t - mean_t, y - mean_y
            xx, tt, xt, xy, ty, yy = xx + x * x, tt + t * t, xt + x * t, xy + x * y, ty + t * y, yy + y * y
    determinant = xx * tt - xt * xt
    if not xx:
        return 0.0, (ty / tt if tt else None), 0.0
    if determinant < TOLD_APART * xx * tt:
        return xy / xx, None, 0.0
    b, c = (xy * tt - ty * xt) / determinant, (ty * xx - xy * xt) / determinant
    left = max(0.0, yy - b * xy - c * ty)
    told = max(1.0, seen_s / MEMORY_S - len(lives) - 2)
    return b, c, 2 * math.sqrt(left / told * xx / determinant)
