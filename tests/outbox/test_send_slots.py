"""Half of a worker's threads send; nobody is forgotten who found no place."""

import threading

import pytest

from outbox.send_slots import SendSlots, configure_slots, send_slots
from outbox.tasks import sweep
from tests.outbox.test_outbox import queue, states


@pytest.mark.parametrize(("threads", "places"), [(1, 1), (2, 1), (4, 2), (9, 4)])
def test_half_of_a_workers_threads_may_send(monkeypatch, threads, places):
    monkeypatch.setattr(send_slots, "most", 1)
    monkeypatch.setattr(send_slots, "break_seconds", 0)
    configure_slots(instance=type("Worker", (), {"concurrency": threads}))
    assert send_slots.most == places


def test_who_finds_no_place_goes_and_who_sends_is_told_that_there_is_more():
    own, inside, go_on, told = SendSlots(), threading.Event(), threading.Event(), []

    def send():
        inside.set()
        go_on.wait(5)

    first = threading.Thread(target=lambda: told.append(own.send(send)))
    first.start()
    inside.wait(5)
    assert own.send(pytest.fail) is False
    go_on.set()
    first.join()
    assert told == [True]
    assert own.send(lambda: None) is False


def test_a_place_is_free_again_also_after_an_error():
    own = SendSlots()
    with pytest.raises(ZeroDivisionError):
        own.send(lambda: 1 / 0)
    told = []
    own.send(lambda: told.append("sent"))
    assert told == ["sent"]


def test_after_an_unreachable_server_the_next_mails_are_not_tried_at_once(
    db, settings, monkeypatch
):
    monkeypatch.setattr(send_slots, "break_seconds", 60)
    monkeypatch.setattr(send_slots, "_break_until", 0.0)
    settings.EMAIL_BACKEND = "outbox.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    deliveries = [queue(to=f"p{number}@acme.example") for number in range(3)]
    for _ in range(2):
        sweep()
    for each in deliveries:
        each.refresh_from_db()
    assert sorted(each.attempts for each in deliveries) == [0, 0, 1]
    assert states() == ["waiting"] * 3
