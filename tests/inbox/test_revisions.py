"""Members edit and delete what they wrote a moment ago; pages, lists, emails and the log follow."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from inbox.actions.message import post_note, post_reply
from inbox.actions.revision import CannotRevise, delete_message, edit_message, is_emailed
from inbox.email_kinds import EmailKind
from inbox.models import Attachment, Conversation, Mention, Message
from inbox.signals import message_revised
from outbox.models import Delivery
from teams.models import AuditEntry
from tests.conftest import COMMITS, in_parallel


@pytest.fixture
def conversation(acme, vera):
    return vera.writes("Is it in stock?").conversation


def reply(conversation, body, by, post=post_reply):
    return post(conversation, body=body, client_id=uuid4(), by=by)


@COMMITS
def test_an_edit_reaches_the_desk_the_visitor_and_the_list(acme, vera, conversation, live_events):
    message = reply(conversation, "Yes, five.", acme.bob)
    live_events.clear()
    edited = edit_message(message, body="Yes, <b>four</b>.", by=acme.bob)
    assert (edited.seq, edited.revision) == (message.seq, 1)
    [(name, data)] = live_events.on(conversation.live_channel)
    assert (name, data["id"]) == ("append", f"entry-1-{message.seq}")
    assert "Yes, &lt;b&gt;four&lt;/b&gt;." in data["html"]
    assert "edited" in data["html"]
    [(name, data)] = live_events.on(conversation.contact_channel)
    assert (name, data["id"]) == ("append", f"entry-{message.seq}")
    assert "four" in data["html"]
    assert "edited" in data["html"]
    [(_name, row)] = live_events.on(acme.inbox.live_channel)
    assert "four" in row["html"]
    assert not row["contact_wrote"]
    assert "four" in vera.call("messages/").json()["html"]


@COMMITS
def test_a_deleted_reply_says_only_that(acme, vera, conversation, live_events):
    reply(conversation, "One moment.", acme.bob)
    message = reply(conversation, "My password is SECRET", acme.bob)
    seen = []
    message_revised.connect(lambda message, **kwargs: seen.append(message), weak=False)
    live_events.clear()
    deleted = delete_message(message, by=acme.bob)
    message_revised.receivers.pop()
    message_revised.sender_receivers_cache.clear()
    assert [(each.pk, each.is_deleted, each.body) for each in seen] == [(message.pk, True, "")]
    assert "SECRET" not in str(live_events)
    assert "Message deleted" in str(live_events.on(conversation.contact_channel))
    stored = Conversation.objects.get()
    assert (stored.preview, stored.preview_kind) == ("One moment.", "reply")
    assert deleted.seq == message.seq
    with pytest.raises(CannotRevise):
        edit_message(message, body="Back again", by=acme.bob)


def test_files_and_mentions_go_with_a_deleted_note(acme, conversation):
    picture = Attachment.objects.create(
        workspace=acme.workspace, member=acme.bob, size=1, name="plan.txt", storage_key="key"
    )
    note = post_note(
        conversation,
        body="@Bea look",
        client_id=uuid4(),
        by=acme.bob,
        mentioned={acme.bea.pk},
        files=[picture.pk],
    )
    assert (len(note.files), Mention.objects.count()) == (1, 1)
    deleted = delete_message(note, by=acme.bob)
    assert (deleted.files, list(deleted.mentions)) == ([], [])
    assert (Attachment.objects.count(), Mention.objects.count()) == (0, 0)
    assert AuditEntry.objects.latest("created_at").before["files"] == ["plan.txt"]


def test_the_audit_log_keeps_what_it_was(acme, conversation, sign_in):
    note = reply(conversation, "She is rude", acme.bob, post=post_note)
    edit_message(note, body="She is upset", by=acme.bob)
    delete_message(note, by=acme.bob)
    edited, deleted = AuditEntry.objects.filter(action__startswith="message.").order_by("pk")
    assert (edited.before, edited.after) == ({"text": "She is rude"}, {"text": "She is upset"})
    assert (deleted.before, deleted.after) == ({"text": "She is upset"}, {})
    log = "/w/acme/team/audit-log/"
    assert "She is rude" in sign_in(acme.alice).get(log).content.decode()
    assert sign_in(acme.bea).get(log).status_code == 403


def test_a_page_that_missed_changes_learns_of_them(acme, vera, conversation, sign_in):
    first = reply(conversation, "First", acme.bob)
    note = reply(conversation, "A note", acme.bob, post=post_note)
    last = reply(conversation, "Last", acme.bob)
    edit_message(first, body="First, corrected", by=acme.bob)
    delete_message(note, by=acme.bob)
    client, url = sign_in(acme.bea), f"/w/acme/conversations/{conversation.number}/entries/"

    def catch_up(revision):
        page = client.get(f"{url}?after={last.seq}&revision={revision}").content.decode()
        return [f'data-seq="{each.seq}"' in page for each in (first, note, last)]

    assert catch_up(0) == [True, True, False]
    assert catch_up(1) == [False, True, False]
    assert catch_up(2) == catch_up("x") == [False, False, False]
    answer = vera.call(f"messages/?after={last.seq}&revision=0").json()
    assert "First, corrected" in answer["html"]
    assert (answer["last_seq"], answer["revision"]) == (last.seq, 2)
    assert "note" not in answer["html"].lower()
    assert vera.call(f"messages/?after={last.seq}&revision=2").json()["html"] == ""


def test_only_the_author_and_only_for_fifteen_minutes(acme, conversation, sign_in):
    message = reply(conversation, "Mine", acme.bob)
    contact_message = conversation.messages.get(seq=1)
    url = f"/w/acme/conversations/{conversation.number}/entries/"

    def tries(member, seq=message.seq):
        client, entry = sign_in(member), f"{url}{seq}/"
        answers = client.get(entry), client.post(entry, {"body": "x"})
        return {each.status_code for each in (*answers, client.post(f"{entry}deletion/"))}

    assert tries(acme.bea) == tries(acme.alice) == tries(acme.bob, contact_message.seq) == {409}
    assert tries(acme.bob, 99) == {404}
    assert sign_in(acme.bob).get(f"{url}{message.seq}/").status_code == 200
    assert sign_in(acme.bob).post(f"{url}{message.seq}/", {"body": " "}).status_code == 400
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=15))
    assert tries(acme.bob) == {409}
    message.refresh_from_db()
    assert (message.body, message.revision) == ("Mine", None)


def test_a_member_who_lost_the_inbox_edits_nothing(acme, globex, conversation, sign_in):
    message = reply(conversation, "Mine", acme.bob)
    url = f"conversations/{conversation.number}/entries/{message.seq}/"
    acme.inbox.members.filter(membership=acme.bob).delete()
    assert sign_in(acme.bob).post(f"/w/acme/{url}", {"body": "x"}).status_code == 404
    assert sign_in(globex.charlie).post(f"/w/acme/{url}", {"body": "x"}).status_code == 404
    assert sign_in(globex.charlie).post(f"/w/globex/{url}", {"body": "x"}).status_code == 404


@COMMITS
def test_edit_and_delete_at_once_end_deleted_and_logged(acme, conversation):
    message = reply(conversation, "Original", acme.bob)

    def change(number):
        copy = Message.objects.select_related("conversation").get(pk=message.pk)
        try:
            if number % 2:
                return delete_message(copy, by=acme.bob)
            return edit_message(copy, body=f"Edited {number}", by=acme.bob)
        except CannotRevise:
            return None

    done = [each for each in in_parallel(8, change) if each]
    message.refresh_from_db()
    assert (message.body, message.is_deleted) == ("", True)
    assert sum(each.is_deleted for each in done) == 1
    assert message.revision == Conversation.objects.get().last_revision == len(done)
    assert AuditEntry.objects.filter(action__startswith="message.").count() == len(done)


def test_a_retry_of_an_edited_reply_is_the_stored_one(acme, conversation):
    client_id = uuid4()
    send = {"body": "Helo", "client_id": client_id, "by": acme.bob}
    message = post_reply(conversation, **send)
    edit_message(message, body="Hello", by=acme.bob)
    assert post_reply(conversation, **send).pk == message.pk
    assert conversation.messages.filter(kind="reply").count() == 1


def test_the_form_says_that_an_email_keeps_the_old_text(acme, conversation, sign_in):
    message = reply(conversation, "Shipped", acme.bob)
    conversation.contact.email = "vera@mail.example"
    conversation.contact.save()
    message.conversation.contact = conversation.contact
    url = f"/w/acme/conversations/{conversation.number}/entries/{message.seq}/"
    assert not is_emailed(message)
    assert "keeps the old text" not in sign_in(acme.bob).get(url).content.decode()
    Delivery.objects.create(
        kind=EmailKind.REPLY,
        key="sent",
        about=conversation.pk,
        recipient="vera@mail.example",
        state="sent",
        payload={"upto": message.seq},
    )
    assert is_emailed(message)
    assert "keeps the old text" in sign_in(acme.bob).get(url).content.decode()
