"""Presence and availability, and what is published about them."""

import time
from unittest.mock import patch
from uuid import uuid4

import pytest

from messagehub.lib import redis
from messagehub.lib.live import tickets
from routing.models import Routing
from routing.tasks import sweep_waiting
from teams import presence
from teams.actions.availability import record_heartbeat, set_available, set_away
from teams.actions.membership import add_member
from teams.availability import with_availability
from teams.models import Membership
from teams.presence_scripts import GAP_MS
from teams.tasks import sweep_presence, sweep_statuses
from tests.processes import until


def reload(row):
    return type(row).objects.get(pk=row.pk)


def sentences(*memberships):
    return [each.sentence for each in with_availability(memberships)]


def presences(*memberships):
    return [each.presence for each in with_availability(memberships)]


def test_open_page_makes_a_member_available_until_it_falls_silent(acme):
    assert presences(acme.bob, acme.bea) == ["offline", "offline"]
    assert presence.record_heartbeat(acme.bob, "tab-1111") is True
    assert presence.record_heartbeat(acme.bob, "tab-1111") is False
    assert presences(acme.bob, acme.bea) == ["available", "offline"]
    expire(acme.bob, "tab-1111")
    assert presences(acme.bob) == ["offline"]


def expire(membership, tab):
    """Make the tab look as if its last heartbeat came long ago."""
    redis.client().zadd(presence.redis_key(membership.workspace_id), {f"{membership.pk}:{tab}": 1})


PROMISED = 90  # seconds until all screens show a silent member as offline
THROTTLED = 60  # seconds between the timers of a background tab


def test_silence_is_noticed_in_time_and_throttled_tabs_stay_online(acme, settings):
    presence.record_heartbeat(acme.bob, "tab-1111")
    (expiry,) = redis.client().zrange(presence.redis_key(acme.workspace.pk), 0, -1, withscores=True)
    seconds = expiry[1] / 1000 - tickets.redis_time()
    sweep = settings.SWEEPS["teams.tasks.sweep_presence"]
    late = 4  # the sweep waits for a worker
    assert THROTTLED + 10 < seconds < PROMISED - sweep - late


def test_several_tabs_are_one_member(acme):
    presence.record_heartbeat(acme.bob, "tab-1111")
    presence.record_heartbeat(acme.bob, "tab-2222")
    expire(acme.bob, "tab-1111")
    assert presences(acme.bob) == ["available"]
    assert presence.expire_tabs() == []
    expire(acme.bob, "tab-2222")
    assert presence.expire_tabs() == [acme.bob.pk]
    assert presence.expire_tabs() == []


def test_closing_a_page_counts_within_seconds_but_navigating_does_not(acme):
    presence.record_heartbeat(acme.bob, "tab-1111")
    presence.close_tab(acme.bob, "tab-1111")
    assert presences(acme.bob) == ["available"]
    with patch.object(presence, "CLOSING_MS", 0):  # as if the time to close had passed
        presence.close_tab(acme.bob, "tab-1111")
        presence.record_heartbeat(acme.bob, "tab-1111")
        assert presences(acme.bob) == ["available"]
        presence.close_tab(acme.bob, "tab-1111")
        until(lambda: presences(acme.bob) == ["offline"])


def test_late_close_does_not_revive_a_tab(acme):
    presence.close_tab(acme.bob, "tab-1111")
    assert presences(acme.bob) == ["offline"]


def open_page(client, tab, workspace="acme"):
    """Send the heartbeat of an open page."""
    assert client.post(f"/w/{workspace}/presence/", {"tab": tab}).status_code == 204


def announced_status(membership):
    return reload(membership).announced_status


def test_signing_out_ends_the_pages_of_that_browser_only(acme, sign_in):
    laptop, phone = sign_in(acme.bob), sign_in(acme.bob)
    open_page(laptop, "tab-1111")
    open_page(laptop, "tab-2222")
    open_page(phone, "tab-3333")
    laptop.post("/accounts/logout/")
    assert presences(acme.bob) == ["available"]
    assert laptop.post("/w/acme/presence/leave/", {"tab": "tab-2222"}).status_code == 401
    phone.post("/accounts/logout/")
    assert presences(acme.bob) == ["offline"]
    assert announced_status(acme.bob) == "offline"


