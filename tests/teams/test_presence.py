"""Presence, choice and what screens are told."""

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


def again(row):
    return type(row).objects.get(pk=row.pk)


def sentences(*memberships):
    return [each.sentence for each in with_availability(memberships)]


def states(*memberships):
    return [each.presence for each in with_availability(memberships)]


def test_a_page_makes_a_person_available_until_it_falls_silent(acme):
    assert states(acme.bob, acme.bea) == ["offline", "offline"]
    assert presence.record_heartbeat(acme.bob, "tab-1111") is True
    assert presence.record_heartbeat(acme.bob, "tab-1111") is False
    assert states(acme.bob, acme.bea) == ["available", "offline"]
    silence(acme.bob, "tab-1111")
    assert states(acme.bob) == ["offline"]


def silence(membership, tab):
    """As if the last heartbeat came long ago."""
    redis.client().zadd(presence.redis_key(membership.workspace_id), {f"{membership.pk}:{tab}": 1})


PROMISED = 90  # seconds after the last heartbeat in which all screens say offline
THROTTLED = 60  # seconds between the timers of a tab in the background


def test_silence_is_shown_in_time_and_a_throttled_tab_is_none(acme, settings):
    presence.record_heartbeat(acme.bob, "tab-1111")
    (expiry,) = redis.client().zrange(presence.redis_key(acme.workspace.pk), 0, -1, withscores=True)
    seconds = expiry[1] / 1000 - tickets.redis_time()
    sweep = settings.SWEEPS["teams.tasks.sweep_presence"]
    late = 4  # the sweep waits for a worker
    assert THROTTLED + 10 < seconds < PROMISED - sweep - late


def test_several_tabs_are_one_person(acme):
    presence.record_heartbeat(acme.bob, "tab-1111")
    presence.record_heartbeat(acme.bob, "tab-2222")
    silence(acme.bob, "tab-1111")
    assert states(acme.bob) == ["available"]
    assert presence.expire_tabs() == []
    silence(acme.bob, "tab-2222")
    assert presence.expire_tabs() == [acme.bob.pk]
    assert presence.expire_tabs() == []


def test_closing_the_page_counts_within_seconds_but_a_navigation_does_not(acme):
    presence.record_heartbeat(acme.bob, "tab-1111")
    presence.close_tab(acme.bob, "tab-1111")
    assert states(acme.bob) == ["available"]
    with patch.object(presence, "CLOSING_MS", 0):  # those seconds are over
        presence.close_tab(acme.bob, "tab-1111")
        presence.record_heartbeat(acme.bob, "tab-1111")
        assert states(acme.bob) == ["available"]
        presence.close_tab(acme.bob, "tab-1111")
        until(lambda: states(acme.bob) == ["offline"])


def test_a_late_goodbye_does_not_bring_a_tab_back(acme):
    presence.close_tab(acme.bob, "tab-1111")
    assert states(acme.bob) == ["offline"]


def opens(client, tab, workspace="acme"):
    """A page that beats."""
    assert client.post(f"/w/{workspace}/presence/", {"tab": tab}).status_code == 204


def told(membership):
    return again(membership).announced_status


def test_signing_out_closes_all_pages_of_that_browser_at_once_and_no_others(acme, sign_in):
    laptop, phone = sign_in(acme.bob), sign_in(acme.bob)
    opens(laptop, "tab-1111")
    opens(laptop, "tab-2222")
    opens(phone, "tab-3333")
    laptop.post("/accounts/logout/")
    assert states(acme.bob) == ["available"]
    assert laptop.post("/w/acme/presence/leave/", {"tab": "tab-2222"}).status_code == 401
    phone.post("/accounts/logout/")
    assert states(acme.bob) == ["offline"]
    assert told(acme.bob) == "offline"


def test_signing_out_counts_in_every_workspace(acme, globex, sign_in):
    elsewhere = add_member(globex.workspace, user=acme.bob.user)
    client = sign_in(acme.bob)
    opens(client, "tab-1111")
    opens(client, "tab-2222", "globex")
    opens(sign_in(acme.bea), "tab-1111")
    client.post("/accounts/logout/")
    assert states(acme.bob, acme.bea) == ["offline", "available"]
    assert states(elsewhere) == ["offline"]
    assert told(elsewhere) == "offline"


@pytest.mark.parametrize("trouble", ["redis", "announcing"])
def test_nothing_keeps_anybody_from_signing_out(acme, sign_in, trouble):
    client = sign_in(acme.bob)
    opens(client, "tab-1111")
    where, error = {
        "redis": ("redis.connection.ConnectionPool.get_connection", OSError),
        "announcing": ("teams.actions.status.publish_status", ValueError),
    }[trouble]
    with patch(where, side_effect=error):
        assert client.post("/accounts/logout/").status_code == 302
    assert client.post("/w/acme/presence/", {"tab": "tab-1111"}).status_code == 401


def test_away_is_a_choice_that_presence_never_changes(acme):
    record_heartbeat(acme.bob, tab="tab-1111")
    set_away(acme.bob)
    first = Membership.objects.get(pk=acme.bob.pk).away_at
    record_heartbeat(acme.bob, tab="tab-2222")
    set_away(acme.bob)
    bob = Membership.objects.get(pk=acme.bob.pk)
    assert bob.away_at == first
    assert states(bob) == ["away"]
    assert sentences(bob)[0].startswith("Away since ")
    set_available(bob)
    assert sentences(Membership.objects.get(pk=bob.pk)) == ["Available"]


def test_when_redis_is_away_nobody_pretends_to_know(acme):
    presence.record_heartbeat(acme.bob, "tab-1111")
    with patch("redis.connection.ConnectionPool.get_connection", side_effect=OSError):
        (bob,) = with_availability([acme.bob])
    assert bob.availability.status == "unknown"
    assert not bob.availability.can_take_chats


