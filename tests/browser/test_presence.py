"""Presence with several pages, sleeping laptops and lost networks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from messagehub.lib import redis
from teams import presence
from teams.models import Membership
from teams.tasks import sweep_presence
from tests.browser.people import PHONE, Agent
from tests.processes import until

FAILS = ["Failed to load resource", "Failed to fetch"]


def count_open_pages(membership):
    """Count the member's open pages. Pages that were closed expire within seconds."""
    seconds, _microseconds = redis.client().time()
    goodbye = seconds * 1_000 + presence.CLOSING_MS + 1_000
    tabs = redis.client().zrangebyscore(
        presence.redis_key(membership.workspace_id), goodbye, "+inf"
    )
    return sum(tab.startswith(str(membership.pk).encode()) for tab in tabs)


def expect_published(membership, code):
    """Don't wait until the next heartbeat, or until a page without any has expired."""
    same = Membership.objects.filter(pk=membership.pk, announced_status=code)
    until(same.exists, seconds=10, what=f"being {code}")


def statuses_of(membership):
    return [each.status for each in membership.status_changes.order_by("created_at")]


def signs_out(agent):
    agent.page.get_by_role("button", name="Account menu").click()
    agent.page.get_by_role("button", name="Sign out", exact=True).click()


def lose_heartbeats(membership):
    """Make the last heartbeat of all the member's pages old, and sweep at once."""
    key = presence.redis_key(membership.workspace_id)
    tabs = [tab for tab in redis.client().zrange(key, 0, -1) if str(membership.pk).encode() in tab]
    redis.client().zadd(key, dict.fromkeys(tabs, 1), xx=True)
    sweep_presence()
    expect_published(membership, "offline")


def test_a_member_stays_online_while_one_page_is_open(acme, at_desk):
    bob = at_desk(acme.bob)
    tab = bob.page.context.new_page()
    tab.goto(bob.page.url)
    device = at_desk(acme.bob, **PHONE).page
    until(lambda: count_open_pages(acme.bob) == 3, what="all pages being open")
    for count, page, other in ((2, bob.page, tab), (1, tab, device)):
        page.close()
        until(lambda count=count: count_open_pages(acme.bob) == count, what="one being closed")
        expect(other.locator("#me-menu .sentence")).to_have_text("Available")
        assert statuses_of(acme.bob) == ["available"]
    device.close()
    until(lambda: count_open_pages(acme.bob) == 0, what="the last one being closed")


def test_signing_out_in_one_tab_ends_the_other_and_another_browser_stays(
    acme, at_desk, new_vera, console
):
    console.expect(*FAILS)  # requests of the other tab are refused
    vera = new_vera()
    conversation = vera.writes("Before").conversation
    office, home = (at_desk(acme.alice, conversation, view="all") for _ in range(2))
    other = office.page.context.new_page()
    other.goto(office.page.url)
    until(lambda: count_open_pages(acme.alice) == 3, what="all pages being open")
    signs_out(Agent(other, office.workspace))
    vera.writes("After")
    home.sees("After")
    # Earlier than with the next heartbeat, which would find out too.
    heading = office.page.get_by_role("heading", name="Sign in")
    expect(heading).to_be_visible(timeout=15_000)
    expect(office.entries).to_have_count(0)
    until(
        lambda: count_open_pages(acme.alice) == 1,
        seconds=20,  # a page that is silent stays open for longer
        what="the browser's pages being closed",
    )
    signs_out(home)
    expect_published(acme.alice, "offline")


def test_a_page_without_network_is_offline_and_then_back_at_once(acme, at_desk, console):
    console.expect(*FAILS)
    bob = at_desk(acme.bob)
    expect_published(acme.bob, "available")
    bob.page.context.set_offline(True)
    lose_heartbeats(acme.bob)
    bob.page.context.set_offline(False)
    expect_published(acme.bob, "available")


@pytest.fixture
def clocked_page(acme, stack, sign_in):
    """Open a page as Bob whose clock the test controls."""
    page = sign_in(acme.bob, has_clock=True).new_page()
    with page.expect_response("**/presence/"):
        page.goto(f"{stack.app}/w/{acme.workspace.slug}/my/notifications/")
    return page


def test_a_sleeping_laptop_is_offline_and_then_back_at_once(acme, clocked_page):
    with clocked_page.expect_response("**/presence/"):  # the last heartbeat, due by then
        clocked_page.clock.pause_at(timezone.now() + timedelta(minutes=2))
    lose_heartbeats(acme.bob)
    clocked_page.clock.fast_forward(3_600_000)  # timers that are due run once
    expect_published(acme.bob, "available")


def test_a_background_page_with_slow_timers_stays_online(clocked_page):
    for _ in range(3):
        with clocked_page.expect_response("**/presence/") as beat:
            clocked_page.clock.fast_forward(60_000)
        assert beat.value.status == 204


def test_a_failed_heartbeat_is_retried(clocked_page, console):
    console.expect(*FAILS)
    page = clocked_page
    page.route("**/presence/", lambda route: route.abort())
    for wait in (30_000, 10_000, 10_000):
        with page.expect_event("requestfailed", is_heartbeat):
            page.clock.fast_forward(wait)
    page.unroute("**/presence/")
    with page.expect_response("**/presence/") as beat:
        page.clock.fast_forward(10_000)
    assert beat.value.status == 204


def is_heartbeat(request):
    return request.url.endswith("/presence/")
