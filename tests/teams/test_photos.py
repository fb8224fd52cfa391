"""Photos of members: what is accepted, who sees them and where, and when they are deleted."""

import io
import re
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from inbox.actions.assignment import assign_conversation
from inbox.actions.attachment import delete_discarded_files
from inbox.actions.message import post_note, post_reply
from inbox.models import DiscardedFile
from inbox.templatetags.entry_markup import entry_html
from inbox.templatetags.row_markup import row_html
from messagehub.lib import pictures
from messagehub.lib.templatetags.ui import avatar
from teams import photos
from teams.actions.membership import add_member, remove_member, suspend_member
from teams.actions.photo import change_photo, set_photo
from teams.models import Membership
from tests.house.routes import photo_of
from widget.inbox_facts import InboxFacts
from widget.rendering import entry_html as visitor_entry_html

pytestmark = pytest.mark.django_db

OF_PHOTOS = re.compile(
    r"""(?:NOT \()?"teams_membership"\."photo" = '[^']*'(?: AND [^()]*IS NOT NULL)?\)?"""
)


def picture(kind="PNG", size=(40, 20), colour="red", **options):
    output = io.BytesIO()
    mode = "RGBA" if len(colour) == 4 else "RGB"
    Image.new(mode, size, colour).save(output, kind, **options)
    return output.getvalue()


@pytest.fixture
def upload(acme, sign_in):
    def upload(content, by=acme.bob, name="me.jpg", content_type="image/jpeg"):
        file = SimpleUploadedFile(name, content, content_type)
        response = sign_in(by).post("/w/acme/my/photo/", {"photo": file})
        by.refresh_from_db(fields=["photo"])
        return response

    return upload


def reply_to(conversation, *, by):
    post_reply(conversation, body="Hello", client_id=uuid4(), by=by)
    return conversation.messages.with_related().latest("seq")


def stored(key):
    with default_storage.open(key) as file:
        return file.read()


class TestUpload:
    def test_a_photo_is_redrawn_as_two_squares_without_what_it_hides(self, acme, upload):
        exif = Image.Exif()
        exif[0x010E] = "at home"
        assert upload(picture("JPEG", exif=exif, comment=b"at home")).status_code == 302
        for key, side in zip(acme.bob.photo_keys, (photos.LARGE, photos.SMALL), strict=True):
            content = stored(key)
            assert b"at home" not in content
            with Image.open(io.BytesIO(content)) as image:
                assert (image.format, image.size) == ("WEBP", (side, side))
                assert not image.getexif()

    def test_it_is_turned_upright_and_the_middle_is_used(self, acme, upload):
        wide = Image.new("RGB", (90, 30), "blue")
        wide.paste("red", (30, 0, 60, 30))
        exif, output = Image.Exif(), io.BytesIO()
        exif[0x0112] = 6  # taken sideways: red is still in the middle
        wide.save(output, "PNG", exif=exif)
        upload(output.getvalue())
        with Image.open(io.BytesIO(stored(acme.bob.photo_keys[0]))) as image:
            for at in ((10, 10), (160, 160), (310, 310)):
                red, _green, blue = image.getpixel(at)
                assert red > 200 > 60 > blue

    def test_what_is_transparent_becomes_white_because_initials_are_behind_it(self, acme, upload):
        upload(picture("PNG", colour=(0, 0, 0, 0)))
        with Image.open(io.BytesIO(stored(acme.bob.photo_keys[1]))) as image:
            assert image.convert("RGB").getpixel((5, 5)) == (255, 255, 255)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "This file is empty"),
            (b"<svg onload=alert(1)>", "read this file as a picture"),
            (b"GIF89a<script>", "read this file as a picture"),
            (picture()[:60], "read this file as a picture"),
        ],
    )
    def test_anything_else_is_refused_at_the_field(self, acme, upload, content, words):
        photo = photo_of(acme.bob)
        response = upload(content)
        assert response.status_code == 400
        assert words in response.content.decode()
        assert acme.bob.photo == photo

    def test_no_file_and_a_text_in_its_place_are_refused(self, acme, sign_in):
        for data in ({}, {"photo": "me.jpg"}):
            response = sign_in(acme.bob).post("/w/acme/my/photo/", data)
            assert response.status_code == 400
            assert "Choose a file first." in response.content.decode()

    def test_one_that_is_too_large_or_unpacks_to_too_much_is_refused(self, upload, monkeypatch):
        monkeypatch.setattr(pictures, "MAX_PIXELS", 40 * 20 - 1)
        assert "has too many pixels" in upload(picture()).content.decode()
        monkeypatch.setattr(photos, "MAX_BYTES", 10)
        assert "is larger than 10" in upload(picture()).content.decode()

    def test_uploads_of_one_member_are_limited(self, acme, upload, monkeypatch):
        limit = photos.Limit("photos of a test", 1, photos.BY_MEMBER.period)
        monkeypatch.setattr(photos, "BY_MEMBER", limit)
        assert upload(picture()).status_code == 302
        assert "too often today" in upload(picture()).content.decode()
        assert upload(picture(), by=acme.bea).status_code == 302

    def test_a_photo_that_cannot_be_stored_replaces_nothing(self, acme, monkeypatch):
        photo = photo_of(acme.bob)
        save, saved = default_storage.save, []

        def fail(name, content):
            if saved:
                raise OSError("the disk is full")
            saved.append(save(name, content))

        monkeypatch.setattr(default_storage, "save", fail)
        with pytest.raises(OSError, match="full"):
            set_photo(acme.bob, large=b"1", small=b"2")
        acme.bob.refresh_from_db()
        assert acme.bob.photo == photo
        assert not default_storage.exists(saved[0])


