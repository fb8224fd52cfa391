"""The markup of rows and entries: what it shows, and that no value becomes markup."""

from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from itertools import product
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from inbox.models import Contact, Conversation, Inbox, Message
from inbox.templatetags.entry_markup import entry_html
from inbox.templatetags.row_markup import row_html
from messagehub.lib.markup import sentence

HOSTILE = """<script>"'&amp;</li>"""
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = {
    *("li", "a", "b", "p", "div", "span", "svg", "use", "time", "details", "summary"),
    *("local-time", "waiting-time", "response-due", "input"),
}
VOID = {"input"}


class Markup(HTMLParser):
    """Collects elements and text, and fails if the elements aren't closed in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.elements, self.texts = [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, name, attrs):
        if name not in VOID:
            self.open.append(name)
        self.elements.append((name, dict(attrs)))

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, text):
        self.texts.append(text)

    def find(self, name, **wanted):
        return [
            attrs
            for each, attrs in self.elements
            if each == name and wanted.items() <= attrs.items()
        ]

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


@pytest.fixture
def member(acme):
    acme.bob.user.name = HOSTILE
    return acme.bob


@pytest.fixture
def conversation(acme, member):
    inbox = Inbox(workspace=acme.workspace, name=HOSTILE)
    contact = Contact(workspace=acme.workspace, name=HOSTILE, email=HOSTILE)
    return Conversation(
        workspace=acme.workspace,
        inbox=inbox,
        contact=contact,
        number=7,
        assignee=member,
        preview=HOSTILE,
        preview_kind="contact",
        last_activity_at=NOON,
    )


def assert_harmless(markup):
    names = {name for name, _attrs in markup.elements}
    assert names <= NAMES
    for _name, attrs in markup.elements:
        assert not any(attribute.startswith("on") for attribute in attrs)


STATES = {
    "resolved": {"status": "resolved"},
    "snoozed": {"status": "snoozed", "snoozed_until": NOON},
    "open": {"status": "open"},
    "waiting": {"status": "open", "waiting_since": NOON},
    "due": {"status": "open", "response_timer_started_at": NOON, "response_due_at": NOON},
}


@pytest.mark.parametrize(
    ("state", "kind", "is_assigned"),
    list(product(STATES, ["contact", "reply", "note"], [True, False])),
)
def test_a_row_shows_its_conversation_and_no_value_becomes_markup(
    conversation, member, state, kind, is_assigned
):
    for name, value in STATES[state].items():
        setattr(conversation, name, value)
    conversation.preview_kind = kind
    conversation.assignee = member if is_assigned else None
    row = Markup(row_html(conversation))
    assert_harmless(row)
    assert row.texts.count(HOSTILE) == 3  # the contact, the preview and the inbox
    assert (f"assigned to {HOSTILE}" in row.texts) == is_assigned
    [attrs] = row.find("li")
    assert attrs["id"] == "row-7"
    assert attrs["data-at"] == NOON.isoformat()
    assert attrs["data-status"] == conversation.status
    assert attrs["data-assignee"] == (str(member.pk) if is_assigned else "")
    assert attrs["data-inbox"] == str(conversation.inbox.pk)
    assert ("data-waiting" in attrs) == (state == "waiting")
    assert row.find("a") == [{"href": "/w/acme/conversations/7/"}]
    assert ("Reply:" in row.texts) == (kind == "reply")
    assert ("Private note:" in row.texts) == (kind == "note")
    assert ("Resolved" in row.texts) == (state == "resolved")
    assert ("until " in row.texts) == (state == "snoozed")
    assert bool(row.find("waiting-time")) == (state == "waiting")
    timers = row.find("response-due")
    assert [timer["data-name"] for timer in timers] == [HOSTILE] * (state == "due")


def entry_of(conversation, **fields):
    message = Message(
        workspace=conversation.workspace,
        conversation=conversation,
        seq=3,
        client_id=uuid4(),
        created_at=NOON,
        **fields,
    )
    entry = Markup(entry_html(message))
    assert_harmless(entry)
    [attrs] = entry.find("li")
    assert attrs == {
        "class": "entry",
        "id": "entry-7-3",
        "data-seq": "3",
        "data-kind": message.kind,
        "data-author": str(message.author_id or ""),
        "data-at": NOON.isoformat(),
        "data-client-id": str(message.client_id),
    }
    return entry


@pytest.mark.parametrize("kind", ["contact", "reply", "note"])
def test_a_message_shows_its_text_and_author(conversation, member, kind):
    author = {"contact": conversation.contact} if kind == "contact" else {"author": member}
    body = f"{HOSTILE} see https://shop.example/?a=1&b=2"
    entry = entry_of(conversation, kind=kind, body=body, **author)
    assert f"{HOSTILE} see " in entry.texts
    [link] = entry.find("a")
    assert link["href"] == "https://shop.example/?a=1&b=2"
    assert HOSTILE in entry.texts
    assert (f" {HOSTILE} · private note" in entry.texts) == (kind == "note")
    [avatar] = entry.find("span", **{"class": "avatar m"})
    assert avatar["data-hue"] == str(conversation.contact.hue if kind == "contact" else member.hue)


DETAILS = {
    "assigned": {"to": HOSTILE, "reason": HOSTILE, "decision": str(UUID(int=1))},
    "kept": {"reason": HOSTILE},
    "unassigned": {},
    "returned": {"name": HOSTILE},
    "waiting": {"reason": HOSTILE},
    "resolved": {},
    "reopened": {"contact": HOSTILE},
    "snoozed": {"until": NOON.isoformat()},
    "woken": {"cause": "contact", "contact": HOSTILE},
    "owner_set": {"to": HOSTILE},
    "contact_name": {"name": HOSTILE},
    "contact_email": {"email": HOSTILE},
    "contact_blocked": {},
    "contact_unblocked": {},
    "contact_merged": {"name": HOSTILE},
    "greeted": {"contact": HOSTILE, "text": HOSTILE},
    "consent_given": {"contact": HOSTILE, "text": HOSTILE},
    "email_left": {"contact": HOSTILE, "email": HOSTILE, "replaced": HOSTILE},
    "undelivered": {"email": HOSTILE, "reason": "refused"},
    "labels_added": {"labels": [HOSTILE]},
    "labels_removed": {"labels": [HOSTILE, HOSTILE]},
    "priority_set": {"to": 4},
    "team_set": {"to": HOSTILE},
    "transcript_requested": {"contact": HOSTILE},
    "rated": {"contact": HOSTILE, "agent": HOSTILE, "rating": 5, "comment": HOSTILE},
}


@pytest.mark.parametrize("activity", Message.Activity.values)
def test_an_activity_shows_its_sentence(conversation, member, activity):
    fields = {"kind": "activity", "activity": activity, "details": DETAILS[activity]}
    message = Message(conversation=conversation, author=member, **fields)
    entry = entry_of(conversation, author=member, **fields)
    assert " ".join(message.text.split()) in entry.text
    assert HOSTILE in entry.text
    assert ("Until 12:00" in entry.text or "Until noon" in entry.text) == (activity == "snoozed")
    assert bool(entry.find("details")) == (activity == "assigned")
    icons = [each["href"].partition("#")[2] for each in entry.find("use")]
    assert icons == {"assigned": ["route"], "undelivered": ["circle-alert"]}.get(activity, [])


def test_a_sentence_escapes_the_translation_and_every_value():
    text = sentence("<b>%(one)s & %(two)s", one=HOSTILE, two=sentence("<%(x)s>", x="<"))
    assert text == f"&lt;b&gt;{escape(HOSTILE)} &amp; &lt;&lt;&gt;"


def test_sentences_are_translated(conversation, member):
    conversation.waiting_since = NOON
    rows = {}
    for language in ("en", "de"):
        with translation.override(language):
            rows[language] = Markup(row_html(conversation)).texts
    assert f"assigned to {HOSTILE}" in rows["en"]
    assert f"zugewiesen an {HOSTILE}" in rows["de"]
    assert "wartet " in rows["de"]
