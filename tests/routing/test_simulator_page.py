"""The simulator's page: a copy in the address, checked like the settings, and never stored."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.utils import timezone

from inbox.actions.inbox import create_inbox
from inbox.models import Conversation, Inbox
from routing.models import Routing, Target
from teams.actions.membership import suspend_member
from teams.actions.role import save_role
from teams.actions.status import publish_status_changes
from teams.actions.team import save_team
from teams.models import AuditEntry, Membership, StatusChange
from tests.conftest import Vera
from tests.routing.test_settings import user

URL, INBOX = "/w/acme/routing/simulator/", "/w/acme/inboxes/"


pytestmark = pytest.mark.usefixtures("leads_in_turn")


@pytest.fixture
def simulate(acme, sign_in):
    client = sign_in(acme.alice)

    def simulate(status=200, **copy):
        query = {"inbox": acme.inbox.pk} | copy
        answer = client.get(URL, query)
        assert answer.status_code == status
        return answer

    return simulate


@pytest.fixture
def tried(simulate):
    """Return the comparison with a copy that has these changes."""

    def tried(**copy):
        copy = {"copy": "1", "leads": "assign"} | copy
        return simulate(**copy).context["comparison"]

    return tried


@pytest.fixture
def assigned_to_bob(acme, online, new_visitor):
    """Both went to Bob, the only one online; Bea came online later."""
    online(acme.bob)
    publish_status_changes(acme.bob)
    return [new_visitor(acme.inbox).writes().conversation for _ in range(2)]


def shares(comparison):
    return {name: [bar.count for bar in bars] for name, _asked, bars in comparison.members}


def test_it_begins_with_the_settings_as_they_are(acme, simulate, assigned_to_bob):
    Routing.objects.filter(inbox=acme.inbox).update(answer_minutes=7, leads="queue")
    answer = simulate()
    assert answer.context["form"]["answer_minutes"].value() == 7
    assert answer.context["form"]["leads"].value() == "queue"
    comparison = answer.context["comparison"]
    assert [column.title for column in comparison.columns] == ["Actual", "Current settings"]
    assert (comparison.count, comparison.agrees, comparison.differences) == (2, 2, [])


def test_a_copy_is_compared_with_what_happened_and_what_is_set(acme, tried, assigned_to_bob):
    comparison = tried(targets=[user(acme.bea)])
    assert [column.title for column in comparison.columns] == [
        "Actual",
        "Current settings",
        "Trial settings",
    ]
    assert shares(comparison) == {"Bob": [2, 2, 0], "Bea": [0, 0, 2]}
    assert len(comparison.differences) == 2
    assert [column.figures.unavailable for column in comparison.columns] == [0, 0, 2]
    assert [change["would"] for change in comparison.changes] == ["Bea", "Bea"]
    assert {change["wait"] for change in comparison.changes} == {"at once"}


def test_nothing_is_stored(acme, tried, assigned_to_bob):
    before = Routing.objects.filter(inbox=acme.inbox).values().get()
    entries = AuditEntry.objects.count()
    tried(targets=[user(acme.bea)], answer_minutes="3", capacity="1", fewest_open_first="on")
    assert Routing.objects.filter(inbox=acme.inbox).values().get() == before
    assert not Target.objects.exists()
    assert AuditEntry.objects.count() == entries
    assert set(Conversation.objects.values_list("assignee", flat=True)) == {acme.bob.pk}


def test_the_same_as_is_set_is_no_copy(tried, assigned_to_bob):
    assert tried().copy is None


def test_a_capacity_for_all_agents(acme, tried, assigned_to_bob):
    comparison = tried(leads="queue", capacity="1")
    assert shares(comparison)["Bob"] == [2, 2, 1]
    assert [column.figures.still_waiting for column in comparison.columns] == [0, 0, 1]
    assert [change["would"] for change in comparison.changes] == [""]


def test_a_team_is_its_members(acme, tried, assigned_to_bob):
    team = save_team(acme.workspace, name="Sales", members=[acme.bea], by=acme.alice)
    assert shares(tried(targets=[f"team-{team.pk}"])) == {"Bob": [2, 2, 0], "Bea": [0, 0, 2]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("answer_minutes", "0"),
        ("answer_minutes", "soon"),
        ("leads", "nonsense"),
        ("capacity", "-1"),
        ("capacity", "100000"),
    ],
)
def test_nonsense_is_said_at_the_field_and_nothing_is_replayed(
    simulate, assigned_to_bob, field, value
):
    answer = simulate(400, **{"copy": "1", "leads": "assign", field: value})
    trial = answer.context["trial"]
    assert field in trial.form.errors | trial.capacity.errors
    assert 'aria-invalid="true"' in answer.text or field == "leads"
    assert "comparison" not in answer.context
    assert "Not replayed" in answer.text


def test_foreign_people_and_teams_are_no_choice(simulate, globex, assigned_to_bob):
    theirs = save_team(globex.workspace, name="Theirs", members=[], by=globex.charlie)
    for target in (user(globex.charlie), f"team-{theirs.pk}", f"user-{uuid4()}", "user-x"):
        answer = simulate(400, copy="1", leads="assign", targets=[target])
        assert "targets" in answer.context["form"].errors


def test_a_foreign_or_unknown_inbox_is_no_choice(simulate, globex):
    for inbox in (globex.inbox.pk, uuid4(), "nonsense"):
        answer = simulate(400, inbox=inbox)
        assert "There is no such inbox" in answer.text
        assert "Choose one of your inboxes above." in answer.text
        assert "Globex" not in answer.text


def test_each_inbox_has_its_own_past(acme, simulate, vera):
    other = create_inbox(acme.workspace, name="Sales", members=[acme.bea])
    vera.writes()
    assert simulate().context["comparison"].count == 1
    answer = simulate(inbox=other.pk)
    assert answer.context["inbox"] == other
    assert "Nothing to replay yet" in answer.text


def test_without_a_choice_it_is_the_first_inbox(acme, sign_in):
    answer = sign_in(acme.alice).get(URL)
    assert answer.context["inbox"] == acme.inbox


def test_a_workspace_without_inboxes_sees_what_this_is_for(acme, sign_in):
    Inbox.objects.all().delete()
    answer = sign_in(acme.alice).get(URL)
    assert answer.status_code == 200
    assert "No inboxes yet" in answer.text


def test_a_member_who_may_not_manage_inboxes_is_refused(acme, sign_in):
    assert sign_in(acme.bob).get(URL).status_code == 403
    role = save_role(acme.workspace, name="Reader", permissions=["see_reports"], by=acme.alice)
    Membership.objects.filter(pk=acme.bob.pk).update(role=role)
    client = sign_in(acme.bob)
    assert client.get(URL).status_code == 403
    assert URL not in client.get("/w/acme/routing/").text


def test_it_is_linked_from_the_board_and_from_the_routing_tab(acme, sign_in):
    client = sign_in(acme.alice)
    assert URL in client.get("/w/acme/routing/").text
    settings = client.get(f"/w/acme/inboxes/{acme.inbox.pk}/routing/").text
    assert f"{URL}?inbox={acme.inbox.pk}" in settings


def test_it_says_since_when_presence_is_known(acme, simulate, vera, online):
    vera.writes()
    assert "No presence has been recorded yet" in simulate().text
    online(acme.bob)
    publish_status_changes(acme.bob)
    assert "Presence has been recorded since" in simulate().text
    StatusChange.objects.update(created_at=timezone.now() - timedelta(days=40))
    page = simulate().text
    assert "Presence has been recorded since" not in page
    assert "No presence has been recorded yet" not in page


def test_only_the_last_thirty_days_are_replayed(acme, simulate, vera):
    conversation = vera.writes().conversation
    long_ago = timezone.now() - timedelta(days=31)
    Conversation.objects.filter(pk=conversation.pk).update(
        created_at=long_ago, last_activity_at=long_ago
    )
    assert simulate().context["comparison"].count == 0


def test_another_workspace_leaves_no_trace(acme, globex, simulate, vera):
    vera.writes()
    Vera(globex.inbox).writes()
    comparison = simulate().context["comparison"]
    assert comparison.count == 1
    assert set(shares(comparison)) == {"Bob", "Bea"}


# The copy, used


@pytest.fixture
def use(acme, simulate, sign_in):
    """Follow "Use these settings" of a copy to the Routing tab."""

    def use(**copy):
        page = simulate(**{"copy": "1", "leads": "assign"} | copy)
        address = unescape(re.search(r'href="([^"]+)">\s*Use these', page.text)[1])
        return sign_in(acme.alice).get(address)

    return use


def test_a_copy_leads_to_the_routing_tab_filled_in_and_not_saved(acme, use, assigned_to_bob):
    before = Routing.objects.filter(inbox=acme.inbox).values().get()
    page = use(targets=[user(acme.bea)], answer_minutes="3", fewest_open_first="on")
    assert (page.status_code, page.request["PATH_INFO"]) == (
        200,
        f"{INBOX}{acme.inbox.pk}/routing/",
    )
    form = page.context["form"]
    assert (form.selected, form["answer_minutes"].value()) == ([user(acme.bea)], "3")
    assert (form["leads"].value(), form["fewest_open_first"].value()) == ("assign", True)
    assert "Not saved yet" in page.text
    assert [each.member for each in page.context["panel"].candidates] == [acme.bea]
    assert Routing.objects.filter(inbox=acme.inbox).values().get() == before
    assert not Target.objects.exists()


def test_saving_there_makes_it_so(acme, use, sign_in, assigned_to_bob):
    page = use(answer_minutes="3")
    address = f"{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}"
    client = sign_in(acme.alice)
    answer = client.post(address, {"leads": "assign", "answer_minutes": "3"})
    assert answer["Location"] == page.request["PATH_INFO"]
    assert Routing.objects.get(inbox=acme.inbox).answer_minutes == 3
    assert "Not saved yet" not in client.get(address).text


def test_what_is_posted_counts_and_not_the_address(acme, sign_in):
    address = f"{INBOX}{acme.inbox.pk}/routing/?copy=1&leads=queue&answer_minutes=3"
    sign_in(acme.alice).post(address, {"leads": "assign", "answer_minutes": "5"})
    assert Routing.objects.get(inbox=acme.inbox).answer_minutes == 5
    assert sign_in(acme.alice).post(address, {}).status_code == 400
    assert Routing.objects.get(inbox=acme.inbox).leads == "assign"


def test_a_capacity_for_all_is_no_setting_of_the_inbox(acme, simulate, use, assigned_to_bob):
    page = simulate(copy="1", leads="assign", capacity="1")
    assert "Use these" not in page.text
    assert "set per member" in page.text
    page = simulate(copy="1", leads="assign", capacity="1", answer_minutes="3")
    assert "set per member" in page.text
    assert "capacity" not in use(capacity="1", answer_minutes="3").request["QUERY_STRING"]


def test_without_a_copy_there_is_nothing_to_use(simulate, assigned_to_bob):
    assert "Use these" not in simulate().text
    assert "Use these" not in simulate(copy="1", leads="assign").text


def test_nonsense_in_the_address_is_marked_on_the_routing_tab(acme, globex, sign_in):
    client, address = sign_in(acme.alice), f"{INBOX}{acme.inbox.pk}/routing/"
    for copy in ({"answer_minutes": "0"}, {"targets": user(globex.charlie)}, {"leads": "x"}):
        page = client.get(address, {"copy": "1", "leads": "assign"} | copy)
        assert page.status_code == 400
        assert copy.keys() <= page.context["form"].errors.keys()
        assert "Charlie" not in page.text
    assert sign_in(acme.bob).get(address, {"copy": "1", "leads": "assign"}).status_code == 403


def test_a_suspended_member_is_not_asked_by_a_copy_either(acme, tried, assigned_to_bob):
    Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, membership=acme.bea)
    suspend_member(acme.bea, by=acme.alice)
    comparison = tried(targets=[user(acme.bea)], keep_reopened="on")
    assert comparison.now.pool == comparison.copy.pool == (acme.bob.pk,)