def test_a_tab_that_is_alive_costs_the_same_however_many_are_there(acme):
    def takes():
        begin = time.perf_counter()
        presence.record_heartbeat(acme.bob, "tab-1111")
        return time.perf_counter() - begin

    takes()
    alone = min(takes() for _ in range(30))
    crowd = {f"{uuid4()}:tab-1111": 1e15 for _ in range(20_000)}
    redis.client().zadd(presence.redis_key(acme.workspace.pk), crowd)
    assert min(takes() for _ in range(30)) < 20 * alone  # to read them all would be 100


def test_the_sweep_forgets_workspaces_where_nobody_is(acme, globex):
    presence.record_heartbeat(acme.bob, "tab-1111")
    presence.record_heartbeat(globex.charlie, "tab-1111")
    silence(globex.charlie, "tab-1111")
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
def test_all_workspaces_are_asked_in_one_go(acme, globex, ask):
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
    """Bob was there when Redis was restarted, and Bea was not."""
    record_heartbeat(acme.bob, tab="tab-1111")
    assert (told(acme.bob), told(acme.bea)) == ("available", "offline")
    redis.client().flushdb()
    return acme


def codes(*memberships):
    return [each.availability.status for each in with_availability(memberships)]


def test_an_emptied_redis_does_not_say_that_nobody_is_there(acme_after_restart):
    assert codes(acme_after_restart.bob, acme_after_restart.bea) == ["unknown", "offline"]
    sweep_statuses()
    record_heartbeat(acme_after_restart.bob, tab="tab-1111")
    assert codes(acme_after_restart.bob, acme_after_restart.bea) == ["available", "offline"]
    assert [each.code for each in acme_after_restart.bob.states.all()] == ["available"]


def test_whoever_has_not_come_back_when_all_tabs_have_beaten_is_offline(acme_after_restart):
    record_heartbeat(acme_after_restart.alice, tab="tab-1111")
    sweep_statuses()
    assert told(acme_after_restart.bob) == "available"
    with patch.object(presence, "SETTLED_MS", 0):
        assert codes(acme_after_restart.bob) == ["offline"]
        sweep_statuses()
    assert told(acme_after_restart.bob) == "offline"


def test_what_is_written_into_an_emptied_redis_waits_for_those_who_were_there(
    acme_after_restart, vera
):
    Routing.objects.update(leads=Routing.Leads.TURN)
    conversation = vera.writes().conversation
    assert again(conversation).assignee is None
    record_heartbeat(acme_after_restart.bob, tab="tab-1111")
    sweep_waiting()
    assert again(conversation).assignee == acme_after_restart.bob


def test_a_redis_that_was_out_of_reach_is_asked_anew_like_an_emptied_one(acme):
    record_heartbeat(acme.bob, tab="tab-1111")
    assert 0 < redis.client().pttl(presence.HEARD_SINCE) <= GAP_MS
    silence(acme.bob, "tab-1111")
    assert codes(acme.bob) == ["offline"]
    redis.client().delete(presence.HEARD_SINCE)  # as it runs out
    assert codes(acme.bob) == ["unknown"]


@pytest.mark.parametrize("ask", ["beat", "online", "sweep"])
def test_as_long_as_anything_is_heard_it_is_the_same_presence(acme, ask):
    record_heartbeat(acme.bob, tab="tab-1111")
    redis.client().pexpire(presence.HEARD_SINCE, 1_000)
    {
        "beat": lambda: presence.record_heartbeat(acme.bob, "tab-1111"),
        "online": lambda: presence.find_online(acme.workspace.pk),
        "sweep": presence.expire_tabs,
    }[ask]()
    assert redis.client().pttl(presence.HEARD_SINCE) > 1_000


def test_in_a_new_installation_a_lead_is_given_at_once(acme, vera):
    redis.client().flushdb()
    Routing.objects.update(leads=Routing.Leads.TURN)
    assert again(vera.writes().conversation).assignee in (acme.bob, acme.bea)


def test_people_of_other_workspaces_are_not_mixed_in(acme, globex):
    presence.record_heartbeat(globex.charlie, "tab-1111")
    assert presence.find_online(acme.workspace.pk) == set()
    assert presence.find_online(globex.workspace.pk) == {globex.charlie.pk}


def test_the_sweep_tells_the_screens(acme, live_events):
    presence.record_heartbeat(acme.bob, "tab-1111")
    silence(acme.bob, "tab-1111")
    with live_events.committed():
        sweep_presence()
    [(event, data)] = live_events.on(f"workspace:{acme.workspace.pk}")
    assert (event, data["membership"], data["state"]) == ("presence", str(acme.bob.pk), "offline")


@pytest.mark.parametrize("tab", ["", "short", "x" * 37, "a b c d e f", "\x00" * 10, "../../../etc"])
def test_nonsense_for_a_tab_is_refused(acme, sign_in, tab):
    assert sign_in(acme.bob).post("/w/acme/presence/", {"tab": tab}).status_code == 400
    assert states(acme.bob) == ["offline"]


def test_the_heartbeat_over_http(acme, sign_in):
    client = sign_in(acme.bob)
    assert client.post("/w/acme/presence/", {"tab": "tab-1111"}).status_code == 204
    assert states(acme.bob) == ["available"]
    assert client.post("/w/acme/availability/away/").status_code == 302
    assert states(Membership.objects.get(pk=acme.bob.pk)) == ["away"]
    assert client.post("/w/acme/availability/back/").status_code == 302
    assert states(Membership.objects.get(pk=acme.bob.pk)) == ["available"]
