"""Settings > Emails: delivery status, who can see which emails, and resending."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member
from inbox.models import Conversation
from outbox.models import Delivery
from outbox.sending import deliver_due
from teams.emails import visible_deliveries
from teams.models import AuditEntry, Role
from teams.permissions import Permission
from teams.views import emails as page
from tests.conftest import Vera

State = Delivery.State
EMAILS = "/w/acme/settings/emails/"


def letter(workspace, to="noor@acme.example", **fields):
    fields = {"kind": "email", "payload": {"subject": "An invitation"}, **fields}
    delivery = Delivery(workspace=workspace, recipient=to, **fields)
    delivery.key = str(delivery.pk)
    delivery.save()
    return delivery


def failed(workspace, **fields):
    payload = {"subject": "An invitation", "text": "the-secret-link", "html": "the-secret-link"}
    fields = {"payload": payload, "reason": "no_mailbox", "last_error": "550 who?", **fields}
    return letter(workspace, state=State.FAILED, failed_at=timezone.now(), **fields)


@pytest.fixture
def see(acme, sign_in):
    """Return see(query, by), which gets the page with its whitespace collapsed."""

    def seen(query="", by=acme.alice):
        answer = sign_in(by).get(EMAILS + query)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", answer.content.decode())

    return seen


def rows(html):
    return re.findall(r'<th scope="row">([^<]+)', html)


def retry(client, delivery, query=""):
    return client.post(f"{EMAILS}{delivery.pk}/retry/{query}", follow=True)


def limited(membership, *permissions):
    role = Role.objects.create(
        workspace=membership.workspace, name="Limited", permissions=list(permissions)
    )
    membership.role = role
    membership.save()
    return membership


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "Waiting"),
        ({"next_attempt_at": timezone.now() + timedelta(hours=1)}, "Waiting until"),
        ({"state": State.SENDING}, "Sending"),
        ({"state": State.SENT, "sent_at": timezone.now()}, "Sent"),
        ({"state": State.FAILED, "reason": "mailbox_full"}, "Failed: mailbox full"),
        ({"state": State.FAILED, "reason": "login_refused"}, "check EMAIL_URL"),
        ({"state": State.FAILED, "last_error": "550 who?"}, "550 who?"),
        ({"state": State.BOUNCED, "reason": "no_mailbox"}, "Bounced: mailbox unknown"),
        ({"state": State.CANCELLED}, "Cancelled"),
        ({"state": State.WAITING, "attempts": 3, "reason": "busy"}, "Last attempt:"),
    ],
)
def test_each_state_has_a_label(acme, see, fields, text):
    assert text not in see()
    letter(acme.workspace, **fields)
    assert text in see()


def test_empty_page_explains_itself(acme, see):
    assert "are sent by email" in see()
    assert "Nothing found" in see("?state=failed")


def test_email_text_is_never_shown(acme, see):
    failed(acme.workspace)
    assert "An invitation" in see()
    assert "the-secret-link" not in see()


def test_server_errors_are_escaped_and_truncated(acme, see):
    failed(acme.workspace, last_error="<script>alert(1)</script>" + "x" * 2000)
    html = see()
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html
    assert "x" * 300 not in html


def test_pages_are_newest_first_without_gaps_or_repeats(acme, see, monkeypatch):
    monkeypatch.setattr(page, "PAGE", 4)
    moment = timezone.now()
    for number in range(11):  # some at the same time
        created = moment - timedelta(minutes=number // 3)
        letter(acme.workspace, to=f"p{number}@x.example", created_at=created)
    seen, query = [], ""
    for _ in range(3):
        html = see(query)
        seen += rows(html)
        older = re.search(r'href="(\?before=[^"]+)"', html)
        query = older[1] if older else ""
    assert query == ""
    expected = Delivery.objects.order_by("-created_at", "-pk").values_list("recipient", flat=True)
    assert seen == list(expected)
    assert len(seen) == 11


@pytest.mark.parametrize(
    "before", ["nonsense", "%00", "0b0e2a3c-9f27-4c6e-8d51-2f0c9a7e6b14", "1" * 500]
)
def test_invalid_cursor_shows_the_first_page(acme, see, before):
    letter(acme.workspace)
    assert rows(see(f"?before={before}")) == ["noor@acme.example"]


def test_cursor_of_another_workspace_is_invalid(acme, globex, see):
    letter(acme.workspace)
    old = timezone.now() - timedelta(days=9)
    foreign = letter(globex.workspace, created_at=old)
    assert rows(see(f"?before={foreign.pk}")) == ["noor@acme.example"]


def test_filters_by_state_and_recipient(acme, see):
    for state in State:
        letter(acme.workspace, to=f"{state}@x.example", state=state)
    assert set(rows(see("?state=undelivered"))) == {"failed@x.example", "bounced@x.example"}
    assert set(rows(see("?state=waiting"))) == {"waiting@x.example", "sending@x.example"}
    assert rows(see("?state=sent")) == ["sent@x.example"]
    assert rows(see("?recipient=SENT@")) == ["sent@x.example"]
    assert rows(see("?state=sent&recipient=failed")) == []
    assert len(rows(see("?state=nonsense&recipient=%00"))) == len(State)


def test_header_counts_failures_of_the_last_day(acme, see):
    assert "in the last day" not in see()
    failed(acme.workspace)
    letter(acme.workspace, state=State.BOUNCED, failed_at=timezone.now() - timedelta(hours=23))
    letter(acme.workspace, state=State.FAILED, failed_at=timezone.now() - timedelta(hours=25))
    assert "2 not delivered in the last day" in see()


@pytest.mark.parametrize("minutes", [1, 3])
def test_page_warns_when_no_worker_seems_to_run(acme, see, minutes):
    letter(acme.workspace, next_attempt_at=timezone.now() - timedelta(minutes=minutes))
    assert ("the background worker may be down" in see()) is (minutes > 2)


def test_page_warns_when_a_worker_died(acme, see):
    dead = timezone.now() - timedelta(minutes=3)
    letter(acme.workspace, state=State.SENDING, leased_until=dead, next_attempt_at=dead)
    assert "the background worker may be down" in see()


# --- Visibility ---


def test_emails_of_other_workspaces_are_hidden(acme, globex, see):
    failed(globex.workspace, to="secret@globex.example")
    html = see()
    assert "secret@globex" not in html
    assert "in the last day" not in html


def test_emails_without_a_workspace_are_hidden(acme, see):
    failed(None, to="password@reset.example")
    assert rows(see()) == []


def test_email_links_to_its_conversation(acme, vera, see):
    conversation = vera.writes().conversation
    Delivery.objects.all().delete()
    letter(acme.workspace, kind="unanswered", about=conversation.pk, payload={})
    html = see()
    assert f'href="/w/acme/conversations/{conversation.number}/"' in html
    assert "Conversation waiting for a reply" in html


def test_emails_about_hidden_conversations_are_hidden(acme, vera, see, sign_in):
    """The subject names the contact, and the recipient may be the contact."""
    conversation = vera.writes().conversation
    Delivery.objects.all().delete()
    fields = {"to": "vera@example.com", "subject": "Vera waits", "about": conversation.pk}
    delivery = failed(acme.workspace, **fields)
    letter(acme.workspace)
    bea = limited(acme.bea, Permission.CHANGE_SETTINGS)
    acme.inbox.members.filter(membership=bea).delete()
    for query in ("", "?recipient=vera", f"?before={delivery.pk}"):
        html = see(query, by=bea)
        assert "vera@example.com" not in html.replace('value="vera', "")
        assert "Vera waits" not in html
        assert "in the last day" not in html
    assert retry(sign_in(bea), delivery).status_code == 404
    add_inbox_member(acme.inbox, membership=bea)
    assert "Vera waits" in see(by=bea)


NARROW = [Permission.SEE_ALL, Permission.MANAGE_INBOXES]


@pytest.mark.parametrize("is_in_it", [True, False])
@pytest.mark.parametrize("permissions", [[], NARROW[:1], NARROW[1:], NARROW], ids=len)
def test_visibility_equals_that_of_the_conversation(acme, vera, online, permissions, is_in_it):
    online(acme.bob)
    conversations = [vera.writes().conversation, Vera(acme.inbox).writes().conversation]
    assign_conversation(conversations[1], assignee=None, by=acme.bob)
    assert {bool(each.assignee) for each in Conversation.objects.all()} == {True, False}
    Delivery.objects.all().delete()
    for each in conversations:
        letter(acme.workspace, about=each.pk)
    bea = limited(acme.bea, Permission.CHANGE_SETTINGS, *permissions)
    if not is_in_it:
        acme.inbox.members.filter(membership=bea).delete()
    seen = set(visible_deliveries(bea).values_list("about", flat=True))
    assert seen == set(Conversation.objects.visible_to(bea).values_list("pk", flat=True))


def test_email_about_an_unknown_subject_is_hidden(acme, see):
    """A member who can't see all conversations doesn't see emails of other apps either."""
    letter(acme.workspace, about=uuid4())
    assert rows(see(by=limited(acme.bea, Permission.CHANGE_SETTINGS))) == []


# --- Resending ---


def test_failed_email_is_resent_once(acme, sign_in, mailoutbox):
    delivery = failed(acme.workspace, attempts=12)
    client = sign_in(acme.alice)
    assert "Resending the email" in retry(client, delivery).content.decode()
    assert "nothing to resend" in retry(client, delivery).content.decode()
    deliver_due()
    assert [mail.to for mail in mailoutbox] == [["noor@acme.example"]]
    assert mailoutbox[0].body == "the-secret-link"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 1)
    assert (delivery.reason, delivery.failed_at) == ("", None)
    entry = AuditEntry.objects.get(action="email.retried")
    assert (entry.target, entry.by) == ("noor@acme.example", acme.alice)


def test_filter_survives_resending(acme, sign_in):
    client = sign_in(acme.alice)
    query = "?state=failed&recipient=noor"
    answer = retry(client, failed(acme.workspace), query)
    assert answer.redirect_chain == [(EMAILS + query, 302)]


def test_bounced_email_without_text_cannot_be_resent(acme, sign_in, see):
    delivery = letter(acme.workspace, state=State.BOUNCED)
    html = see()
    assert f"{delivery.pk}/retry/" not in html
    assert "its text was deleted" in html
    assert "nothing to resend" in retry(sign_in(acme.alice), delivery).content.decode()
    delivery.refresh_from_db()
    assert delivery.state == "bounced"
    assert not AuditEntry.objects.filter(action="email.retried").exists()


def test_late_rendered_email_can_be_resent(acme, vera, sign_in, see):
    conversation = vera.writes().conversation
    Delivery.objects.all().delete()
    fields = {"kind": "unanswered", "about": conversation.pk, "payload": {}}
    delivery = letter(acme.workspace, state=State.BOUNCED, **fields)
    assert f"{delivery.pk}/retry/" in see()
    assert "Resending the email" in retry(sign_in(acme.alice), delivery).content.decode()


@pytest.mark.parametrize("state", ["waiting", "sending", "sent", "cancelled"])
def test_only_failed_emails_are_resent(acme, sign_in, see, state):
    delivery = letter(acme.workspace, state=state, payload={"subject": "S", "text": "T"})
    assert "/retry/" not in see()
    retry(sign_in(acme.alice), delivery)
    delivery.refresh_from_db()
    assert delivery.state == state


def test_get_changes_nothing(acme, sign_in):
    delivery = failed(acme.workspace)
    assert sign_in(acme.alice).get(f"{EMAILS}{delivery.pk}/retry/").status_code == 405
    assert sign_in(acme.alice).post(EMAILS).status_code == 405


def test_full_page_uses_few_queries(acme, vera, sign_in, django_assert_max_num_queries):
    conversation = vera.writes().conversation
    for number in range(60):
        letter(acme.workspace, to=f"p{number}@x.example", about=conversation.pk)
    client = sign_in(acme.alice)
    client.get(EMAILS)
    with django_assert_max_num_queries(12):
        assert len(rows(client.get(EMAILS).content.decode())) == page.PAGE