def test_signing_out_applies_to_every_workspace(acme, globex, sign_in):
    elsewhere = add_member(globex.workspace, user=acme.bob.user)
    client = sign_in(acme.bob)
    open_page(client, "tab-1111")
    open_page(client, "tab-2222", "globex")
    open_page(sign_in(acme.bea), "tab-1111")
    client.post("/accounts/logout/")
    assert presences(acme.bob, acme.bea) == ["offline", "available"]
    assert presences(elsewhere) == ["offline"]
    assert announced_status(elsewhere) == "offline"


@pytest.mark.parametrize("failure", ["redis", "announcing"])
def test_signing_out_survives_failures(acme, sign_in, failure):
    client = sign_in(acme.bob)
    open_page(client, "tab-1111")
    where, error = {
        "redis": ("redis.connection.ConnectionPool.get_connection", OSError),
        "announcing": ("teams.actions.status.publish_status", ValueError),
    }[failure]
    with patch(where, side_effect=error):
        assert client.post("/accounts/logout/").status_code == 302
    assert client.post("/w/acme/presence/", {"tab": "tab-1111"}).status_code == 401


def test_presence_never_changes_away(acme):
    record_heartbeat(acme.bob, tab="tab-1111")
    set_away(acme.bob)
    first = Membership.objects.get(pk=acme.bob.pk).away_at
    record_heartbeat(acme.bob, tab="tab-2222")
    set_away(acme.bob)
    bob = Membership.objects.get(pk=acme.bob.pk)
    assert bob.away_at == first
    assert presences(bob) == ["away"]
    assert sentences(bob)[0].startswith("Away since ")
    set_available(bob)
    assert sentences(Membership.objects.get(pk=bob.pk)) == ["Available"]


def test_status_is_unknown_without_redis(acme):
    presence.record_heartbeat(acme.bob, "tab-1111")
    with patch("redis.connection.ConnectionPool.get_connection", side_effect=OSError):
        (bob,) = with_availability([acme.bob])
    assert bob.availability.status == "unknown"
    assert not bob.availability.is_available


def test_heartbeat_cost_does_not_grow_with_tabs(acme):
    def duration():
        begin = time.perf_counter()
        presence.record_heartbeat(acme.bob, "tab-1111")
        return time.perf_counter() - begin

    duration()
    alone = min(duration() for _ in range(30))
    crowd = {f"{uuid4()}:tab-1111": 1e15 for _ in range(20_000)}
    redis.client().zadd(presence.redis_key(acme.workspace.pk), crowd)
    assert min(duration() for _ in range(30)) < 20 * alone  # reading all takes 100 times


def test_sweep_forgets_workspaces_without_tabs(acme, globex):
    presence.record_heartbeat(acme.bob, "tab-1111")
    presence.record_heartbeat(globex.charlie, "tab-1111")
    expire(globex.charlie, "tab-1111")
    assert presence.expire_tabs() == [globex.charlie.pk]
    assert workspaces() == {str(acme.workspace.pk)}
    presence.record_heartbeat(globex.charlie, "tab-1111")
    assert workspaces() == {str(acme.workspace.pk), str(globex.workspace.pk)}
    presence.remove_tab(globex.charlie, "tab-1111")
    assert presence.expire_tabs() == []
    assert workspaces() == {str(acme.workspace.pk)}


def workspaces():
    return {each.decode() for each in redis.client().smembers(presence.WORKSPACES)}


@pytest.mark.parametrize("ask", [presence.expire_tabs, presence.find_all_online])
def test_all_workspaces_are_queried_in_one_round_trip(acme, globex, ask):
    def round_trips():
        pool = redis.client().connection_pool
        with patch.object(pool, "get_connection", wraps=pool.get_connection) as trips:
            ask()
        return trips.call_count

    presence.record_heartbeat(acme.bob, "tab-1111")
    alone = round_trips()
    presence.record_heartbeat(globex.charlie, "tab-1111")
    assert round_trips() == alone


@pytest.fixture
def acme_after_restart(acme):
    """Bob was online when Redis was restarted, and Bea wasn't."""
    record_heartbeat(acme.bob, tab="tab-1111")
    assert (announced_status(acme.bob), announced_status(acme.bea)) == ("available", "offline")
    redis.client().flushdb()
    return acme


def statuses(*memberships):
    return [each.availability.status for each in with_availability(memberships)]


