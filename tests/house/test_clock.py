"""Periodic tasks are sent by the workers, each once per period however many workers there are."""

import logging

import pytest
from django.test import override_settings

from messagehub.celery import app
from messagehub.lib import clock, redis
from messagehub.lib.clock import Clock, claim_key

OFTEN, HOURLY = "outbox.tasks.sweep", "outbox.tasks.delete_old_deliveries"


@pytest.fixture
def sent(monkeypatch):
    """Record the tasks that clocks send: (name, options)."""
    sent = []
    app.loader.import_default_modules()
    monkeypatch.setattr(
        "celery.app.task.Task.apply_async",
        lambda task, **options: sent.append((task.name, options)),
    )
    with override_settings(SWEEPS={OFTEN: 10, HOURLY: 3600}):
        redis.client().delete(*map(claim_key, (OFTEN, HOURLY)))
        yield sent
        redis.client().delete(*map(claim_key, (OFTEN, HOURLY)))


def test_every_task_is_known_to_the_worker(settings):
    app.loader.import_default_modules()
    assert settings.SWEEPS.keys() <= app.tasks.keys()


def test_one_of_many_workers_sends_each_task(sent):
    clocks = [Clock() for _ in range(3)]
    pauses = [each.send_due() for each in clocks]
    assert sorted(name for name, _options in sent) == sorted([OFTEN, HOURLY])
    assert {options["expires"] for _name, options in sent} == {30}
    assert all(9 < pause <= 10 for pause in pauses)


def test_it_sends_again_after_the_period(sent):
    Clock().send_due()
    sent.clear()
    redis.client().delete(claim_key(OFTEN))  # as its expiry does
    Clock().send_due()
    assert [name for name, _options in sent] == [OFTEN]


def test_a_new_worker_waits_only_for_the_rest_of_the_period(sent):
    redis.client().set(claim_key(OFTEN), 1, px=1500)
    assert Clock().send_due() <= 1.5
    assert [name for name, _options in sent] == [HOURLY]


def test_the_pace_of_tests_shortens_the_periods(sent, settings):
    settings.PACE = 2
    assert 4 < Clock().send_due() <= 5
    assert 1_700_000 < redis.client().pttl(claim_key(HOURLY)) <= 1_800_000


def test_a_clock_survives_an_unavailable_redis_and_says_so_once(sent, monkeypatch, caplog):
    calls = []

    def send_due(self):
        calls.append(1)
        if len(calls) == 3:
            self.stop()
        raise ConnectionError("no broker")

    monkeypatch.setattr(clock, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(Clock, "send_due", send_due)
    with caplog.at_level(logging.WARNING):
        Clock().run()
    assert len(calls) == 3
    assert caplog.text.count("periodic tasks are late: no broker") == 1
