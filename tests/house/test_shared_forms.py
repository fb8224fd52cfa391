"""No one overwrites another person's settings without seeing them first."""

import re

import pytest

from inbox.models import InboxMember
from routing.models import Routing
from teams.actions.team import save_team
from teams.models import Role

OVERTAKEN = "after you opened the page"
LOOK = {
    "launcher": "bubble",
    "side": "end",
    "side_offset": "20",
    "bottom_offset": "20",
    "theme": "auto",
    "avatar": "agents",
}


@pytest.fixture
def page(acme):
    """Return {name: (path, Alice's data, the other person's data, what is stored)}."""
    inbox = f"/w/acme/inboxes/{acme.inbox.pk}"
    team = save_team(acme.workspace, name="Sales", members=[acme.bob], by=acme.alice)
    role = Role.objects.create(workspace=acme.workspace, name="Night", permissions=["answer"])

    def reads(row, *names):
        def read():
            row.refresh_from_db()
            return tuple(getattr(row, name) for name in names)

        return read

    def members():
        return set(
            InboxMember.objects.filter(inbox=acme.inbox).values_list("membership", flat=True)
        )

    def week(begin):
        return {"day-0-from": begin, "day-0-to": "17:00"}

    return {
        "appearance": (
            f"{inbox}/appearance/",
            {"name": "Shop", **LOOK},
            {"name": "Store", **LOOK},
            reads(acme.inbox, "name"),
        ),
        "pre-chat form": (
            f"{inbox}/pre-chat/",
            {"ask-name": "required"},
            {"ask-name": "optional"},
            reads(acme.inbox, "prechat_fields"),
        ),
        "visibility": (
            f"{inbox}/visibility/",
            {"shown_when": "always", "shown_on": "/a"},
            {"shown_when": "always", "shown_on": "/b"},
            reads(acme.inbox, "shown_on"),
        ),
        "access": (
            f"{inbox}/access/",
            {"members": [acme.bob.pk]},
            {"members": [acme.bea.pk]},
            members,
        ),
        "installation": (
            f"{inbox}/installation/",
            {"allowed_sites": "https://a.example"},
            {"allowed_sites": "https://b.example"},
            reads(acme.inbox, "allowed_sites"),
        ),
        "routing": (
            f"{inbox}/routing/",
            {"leads": "assign", "answer_minutes": "5"},
            {"leads": "assign", "answer_minutes": "7"},
            reads(Routing.objects.get(inbox=acme.inbox), "answer_minutes"),
        ),
        "opening hours": (
            f"{inbox}/availability/",
            week("09:00") | {"reply_minutes": "5"},
            week("10:00") | {"reply_minutes": "5"},
            reads(acme.inbox, "hours"),
        ),
        "reply": (
            f"{inbox}/availability/",
            {"reply_minutes": "9"},
            {"reply_minutes": "8"},
            reads(Routing.objects.get(inbox=acme.inbox), "reply_minutes"),
        ),
        "member's hours": (
            f"/w/acme/team/members/{acme.bob.pk}/hours/",
            week("09:00"),
            week("10:00"),
            reads(acme.bob, "hours"),
        ),
        "team": (
            f"/w/acme/team/teams/{team.pk}/",
            {"name": "Sellers"},
            {"name": "Selling"},
            reads(team, "name"),
        ),
        "role": (
            f"/w/acme/team/roles/{role.pk}/",
            {"name": "Late"},
            {"name": "Early"},
            reads(role, "name"),
        ),
        "general": (
            "/w/acme/settings/general/",
            {"name": "Acme Ltd", "time_zone": "UTC", "language": "en"},
            {"name": "Acme Inc", "time_zone": "UTC", "language": "en"},
            reads(acme.workspace, "name"),
        ),
        "holidays": (
            "/w/acme/settings/general/holidays/",
            {"off-first": "2026-12-24", "off-last": "", "off-name": ""},
            {"off-first": "2026-12-25", "off-last": "", "off-name": ""},
            reads(acme.workspace, "holidays"),
        ),
    }


NAMES = [
    *(
        "appearance",
        "pre-chat form",
        "visibility",
        "access",
        "installation",
        "routing",
        "opening hours",
        "reply",
    ),
    *("member's hours", "team", "role", "general", "holidays"),
]
# Forms that are shown on a different page than the one that saves them.
SHOWN = {"/w/acme/settings/general/holidays/": "/w/acme/settings/general/"}
VERSION = re.compile(r'name="([a-z-]*shown)"\s+value="([0-9a-f]+)"')


