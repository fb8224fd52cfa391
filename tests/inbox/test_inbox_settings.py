"""Settings > Inboxes: the list, a new one, and of one its look, its people and its websites."""

import pytest
from django.utils import timezone

from accounts.models import User
from inbox.actions.inbox import set_inbox_members, set_opening_hours, update_inbox
from inbox.models import Conversation, Inbox
from messagehub.lib.colour import contrast, text_colour_on
from teams.actions.membership import suspend_member
from teams.actions.role import save_role
from teams.models import AuditEntry, Membership
from tests.live_events import committed

LOOK = {"name": "Shop", "greeting": "Hi", "accent": "#102a43", "side": "start"}


@pytest.fixture
def settings_of(acme, sign_in):
    """Alice, who may: opens a tab of the inbox's settings, or saves it."""

    def settings_of(tab, data=None):
        client, url = sign_in(acme.alice), f"/w/acme/inboxes/{acme.inbox.pk}/{tab}/"
        return client.get(url) if data is None else client.post(url, data)

    return settings_of


def stored(acme):
    return Inbox.objects.get(pk=acme.inbox.pk)


def answerers(acme):
    return {member.membership.name for member in acme.inbox.members.all()}


def changes(action):
    return AuditEntry.objects.get(action=action).changes


# The list, and a new one


def test_every_inbox_of_the_list_can_be_edited(acme, globex, sign_in):
    html = sign_in(acme.alice).get("/w/acme/settings/inboxes/").content.decode()
    assert f"/w/acme/inboxes/{acme.inbox.pk}/appearance/" in html
    assert "2 people answer it" in html
    assert str(globex.inbox.pk) not in html


def test_an_inbox_that_nobody_answers_says_so_in_the_list(acme, sign_in):
    suspend_member(acme.bea, by=acme.alice)
    set_inbox_members(acme.inbox, members=[acme.bea], by=acme.alice)
    assert "no agents" in sign_in(acme.alice).get("/w/acme/settings/inboxes/").text


def test_a_new_inbox_has_its_people_and_leads_to_its_installation(acme, sign_in):
    data = {"name": " Help   centre ", "members": [acme.bob.pk, acme.alice.pk]}
    answer = sign_in(acme.alice).post("/w/acme/settings/inboxes/new/", data)
    made = acme.workspace.inboxes.get(name="Help centre")
    assert answer["Location"] == f"/w/acme/inboxes/{made.pk}/installation/"
    assert set(made.agents) == {acme.bob, acme.alice}
    entry = AuditEntry.objects.get(action="inbox.created")
    assert (entry.by, entry.after["members"]) == (acme.alice, ["Alice", "Bob"])


def test_a_new_inbox_needs_a_name_and_people_of_this_workspace(acme, globex, sign_in):
    client = sign_in(acme.alice)
    foreign = {"name": "Mine", "members": [globex.charlie.pk]}
    for data in ({"name": " "}, {"name": "x" * 61}, foreign):
        assert client.post("/w/acme/settings/inboxes/new/", data).status_code == 400
    assert acme.workspace.inboxes.count() == 1


def test_open_pages_hear_of_a_new_inbox(acme, sign_in, live_events):
    with live_events.committed():
        data = {"name": "Help centre", "members": [acme.bob.pk]}
        sign_in(acme.alice).post("/w/acme/settings/inboxes/new/", data)
    assert set(live_events.closed) == {acme.alice.live_channel, acme.bob.live_channel}


# The way from the desk


def test_the_desk_has_one_gear_and_a_line_that_leads_to_the_inboxes(acme, sign_in):
    client = sign_in(acme.alice)
    page = client.get("/w/acme/conversations/").text
    assert page.count('aria-label="Workspace Settings"') == 1
    assert page.count('href="/w/acme/settings/inboxes/"') == 1
    page = client.get(f"/w/acme/conversations/?view=all&inbox={acme.inbox.pk}").text
    assert page.count(f'href="/w/acme/inboxes/{acme.inbox.pk}/appearance/"') == 1


def test_agents_have_neither(acme, sign_in):
    page = sign_in(acme.bob).get("/w/acme/conversations/")
    assert page.status_code == 200
    assert "Workspace Settings" not in page.text
    assert "All inbox settings" not in page.text


def test_an_inboxs_name_leads_to_it(acme, sign_in):
    page = sign_in(acme.alice).get("/w/acme/settings/inboxes/").text
    link = f'<a href="/w/acme/inboxes/{acme.inbox.pk}/appearance/"><b id="name-{acme.inbox.pk}">'
    assert link in page


