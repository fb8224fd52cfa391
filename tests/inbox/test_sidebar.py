"""The list of inboxes and members beside the desk's list, in small and large workspaces."""

from types import SimpleNamespace

import pytest

from inbox.actions.inbox import create_inbox
from inbox.models import FavouriteInbox, Inbox
from inbox.sidebar import MOST, fold_inboxes, fold_members

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


def test_members_who_are_online_come_first():
    members = [
        SimpleNamespace(pk=number, presence="available" if number % 40 == 7 else "offline")
        for number in range(200)
    ]
    folded = fold_members(members)
    assert [each.pk for each in folded.shown] == [7, 47, 87, 127, 167]
    assert folded.count == 200
    assert not fold_members(members[:MOST]).is_folded


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
