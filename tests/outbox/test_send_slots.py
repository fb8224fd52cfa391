"""Half of a worker's threads send, and an email that found no slot isn't forgotten."""

import threading

import pytest

from outbox.send_slots import SendSlots, configure_slots, send_slots
from outbox.tasks import sweep
from tests.outbox.test_outbox import queue, states
from tests.processes import PATIENCE


@pytest.mark.parametrize(("threads", "slots"), [(1, 1), (2, 1), (4, 2), (9, 4)])
def test_half_of_a_workers_threads_send(monkeypatch, threads, slots):
    monkeypatch.setattr(send_slots, "max_sending", 1)
    monkeypatch.setattr(send_slots, "pause_seconds", 0)
    configure_slots(instance=type("Worker", (), {"concurrency": threads}))
    assert send_slots.max_sending == slots


def test_a_call_without_a_slot_returns_and_the_sender_learns_that_there_is_more():
    own, inside, go_on, results = SendSlots(), threading.Event(), threading.Event(), []

    def send():
        inside.set()
        go_on.wait(PATIENCE)

    first = threading.Thread(target=lambda: results.append(own.run(send)))
    first.start()
    inside.wait(PATIENCE)
    assert own.run(pytest.fail) is False
    go_on.set()
    first.join()
    assert results == [True]
    assert own.run(lambda: None) is False


def test_a_slot_is_released_after_an_error():
    own = SendSlots()
    with pytest.raises(ZeroDivisionError):
        own.run(lambda: 1 / 0)
    results = []
    own.run(lambda: results.append("sent"))
    assert results == ["sent"]


def test_after_an_unreachable_server_sending_pauses(db, settings, monkeypatch):
    monkeypatch.setattr(send_slots, "pause_seconds", 60)
    monkeypatch.setattr(send_slots, "_paused_until", 0.0)
    settings.EMAIL_BACKEND = "outbox.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    deliveries = [queue(to=f"p{number}@acme.example") for number in range(3)]
    for _ in range(2):
        sweep()
    for each in deliveries:
        each.refresh_from_db()
    assert sorted(each.attempts for each in deliveries) == [0, 0, 1]
    assert states() == ["waiting"] * 3
