"""Files of agents: what is accepted, who gets it, and when it is deleted."""

import io
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.storage.handler import StorageHandler
from django.utils import timezone
from PIL import Image

from accounts.limits import Limit
from inbox import upload_limits
from inbox.actions import attachment
from inbox.actions.attachment import (
    FilesGone,
    delete_discarded_files,
    delete_unsent_files,
    receive_file,
)
from inbox.actions.message import ClientIdReused, post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.models import Attachment, Conversation, DiscardedFile, Message
from messagehub.asgi import max_body_bytes
from messagehub.lib import env
from teams.actions.membership import remove_member
from teams.models import Role
from teams.permissions import Permission
from tests.conftest import COMMITS, in_parallel

HTML = b"<!DOCTYPE html><script>alert(1)</script>"
pytestmark = pytest.mark.django_db


def picture(kind="PNG", size=(8, 6), mode="RGB", **options):
    output = io.BytesIO()
    Image.new(mode, size, "red").save(output, kind, **options)
    return output.getvalue()


def photo():
    """Return a JPEG that was taken sideways, with the place where that was."""
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees
    exif[0x010E] = "at home"
    return picture("JPEG", exif=exif, comment=b"at home")


def animation(frames=3):
    output, shades = io.BytesIO(), [Image.new("RGB", (8, 6), (50 * n, 0, 0)) for n in range(frames)]
    shades[0].save(output, "GIF", save_all=True, append_images=shades[1:], duration=70)
    return output.getvalue()


@pytest.fixture
def conversation(vera):
    return vera.writes("Where is my order?").conversation


@pytest.fixture
def receive(acme):
    def receive(content=b"content", name="notes.txt", member=acme.bob):
        file = io.BytesIO(content)
        return receive_file(acme.workspace, file=file, name=name, size=len(content), member=member)

    return receive


@pytest.fixture
def upload(acme, conversation, sign_in):
    """Upload over HTTP: upload(content, name, by=acme.bob)."""

    def upload(content=b"content", name="notes.txt", by=acme.bob):
        url = f"/w/acme/conversations/{conversation.number}/files/?name={name}"
        return sign_in(by).post(url, content, content_type="application/octet-stream")

    return upload


def bytes_of(response):
    return b"".join(response.streaming_content)


def send(conversation, by, *files, body="", client_id=None, post=post_reply):
    ids = [file.pk for file in files]
    return post(conversation, body=body, client_id=client_id or uuid4(), by=by, files=ids)


def test_an_uploaded_file_is_sent_and_shown(acme, conversation, upload, sign_in):
    answer = upload(b"%PDF-1.7 ...", "invoice.pdf")
    assert answer.status_code == 201
    assert answer.json()["name"] == "invoice.pdf"
    assert answer.json()["kind"] == "file"
    client = sign_in(acme.bob)
    data = {"body": "", "client_id": str(uuid4()), "files": [answer.json()["id"]]}
    url = f"/w/acme/conversations/{conversation.number}/replies/"
    shown = client.post(url, data, headers={"HX-Request": "true"})
    assert shown.status_code == 201
    assert 'class="file"' in shown.text
    assert "invoice.pdf" in shown.text
    assert 'class="body"' not in shown.text
    conversation.refresh_from_db()
    assert (conversation.preview, conversation.preview_kind) == ("invoice.pdf", "reply")
    file = client.get(f"/w/acme/files/{answer.json()['id']}/")
    assert bytes_of(file) == b"%PDF-1.7 ..."
    assert file["Content-Disposition"] == 'attachment; filename="invoice.pdf"'
    assert file["Content-Type"] == "application/octet-stream"
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file["Content-Security-Policy"]
    assert "no-store" in file["Cache-Control"]


def test_a_message_needs_a_text_or_a_file(acme, conversation, sign_in):
    url = f"/w/acme/conversations/{conversation.number}/replies/"
    for files in ([], ["nonsense"], [str(uuid4())], [str(uuid4()) for _ in range(11)]):
        data = {"body": "", "client_id": str(uuid4()), "files": files}
        answer = sign_in(acme.bob).post(url, data, headers={"HX-Request": "true"})
        assert answer.status_code == 400
    assert not Message.objects.filter(kind="reply").exists()


