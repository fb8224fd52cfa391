"""The settings of the stack that browsers visit.

Its scripts and styles don't change under a test, so a browser that has them need not ask again.
"""

from messagehub.settings import *  # noqa: F403

WHITENOISE_MAX_AGE = 3600
