"""The list of inboxes and members beside the desk's list, in small and large workspaces."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.actions.inbox import create_inbox
from inbox.models import Contact, Conversation, FavouriteInbox, Inbox
from inbox.sidebar import FIRST, MOST, fold_inboxes, fold_members, load_team
from teams import presence
from teams.actions.membership import add_member
from teams.models import Membership

DESK = "/w/acme/conversations/"


def inbox(number, *, open_count=0, is_favourite=False):
    name = f"Inbox {number:03}"
    return SimpleNamespace(pk=number, name=name, open_count=open_count, is_favourite=is_favourite)


def test_few_inboxes_stay_as_they_are():
    inboxes = [inbox(number) for number in range(MOST, 0, -1)]
    assert fold_inboxes(inboxes) == (inboxes, len(inboxes))


def test_favourites_come_first_then_inboxes_with_open_conversations():
    inboxes = [inbox(number) for number in range(40)]
    inboxes[30].is_favourite = inboxes[20].is_favourite = True
    inboxes[10].open_count, inboxes[5].open_count = 1, 9
    folded = fold_inboxes(inboxes, chosen=39)
    assert [each.pk for each in folded.shown] == [20, 30, 5, 10, 39]
    assert folded.count == 40
    assert folded.is_folded


def test_of_many_busy_inboxes_the_busiest_are_shown():
    inboxes = [inbox(number, open_count=number) for number in range(100)]
    shown = fold_inboxes(inboxes).shown
    assert [each.pk for each in shown] == list(range(100 - MOST, 100))


@pytest.fixture
def many_members(acme):
    users = [
        User.objects.create_user(f"{n}@acme.example", None, name=f"Z {n:02}") for n in range(30)
    ]
    return [add_member(acme.workspace, user=user) for user in users]


def test_members_who_are_online_come_first(acme, many_members):
    for membership in many_members[5:20]:
        presence.record_heartbeat(membership, "tab")
    away, closed, suspended = many_members[4], many_members[6], many_members[7]
    Membership.objects.filter(pk=away.pk).update(away_at=timezone.now())
    Membership.objects.filter(pk=closed.pk).update(hours=another_day())
    Membership.objects.filter(pk=suspended.pk).update(suspended_at=timezone.now())
    everyone = load_team(acme.workspace)
    assert len(everyone) == 32
    online = [each for each in everyone if each.presence != "offline"]
    assert [each.pk for each in online] == [
        each.pk for each in many_members[4:20] if each not in (closed, suspended)
    ]
    folded = fold_members(acme.workspace)
    assert folded.shown == online[:MOST]
    assert [each.sentence for each in folded.shown] == [each.sentence for each in online[:MOST]]
    assert folded.count == 32
    assert folded.is_folded


def test_members_who_are_online_outside_of_their_hours_hide_no_others(acme, many_members):
    for membership in many_members:
        presence.record_heartbeat(membership, "tab")
    closed = [each.pk for each in many_members[: FIRST + 2]]
    Membership.objects.filter(pk__in=closed).update(hours=another_day())
    assert fold_members(acme.workspace) == (many_members[FIRST + 2 :], 33)
    assert len(many_members[FIRST + 2 :]) == 4


def another_day():
    """Return office hours that are over today."""
    day = (timezone.now().weekday() + 3) % 7
    return {"week": [{"day": day, "from": "08:00", "to": "17:00"}]}


def test_without_redis_no_member_of_many_is_online(acme, many_members, monkeypatch):
    monkeypatch.setattr(presence, "find_online", lambda workspace: None)
    assert fold_members(acme.workspace) == ([], 33)


def test_few_members_are_all_shown(acme):
    folded = fold_members(acme.workspace)
    assert folded.shown == load_team(acme.workspace)
    assert not folded.is_folded


def test_the_desk_names_members_who_are_offline(acme, many_members, sign_in):
    offline = many_members[29]
    conversation = Conversation.objects.create(
        workspace=acme.workspace,
        inbox=acme.inbox,
        contact=Contact.objects.create(workspace=acme.workspace, owner=offline),
        number=1,
        assignee=offline,
    )
    for query in (f"assignee={offline.pk}", f"view=all&owner={offline.pk}"):
        page = sign_in(acme.alice).get(f"{DESK}?{query}")
        assert [chip.text.partition(": ")[2] for chip in page.context["chips"]] == [offline.name]
        [row] = page.context["rows"]
        assert (row, row.assignee.name) == (conversation, offline.name)
        assert offline not in page.context["folded_team"].shown


@pytest.fixture
def many_inboxes(acme):
    return [create_inbox(acme.workspace, name=f"Shop {n:02}", members=[]) for n in range(13)]


def test_a_star_puts_an_inbox_first_for_that_member_alone(
    acme, many_inboxes, sign_in, django_assert_max_num_queries
):
    client = sign_in(acme.alice)
    favourite = many_inboxes[12]
    for _ in range(2):  # a double click
        response = client.post(
            f"/w/acme/inboxes/{favourite.pk}/favourite/", {"query": "view=all&order=oldest&x=1"}
        )
    assert response["Location"] == f"{DESK}?view=all&status=open&order=oldest"
    with django_assert_max_num_queries(12):
        page = client.get(DESK)
    assert [each.name for each in page.context["folded_inboxes"].shown] == ["Shop 12"]
    assert "Show all 14 inboxes" in page.text
    assert f'id="star-{favourite.pk}"' in page.text
    assert many_inboxes[0].name not in page.text
    rest = client.get("/w/acme/conversations/inboxes/?view=all", headers={"HX-Request": "true"})
    assert [row.name for row in rest.context["rows"]] == [
        "Shop 12",
        *(f"Shop {number:02}" for number in range(12)),
        acme.inbox.name,
    ]
    assert f'id="star-{many_inboxes[0].pk}"' in rest.text
    assert FavouriteInbox.objects.get().membership == acme.alice
    client.post(f"/w/acme/inboxes/{favourite.pk}/favourite/removal/")
    assert not FavouriteInbox.objects.exists()


def test_an_inbox_that_one_may_not_see_is_no_favourite(acme, globex, many_inboxes, sign_in):
    asked = [(acme.bob, many_inboxes[0]), (acme.alice, globex.inbox)]
    for who, each in asked:
        for verb in ("favourite/", "favourite/removal/"):
            url = f"/w/acme/inboxes/{each.pk}/{verb}"
            assert sign_in(who).post(url).status_code == 404
    assert not FavouriteInbox.objects.exists()


def test_few_inboxes_have_no_stars(acme, sign_in):
    page = sign_in(acme.alice).get(DESK).text
    assert Inbox.objects.count() == 1
    assert 'class="star"' not in page
    assert "filter-list" not in page
