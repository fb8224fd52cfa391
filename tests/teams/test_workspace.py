"""Workspace Settings > General, and deleting a workspace."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from teams.actions.workspace import (
    AddressTaken,
    delete_workspace,
    move_workspace,
    purge_deleted_workspaces,
)
from teams.models import AuditEntry, Logo, Workspace


def test_general_settings_are_changed_and_audited(acme, sign_in):
    client = sign_in(acme.alice)
    data = {"name": "Acme Ltd", "time_zone": "Europe/Berlin", "language": "en"}
    page = client.post("/w/acme/settings/general/", data, follow=True).text
    assert "Saved." in page
    assert re.search(r"<title>\s*General\s*·\s*Acme Ltd\s*</title>", page)
    assert re.search(r'<input[^>]*name="name"[^>]*value="Acme Ltd"', page)
    assert re.search(r'<option value="Europe/Berlin"\s+selected', page)
    acme.workspace.refresh_from_db()
    assert (acme.workspace.name, acme.workspace.time_zone) == ("Acme Ltd", "Europe/Berlin")
    entry = AuditEntry.objects.get(action="workspace.updated")
    assert ("time_zone", "UTC", "Europe/Berlin") in entry.changes
    assert entry.address == "127.0.0.1"
    wrong = client.post("/w/acme/settings/general/", data | {"time_zone": "Mars/Olympus"})
    assert wrong.status_code == 400


def test_former_address_redirects_members(acme, globex, sign_in):
    client = sign_in(acme.alice)
    data = {"slug": "acme-lamps"}
    page = client.post("/w/acme/settings/general/address/", data, follow=True).text
    assert "Saved. The old address still works." in page
    answer = client.get("/w/acme/conversations/?view=all")
    assert answer.status_code == 307
    assert answer["Location"] == "/w/acme-lamps/conversations/?view=all"
    assert sign_in(globex.charlie).get("/w/acme/conversations/").status_code == 404
    back = client.post("/w/acme-lamps/settings/general/address/", {"slug": "acme"})
    assert back["Location"] == "/w/acme/settings/general/"


@pytest.mark.parametrize("slug", ["globex", "new", "settings", "", "a b", "ä", "../x", "x" * 51])
def test_taken_or_invalid_address_is_refused(acme, globex, sign_in, slug):
    answer = sign_in(acme.alice).post("/w/acme/settings/general/address/", {"slug": slug})
    assert answer.status_code == 400
    assert Workspace.objects.get(pk=acme.workspace.pk).slug == "acme"


def test_former_address_stays_reserved(acme, globex):
    move_workspace(acme.workspace, slug="acme-lamps", by=acme.alice)
    with pytest.raises(AddressTaken):
        move_workspace(globex.workspace, slug="acme", by=globex.charlie)


def upload(content, name="logo.png", kind="image/png"):
    return {"logo": SimpleUploadedFile(name, content, content_type=kind)}


def test_logo_is_redrawn(acme, globex, sign_in):
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(picture, "JPEG")
    client = sign_in(acme.alice)
    client.post("/w/acme/settings/general/logo/", upload(picture.getvalue()))
    logo = Logo.objects.get()
    answer = client.get(f"/w/acme/logo/{logo.digest}.png")
    assert answer["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (128, 128)
    assert client.get(f"/w/acme/logo/{'0' * 16}.png").status_code == 404
    assert sign_in(globex.charlie).get(f"/w/acme/logo/{logo.digest}.png").status_code == 404
    client.post("/w/acme/settings/general/logo/removal/")
    assert not Logo.objects.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"\x89PNG\r\n"],
)
def test_non_image_is_refused(acme, sign_in, content):
    answer = sign_in(acme.alice).post("/w/acme/settings/general/logo/", upload(content))
    assert answer.status_code == 400
    assert not Logo.objects.exists()


def test_workspace_is_deleted_by_typing_its_name_and_can_be_restored(acme, vera, sign_in, client):
    vera.posts("Hello")
    alice, bob = sign_in(acme.alice), sign_in(acme.bob)
    assert alice.post("/w/acme/settings/general/deletion/", {"name": "x"}).status_code == 400
    alice.post("/w/acme/settings/general/deletion/", {"name": "Acme"})
    for person in (alice, bob):
        assert person.get("/w/acme/conversations/").status_code == 404
    assert vera.posts("Still there?").status_code == 404
    assert client.get(f"/widget/{acme.inbox.key}.js").status_code == 404
    assert "acme" in alice.get("/workspaces/").content.decode()
    assert bob.post("/workspaces/acme/restoration/").status_code == 404
    alice.post("/workspaces/acme/restoration/")
    assert bob.get("/w/acme/conversations/").status_code == 200
    assert vera.posts("And now?").status_code == 201


def test_purging_erases_one_workspace_only(acme, globex, vera):
    vera.writes()
    delete_workspace(acme.workspace, by=acme.alice)
    assert purge_deleted_workspaces() == 0
    Workspace.objects.filter(slug="acme").update(deleted_at=timezone.now() - timedelta(days=15))
    assert purge_deleted_workspaces() == 1
    assert list(Workspace.objects.all()) == [globex.workspace]


def test_audit_log_is_filtered_and_exported(acme, globex, sign_in):
    client = sign_in(acme.alice)
    for name in ("=cmd()", "Sales"):
        client.post("/w/acme/team/teams/new/", {"name": name, "members": []})
    page = client.get("/w/acme/team/audit-log/?action=team.created&by=Alice").content.decode()
    assert "Sales" in page
    nothing = client.get("/w/acme/team/audit-log/?by=Nobody").content.decode()
    assert "created the team Sales" not in nothing
    for nonsense in ("from=x&to=y", "page=0", "page=-1", "page=99999", "by=%00", "action=%27"):
        assert client.get(f"/w/acme/team/audit-log/?{nonsense}").status_code == 200
    User.objects.filter(pk=acme.alice.user_id).update(name="=cmd()")
    client.post("/w/acme/team/teams/new/", {"name": "Support", "members": []})
    table = client.get("/w/acme/team/audit-log.csv").getvalue().decode()
    assert "created the team Sales" in table
    assert ",'=cmd()," in table
    assert ",=cmd" not in table
    assert "created the workspace Globex" not in table


def test_chat_agents_are_members_who_can_answer(acme, online, vera, sign_in):
    online(acme.bob)
    vera.writes()
    page = sign_in(acme.alice).get("/w/acme/settings/agents/").content.decode()
    for text in ("Bob", "bob@acme.example", "Bea", "Alice", "Add Agent", "Available"):
        assert text in page