class TestServing:
    def test_colleagues_get_it_and_may_keep_it(self, acme, sign_in):
        photo_of(acme.bob)
        response = sign_in(acme.bea).get(acme.bob.photo_url)
        assert b"".join(response.streaming_content) == b"small"
        assert response["Content-Type"] == "image/webp"
        assert response["Cache-Control"] == "private, max-age=31536000, immutable"
        assert "sandbox" in response["Content-Security-Policy"]
        large = sign_in(acme.bea).get(f"/w/acme/photos/{acme.bob.photo}/large.webp")
        assert b"".join(large.streaming_content) == b"large"

    def test_visitors_get_the_small_one_of_agents_whom_they_can_meet(self, acme, vera):
        conversation = vera.writes().conversation
        photo, guest = photo_of(acme.bob), acme.workspace.roles.create(name="Guest", permissions=[])
        url = f"/widget/photos/{photo}.webp"
        response = Client().get(url)
        assert b"".join(response.streaming_content) == b"small"
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        acme.bob.inbox_memberships.all().delete()
        assert Client().get(url).status_code == 404
        post_note(conversation, body="Hm", client_id=uuid4(), by=acme.bob)
        assert Client().get(url).status_code == 404
        reply_to(conversation, by=acme.bob)
        Membership.objects.filter(pk=acme.bob.pk).update(role=guest)
        assert Client().get(url).status_code == 200  # the reply has their face
        acme.workspace.deleted_at = acme.workspace.created_at
        acme.workspace.save()
        assert Client().get(url).status_code == 404

    def test_addresses_of_former_and_unknown_photos_do_not_exist(self, acme, sign_in):
        before, now = photo_of(acme.bob), photo_of(acme.bob)
        assert before != now
        for address in ("/w/acme/photos/{}.webp", "/widget/photos/{}.webp"):
            client = sign_in(acme.bea)
            assert client.get(address.format(now)).status_code == 200
            assert client.get(address.format(before)).status_code == 404
            assert client.get(address.format("-")).status_code == 404

    @pytest.mark.parametrize("address", ["/w/acme/photos/{}.webp", "/widget/photos/{}.webp"])
    def test_a_photo_is_found_by_an_index(self, acme, sign_in, address):
        photo, client = photo_of(acme.bob), sign_in(acme.bea)
        with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
            assert client.get(address.format(photo)).status_code == 200
            [query] = [each["sql"] for each in asked if f"= '{photo}'" in each["sql"]]
            # What it says of photos alone: with so few rows, any of the joined tables can be first.
            conditions = " AND ".join(OF_PHOTOS.findall(query))
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN SELECT FROM teams_membership WHERE {conditions}")
            plan = "\n".join(line for [line] in cursor.fetchall())
            cursor.execute("SELECT pg_get_indexdef('one_membership_a_photo'::regclass)")
            [definition] = cursor.fetchone()
        assert "(photo) WHERE" in definition
        assert "one_membership_a_photo" in plan
        assert f"= '{photo}'::text)" in plan.partition("Index Cond: ")[2]

    def test_one_whose_bytes_are_gone_is_not_kept(self, acme, sign_in):
        photo_of(acme.bob)
        for key in acme.bob.photo_keys:
            default_storage.delete(key)
        response = sign_in(acme.bea).get(acme.bob.photo_url)
        assert response.status_code == 410
        assert "immutable" not in response["Cache-Control"]


