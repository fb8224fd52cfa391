"""Requests that get no stream. Each test first shows that a valid ticket does get one."""

import time
import uuid

import pytest
from django.core import signing

from messagehub.lib import redis
from messagehub.lib.live import sse, tickets
from tests.live.client import Stream
from tests.processes import until


def ticket(**options):
    return tickets.issue(
        **{"channels": ["conversation:1"], "subjects": ["membership:1"], **options}
    )


def status(server, ticket, **options) -> int:
    with Stream(server.port, ticket, **options) as stream:
        return stream.status


def test_a_missing_ticket_is_refused(server):
    assert status(server, ticket()) == 200
    with Stream(server.port, None) as stream:
        assert stream.status == 401
        assert stream.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "change",
    [
        lambda good: "",
        lambda good: "nonsense",
        lambda good: good[:-1] + ("A" if good[-1] != "A" else "B"),
        lambda good: "A" + good,
        lambda good: good.replace(":", "", 1),
        lambda good: signing.dumps({"c": ["conversation:1"], "s": ["membership:1"], "t": 0}),
        lambda good: good + ", Bearer " + good,
    ],
    ids=["empty", "nonsense", "signature", "content", "shape", "other purpose", "two"],
)
def test_a_forged_ticket_is_refused(server, change):
    good = ticket()
    assert status(server, good) == 200
    assert status(server, change(good)) == 401


def test_channels_cannot_be_added_to_a_ticket(server):
    content, rest = ticket().split(":", 1)
    assert status(server, f"{content}:{rest}") == 200
    foreign = ticket(channels=["conversation:1", "conversation:2"]).split(":", 1)[0]
    assert status(server, f"{foreign}:{rest}") == 401


def test_tickets_in_urls_and_cookies_are_ignored(server):
    good = ticket()
    assert status(server, None, headers=[f"Authorization: Bearer {good}"]) == 200
    assert status(server, None, path=f"/live/?ticket={good}") == 401
    assert status(server, None, headers=[f"Cookie: ticket={good}"]) == 401
    assert status(server, None, headers=[f"Authorization: Basic {good}"]) == 401
    twice = [f"Authorization: Bearer {good}"] * 2
    assert status(server, None, headers=twice) == 401


def test_a_ticket_expires_after_a_minute(server, monkeypatch):
    for age, expected in (tickets.TICKET_SECONDS - 10, 200), (tickets.TICKET_SECONDS + 2, 401):
        now = time.time()
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda then=now - age: then)
            old = ticket()
        assert status(server, old) == expected


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_other_methods_are_refused(server, method):
    with Stream(server.port, ticket(), method=method) as stream:
        assert stream.status == 405
        assert stream.headers["allow"] == "GET"


def test_other_sites_get_no_cors_headers(server):
    """Without CORS headers a browser neither sends the ticket nor reveals the response."""
    origin = ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site"]
    asked = [*origin, "Access-Control-Request-Headers: authorization"]
    for options in (
        {"headers": origin},
        {"headers": asked, "method": "OPTIONS"},
    ):
        with Stream(server.port, ticket(), **options) as stream:
            assert not [name for name in stream.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/live/x", "/live/stats/", "/live/%2e%2e/"])
def test_other_paths_are_not_found(server, path):
    assert status(server, ticket(), path=path) == 404


def test_statistics_are_for_the_operator(server):
    assert server.stats()["redis"] is True
    assert status(server, None, path="/live/stats") == 401
    assert status(server, ticket(), path="/live/stats") == 401


def test_tickets_from_before_a_closing_are_refused(server, publish):
    subject = f"membership:{uuid.uuid4()}"
    early = ticket(subjects=[f"session:{uuid.uuid4()}", subject])
    assert status(server, early) == 200
    publish.close_streams(subject)
    assert status(server, early) == 401


def test_tickets_from_after_a_closing_are_accepted(server, publish, monkeypatch):
    """A member whose role has changed must be able to reconnect at once."""
    subject = f"membership:{uuid.uuid4()}"
    publish.close_streams(subject)
    # Until then its access may have been checked before the closing.
    accepted_from = closed_at(subject) + tickets.MARGIN_SECONDS
    for issued_at, expected in (accepted_from - 0.05, 401), (accepted_from + 0.05, 200):
        monkeypatch.setattr(tickets, "redis_time", lambda moment=issued_at: moment)
        assert status(server, ticket(subjects=[subject])) == expected


def test_clocks_of_application_servers_may_differ(server, publish, monkeypatch):
    """Both times that are compared come from Redis."""
    subject, now = f"membership:{uuid.uuid4()}", time.time
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: now() + 30)
        early = ticket(subjects=[subject])
    assert status(server, early) == 200
    publish.close_streams(subject)
    assert status(server, early) == 401


def test_a_ticket_without_a_date_is_refused_after_a_closing(server, publish, monkeypatch):
    """Such a ticket was issued while Redis was unavailable."""
    subject = f"membership:{uuid.uuid4()}"
    monkeypatch.setattr(tickets, "redis_time", lambda: 0.0)
    assert status(server, ticket(subjects=[subject])) == 200
    publish.close_streams(subject)
    assert status(server, ticket(subjects=[subject])) == 401


def closed_at(subject) -> float:
    return float(redis.client().get(sse.revoked_key(subject.encode())))


def test_a_closing_is_remembered_longer_than_its_tickets_live(publish):
    subject = f"membership:{uuid.uuid4()}"
    publish.close_streams(subject)
    with redis.client().pipeline(transaction=True) as both:  # of one moment
        both.time().pttl(sse.revoked_key(subject.encode()))
        (seconds, microseconds), left = both.execute()
    remembered = seconds + microseconds / 1_000_000 + left / 1000 - closed_at(subject)
    assert remembered > tickets.TICKET_SECONDS + tickets.MARGIN_SECONDS
    assert remembered < tickets.REVOKED_SECONDS + 0.1


def test_streams_beyond_the_limit_are_refused(small_server):
    def visit(number):
        return small_server.open("a", subjects=[f"visitor:{number}"])

    with visit(1).ready(), visit(2).ready():
        with visit(3).ready(), visit(4) as fourth:
            assert fourth.status == 503
            assert int(fourth.headers["retry-after"]) > 0
        until(lambda: small_server.stats()["streams"] == 2)
        with visit(4) as fourth:
            assert fourth.status == 200


def test_one_subject_cannot_take_all_streams(small_server):
    def visit(number):
        return small_server.open("a", subjects=[f"visitor:{number}", "inbox:1"])

    with visit(1).ready(), visit(1).ready():
        with visit(1) as third:
            assert third.status == 503
        with visit(2) as other:
            assert other.status == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": []},
        {"channels": ["x"] * (tickets.MAX_CHANNELS + 1)},
        {"subjects": []},
        {"subjects": ["x"] * (tickets.MAX_SUBJECTS + 1)},
        {"channels": ["with space"]},
        {"channels": ["line\nbreak"]},
        {"channels": ["*"]},
        {"channels": [""]},
        {"subjects": ["x" * 129]},
    ],
)
def test_tickets_for_invalid_names_are_not_issued(wrong):
    assert ticket()
    with pytest.raises(ValueError):
        ticket(**wrong)
