"""Make URLs several times as fast as Django's reverse(), which tries out all patterns each time.

A page has a hundred URLs, and most differ only in the number of a conversation or an id.
"""

from functools import lru_cache
from uuid import UUID

from django.urls import reverse

# What stands for numbers and ids in a pattern. No name in a URL contains them.
NUMBERS = [987_654_321_000 + position for position in range(4)]
IDS = [UUID(int=2**127 + position) for position in range(4)]
SAMPLES = {int: NUMBERS, UUID: IDS}


def make_url(name: str, *args) -> str:
    """Return reverse(name, args=args). Raises NoReverseMatch."""
    kinds = map(type, args)
    key = [kind if kind in SAMPLES else arg for kind, arg in zip(kinds, args, strict=True)]
    return url_pattern(name, *key).format(*args)


@lru_cache(5000)
def url_pattern(name, *key) -> str:
    """Return a URL for str.format(). key: the arguments, or the types of numbers and ids."""
    samples = [
        SAMPLES[each][position] if each in SAMPLES else each for position, each in enumerate(key)
    ]
    url = reverse(name, args=samples)
    for position, sample in enumerate(samples):
        if key[position] in SAMPLES:
            url = url.replace(str(sample), f"{{{position}}}")
    return url
