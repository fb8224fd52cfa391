"""Settings of the test server, where tests can set the hub's times and limits."""

from messagehub.lib import env
from messagehub.settings import *  # noqa: F403

LIVE_HEARTBEAT = float(env.text("LIVE_HEARTBEAT", "15"))
LIVE_MAX_AGE = float(env.text("LIVE_MAX_AGE", "1800"))
LIVE_MAX_STREAMS = env.number("LIVE_MAX_STREAMS", 1000, minimum=1, maximum=100_000)
LIVE_MAX_STREAMS_EACH = env.number("LIVE_MAX_STREAMS_EACH", 500, minimum=1, maximum=100_000)
