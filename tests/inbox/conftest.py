from tests.live_events import live_events  # noqa: F401