@pytest.mark.parametrize(
    ("files", "words"),
    [(["p"], "Photo"), (["p", "p"], "2 photos"), (["p", "n"], "photo.png and 1 more file")],
)
def test_the_list_says_which_files_were_sent(acme, conversation, receive, files, words):
    sent = [receive(picture(), "photo.png") if each == "p" else receive() for each in files]
    send(conversation, acme.bob, *sent)
    assert conversation.preview == words


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("name", ["evil.html", "photo.exe", "photo"])
def test_the_content_decides_what_a_file_is(receive, kind, name):
    """What is appended to a picture is gone, and its name says what it is."""
    file = receive(picture(kind) + HTML, name)
    assert (file.kind, file.width, file.height) == ("image", 8, 6)
    assert file.content_type == f"image/{kind.lower()}"
    assert file.name.rpartition(".")[2] in ("jpg", "png", "gif", "webp")
    with default_storage.open(file.storage_key) as stored:
        assert b"script" not in stored.read()
    with default_storage.open(file.preview_key) as stored:
        assert Image.open(stored).format == "WEBP"


@pytest.mark.parametrize(
    "content",
    [HTML, b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"BM" + bytes(60), picture()[:40]],
)
def test_everything_else_is_only_downloaded(acme, receive, sign_in, content):
    file = receive(content, "photo.png")
    assert file.kind == "file"
    client = sign_in(acme.bob)
    answer = client.get(f"/w/acme/files/{file.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert bytes_of(answer) == content
    assert client.get(f"/w/acme/files/{file.pk}/preview/").status_code == 410


def test_a_photo_is_turned_upright_and_keeps_no_secrets(receive):
    file = receive(photo(), "IMG_1.JPEG")
    assert (file.name, file.width, file.height) == ("IMG_1.JPEG", 6, 8)
    with default_storage.open(file.storage_key) as stored:
        content = stored.read()
    assert b"at home" in photo()
    assert b"at home" not in content
    assert not Image.open(io.BytesIO(content)).getexif()


def test_an_animation_stays_one(receive):
    file = receive(animation(), "steps.gif")
    with default_storage.open(file.storage_key) as stored:
        image = Image.open(stored)
        assert (image.n_frames, image.info["duration"]) == (3, 70)


def test_a_large_picture_is_scaled_down(receive):
    file = receive(picture("JPEG", (9000, 60)), "wide.jpg")
    assert (file.width, file.height) == (4096, 27)


def test_bad_files_are_refused_in_clear_words(upload, settings):
    bomb = picture(size=(8000, 7000), mode="1")
    assert len(bomb) < 30_000
    settings.MAX_FILE_BYTES = 20_000_000
    for content, word in [(b"", "empty"), (bytes(20_000_001), "larger"), (bomb, "pixels")]:
        answer = upload(content)
        assert answer.status_code == 400
        assert word in answer.json()["error"]
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ('a"b\r\nc.txt', "a_b c.txt"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("x" * 300 + ".tar", "x" * 116 + ".tar"),
    ],
)
def test_names_are_harmless(receive, name, stored):
    assert receive(name=name).name == stored


def test_a_file_can_be_sent_once_and_only_by_its_uploader(acme, conversation, receive):
    mine, other = receive(), receive()
    with pytest.raises(FilesGone):
        send(conversation, acme.bea, mine)
    send(conversation, acme.bob, mine)
    with pytest.raises(FilesGone):
        send(conversation, acme.bob, other, mine)
    assert Message.objects.filter(kind="reply").count() == 1
    other.refresh_from_db()
    assert other.is_pending


@pytest.mark.parametrize("post", [post_reply, post_note])
def test_a_retry_sends_nothing_twice(acme, conversation, receive, post):
    file, client_id = receive(), uuid4()
    first = send(conversation, acme.bob, file, client_id=client_id, post=post)
    assert send(conversation, acme.bob, file, client_id=client_id, post=post) == first
    for files in ([], [receive()]):
        with pytest.raises(ClientIdReused):
            send(conversation, acme.bob, *files, client_id=client_id, post=post)


def test_colleagues_see_a_file_once_it_is_sent(acme, globex, conversation, receive, sign_in):
    file = receive()
    url = f"/w/acme/files/{file.pk}/"
    bob, bea, charlie = (sign_in(each) for each in (acme.bob, acme.bea, globex.charlie))
    assert [each.get(url).status_code for each in (bob, bea, charlie)] == [200, 404, 404]
    assert charlie.get(url.replace("acme", "globex")).status_code == 404
    send(conversation, acme.bob, file)
    assert [each.get(url).status_code for each in (bob, bea, charlie)] == [200, 200, 404]


