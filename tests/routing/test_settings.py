"""The Routing and Availability tabs of an inbox, and the panel "Who would get a chat now?"."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.actions.inbox import add_inbox_member, set_opening_hours
from inbox.models import Conversation, InboxMember
from outbox.models import Delivery
from routing.actions.settings import save_availability, save_routing
from routing.models import Routing, Target
from teams.actions.availability import set_available, set_away
from teams.actions.membership import add_member, remove_member, suspend_member
from teams.actions.team import save_team
from teams.models import AuditEntry, Membership
from tests.commits import COMMIT_EFFECTS
from tests.conftest import COMMITS, Vera, goes_online, in_parallel, make_user

OFF = {"leads": "queue"}


@pytest.fixture
def beas_team(acme):
    return save_team(acme.workspace, name="Sales", members=[acme.bea], by=acme.alice)


@pytest.fixture
def routing_page(acme, sign_in):
    """Load or save a tab as Alice."""

    def routing_page(data=None, tab="routing"):
        client, url = sign_in(acme.alice), f"/w/acme/inboxes/{acme.inbox.pk}/{tab}/"
        return client.get(url) if data is None else client.post(url, data)

    return routing_page


@pytest.fixture
def panel(acme, sign_in):
    """Load the live panel, for the stored settings or for those assigned."""

    client, url = sign_in(acme.alice), f"/w/acme/inboxes/{acme.inbox.pk}/routing/candidates/"

    def panel(**settings):
        answer = client.get(url, settings)
        assert answer.status_code == 200
        return answer.context["panel"], answer.text

    return panel


def user(membership):
    return f"user-{membership.pk}"


def stored(acme):
    return Routing.objects.get(inbox=acme.inbox)


def names(panel):
    return [each.member.name for each in panel.candidates]


def suspend(acme):
    suspend_member(acme.bob, by=acme.alice)


def deactivate(acme):
    User.objects.filter(pk=acme.bob.user_id).update(is_active=False)


def closed_today():
    """Return the hours of an inbox that opens tomorrow."""
    tomorrow = (timezone.now() + timedelta(days=1)).weekday()
    return {"week": [{"day": tomorrow, "from": "09:00", "to": "10:00"}]}


# --- Saving ---


def test_users_and_teams_are_stored(acme, beas_team, routing_page):
    data = OFF | {"targets": [user(acme.bob), f"team-{beas_team.pk}"]}
    assert routing_page(data).status_code == 302
    found = {str(each.membership or each.team) for each in acme.inbox.targets.all()}
    assert found == {"Bob", "Sales"}
    page = routing_page()
    assert set(page.context["form"].selected) == set(data["targets"])
    routing_page(OFF)
    assert not acme.inbox.targets.exists()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"fewest_open_first": "on"}, {"fewest_open_first": True}),
        ({"to_owner": "on", "owner_minutes": "7"}, {"to_owner": True, "owner_minutes": 7}),
        ({"to_owner": "on", "owner_minutes": ""}, {"to_owner": True, "owner_minutes": None}),
        ({"leads": "assign"}, {"leads": "assign"}),
        ({"answer_minutes": "1440"}, {"answer_minutes": 1440}),
        ({"keep_reopened": "on"}, {"keep_reopened": True}),
    ],
)
def test_every_option_is_stored_and_can_be_reset(acme, routing_page, data, expected):
    assert routing_page(OFF | data).status_code == 302
    routing = stored(acme)
    assert {name: getattr(routing, name) for name in expected} == expected
    routing_page(OFF)
    routing = stored(acme)
    assert {routing.fewest_open_first, routing.to_owner, routing.keep_reopened} == {False}
    assert (routing.leads, routing.answer_minutes) == ("queue", None)


def test_the_rotation_continues_after_saving(acme, online, new_visitor, routing_page):
    online(acme.bob, acme.bea)
    first = new_visitor(acme.inbox).writes().conversation.assignee
    routing_page(OFF | {"targets": [user(acme.bob), user(acme.bea)]})
    assert new_visitor(acme.inbox).writes().conversation.assignee not in (first, None)


def test_the_owners_minutes_are_kept_while_owner_routing_is_off(acme, routing_page):
    routing_page(OFF | {"to_owner": "on", "owner_minutes": "7"})
    # The field is hidden then, so an invalid value in it is ignored.
    assert routing_page(OFF | {"owner_minutes": "0"}).status_code == 302
    assert (stored(acme).to_owner, stored(acme).owner_minutes) == (False, 7)


# --- Refusals ---


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer_minutes": "0"},
        {"answer_minutes": "1441"},
        {"answer_minutes": "-5"},
        {"answer_minutes": "1.5"},
        {"answer_minutes": "soon"},
        {"to_owner": "on", "owner_minutes": "0"},
        {"to_owner": "on", "owner_minutes": "99999999999"},
        {"leads": "none"},
        {"leads": ""},
        {"targets": ["user-x"]},
        {"targets": ["x"]},
        {"targets": [""]},
    ],
)
def test_invalid_values_are_refused_at_their_field(acme, routing_page, wrong):
    before = Routing.objects.of(acme.inbox)
    answer = routing_page({"leads": "assign", "fewest_open_first": "on"} | wrong)
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == set(wrong) - {"to_owner"}
    assert "Nothing is saved yet" in answer.text
    assert (stored(acme).leads, stored(acme).fewest_open_first) == (before.leads, False)
    assert not AuditEntry.objects.filter(action="inbox.routing_updated").exists()


def test_rows_of_another_workspace_are_no_choice(acme, globex, routing_page):
    foreign_team = save_team(globex.workspace, name="Theirs", members=[], by=globex.charlie)
    for foreign in (user(globex.charlie), f"team-{foreign_team.pk}"):
        assert routing_page(OFF | {"targets": [foreign]}).status_code == 400
    assert "Charlie" not in routing_page().text
    assert "Theirs" not in routing_page().text
    assert not Target.objects.exists()


@pytest.mark.parametrize("tab", ["routing", "routing/candidates", "availability"])
def test_agents_and_other_workspaces_are_refused(acme, globex, sign_in, tab):
    url = f"/w/acme/inboxes/{acme.inbox.pk}/{tab}/"
    assert sign_in(acme.alice).get(url).status_code == 200
    assert sign_in(acme.bob).get(url).status_code == 403
    assert sign_in(globex.charlie).get(url).status_code == 404
    foreign = url.replace("/w/acme/", "/w/globex/")
    assert sign_in(globex.charlie).get(foreign).status_code == 404


# --- Effects ---


def test_the_audit_log_shows_before_and_after(acme, beas_team, sign_in, routing_page):
    data = {
        "leads": "assign",
        "targets": [user(acme.bob), f"team-{beas_team.pk}"],
        "answer_minutes": "5",
    }
    routing_page(data)
    entry = AuditEntry.objects.get(action="inbox.routing_updated")
    assert entry.by == acme.alice
    changes = {name: (before, after) for name, before, after in entry.changes}
    assert changes["targets"] == ([], ["Bob", "Sales"])
    assert changes["answer_minutes"] == ("off", "5 minutes")
    assert changes["leads"][1].startswith("Assign it to the next agent in rotation")
    page = sign_in(acme.alice).get("/w/acme/team/audit-log/").text
    assert "changed the routing of the inbox" in page
    assert "Response timer" in page
    routing_page(data)
    assert AuditEntry.objects.filter(action="inbox.routing_updated").count() == 1


@COMMIT_EFFECTS
def test_saving_assigns_the_queue(acme, vera, online, routing_page):
    online(acme.alice)
    assert vera.writes().conversation.assignee is None
    routing_page(OFF | {"targets": [user(acme.alice)]})
    assert Conversation.objects.get().assignee == acme.alice


@COMMITS
def test_saving_twice_at_once_stores_one_list_of_targets(acme):
    def save(number):
        people = [acme.bob, acme.bea] if number % 2 else [acme.bea]
        targets = [
            Target(workspace=acme.workspace, inbox=acme.inbox, membership=each) for each in people
        ]
        return save_routing(acme.inbox, targets=targets, by=acme.alice)

    in_parallel(6, save)
    names = sorted(each.membership.name for each in acme.inbox.targets.all())
    assert names in (["Bea"], ["Bea", "Bob"])


# --- Availability ---


def hours_data(**more):
    return {"day-0-from": "09:00", "day-0-to": "17:00", "reply_minutes": "5"} | more


def test_opening_hours_and_the_reply_by_email_are_stored(acme, routing_page):
    assert routing_page(hours_data(reply_minutes="30"), "availability").status_code == 302
    acme.inbox.refresh_from_db()
    assert acme.inbox.hours == {"week": [{"day": 0, "from": "09:00", "to": "17:00"}]}
    assert stored(acme).reply_minutes == 30
    actions = AuditEntry.objects.filter(action__startswith="inbox.").values_list("action", "after")
    assert dict(actions) == {
        "inbox.hours_updated": {"hours": ["Mon 09:00–17:00"]},
        "inbox.routing_updated": {"reply_minutes": "30 minutes"},
    }
    assert routing_page({"reply_minutes": ""}, "availability").status_code == 302
    acme.inbox.refresh_from_db()
    assert (acme.inbox.hours, stored(acme).reply_minutes) == ({}, None)


@pytest.mark.parametrize("wrong", [{"reply_minutes": "0"}, {"day-0-to": "late"}])
def test_one_invalid_half_of_availability_stores_neither(acme, routing_page, wrong):
    assert routing_page(hours_data(**wrong), "availability").status_code == 400
    acme.inbox.refresh_from_db()
    assert (acme.inbox.hours, Routing.objects.of(acme.inbox).reply_minutes) == ({}, 5)


@COMMIT_EFFECTS
def test_an_inbox_that_opens_assigns_its_queue(acme, vera, online):
    set_opening_hours(acme.inbox, hours=closed_today(), by=acme.alice)
    online(acme.bob)
    assert vera.writes().conversation.assignee is None
    save_availability(acme.inbox, hours={}, reply_minutes=5, by=acme.alice)
    assert Conversation.objects.get().assignee == acme.bob


# --- The panel ---


def test_the_panel_shows_the_next_agent_and_a_reason_for_each(acme, online, panel):
    online(acme.bob)
    found, html = panel()
    assert found.headline == "Bob would get it."
    assert [(each.status, each.is_next) for each in found.candidates] == [
        ("available", True),
        ("offline", False),
    ]
    assert [each.sentence for each in found.candidates] == ["Available", "Offline: no page open"]
    assert "With unsaved settings" not in html


def test_the_panel_agrees_with_routing(acme, online, new_visitor, panel):
    online(acme.bob, acme.bea)
    for _number in range(3):
        found, _html = panel()
        chosen = new_visitor(acme.inbox).writes().conversation.assignee
        assert found.headline == f"{chosen.name} would get it."


def test_the_panel_shows_open_counts(acme, online, vera, panel):
    acme.bob.capacity = 1
    acme.bob.save()
    online(acme.bob)
    assert panel()[0].candidates[0].sentence == "Available: 0 of 1 chats"
    vera.writes()
    found, _html = panel()
    assert found.candidates[-1].sentence == "Busy: 1 of 1 chats"
    assert "at capacity" in found.detail


def test_with_fewest_open_first_the_panel_shows_every_count(acme, online, new_visitor, panel):
    online(acme.bob)
    new_visitor(acme.inbox).writes()
    online(acme.bea)
    found, html = panel(leads="queue", fewest_open_first="on")
    assert [each.sentence for each in found.candidates] == [
        "Available, 0 open",
        "Available, 1 open",
    ]
    assert "With unsaved settings" in html
    assert Routing.objects.of(acme.inbox).fewest_open_first is False


def test_settings_are_previewed_without_being_stored(acme, beas_team, online, panel):
    online(acme.bob, acme.bea)
    assert set(names(panel()[0])) == {"Bob", "Bea"}
    found, html = panel(leads="queue", targets=[f"team-{beas_team.pk}"])
    assert names(found) == ["Bea"]
    assert "With unsaved settings" in html
    assert not Target.objects.exists()


def test_invalid_settings_are_not_previewed(acme, globex, online, panel):
    online(acme.bob)
    for wrong in ({"answer_minutes": "0"}, {"targets": [user(globex.charlie)]}, {"leads": "x"}):
        found, html = panel(**(OFF | wrong))
        assert set(names(found)) == {"Bob", "Bea"}
        assert "the form has errors" in html


def test_stored_settings_are_not_called_unsaved(acme, beas_team, online, routing_page, panel):
    data = OFF | {"targets": [f"team-{beas_team.pk}", user(acme.bob)], "answer_minutes": "5"}
    routing_page(data)
    data["targets"].reverse()
    assert "With unsaved settings" not in panel(**data)[1]


def test_the_panel_mentions_owner_routing(panel):
    assert "go to their owner first" in panel(leads="queue", to_owner="on")[1]
    assert "go to their owner first" not in panel()[1]


def test_without_anyone_online_it_is_an_email_lead_or_waits(acme, panel):
    found, _html = panel(leads="assign")
    assert found.headline.endswith("would get it as an email lead, and an email.")
    assert sum(each.is_next for each in found.candidates) == 1
    assert found.detail == "No agent is available (2 offline)."
    found, _html = panel(leads="queue")
    assert found.headline == "It would wait in the queue, and everyone here would get an email."
    assert not any(each.is_next for each in found.candidates)


@pytest.fixture
def email_recipients(new_visitor):
    """Let a visitor write and return the addresses that get an email."""

    def email_recipients(inbox):
        conversation = new_visitor(inbox).writes().conversation
        assert conversation.assignee is None
        mails = Delivery.objects.filter(about=conversation.pk)
        return set(mails.values_list("recipient", flat=True))

    return email_recipients


def test_the_panel_names_only_those_who_get_an_email(acme, panel, email_recipients):
    Membership.objects.filter(pk=acme.bea.pk).update(email_queue=False)
    assert panel()[0].headline == "It would wait in the queue, and Bob would get an email."
    assert email_recipients(acme.inbox) == {"bob@acme.example"}
    Membership.objects.filter(pk=acme.bob.pk).update(email_queue=False)
    assert panel()[0].headline == "It would wait in the queue, and no one would get an email."
    assert email_recipients(acme.inbox) == set()


def test_when_no_target_has_access_the_administrators_are_emailed(
    acme, beas_team, panel, email_recipients
):
    acme.inbox.members.filter(membership=acme.bea).delete()
    words = "It would wait in the queue, and Alice would get an email."
    assert panel(**OFF, targets=[f"team-{beas_team.pk}"])[0].headline == words
    Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, team=beas_team)
    assert panel()[0].headline == words
    assert email_recipients(acme.inbox) == {"alice@acme.example"}


def test_while_an_agent_is_at_capacity_all_are_emailed(acme, online, panel, email_recipients):
    """An agent at capacity is online, so it waits for them, and emails are still sent."""
    Routing.objects.filter(inbox=acme.inbox).update(leads="assign")
    Membership.objects.filter(pk=acme.bob.pk).update(capacity=1)
    online(acme.bob)
    Vera(acme.inbox).writes()
    words = "It would wait in the queue, and everyone here would get an email."
    assert panel()[0].headline == words
    assert email_recipients(acme.inbox) == {"bob@acme.example", "bea@acme.example"}


def test_the_panel_counts_many_email_recipients(acme, panel):
    for number in range(4):
        person = add_member(acme.workspace, user=make_user(f"P{number}", "acme"))
        add_inbox_member(acme.inbox, membership=person)
    Membership.objects.filter(pk=acme.bob.pk).update(email_queue=False)
    assert panel()[0].headline == "It would wait in the queue, and 5 members would get an email."


def test_outside_opening_hours_no_one_is_available(acme, online, panel):
    online(acme.bob)
    set_opening_hours(acme.inbox, hours=closed_today(), by=acme.alice)
    found, _html = panel()
    assert found.detail.startswith("This inbox is closed until ")
    assert [each.sentence for each in found.candidates if each.member == acme.bob] == [
        "Outside the inbox's opening hours"
    ]


def test_team_members_without_access_are_named(acme, online, routing_page, panel):
    acme.inbox.members.filter(membership=acme.bea).delete()
    team = save_team(acme.workspace, name="Both", members=[acme.bob, acme.bea], by=acme.alice)
    online(acme.bob, acme.bea)
    routing_page(OFF | {"targets": [f"team-{team.pk}"]})
    found, html = panel()
    assert found.outsiders == ["Bea"]
    assert "Bea doesn't have access to this inbox" in html
    assert f"/w/acme/inboxes/{acme.inbox.pk}/access/" in html
    assert found.headline == "Bob would get it."


def test_without_agents_the_panel_links_to_the_choice(acme, panel):
    acme.inbox.members.all().delete()
    found, html = panel()
    assert found.is_empty
    assert "Choose agents" in html


def test_away_and_back_show_in_the_panel(acme, online, panel):
    online(acme.bob)
    set_away(acme.bob)
    assert "Away since" in panel()[1]
    set_available(acme.bob)
    assert panel()[0].headline == "Bob would get it."


def test_removed_members_are_no_targets(acme, routing_page, panel):
    routing_page(OFF | {"targets": [user(acme.bob), user(acme.bea)]})
    remove_member(acme.bob, by=acme.alice)
    assert names(panel()[0]) == ["Bea"]
    assert user(acme.bob) not in routing_page().text


@pytest.mark.parametrize("shut_out", [suspend, deactivate])
def test_inactive_members_are_not_previewed(acme, online, routing_page, panel, shut_out):
    tried = OFF | {"targets": [user(acme.bob)], "keep_reopened": "on"}
    routing_page(OFF | {"targets": [user(acme.bob)]})
    shut_out(acme)
    online(acme.bea)
    assert panel()[0].headline == "Bea would get it."
    found, html = panel(**tried)
    assert found.headline == "Bea would get it."
    assert "With unsaved settings" in html
    routing_page(tried)
    assert acme.inbox.targets.get().membership == acme.bob, "a suspended member stays a target"


def test_of_many_agents_the_first_are_shown(acme, panel, django_assert_max_num_queries):
    users = User.objects.bulk_create(
        [User(email=f"p{number}@acme.example", name=f"P{number}") for number in range(100)]
    )
    role = acme.bob.role
    people = Membership.objects.bulk_create(
        [Membership(workspace=acme.workspace, user=each, role=role) for each in users]
    )
    InboxMember.objects.bulk_create(
        [
            InboxMember(workspace=acme.workspace, inbox=acme.inbox, membership=each)
            for each in people
        ]
    )
    goes_online(people[3])
    with django_assert_max_num_queries(16):
        found, html = panel()
    assert (len(found.candidates), found.more) == (50, 52)
    assert found.candidates[0].member == people[3]
    assert "and 52 more" in html
