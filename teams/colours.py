"""Pick avatar colours that tell the members of a workspace apart."""

from collections.abc import Iterable

HUES = range(12)  # avatar.css gives each a colour, 30 degrees from the next
CLEARLY_APART = 3  # 90 degrees


def pick_hue(taken: Iterable[tuple[int, str]], initials: str) -> int:
    """Choose one of HUES for a member with these initials.

    taken: (hue, initials) of all other members. Members with the same initials get colours far
    apart; everyone gets one of the least used, as far as possible from the others'.
    """
    taken = list(taken)
    all_hues = [hue for hue, _initials in taken]
    same = [hue for hue, other in taken if other == initials]

    def badness(hue: int) -> tuple:
        return (
            same.count(hue),
            gap_to(hue, same) < CLEARLY_APART,
            all_hues.count(hue),
            -gap_to(hue, all_hues),
            -gap_to(hue, same),
        )

    return min(HUES, key=badness)


def gap_to(hue: int, others: list[int]) -> int:
    """Return the distance to the nearest of the others on the colour wheel."""
    wheel = len(HUES)
    gaps = (min((hue - other) % wheel, (other - hue) % wheel) for other in others)
    return min(gaps, default=wheel)