def test_cleared_redis_makes_announced_members_unknown(acme_after_restart):
    assert statuses(acme_after_restart.bob, acme_after_restart.bea) == ["unknown", "offline"]
    sweep_statuses()
    record_heartbeat(acme_after_restart.bob, tab="tab-1111")
    assert statuses(acme_after_restart.bob, acme_after_restart.bea) == ["available", "offline"]
    assert [each.status for each in acme_after_restart.bob.status_changes.all()] == ["available"]


def test_members_without_a_heartbeat_after_a_restart_are_offline(acme_after_restart):
    record_heartbeat(acme_after_restart.alice, tab="tab-1111")
    sweep_statuses()
    assert announced_status(acme_after_restart.bob) == "available"
    with patch.object(presence, "SETTLED_MS", 0):
        assert statuses(acme_after_restart.bob) == ["offline"]
        sweep_statuses()
    assert announced_status(acme_after_restart.bob) == "offline"


def test_new_conversation_waits_for_members_online_before_a_restart(acme_after_restart, vera):
    Routing.objects.update(leads=Routing.Leads.ASSIGN)
    conversation = vera.writes().conversation
    assert reload(conversation).assignee is None
    record_heartbeat(acme_after_restart.bob, tab="tab-1111")
    sweep_waiting()
    assert reload(conversation).assignee == acme_after_restart.bob


def test_redis_after_an_outage_is_treated_like_a_cleared_one(acme):
    record_heartbeat(acme.bob, tab="tab-1111")
    assert 0 < redis.client().pttl(presence.HEARD_SINCE) <= GAP_MS
    expire(acme.bob, "tab-1111")
    assert statuses(acme.bob) == ["offline"]
    redis.client().delete(presence.HEARD_SINCE)  # as if it had expired
    assert statuses(acme.bob) == ["unknown"]


@pytest.mark.parametrize("ask", ["heartbeat", "query", "sweep"])
def test_any_query_keeps_presence_trusted(acme, ask):
    record_heartbeat(acme.bob, tab="tab-1111")
    redis.client().pexpire(presence.HEARD_SINCE, 1_000)
    {
        "heartbeat": lambda: presence.record_heartbeat(acme.bob, "tab-1111"),
        "query": lambda: presence.find_online(acme.workspace.pk),
        "sweep": presence.expire_tabs,
    }[ask]()
    assert redis.client().pttl(presence.HEARD_SINCE) > 1_000


def test_new_installation_assigns_an_email_lead_at_once(acme, vera):
    redis.client().flushdb()
    Routing.objects.update(leads=Routing.Leads.ASSIGN)
    assert reload(vera.writes().conversation).assignee in (acme.bob, acme.bea)


def test_presence_is_separate_per_workspace(acme, globex):
    presence.record_heartbeat(globex.charlie, "tab-1111")
    assert presence.find_online(acme.workspace.pk) == set()
    assert presence.find_online(globex.workspace.pk) == {globex.charlie.pk}


def test_sweep_publishes_presence(acme, live_events):
    presence.record_heartbeat(acme.bob, "tab-1111")
    expire(acme.bob, "tab-1111")
    with live_events.committed():
        sweep_presence()
    [(event, data)] = live_events.on(f"workspace:{acme.workspace.pk}")
    assert (event, data["membership"], data["state"]) == ("presence", str(acme.bob.pk), "offline")


@pytest.mark.parametrize("tab", ["", "short", "x" * 37, "a b c d e f", "\x00" * 10, "../../../etc"])
def test_invalid_tab_is_refused(acme, sign_in, tab):
    assert sign_in(acme.bob).post("/w/acme/presence/", {"tab": tab}).status_code == 400
    assert presences(acme.bob) == ["offline"]


def test_heartbeat_over_http(acme, sign_in):
    client = sign_in(acme.bob)
    assert client.post("/w/acme/presence/", {"tab": "tab-1111"}).status_code == 204
    assert presences(acme.bob) == ["available"]
    assert client.post("/w/acme/availability/away/").status_code == 302
    assert presences(Membership.objects.get(pk=acme.bob.pk)) == ["away"]
    assert client.post("/w/acme/availability/available/").status_code == 302
    assert presences(Membership.objects.get(pk=acme.bob.pk)) == ["available"]
