"""Counters are updated by one statement, are never evicted, and expire."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.limits import Limit, first_exceeded, first_exhausted, mailbox, uncount
from accounts.models import LimitCounter
from accounts.tasks import delete_expired_counters
from messagehub.lib import retention
from tests.conftest import COMMITS, in_parallel

THREE = Limit("three of a test", 3, timedelta(minutes=5))
FIVE = Limit("five of a test", 5, timedelta(minutes=5))


def pass_time():
    LimitCounter.objects.update(expires_at=timezone.now())


def test_the_limit_is_exact(db):
    assert [THREE.of("a").count() for _ in range(5)] == [True] * 3 + [False] * 2
    assert THREE.of("b").count()


def test_a_refusal_does_not_extend_the_period(db):
    for _ in range(3):
        THREE.of("a").count()
    before = LimitCounter.objects.get().expires_at
    THREE.of("a").count()
    assert LimitCounter.objects.get().expires_at == before
    pass_time()
    assert THREE.of("a").count()
    assert LimitCounter.objects.get().count == 1


def test_a_refusal_does_not_count_against_broader_limits(db):
    for _ in range(9):
        first_exceeded(THREE.of("a"), FIVE.of("all"))
    assert first_exceeded(THREE.of("b"), FIVE.of("all")) is None


def test_first_exhausted_does_not_count(db):
    for _ in range(9):
        assert first_exhausted(THREE.of("a")) is None
    for _ in range(3):
        THREE.of("a").count()
    assert first_exhausted(FIVE.of("a"), THREE.of("a")) is THREE


def test_zero_means_no_limit(db):
    free = Limit("free", 0, timedelta(minutes=5))
    assert all(free.of("a").count() for _ in range(9))
    assert first_exhausted(free.of("a")) is None
    assert not LimitCounter.objects.exists()


def test_an_uncounted_use_can_be_used_again(db):
    for _ in range(3):
        THREE.of("a").count()
    uncount(THREE.of("a"))
    assert [THREE.of("a").count() for _ in range(2)] == [True, False]


@COMMITS
def test_parallel_uses_are_counted_exactly():
    results = in_parallel(20, lambda _number: THREE.of("a").count())
    assert results.count(True) == 3


@pytest.mark.parametrize(
    "spelling",
    [
        "NORA@n.example",
        " nora@n.example ",
        "no.ra@n.example",
        "nora+x@N.Example.",
        "ｎora@n.example",
    ],
)
def test_spellings_of_one_mailbox_are_equal(spelling):
    assert mailbox(spelling) == mailbox("nora@n.example")


def test_different_mailboxes_differ():
    boxes = {mailbox(each) for each in ("a@x.example", "b@x.example", "a@y.example", "", "a")}
    assert len(boxes) == 5


# --- Rows ---


def test_the_sweep_deletes_only_expired_rows(db, monkeypatch):
    monkeypatch.setattr(retention, "BATCH_SIZE", 2)
    for number in range(5):
        THREE.of(number).count()
        cache.set(f"over-{number}", "x", timeout=0)
    pass_time()
    THREE.of("alive").count()
    cache.set("alive", "x", timeout=60)
    delete_expired_counters()
    assert LimitCounter.objects.count() == 1
    assert rows_of_cache() == 1
    assert cache.get("alive") == "x"


def rows_of_cache():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache")
        return cursor.fetchone()[0]


def test_the_sweeps_are_scheduled(settings):
    assert {
        "accounts.tasks.delete_expired_counters",
        "accounts.tasks.delete_unused_browsers",
    } <= settings.SWEEPS.keys()


# --- The cache with allauth's counters ---


def test_the_cache_evicts_nothing(db):
    cache.set("protects", [1], timeout=300)
    for number in range(400):
        cache.set(f"z{number}", [1], timeout=300)
    assert cache.get("protects") == [1]
    assert rows_of_cache() == 401


def test_a_key_can_be_added_again_only_after_it_expired(db):
    assert cache.add("lock", 1, timeout=60)
    assert not cache.add("lock", 2, timeout=60)
    assert cache.get("lock") == 1
    cache.set("lock", 1, timeout=0)
    assert cache.add("lock", 3, timeout=60)
    assert cache.get("lock") == 3


def test_touch_only_extends_current_entries(db):
    cache.set("alive", 1, timeout=60)
    assert cache.touch("alive", timeout=0)
    assert cache.get("alive") is None
    assert not cache.touch("alive", timeout=60)
    cache.set("for-ever", 1, timeout=None)
    assert cache.get("for-ever") == 1


@COMMITS
def test_of_parallel_adds_one_succeeds():
    cache.set("lock", 1, timeout=0)  # an expired row, which Django's cache gives to several
    try:
        assert in_parallel(20, lambda number: cache.add("lock", number)).count(True) == 1
    finally:
        cache.clear()
