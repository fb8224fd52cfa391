"""The list of settings pages, of which the menus, the gear and the command bar are made."""

import re
from html import unescape

import pytest
from django.urls import resolve, reverse

from teams.access import ANY_MEMBER
from teams.actions.role import save_role
from teams.actions.workspace import create_workspace
from teams.models import Membership
from teams.settings_menu import MY_SETTINGS, WORKSPACE_SETTINGS, first_settings_page
from tests.conftest import make_user
from tests.house.routes import workspace_routes

PAGES = [page for group in WORKSPACE_SETTINGS + MY_SETTINGS for page in group.pages]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.url_name)
def test_a_page_is_listed_for_those_whom_its_view_admits(page):
    if not page.is_workspace_page:
        return
    view = resolve(reverse(page.url_name, args=["acme"])).func
    assert view.required_permissions == {page.permission or ANY_MEMBER}


def test_every_settings_page_belongs_to_an_entry():
    names = {name for page in PAGES for name in (page.url_name, *page.parts)}
    known = {route.name for route in workspace_routes()}
    assert {name for name in names if not name.startswith("account_")} <= known
    roots = ("settings/", "team/", "my/")
    listed = {
        route.name
        for route in workspace_routes()
        if route.path.startswith(roots) and route.path.count("/") == 2
    }
    assert listed <= names


def give(acme, *permissions):
    role = save_role(acme.workspace, name="Own", permissions=permissions, by=acme.alice)
    Membership.objects.filter(pk=acme.bea.pk).update(role=role)
    return Membership.objects.with_related().get(pk=acme.bea.pk)


@pytest.mark.parametrize(
    ("permissions", "first"),
    [
        (["answer"], None),
        (["answer", "see_reports"], None),
        (["answer", "canned_replies"], "canned-replies"),
        (["manage_team"], "chat-agents"),
        (["see_audit_log"], "audit-log"),
    ],
)
def test_the_gear_leads_to_the_first_page_that_a_member_may_open(acme, permissions, first):
    page = first_settings_page(give(acme, *permissions))
    assert (page and page.url_name) == first


def test_the_menu_marks_the_page_of_a_form(acme, sign_in):
    page = sign_in(acme.alice).get("/w/acme/settings/labels/new/").text
    menu = page.split('id="settings-nav"')[1].split("</nav>")[0]
    [current] = [part for part in menu.split("<a ")[1:] if "aria-current" in part]
    assert current.split(">")[1].startswith("Labels")


def test_an_agents_menus_lead_to_no_settings_of_the_workspace(acme, sign_in):
    addresses = re.compile(r'href="[^"]*/(?:settings|team)/')
    assert addresses.search(sign_in(acme.alice).get("/w/acme/conversations/").text)
    assert not addresses.search(sign_in(acme.bob).get("/w/acme/conversations/").text)


@pytest.mark.parametrize(
    ("path", "text", "step", "next_title"),
    [
        ("settings/agents/", "One agent so far", "Add Agent", "Team Members"),
        (
            *("team/members/", "It's just you so far"),
            *("Invite a colleague", "Invite a new team member"),
        ),
        ("team/teams/", "No teams yet", "Invite members first", "Team Members"),
        ("team/roles/", "No custom roles yet", "New role", "New role"),
    ],
)
def test_a_workspace_of_one_explains_the_next_step(db, sign_in, path, text, step, next_title):
    sol = create_workspace("Solo", by=make_user("Sol", "solo"), slug="solo")
    client = sign_in(sol)
    page = unescape(client.get(f"/w/solo/{path}").text)
    empty = re.search(r'class="panel empty">(.*?)</section>', page, re.DOTALL)[1]
    assert re.search(rf"<h2>\s*{text}\s*</h2>", empty)
    link = rf'href="([^"]*)">\s*(?:<svg.*?</svg>)?\s*{step}\s*</a>'
    [address] = set(re.findall(link, page, re.DOTALL))
    next_page = client.get(address).text
    assert re.search(rf"<h1[^>]*>\s*{next_title}\s*</h1>", next_page)
