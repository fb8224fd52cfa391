"""Choose the values of the vertical axis, and the labels of the horizontal one that have room."""

from itertools import chain, count
from math import ceil, floor

from messagehub.lib.durations import DAY, HOUR, MINUTE

# At this number of characters a label is cut; the table and the tooltip have all of it.
LABEL_LENGTH = 16
CHARACTER_WIDTH, LABEL_GAP = 6.5, 10
# The least width of the plot in pixels: on a small phone, and in a wide container (charts.css).
NARROW, WIDE = 220, 440
# Most reports are by day, so labels are whole weeks apart once there are many.
LABEL_STEPS = (1, 2, 3, 7, 14, 28, 56, 84, 112)


def axis_values(highest: float, unit: str) -> list[int]:
    """Return two to five round values that begin with 0 and end at the highest or above."""
    step = next(step for step in axis_steps(unit) if 4 * step >= highest)
    return [step * i for i in range(max(1, ceil(highest / step)) + 1)]


def axis_steps(unit: str):
    decades = (factor * 10**power for power in count() for factor in (10, 20, 25, 50))
    steps = chain((1, 2, 5), decades)
    if unit != "seconds":
        return steps
    of_a_minute = (1, 2, 5, 10, 15, 30)
    return chain(
        of_a_minute,
        (MINUTE * step for step in of_a_minute),
        (HOUR * step for step in (1, 2, 3, 4, 6, 12)),
        (DAY * step for step in steps),
    )


def shown_labels(labels: list[str]) -> dict[int, bool]:
    """Return the indexes of the labels that have room, and whether a phone has it too."""
    least = least_step(labels, WIDE)
    step = next((each for each in LABEL_STEPS if each >= least), least)
    narrow_step = step * ceil(least_step(labels, NARROW) / step)
    return {i: i % narrow_step == 0 for i in range(0, len(labels), step)}


def least_step(labels, width):
    longest = min(LABEL_LENGTH, max(map(len, labels), default=0))
    room = floor((width + LABEL_GAP) / (longest * CHARACTER_WIDTH + LABEL_GAP))
    return ceil(len(labels) / room)
