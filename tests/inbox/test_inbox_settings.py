"""Settings > Inboxes: the list, a new inbox, and an inbox's appearance, agents and websites."""

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

CHANGED = {"name": "Shop", "greeting": "Hi", "accent": "#102a43", "side": "start"}
APPEARANCE = CHANGED | {
    "launcher": "bubble",
    "side_offset": "20",
    "bottom_offset": "20",
    "theme": "auto",
    "avatar": "agents",
}


@pytest.fixture
def settings_of(acme, sign_in):
    """Open or save a tab of the inbox's settings as Alice, who is an administrator."""

    def settings_of(tab, data=None):
        client, url = sign_in(acme.alice), f"/w/acme/inboxes/{acme.inbox.pk}/{tab}/"
        return client.get(url) if data is None else client.post(url, data)

    return settings_of


def stored(acme):
    return Inbox.objects.get(pk=acme.inbox.pk)


def agent_names(acme):
    return {member.membership.name for member in acme.inbox.members.all()}


def changes(action):
    return AuditEntry.objects.get(action=action).changes


# The list and a new inbox


def test_every_inbox_of_the_list_can_be_edited(acme, globex, sign_in):
    html = sign_in(acme.alice).get("/w/acme/settings/inboxes/").content.decode()
    assert f"/w/acme/inboxes/{acme.inbox.pk}/appearance/" in html
    assert "2 agents" in html
    assert str(globex.inbox.pk) not in html


def test_the_list_marks_an_inbox_without_agents(acme, sign_in):
    suspend_member(acme.bea, by=acme.alice)
    set_inbox_members(acme.inbox, members=[acme.bea], by=acme.alice)
    assert "no agents" in sign_in(acme.alice).get("/w/acme/settings/inboxes/").text


def test_a_new_inbox_has_agents_and_leads_to_its_installation(acme, sign_in):
    data = {"name": " Help   centre ", "members": [acme.bob.pk, acme.alice.pk]}
    response = sign_in(acme.alice).post("/w/acme/settings/inboxes/new/", data)
    inbox = acme.workspace.inboxes.get(name="Help centre")
    assert response["Location"] == f"/w/acme/inboxes/{inbox.pk}/installation/"
    assert set(inbox.agents) == {acme.bob, acme.alice}
    entry = AuditEntry.objects.get(action="inbox.created")
    assert (entry.by, entry.after["members"]) == (acme.alice, ["Alice", "Bob"])


def test_a_new_inbox_needs_a_name_and_members_of_this_workspace(acme, globex, sign_in):
    client = sign_in(acme.alice)
    foreign = {"name": "Mine", "members": [globex.charlie.pk]}
    for data in ({"name": " "}, {"name": "x" * 61}, foreign):
        assert client.post("/w/acme/settings/inboxes/new/", data).status_code == 400
    assert acme.workspace.inboxes.count() == 1


def test_a_new_inbox_reconnects_open_pages(acme, sign_in, live_events):
    with live_events.committed():
        data = {"name": "Help centre", "members": [acme.bob.pk]}
        sign_in(acme.alice).post("/w/acme/settings/inboxes/new/", data)
    assert set(live_events.closed) == {acme.alice.live_channel, acme.bob.live_channel}


# Links from the desk


def test_the_desk_links_to_the_inbox_settings(acme, sign_in):
    client = sign_in(acme.alice)
    page = client.get("/w/acme/conversations/").text
    assert page.count('aria-label="Workspace Settings"') == 1
    assert page.count('href="/w/acme/settings/inboxes/"') == 1
    page = client.get(f"/w/acme/conversations/?view=all&inbox={acme.inbox.pk}").text
    assert page.count(f'href="/w/acme/inboxes/{acme.inbox.pk}/appearance/"') == 1


def test_agents_get_no_settings_links(acme, sign_in):
    page = sign_in(acme.bob).get("/w/acme/conversations/")
    assert page.status_code == 200
    assert "Workspace Settings" not in page.text
    assert "Manage inboxes" not in page.text


def test_an_inbox_name_links_to_its_settings(acme, sign_in):
    page = sign_in(acme.alice).get("/w/acme/settings/inboxes/").text
    link = f'<a href="/w/acme/inboxes/{acme.inbox.pk}/appearance/"><b id="name-{acme.inbox.pk}">'
    assert link in page


# Appearance


def test_the_appearance_is_stored_and_used_by_the_widget(acme, settings_of, client):
    assert settings_of("appearance", APPEARANCE).status_code == 302
    inbox = stored(acme)
    assert (inbox.name, inbox.greeting, inbox.accent, inbox.side) == tuple(CHANGED.values())
    script = client.get(f"/widget/{inbox.key}.js").content.decode()
    assert "--accent:#102a43;--accent-ink:#ffffff" in script
    assert "inset-inline:20px auto" in script
    assert not inbox.accepts_files  # an unchecked box isn't sent
    audited = {name for name, _before, _after in changes("inbox.updated")}
    assert audited == {*CHANGED, "accepts_files", "plays_sounds"}
    assert ("side", "Right", "Left") in changes("inbox.updated")


