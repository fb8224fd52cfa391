"""Audit entries record when and from where a change was made."""

from datetime import UTC, datetime

from django.test import Client

from teams.actions.invitation import copy_link, invite_member
from teams.actions.team import save_team
from teams.audit import record
from teams.models import AuditEntry, Team, Workspace
from tests.conftest import COMMITS, in_parallel


def test_csv_export_covers_the_same_days_as_the_page(acme, sign_in):
    Workspace.objects.update(time_zone="Pacific/Auckland")
    save_team(acme.workspace, name="Sales", members=[], by=acme.alice)
    AuditEntry.objects.update(created_at=datetime(2026, 1, 1, 20, tzinfo=UTC))
    client = sign_in(acme.alice)
    for name in ("audit-log/", "audit-log.csv"):
        for day, is_listed in (("2026-01-02", True), ("2026-01-03", False)):
            answer = client.get(f"/w/acme/team/{name}?from={day}")
            content = answer.getvalue() if answer.streaming else answer.content
            assert ("created the team Sales" in content.decode()) is is_listed


def test_entry_records_the_browser_of_its_request(acme, globex, sign_in):
    agent = acme.workspace.roles.get(key="agent")
    invitation = invite_member(
        acme.workspace, email="noor@acme.example", name="Noor", role=agent, by=acme.alice
    )
    link = copy_link(invitation, by=acme.alice)
    sign_in(globex.charlie).post(
        "/w/globex/availability/away/",
        headers={"User-Agent": "Charlie's"},
        REMOTE_ADDR="203.0.113.7",
    )
    Client().post(
        link[link.index("/invitations/") :],
        {"name": "Noor", "password": "correct horse battery"},
        headers={"User-Agent": "Noor's"},
        REMOTE_ADDR="198.51.100.1",
    )
    entry = AuditEntry.objects.get(action="invitation.accepted")
    assert (entry.browser, entry.address) == ("Noor's", "198.51.100.1")
    save_team(acme.workspace, name="Sales", members=[], by=acme.alice)
    assert AuditEntry.objects.get(action="team.created").browser == ""


@COMMITS
def test_double_click_creates_one_team_and_shows_an_error(acme, sign_in):
    clients = [sign_in(acme.alice) for _ in range(4)]

    def click(number):
        name = ("Sales", "SALES")[number % 2]
        return clients[number].post("/w/acme/team/teams/new/", {"name": name}).status_code

    assert sorted(in_parallel(4, click)) == [302, 400, 400, 400]
    assert Team.objects.count() == 1
    assert AuditEntry.objects.filter(action="team.created").count() == 1


def test_every_count_of_an_import_and_a_merged_contact_has_a_name(acme, sign_in):
    counts = dict.fromkeys(("created", "updated", "unchanged", "skipped", "labels"), 7)
    record(acme.workspace, "contacts.imported", by=acme.alice, target="x.csv", after=counts)
    record(acme.workspace, "contact.merged", by=acme.alice, target="x", after={"merged": "Ann"})
    page = sign_in(acme.alice).get("/w/acme/team/audit-log/").text
    names = [each.split("<")[0].strip() for each in page.split('<span class="field-name">')[1:]]
    assert sorted(names) == [
        "Merged contact",
        "New contacts",
        "New labels",
        "Unchanged contacts",
        "Unchanged contacts",
        "Updated contacts",
    ]
