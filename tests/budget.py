"""Set how many examples a property test tries: few in every run, many with SOAK=1."""

import os
from collections.abc import Iterable, Iterator
from itertools import product

SOAK = os.environ.get("SOAK") == "1"


def examples(quick: int, soak: int) -> int:
    """Return the number of examples for this run."""
    return soak if SOAK else quick


SHARES = 3


def share_of_product(*factors: Iterable, share: int) -> Iterator[tuple]:
    """Yield every third combination of the factors, or every combination in a soak.

    Three tests with the shares 0, 1 and 2 try all of them between them. With five or more factors
    of two or three values, each share contains every combination of any three values.
    """
    for numbered in product(*(enumerate(factor) for factor in factors)):
        if SOAK or (sum(number for number, _value in numbered) - share) % SHARES == 0:
            yield tuple(value for _number, value in numbered)