def test_the_whole_look_is_stored_and_audited(acme, settings_of):
    look = APPEARANCE | {
        "title": "Help",
        "greeting_de": "Hallo!",
        "greeting_pt-br": "Olá!",
        "launcher": "tab",
        "launcher_text": "Questions?",
        "side_offset": "0",
        "bottom_offset": "200",
        "accent_dark": "#FFD400",
        "theme": "page",
        "avatar": "logo",
        "plays_sounds": "on",
    }
    assert settings_of("appearance", look).status_code == 302
    inbox = stored(acme)
    assert inbox.greeting_translations == {"de": "Hallo!", "pt-br": "Olá!"}
    assert (inbox.launcher, inbox.launcher_text, inbox.heading) == ("tab", "Questions?", "Help")
    assert (inbox.side_offset, inbox.bottom_offset, inbox.accent_dark) == (0, 200, "#ffd400")
    audited = {name: after for name, _before, after in changes("inbox.updated")}
    assert audited["theme"] == "As the page's color-scheme"
    assert audited["greeting_translations"] == ["de: Hallo!", "pt-br: Olá!"]
    assert "Olá!" in settings_of("appearance").text


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [(" #F0A ", "#ff00aa"), ("245fd4", "#245fd4"), ("#ABCDEF", "#abcdef"), ("", "")],
)
def test_colours_are_normalized(acme, settings_of, value, cleaned):
    assert settings_of("appearance", APPEARANCE | {"accent": value}).status_code == 302
    assert stored(acme).accent == cleaned


@pytest.mark.parametrize(
    "wrong",
    [
        {"accent": "red"},
        {"accent": "#12345g"},
        {"accent": "#1234567"},
        {"accent": "#123456;x"},
        {"accent": "#fffff0"},  # the button would be invisible
        {"accent_dark": "#101010"},  # on a dark page
        {"accent": "#0a0a0a"},  # there, too, because it has no colour of its own
        {"side_offset": "-1"},
        {"bottom_offset": "201"},
        {"bottom_offset": ""},
        {"launcher": "balloon"},
        {"theme": "blue"},
        {"avatar": ""},
        {"launcher_text": "x" * 31},
        {"greeting_de": "x" * 301},
        {"side": "top"},
        {"side": ""},
        {"name": ""},
        {"name": "\u200b\u3164"},
        {"greeting": "x" * 301},
    ],
)
def test_an_invalid_value_is_refused_at_its_field(acme, settings_of, wrong):
    response = settings_of("appearance", APPEARANCE | wrong)
    assert response.status_code == 400
    assert "errorlist" in response.text
    assert stored(acme).name == acme.inbox.name


def test_a_light_chat_may_have_a_colour_that_dark_pages_would_hide(acme, settings_of):
    look = APPEARANCE | {"accent": "#0a0a0a", "theme": "light"}
    assert settings_of("appearance", look).status_code == 302


@pytest.mark.parametrize(
    "colour", ["#000000", "#777777", "#245fd4", "#ffd400", "#00c853", "#808000"]
)
def test_text_on_any_colour_is_readable(colour):
    assert contrast(colour, text_colour_on(colour)) >= 4.5


def test_saving_without_changes_writes_nothing(acme, settings_of):
    settings_of("appearance", APPEARANCE)
    settings_of("appearance", APPEARANCE)
    assert AuditEntry.objects.filter(action="inbox.updated").count() == 1


def test_two_tabs_saved_at_once_keep_each_others_fields(acme):
    seen_before = stored(acme)
    update_inbox(acme.inbox, name="Shop", by=acme.alice)
    update_inbox(seen_before, allowed_sites=["https://shop.example"], by=acme.alice)
    assert (stored(acme).name, stored(acme).allowed_sites) == ("Shop", ["https://shop.example"])


# Access


def test_exactly_the_chosen_members_are_agents(acme, settings_of):
    assert settings_of("access", {"members": [acme.bea.pk, acme.alice.pk]}).status_code == 302
    assert agent_names(acme) == {"Bea", "Alice"}
    assert changes("inbox.access_updated") == [("members", ["Bea", "Bob"], ["Alice", "Bea"])]


def test_members_of_another_workspace_cannot_be_chosen(acme, globex, settings_of):
    assert settings_of("access", {"members": [globex.charlie.pk]}).status_code == 400
    assert settings_of("access", {"members": ["nonsense"]}).status_code == 400
    assert agent_names(acme) == {"Bob", "Bea"}


