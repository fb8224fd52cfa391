"""Settings of the stack that browsers visit.

Scripts and styles don't change during a run, so browsers may cache them.
"""

from messagehub.settings import *  # noqa: F403
from messagehub.settings import SWEEPS
from tests.budget import SOAK

WHITENOISE_MAX_AGE = 3600

OFTEN = 5  # seconds
if not SOAK:  # Tests wait half as long for the sweeps that are rare in production.
    SWEEPS = {task: period if period <= OFTEN else period / 2 for task, period in SWEEPS.items()}
