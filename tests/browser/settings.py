"""Settings of the stack that browsers visit.

Scripts and styles don't change during a run, so browsers may cache them.
"""

from messagehub.settings import *  # noqa: F403

WHITENOISE_MAX_AGE = 3600