# Appearance


def test_the_look_is_stored_and_the_website_has_it(acme, settings_of, client):
    assert settings_of("appearance", LOOK).status_code == 302
    inbox = stored(acme)
    assert (inbox.name, inbox.greeting, inbox.accent, inbox.side) == tuple(LOOK.values())
    script = client.get(f"/widget/{inbox.key}.js").content.decode()
    assert '"accent":"#102a43","ink":"#ffffff","side":"start"' in script
    assert {name for name, _before, _after in changes("inbox.updated")} == set(LOOK)
    assert ("side", "Right", "Left") in changes("inbox.updated")


def test_without_a_colour_of_its_own_the_chat_has_ours(acme, client):
    script = client.get(f"/widget/{acme.inbox.key}.js").content.decode()
    assert '"accent":null,"ink":null,"side":"end"' in script


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" #F0A ", "#ff00aa"), ("245fd4", "#245fd4"), ("#ABCDEF", "#abcdef"), ("", "")],
)
def test_a_colour_is_understood_as_people_write_it(acme, settings_of, typed, kept):
    assert settings_of("appearance", LOOK | {"accent": typed}).status_code == 302
    assert stored(acme).accent == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"accent": "red"},
        {"accent": "#12345g"},
        {"accent": "#1234567"},
        {"accent": "#123456;x"},
        {"accent": "#fffff0"},  # nobody would see the button
        {"side": "top"},
        {"side": ""},
        {"name": ""},
        {"name": "\u200b\u3164"},
        {"greeting": "x" * 301},
    ],
)
def test_what_cannot_be_is_refused_at_its_field(acme, settings_of, wrong):
    answer = settings_of("appearance", LOOK | wrong)
    assert answer.status_code == 400
    assert "errorlist" in answer.text
    assert stored(acme).name == acme.inbox.name


@pytest.mark.parametrize(
    "colour", ["#000000", "#777777", "#245fd4", "#ffd400", "#00c853", "#808000"]
)
def test_text_on_any_colour_can_be_read(colour):
    assert contrast(colour, text_colour_on(colour)) >= 4.5


def test_saving_what_is_there_already_writes_nothing(acme, settings_of):
    settings_of("appearance", LOOK)
    settings_of("appearance", LOOK)
    assert AuditEntry.objects.filter(action="inbox.updated").count() == 1


def test_two_tabs_saved_at_once_keep_each_others_fields(acme):
    seen_before = stored(acme)
    update_inbox(acme.inbox, name="Shop", by=acme.alice)
    update_inbox(seen_before, allowed_sites=["https://shop.example"], by=acme.alice)
    assert (stored(acme).name, stored(acme).allowed_sites) == ("Shop", ["https://shop.example"])


# Access


def test_exactly_the_chosen_people_answer_it(acme, settings_of):
    assert settings_of("access", {"members": [acme.bea.pk, acme.alice.pk]}).status_code == 302
    assert answerers(acme) == {"Bea", "Alice"}
    assert changes("inbox.access_updated") == [("members", ["Bea", "Bob"], ["Alice", "Bea"])]


def test_nobody_of_another_workspace_can_be_chosen(acme, globex, settings_of):
    assert settings_of("access", {"members": [globex.charlie.pk]}).status_code == 400
    assert settings_of("access", {"members": ["nonsense"]}).status_code == 400
    assert answerers(acme) == {"Bob", "Bea"}


def test_a_role_that_does_not_answer_is_no_choice(acme, settings_of):
    acme.bob.role = save_role(acme.workspace, name="Reader", permissions=[], by=acme.alice)
    acme.bob.save()
    set_inbox_members(acme.inbox, members=[acme.bea], by=acme.alice)
    assert settings_of("access", {"members": [acme.bob.pk]}).status_code == 400


def test_suspended_people_keep_their_place(acme, settings_of):
    suspend_member(acme.bob, by=acme.alice)
    page = settings_of("access").text
    assert "suspended" in page
    settings_of("access", {"members": [acme.bob.pk]})
    assert answerers(acme) == {"Bob"}


def test_nobody_is_allowed_and_warned_of(acme, settings_of):
    assert "Nobody is chosen" in settings_of("access").text  # shown by the style sheet
    assert settings_of("access", {}).status_code == 302
    assert answerers(acme) == set()