class TestShowing:
    def test_it_is_over_the_initials_wherever_they_are(self, acme, vera):
        conversation = vera.writes().conversation
        assign_conversation(conversation, assignee=acme.bob, by=None)
        conversation = acme.workspace.conversations.with_related().get()
        assert "<img" not in row_html(conversation) + avatar(acme.bob)
        photo = photo_of(acme.bob)
        image = f'<img src="/w/acme/photos/{photo}.webp" alt="" loading="lazy">'
        assert f">B{image}</span>" in avatar(acme.bob)
        assert image in avatar(acme.bob, "m", presence=True)
        assert image in row_html(acme.workspace.conversations.with_related().get())
        reply = reply_to(conversation, by=acme.bob)
        assert image in entry_html(reply)
        shown = f'<img src="/widget/photos/{photo}.webp" alt="" loading="lazy">'
        assert shown in visitor_entry_html(reply)
        assert shown in vera.call("messages/").json()["state_html"]

    def test_the_plain_message_shows_the_assignee_as_the_ordinary_one_does(self, acme, vera):
        photo = photo_of(acme.bob)
        agent = Membership(pk=acme.bob.pk, workspace=acme.workspace)
        InboxFacts(acme.inbox.key).add_photo(agent)
        assert agent.photo == photo
        InboxFacts(acme.inbox.key).add_photo(None)

    def test_photos_cost_no_queries(self, acme, vera, sign_in, online):
        conversation = vera.writes().conversation
        online(acme.bob, acme.bea)
        for by in (acme.bea, acme.alice, acme.bob):
            reply_to(conversation, by=by)
            post_note(conversation, body="Hm @Bea", client_id=uuid4(), by=by)
        client, number, inbox = sign_in(acme.alice), conversation.number, acme.inbox.pk
        pages = [
            f"conversations/{number}/",
            f"conversations/{number}/mentionable/",
            "conversations/rows/",
            "contacts/",
            "team/members/",
            "routing/",
            "my/profile/",
            "reports/now/",
            "settings/agents/",
            f"inboxes/{inbox}/access/",
            f"inboxes/{inbox}/appearance/",
            f"inboxes/{inbox}/routing/",
            "settings/inboxes/",
        ]
        without = {page: count_queries(client, page) for page in pages}
        for member in (acme.alice, acme.bob, acme.bea):
            photo_of(member)
        with_photos = {page: count_queries(client, page) for page in pages}
        assert with_photos == without
        assert sum(count_queries(client, page) > 0 for page in pages) == len(pages)
        page = client.get(f"/w/acme/conversations/{number}/").content.decode()
        assert page.count(acme.bob.photo) > 3


def count_queries(client, path):
    with CaptureQueriesContext(connection) as asked:
        response = client.get(f"/w/acme/{path}")
    assert response.status_code == 200, path
    return len(asked)


class TestDeleting:
    def test_replacing_and_removing_delete_the_files(self, acme, sign_in):
        photo_of(acme.bob)
        keys = [*acme.bob.photo_keys]
        photo_of(acme.bob)
        keys += acme.bob.photo_keys
        assert sign_in(acme.bob).post("/w/acme/my/photo/removal/").status_code == 302
        acme.bob.refresh_from_db()
        assert acme.bob.photo == ""
        delete_discarded_files()
        assert not any(map(default_storage.exists, keys))
        assert not DiscardedFile.objects.exists()
        assert sign_in(acme.bob).post("/w/acme/my/photo/removal/").status_code == 302

    @pytest.mark.parametrize("how", ["removed", "account", "workspace"])
    def test_so_does_deleting_the_member_account_or_workspace(self, acme, how):
        photo_of(acme.bob)
        key = acme.bob.photo_keys[0]
        if how == "removed":
            remove_member(acme.bob, by=acme.alice)
            assert add_member(acme.workspace, user=acme.bob.user).photo == ""
        elif how == "account":
            acme.bob.user.delete()
        else:
            acme.workspace.delete()
        assert DiscardedFile.objects.filter(pk=key).exists()

    def test_a_suspended_member_keeps_it_and_other_changes_discard_nothing(self, acme):
        photo_of(acme.bob)
        suspend_member(acme.bob, by=acme.alice)
        Membership.objects.filter(pk=acme.bob.pk).update(away_at=None, photo=acme.bob.photo)
        assert not DiscardedFile.objects.exists()

    def test_someone_who_was_removed_meanwhile_gets_none(self, acme):
        remove_member(acme.bob, by=acme.alice)
        assert not set_photo(acme.bob, large=b"large", small=b"small")
        assert not change_photo(acme.bob, "x" * 40)
        acme.bob.refresh_from_db()
        assert acme.bob.photo == ""
