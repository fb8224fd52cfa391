"""How many rows of an import were checked: in Redis, as no row shows it before the commit."""

from contextlib import suppress
from uuid import UUID

from messagehub.lib import redis


def set_progress(pk, done):
    with suppress(redis.FAILURES):  # it only moves a bar
        redis.client().set(progress_key(pk), done, ex=3600)


def get_progress(pk) -> int | None:
    """Return how many rows were checked, or None if that's unknown."""
    try:
        done = redis.client().get(progress_key(pk))
    except redis.FAILURES:
        return None
    return int(done) if done else None


def clear_progress(pk):
    with suppress(redis.FAILURES):
        redis.client().delete(progress_key(pk))


def progress_key(pk: UUID) -> str:
    return f"contact-import:{pk}"