def test_an_agent_sees_only_files_of_conversations_they_may_see(
    acme, conversation, receive, sign_in
):
    """Bea's role sees only her own conversations and unassigned ones."""
    acme.bea.role = Role.objects.create(
        workspace=acme.workspace, name="Restricted", permissions=[Permission.ANSWER]
    )
    acme.bea.save()
    url = f"/w/acme/files/{receive().pk}/"
    send(conversation, acme.bob, Attachment.objects.get())
    assert sign_in(acme.bea).get(url).status_code == 404
    Conversation.objects.update(assignee=None)
    assert sign_in(acme.bea).get(url).status_code == 200


@pytest.mark.parametrize("ended", ["removed", "suspended"])
def test_a_member_without_access_gets_no_file(acme, conversation, receive, sign_in, ended):
    file = receive()
    client = sign_in(acme.bob)
    if ended == "removed":
        remove_member(acme.bob, by=acme.alice)
    else:
        acme.bob.suspended_at = timezone.now()
        acme.bob.save()
    assert client.get(f"/w/acme/files/{file.pk}/").status_code == 404
    url = f"/w/acme/conversations/{conversation.number}/files/"
    assert client.post(url, b"x", content_type="text/plain").status_code == 404


def test_a_file_is_sent_although_the_conversation_was_resolved(acme, conversation, receive):
    file = receive()
    resolve_conversation(conversation, by=acme.bea)
    message = send(conversation, acme.bob, file)
    file.refresh_from_db()
    assert (file.conversation, file.seq) == (conversation, message.seq)


def test_a_pending_file_can_be_removed_and_a_sent_one_not(acme, conversation, receive, sign_in):
    pending, sent = receive(), receive()
    send(conversation, acme.bob, sent)
    answers = [
        sign_in(acme.bob).post(f"/w/acme/files/{each.pk}/removal/") for each in (pending, sent)
    ]
    assert [answer.status_code for answer in answers] == [204, 409]
    assert list(Attachment.objects.all()) == [sent]
    assert list(DiscardedFile.objects.values_list("pk", flat=True)) == [pending.storage_key]


def test_unsent_files_are_deleted_after_a_day(acme, conversation, receive, monkeypatch):
    old, sent = receive(picture()), receive()
    send(conversation, acme.bob, sent)
    delete_unsent_files()
    assert Attachment.objects.count() == 2
    monkeypatch.setattr(attachment, "PENDING_HOURS", -1)
    delete_unsent_files()
    delete_discarded_files()
    assert list(Attachment.objects.all()) == [sent]
    assert not default_storage.exists(old.storage_key)
    assert not default_storage.exists(old.preview_key)
    assert default_storage.exists(sent.storage_key)
    assert not DiscardedFile.objects.filter(pk=old.storage_key).exists()


@pytest.mark.parametrize("whole", ["conversation", "workspace"])
def test_the_bytes_go_with_the_conversation_or_the_workspace(acme, conversation, receive, whole):
    file = receive(picture())
    send(conversation, acme.bob, file)
    (conversation if whole == "conversation" else acme.workspace).delete()
    delete_discarded_files()
    assert not default_storage.exists(file.storage_key)
    assert not default_storage.exists(file.preview_key)


def test_a_file_that_cannot_be_deleted_is_tried_again(receive, monkeypatch):
    first, _second = receive(), receive()
    Attachment.objects.all().delete()
    delete = default_storage.delete

    def fail_once(key):
        if key == first.storage_key:
            raise OSError("unavailable")
        delete(key)

    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", fail_once)
        delete_discarded_files()
    assert list(DiscardedFile.objects.values_list("pk", flat=True)) == [first.storage_key]
    delete_discarded_files()
    assert not DiscardedFile.objects.exists()


def test_what_could_not_be_stored_leaves_nothing(receive, monkeypatch):
    def fail(key, file):
        raise OSError("disk full")

    monkeypatch.setattr(default_storage, "save", fail)
    with pytest.raises(OSError):
        receive()
    assert not Attachment.objects.exists()


