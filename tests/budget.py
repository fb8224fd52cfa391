"""Set how many examples a property test tries: few in every run, many with SOAK=1."""

import os

SOAK = os.environ.get("SOAK") == "1"


def examples(quick: int, soak: int) -> int:
    """Return the number of examples for this run."""
    return soak if SOAK else quick