def test_losing_access_reassigns_the_chats_and_ends_the_stream(
    acme, vera, online, settings_of, live_events
):
    online(acme.bob)
    assert vera.writes().conversation.assignee == acme.bob
    online(acme.bea)
    with live_events.committed():
        settings_of("access", {"members": [acme.bea.pk]})
    assert acme.bob.live_channel in live_events.closed
    assert Conversation.objects.get().assignee == acme.bea


def test_a_new_member_of_the_inbox_gets_the_queue(acme, vera, online, settings_of):
    assert vera.writes().conversation.assignee is None
    online(acme.alice)
    with committed():
        settings_of("access", {"members": [acme.alice.pk, acme.bob.pk, acme.bea.pk]})
    assert Conversation.objects.get().assignee == acme.alice


def test_a_long_list_can_be_searched(acme, settings_of, many_people):
    assert "Search members" not in settings_of("access").text
    many_people(7)
    page = settings_of("access")
    assert "Search members" in page.text
    everybody = [person.pk for person in acme.workspace.memberships.all()]
    assert settings_of("access", {"members": everybody}).status_code == 302


@pytest.fixture
def many_people(acme):
    def many_people(count):
        users = User.objects.bulk_create(
            User(email=f"{number}@acme.example", name=f"Person {number}") for number in range(count)
        )
        Membership.objects.bulk_create(
            Membership(workspace=acme.workspace, user=user, role=acme.bob.role) for user in users
        )

    return many_people


def test_hundreds_can_answer_one_inbox(acme, settings_of, many_people):
    many_people(300)
    everybody = [person.pk for person in acme.workspace.memberships.all()]
    assert settings_of("access", {"members": everybody}).status_code == 302
    assert len(answerers(acme)) == 303


# Installation, opening hours


def test_only_these_websites_may_show_it(acme, settings_of):
    data = {"allowed_sites": "shop.example/cart\nhttps://www.shop.example\n\nshop.example"}
    assert settings_of("installation", data).status_code == 302
    assert stored(acme).allowed_sites == ["https://shop.example", "https://www.shop.example"]
    before, after = [], ["https://shop.example", "https://www.shop.example"]
    assert changes("inbox.updated") == [("allowed_sites", before, after)]
    assert settings_of("installation", {"allowed_sites": "not a site"}).status_code == 400


def test_installation_says_once_it_works(acme, settings_of):
    assert "It works." not in settings_of("installation").text
    Inbox.objects.filter(pk=acme.inbox.pk).update(first_embedded_at=timezone.now())
    assert "It works." in settings_of("installation").text


def test_opening_hours_are_told_in_words(acme):
    week = [{"day": day, "from": "09:00", "to": "17:00"} for day in range(5)]
    assert set_opening_hours(acme.inbox, hours={"week": week}, by=acme.alice)
    assert not set_opening_hours(acme.inbox, hours={"week": week}, by=acme.alice)
    [(name, before, after)] = changes("inbox.hours_updated")
    assert (name, before) == ("hours", ["always"])
    assert after == ["Mon–Fri 09:00–17:00"]


def test_the_audit_log_tells_it_in_words(acme, sign_in, settings_of):
    settings_of("appearance", LOOK)
    settings_of("access", {"members": [acme.bea.pk]})
    page = sign_in(acme.alice).get("/w/acme/team/audit-log/").text
    for words in ("changed the inbox Shop", "changed who answers the inbox Shop", "Colour"):
        assert words in page


def test_chat_agents_shows_how_many_of_how_many(acme, online, vera, sign_in):
    acme.bob.capacity = 5
    acme.bob.save()
    online(acme.bob)
    vera.writes()
    page = sign_in(acme.alice).get("/w/acme/settings/agents/").text
    assert "1 of 5</td>" in page
    assert "Available: 1 of 5 chats" in page


def test_chat_agents_says_what_who_is_in_no_inbox_gets(acme, sign_in):
    """Whoever manages inboxes can be chosen for the chats of any."""
    acme.inbox.members.filter(membership=acme.bea).delete()
    page = sign_in(acme.alice).get("/w/acme/settings/agents/").text
    rows = {name: page.split(f'id="agent-{pk}"')[1].split("</tr>")[0] for name, pk in ids(acme)}
    assert "No inboxes" in rows["bea"]
    assert "No inboxes" not in rows["alice"]
    assert "all inboxes" in rows["alice"]
    assert acme.inbox.name in rows["bob"]


def ids(acme):
    return [(name, getattr(acme, name).pk) for name in ("alice", "bob", "bea")]
