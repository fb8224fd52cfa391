"""Saved views: a member's own and shared ones, who may change them, and what they count."""

import re
from uuid import uuid4

import pytest

from inbox.forms.saved_view import MAX_VIEWS
from inbox.models import SavedView
from teams.models import AuditEntry, Membership
from tests.conftest import keep_waiting

VIEWS = "/w/acme/conversations/views/"
DESK = "/w/acme/conversations/"


@pytest.fixture
def shared(acme):
    query = "view=unassigned&status=open&order=waiting"
    return SavedView.objects.create(workspace=acme.workspace, name="Waiting", query=query)


@pytest.fixture
def bobs(acme):
    query = f"view=all&status=open&assignee={acme.bea.pk}"
    return SavedView.objects.create(
        workspace=acme.workspace, member=acme.bob, name="Bea's", query=query
    )


def sidebar(client, path=""):
    return [view.name for view in client.get(DESK + path).context["saved_views"]]


def audited():
    return list(
        AuditEntry.objects.filter(action__startswith="saved_view").values_list(
            "action", "by_name", "target"
        )
    )


def test_a_member_saves_the_filters_they_see(acme, sign_in):
    client = sign_in(acme.bob)
    query = f"view=all&status=snoozed&owner={acme.bea.pk}&order=oldest"
    assert f"{VIEWS}?{query}".replace("&", "&amp;") in client.get(f"{DESK}?{query}").text
    page = client.get(f"{VIEWS}?{query}")
    fields = dict(part.split("=") for part in query.split("&"))
    for name, value in fields.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page.text
    assert "is_shared" not in page.text
    saved = client.post(VIEWS, fields | {"name": " Bea’s  customers ", "is_shared": "on"})
    assert saved["Location"] == f"{DESK}?{query}"
    view = SavedView.objects.get()
    assert (view.name, view.query, view.member) == ("Bea’s customers", query, acme.bob)
    desk = client.get(saved["Location"])
    assert desk.context["saved_view"] == view
    assert re.search(r'data-title="\s*Bea’s customers\s*"', desk.text)
    assert "Edit view" in desk.text
    assert "Save view" not in desk.text
    assert sidebar(sign_in(acme.bea)) == []
    assert audited() == []


def test_an_administrator_shares_a_view_with_everyone(acme, globex, sign_in):
    client = sign_in(acme.alice)
    client.post(VIEWS, {"name": "Ours", "view": "all", "owner": "none", "is_shared": "on"})
    assert sidebar(sign_in(acme.bea)) == ["Ours"]
    assert b"Ours" not in sign_in(globex.charlie).get("/w/globex/conversations/").content
    view = SavedView.objects.get()
    client.post(f"{VIEWS}{view.pk}/", {"name": "Everyone’s", "is_shared": "on"})
    client.post(f"{VIEWS}{view.pk}/deletion/")
    assert sorted(audited()) == [
        ("saved_view.deleted", "Alice", "Everyone’s"),
        ("saved_view.shared", "Alice", "Ours"),
        ("saved_view.updated", "Alice", "Everyone’s"),
    ]


def test_a_view_that_is_no_longer_shared_belongs_to_who_changed_it(acme, shared, sign_in):
    sign_in(acme.alice).post(f"{VIEWS}{shared.pk}/", {"name": "Waiting"})
    shared.refresh_from_db()
    assert shared.member == acme.alice
    assert sidebar(sign_in(acme.bob)) == []
    assert audited() == [("saved_view.updated", "Alice", "Waiting")]


def test_only_those_who_may_change_it_can(acme, globex, shared, bobs, sign_in):
    """A shared view needs a permission; someone else's own view doesn't exist."""
    asked = [
        (acme.bob, shared, 403),
        (acme.bea, bobs, 404),
        (acme.alice, bobs, 404),
        (globex.charlie, shared, 404),
    ]
    for who, view, status in asked:
        client = sign_in(who)
        for workspace in ("acme", "globex"):
            url = f"/w/{workspace}/conversations/views/{view.pk}/"
            expected = status if workspace == "acme" else 404
            assert client.get(url).status_code == expected
            assert client.post(url, {"name": "Taken"}).status_code == expected
            assert client.post(f"{url}deletion/").status_code == expected
    assert set(SavedView.objects.values_list("name", flat=True)) == {"Waiting", "Bea's"}
    assert sign_in(acme.bob).post(f"{VIEWS}{bobs.pk}/deletion/").status_code == 302
    assert sign_in(acme.bob).post(f"{VIEWS}{uuid4()}/deletion/").status_code == 404
    assert [view.name for view in SavedView.objects.all()] == ["Waiting"]


@pytest.mark.parametrize("name", ["", " \u200b", "x" * 41])
def test_a_view_needs_a_name_and_keeps_its_filters_meanwhile(acme, sign_in, name):
    page = sign_in(acme.bob).post(VIEWS, {"name": name, "view": "all", "owner": "none"})
    assert page.status_code == 400
    assert '<input type="hidden" name="owner" value="none">' in page.text
    assert 'aria-invalid="true"' in page.text
    assert not SavedView.objects.exists()


def test_there_is_a_limit_because_each_is_counted(acme, shared, sign_in):
    SavedView.objects.bulk_create(
        SavedView(workspace=acme.workspace, member=acme.bob, name=str(each), query="")
        for each in range(MAX_VIEWS - 1)
    )
    page = sign_in(acme.bob).post(VIEWS, {"name": "One more"})
    assert page.status_code == 400
    assert "Delete one first" in page.text
    assert sign_in(acme.bea).post(VIEWS, {"name": "Mine"}).status_code == 302


def test_counts_are_of_what_each_member_may_see(
    acme, shared, bobs, new_visitor, sign_in, django_assert_max_num_queries
):
    for _ in range(3):
        keep_waiting(new_visitor(acme.inbox).writes().conversation, acme.bob)
    held = new_visitor(acme.inbox).writes().conversation
    held.assignee = acme.bea
    held.save()
    SavedView.objects.create(workspace=acme.workspace, name="Past", query="status=resolved")

    def counts(membership):
        data = sign_in(membership).get(f"{DESK}counts/").json()
        return {name: count for name, count in data.items() if name.startswith("view-")}

    assert counts(acme.bob) == {shared.count_name: 3, bobs.count_name: 1}
    client = sign_in(acme.bob)
    with django_assert_max_num_queries(12):
        client.get(DESK, headers={"HX-Request": "true", "HX-Target": "div#listing"})
    page = client.get(DESK)
    assert f'<b data-count="{shared.count_name}">3</b>' in page.text
    Membership.objects.get(pk=acme.bob.pk).inbox_memberships.all().delete()
    assert counts(acme.bob) == {shared.count_name: 0, bobs.count_name: 0}
    assert counts(acme.bea) == {shared.count_name: 3}


def test_a_filter_of_an_unseen_inbox_shows_neither_its_name_nor_its_conversations(
    acme, vera, sign_in
):
    vera.writes("secret")
    SavedView.objects.create(
        workspace=acme.workspace,
        name="Shop",
        query=f"view=all&status=open&inbox={acme.inbox.pk}&order=oldest",
    )
    acme.inbox.name = "Hidden shop"
    acme.inbox.save()
    acme.inbox.members.filter(membership=acme.bea).delete()
    view = SavedView.objects.get()
    page = sign_in(acme.bea).get(f"{DESK}?{view.query}")
    assert page.context["saved_view"] == view
    assert "Hidden shop" not in page.text
    assert "secret" not in page.text
    assert "Hidden shop" in sign_in(acme.bob).get(f"{DESK}?{view.query}").text