def test_a_member_whose_role_cannot_answer_is_an_invalid_choice(acme, settings_of):
    acme.bob.role = save_role(acme.workspace, name="Reader", permissions=[], by=acme.alice)
    acme.bob.save()
    set_inbox_members(acme.inbox, members=[acme.bea], by=acme.alice)
    assert settings_of("access", {"members": [acme.bob.pk]}).status_code == 400


def test_suspended_members_keep_their_inboxes(acme, settings_of):
    suspend_member(acme.bob, by=acme.alice)
    page = settings_of("access").text
    assert "suspended" in page
    settings_of("access", {"members": [acme.bob.pk]})
    assert agent_names(acme) == {"Bob"}


def test_choosing_no_one_is_allowed_with_a_warning(acme, settings_of):
    assert "No one is assigned to this inbox." in settings_of("access").text  # CSS shows it
    assert settings_of("access", {}).status_code == 302
    assert agent_names(acme) == set()


def test_losing_access_reassigns_conversations_and_closes_the_stream(
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


def test_a_long_list_can_be_searched(acme, settings_of, many_members):
    assert "Search members" not in settings_of("access").text
    many_members(7)
    page = settings_of("access")
    assert "Search members" in page.text
    everyone = [member.pk for member in acme.workspace.memberships.all()]
    assert settings_of("access", {"members": everyone}).status_code == 302


@pytest.fixture
def many_members(acme):
    def many_members(count):
        users = User.objects.bulk_create(
            User(email=f"{number}@acme.example", name=f"Person {number}") for number in range(count)
        )
        Membership.objects.bulk_create(
            Membership(workspace=acme.workspace, user=user, role=acme.bob.role) for user in users
        )

    return many_members


def test_an_inbox_can_have_hundreds_of_agents(acme, settings_of, many_members):
    many_members(300)
    everyone = [member.pk for member in acme.workspace.memberships.all()]
    assert settings_of("access", {"members": everyone}).status_code == 302
    assert len(agent_names(acme)) == 303


# Installation, opening hours


def test_only_allowed_websites_may_embed_it(acme, settings_of):
    data = {"allowed_sites": "shop.example/cart\nhttps://www.shop.example\n\nshop.example"}
    assert settings_of("installation", data).status_code == 302
    assert stored(acme).allowed_sites == ["https://shop.example", "https://www.shop.example"]
    before, after = [], ["https://shop.example", "https://www.shop.example"]
    assert changes("inbox.updated") == [("allowed_sites", before, after)]
    assert settings_of("installation", {"allowed_sites": "not a site"}).status_code == 400


def test_installation_shows_when_it_works(acme, settings_of):
    assert "It works." not in settings_of("installation").text
    Inbox.objects.filter(pk=acme.inbox.pk).update(first_embedded_at=timezone.now())
    assert "It works." in settings_of("installation").text


def test_opening_hours_are_described_in_the_audit_log(acme):
    week = [{"day": day, "from": "09:00", "to": "17:00"} for day in range(5)]
    assert set_opening_hours(acme.inbox, hours={"week": week}, by=acme.alice)
    assert not set_opening_hours(acme.inbox, hours={"week": week}, by=acme.alice)
    [(name, before, after)] = changes("inbox.hours_updated")
    assert (name, before) == ("hours", ["always"])
    assert after == ["Mon–Fri 09:00–17:00"]


def test_the_audit_log_describes_the_changes(acme, sign_in, settings_of):
    settings_of("appearance", APPEARANCE)
    settings_of("access", {"members": [acme.bea.pk]})
    page = sign_in(acme.alice).get("/w/acme/team/audit-log/").text
    for text in ("changed the inbox Shop", "changed who answers the inbox Shop", "Colour"):
        assert text in page


def test_chat_agents_shows_open_conversations_and_capacity(acme, online, vera, sign_in):
    acme.bob.capacity = 5
    acme.bob.save()
    online(acme.bob)
    vera.writes()
    page = sign_in(acme.alice).get("/w/acme/settings/agents/").text
    assert "1 of 5 </td>" in " ".join(page.split())
    assert "Available: 1 of 5 chats" in page


def test_chat_agents_describes_agents_without_inboxes(acme, sign_in):
    """Members who manage inboxes can be chosen as agents of any inbox."""
    acme.inbox.members.filter(membership=acme.bea).delete()
    page = sign_in(acme.alice).get("/w/acme/settings/agents/").text
    rows = {name: page.split(f'id="agent-{pk}"')[1].split("</tr>")[0] for name, pk in ids(acme)}
    assert "No inboxes" in rows["bea"]
    assert "No inboxes" not in rows["alice"]
    assert "All inboxes" in rows["alice"]
    assert acme.inbox.name in rows["bob"]


def ids(acme):
    return [(name, getattr(acme, name).pk) for name in ("alice", "bob", "bea")]
