"""My settings > Profile: a member changes their name."""

import pytest

from teams.actions.membership import add_member
from teams.models import AuditEntry

PROFILE = "/w/acme/my/profile/"
NAME = "/w/acme/my/name/"


@pytest.fixture
def rename(acme, sign_in):
    def rename(name, by=acme.bob):
        return sign_in(by).post(NAME, {"name": name})

    return rename


def renamed():
    entries = AuditEntry.objects.filter(action="member.renamed").order_by("workspace__slug")
    return [(e.workspace.slug, e.by_name, e.before["name"], e.after["name"]) for e in entries]


def test_a_new_name_is_shown_and_recorded_in_each_workspace(acme, globex, rename, sign_in):
    add_member(globex.workspace, user=acme.bob.user)
    assert rename("  Robert\u200b Brandt ")["Location"] == PROFILE
    page = sign_in(acme.bea).get("/w/acme/conversations/").text
    assert "Robert Brandt" in page
    assert ">Bob<" not in page
    assert 'value="Robert Brandt"' in sign_in(acme.bob).get(PROFILE).text
    assert renamed() == [
        (slug, "Robert Brandt", "Bob", "Robert Brandt") for slug in ("acme", "globex")
    ]
    assert "changed their name" in sign_in(acme.alice).get("/w/acme/team/audit-log/").text


def test_the_same_name_changes_nothing(acme, rename):
    assert rename("Bob").status_code == 302
    assert renamed() == []


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_name_is_needed_and_not_too_long(acme, rename, name):
    page = rename(name)
    assert page.status_code == 400
    assert 'aria-invalid="true"' in page.text
    acme.bob.user.refresh_from_db()
    assert acme.bob.user.name == "Bob"


def test_a_name_is_changed_ten_times_a_day(acme, rename):
    for number in range(10):
        assert rename(f"Bob {number}").status_code == 302
    assert rename("Bob 9").status_code == 302  # the name they have
    page = rename("Bob 10")
    assert page.status_code == 400
    assert "changed your name too often today" in page.text
    acme.bob.user.refresh_from_db()
    assert acme.bob.user.name == "Bob 9"
    assert len(renamed()) == 10
    assert rename("Bea Bauer", by=acme.bea).status_code == 302