def test_uploads_are_limited(acme, upload, receive, monkeypatch):
    monkeypatch.setattr(upload_limits, "MAX_PENDING", 2)
    receive(), receive()
    assert upload().status_code == 429
    assert upload(by=acme.bea).status_code == 201
    Attachment.objects.all().delete()
    few = Limit("uploads by member", 3, upload_limits.DAY)
    monkeypatch.setattr(upload_limits, "BY_MEMBER", few)
    assert upload(bytes(2**20 + 1)).status_code == 429  # 2 MB after the 2 × 1 above
    assert upload(b"x").status_code == 201


@COMMITS
def test_of_two_messages_at_once_one_gets_the_file(acme, conversation, receive):
    file = receive()

    def post(_number):
        try:
            return send(Conversation.objects.get(pk=conversation.pk), acme.bob, file)
        except FilesGone:
            return None

    sent = list(filter(None, in_parallel(2, post)))
    assert len(sent) == 1
    file.refresh_from_db()
    assert file.seq == sent[0].seq


@COMMITS
def test_a_file_that_is_being_sent_is_not_swept(acme, conversation, receive, monkeypatch):
    file = receive()
    monkeypatch.setattr(attachment, "PENDING_HOURS", -1)

    def act(number):
        if number:
            return delete_unsent_files()
        try:
            return send(Conversation.objects.get(pk=conversation.pk), acme.bob, file)
        except FilesGone:
            return None

    sent, _swept = in_parallel(2, act)
    assert Attachment.objects.filter(pk=file.pk).exists() == bool(sent)


@COMMITS
@pytest.mark.parametrize("round", range(3))
def test_files_of_a_member_who_is_removed_at_that_moment(
    acme, conversation, receive, upload, sign_in, round
):
    """What was sent before stays, and nothing that comes later is sent or shown to them."""
    ready, bobs = receive(name="ready.txt"), sign_in(acme.bob)
    url = f"/w/acme/conversations/{conversation.number}/replies/"
    reply = {"body": "", "client_id": uuid4(), "files": [ready.pk]}

    def act(number):
        if number == 0:
            return remove_member(acme.bob, by=acme.alice)
        if number == 1:
            return upload(name="late.txt").status_code
        return bobs.post(url, reply, headers={"HX-Request": "true"}).status_code

    _removed, uploaded, replied = in_parallel(3, act)
    assert uploaded in (201, 404)
    assert replied in (201, 404)
    assert Attachment.objects.filter(name="late.txt", seq=None).count() == (uploaded == 201)
    ready.refresh_from_db()
    sent = Message.objects.filter(kind="reply")
    assert (ready.seq is not None) == sent.exists() == (replied == 201)
    for file in Attachment.objects.all():
        assert bobs.get(f"/w/acme/files/{file.pk}/").status_code == 404
        colleague = sign_in(acme.bea).get(f"/w/acme/files/{file.pk}/")
        assert colleague.status_code == (200 if file.seq else 404)


def test_only_routes_for_files_take_large_bodies(settings):
    assert max_body_bytes("/w/acme/conversations/7/files/") > settings.MAX_FILE_BYTES
    assert max_body_bytes("/widget/some-key/files/") > settings.MAX_FILE_BYTES
    for path in ("/w/acme/conversations/7/replies/", "/widget/some-key/messages/", "/files/"):
        assert max_body_bytes(path) < settings.MAX_FILE_BYTES


def test_one_variable_names_a_bucket(monkeypatch, tmp_path):
    address = "s3://KEY:se%2Fcret@s3.example.com:9000/bucket/in/here?region=eu-central-1"
    monkeypatch.setenv("FILE_STORAGE", address)
    storages = StorageHandler({"default": env.file_storage("FILE_STORAGE", tmp_path)})
    storage = storages["default"]
    assert (storage.access_key, storage.secret_key) == ("KEY", "se/cret")
    assert (storage.bucket_name, storage.location) == ("bucket", "in/here")
    client = storage.connection.meta.client
    assert client.meta.endpoint_url == "https://s3.example.com:9000"
    assert client.meta.region_name == "eu-central-1"
    monkeypatch.delenv("FILE_STORAGE")
    assert env.file_storage("FILE_STORAGE", tmp_path)["OPTIONS"]["location"] == str(tmp_path)