def find_versions(answer, data):
    """Return the versions in the form that has the fields of the data."""
    forms = [part.partition("</form>")[0] for part in answer.text.split("<form ")]
    [form] = [form for form in forms if all(f'name="{name}"' in form for name in data)]
    found = dict(VERSION.findall(form))
    assert found
    return found


def shown(client, path, data):
    return find_versions(client.get(SHOWN.get(path, path)), data)


def opened_before(acme, page, sign_in):
    """Return Alice's client and the version of her page, outdated by another person's change."""
    path, mine, theirs, _stored = page
    alice, other = sign_in(acme.alice), sign_in(acme.alice)
    opened = shown(alice, path, mine)
    assert other.post(path, theirs | shown(other, path, theirs)).status_code == 302
    return alice, opened


@pytest.mark.parametrize("name", NAMES)
def test_a_change_by_someone_else_is_only_replaced_after_a_conflict(acme, page, sign_in, name):
    path, mine, _theirs, stored = page[name]
    before = stored()
    alice, opened = opened_before(acme, page[name], sign_in)
    kept = stored()
    assert kept != before

    answer = alice.post(path, mine | opened)
    assert answer.status_code == 400
    assert OVERTAKEN in answer.text
    assert stored() == kept

    assert alice.post(path, mine | opened | find_versions(answer, mine)).status_code == 302
    assert stored() not in (kept, before)


@pytest.mark.parametrize("name", NAMES)
def test_a_double_click_is_no_conflict(acme, page, sign_in, name):
    path, mine, _theirs, stored = page[name]
    alice = sign_in(acme.alice)
    opened = shown(alice, path, mine)
    assert alice.post(path, mine | opened).status_code == 302
    kept = stored()
    assert alice.post(path, mine | opened).status_code == 302
    assert stored() == kept


def test_the_live_panel_shows_no_conflict(acme, page, sign_in):
    path, mine, theirs, _stored = page["routing"]
    alice = sign_in(acme.alice)
    opened = shown(alice, path, mine)
    alice.post(path, theirs | opened)
    answer = alice.post(path, mine | opened)
    assert OVERTAKEN in answer.text
    assert "the form has errors" not in answer.text


TWO_DAYS = {
    "day-0-from": "09:00",
    "day-0-to": "17:00",
    "day-1-from": "08:00",
    "day-1-to": "16:00",
}
TWICE = {
    "hours of two days": ("opening hours", TWO_DAYS | {"reply_minutes": "5"}),
    "a member's of two days": ("member's hours", TWO_DAYS),
    "two holidays": (
        "holidays",
        {
            "off-first": ["2026-12-01", "2026-12-24"],
            "off-last": ["2026-12-31", ""],
            "off-name": ["", ""],
        },
    ),
    "a site without https": ("installation", {"allowed_sites": "a.example"}),
    "a site's page": ("installation", {"allowed_sites": "https://a.example/"}),
    "a colour without #": ("appearance", {"name": "Shop", "accent": "245FD4"}),
    "what is not shown": (
        "routing",
        {"leads": "assign", "answer_minutes": "5", "owner_minutes": "x"},
    ),
}


@pytest.mark.parametrize("case", TWICE)
def test_a_differently_written_value_is_no_change(acme, page, sign_in, case):
    name, mine = TWICE[case]
    path, other, _theirs, stored = page[name]
    mine = other | mine
    alice = sign_in(acme.alice)
    opened = shown(alice, path, other)
    assert alice.post(path, mine | opened).status_code == 302
    kept = stored()
    assert alice.post(path, mine | opened).status_code == 302
    assert stored() == kept


@pytest.mark.parametrize(
    ("name", "slip"),
    [
        ("holidays", {"off-first": "nonsense"}),
        ("opening hours", {"day-0-from": "nonsense"}),
        ("member's hours", {"day-0-from": "nonsense"}),
        ("general", {"name": ""}),
        ("routing", {"answer_minutes": "x"}),
    ],
)
def test_a_validation_error_does_not_hide_a_conflict(acme, page, sign_in, name, slip):
    path, mine, _theirs, stored = page[name]
    alice, opened = opened_before(acme, page[name], sign_in)
    kept = stored()
    answer = alice.post(path, mine | slip | opened)
    if OVERTAKEN not in answer.text:
        answer = alice.post(path, mine | find_versions(answer, mine))
    assert OVERTAKEN in answer.text
    assert stored() == kept
