"""Everything that can reach a visitor, compared with a list of what may.

The workspace is full of what visitors must never see, each marked with CANARY. Every answer of the
visitor's endpoints, every live update of their channels and every email to them is collected. Keys
of JSON, elements, attributes and texts that aren't listed here fail, so that a new one is a
decision.
"""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.core import mail, signing
from django.test import Client
from django.utils import timezone

from accounts.models import User
from inbox.actions.assignment import assign_conversation
from inbox.actions.canned_reply import save_canned_reply
from inbox.actions.contact import edit_contact, set_owner
from inbox.actions.contact_attribute import save_attribute
from inbox.actions.contact_note import add_contact_note
from inbox.actions.draft import save_draft
from inbox.actions.inbox import create_inbox, update_inbox
from inbox.actions.label import change_labels, save_label
from inbox.actions.message import post_note, post_reply
from inbox.actions.read_marker import mark_read
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from inbox.actions.revision import delete_message, edit_message
from inbox.actions.saved_view import save_view
from inbox.actions.snooze import snooze_conversation
from inbox.actions.sorting import set_priority, set_team
from inbox.email_kinds import EmailKind
from inbox.models import Conversation, Visitor
from inbox.together import publish_typing, record_viewing
from messagehub.lib.live import tickets
from messagehub.lib.tokens import hash_token
from outbox.models import Delivery
from outbox.signals import send_delivery_ended
from teams.actions.photo import set_photo
from teams.actions.team import save_team
from tests import commits
from tests.conftest import Vera
from tests.inbox.test_files import picture
from tests.routing.chat import MINUTE, deliver_all
from tests.routing.mails import move_into_the_past
from tests.teams.trust import make_trusted
from tests.widget.test_files import file_by, upload_id
from tests.widget.test_identity import Website, proves
from widget.urls import urlpatterns

CANARY = "canary"
JSON_KEYS = {
    "messages/?after=0": {
        *("html", "last_seq", "revision", "state_html", "live", "conversation", "prechat_html"),
        "read_seq",  # how far the visitor has read
        "seen_seq",  # how far someone on the team has read
        "emailed_seq",  # and been emailed
    },
    "prechat/": {"errors"},
    "messages/": {"html", "seq", "last_seq", "state_html", "live"},
    "email/": {"state_html"},
    "files/": {"html"},
    "files/?name=a.png": {"id", "name", "kind", "size", "width", "height"},
    "rating/": {"state_html"},
    "menu/": {"html", "new_state_html"},
    "conversations/": {"html"},
    "transcript/": {"text"},
    "ending/": {"state_html"},
    "ticket/": {"ticket"},
    "identify/": {"renewed", "known", "ignored"},
}
EVENT_KEYS = {"append": {"into", "id", "html"}, "replace": {"id", "html"}, "typing": {"text"}}
EVENT_KEYS |= {"seen": {"seq"}, "emailed": {"emailed"}}
HEADERS = {
    *("content-type", "content-length", "content-disposition", "etag", "cache-control", "vary"),
    *("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"),
    *("cross-origin-opener-policy", "cross-origin-resource-policy", "content-language", "expires"),
    *("cross-origin-embedder-policy", "last-modified", "access-control-allow-origin"),
}
ELEMENTS = {
    *("li", "div", "p", "span", "small", "b", "u", "time", "button", "img", "h1", "label"),
    *("input", "form", "details", "summary", "em", "strong", "a", "code", "pre", "ul", "ol"),
    *("blockquote", "br", "fieldset", "legend", "textarea"),
}
CLASSES = {
    *("entry", "by", "bubble", "face", "faces", "aside", "file", "state", "card", "body"),
    *("scale", "later"),
}
ATTRIBUTES = {
    *("class", "id", "dir", "title", "alt", "datetime", "aria-hidden", "data-seq", "data-kind"),
    *("data-client-id", "data-revision", "data-hue", "data-state", "data-file", "data-size"),
    *("novalidate", "data-failed", "for", "name", "type", "autocomplete", "required", "value"),
    *(
        "maxlength",
        "placeholder",
        "aria-describedby",
        "role",
        "href",
        "rel",
        "target",
        "src",
        "loading",
        "data-path",
        "aria-labelledby",
        "rows",
        "tabindex",
    ),
}
# What the visitor and the agents have written, names that visitors see, and our own sentences.
SAID = {
    *("Do you sell lamps?", "Yes, in three sizes.", "Anything else?", "Hello again", "lamp.png"),
    *("reply.txt", "At once"),
}
TAKEN_BACK = {"Anything esle?", "Meant for someone else"}  # seen until it was edited or deleted
NAMES = {"You", "Bob", "B", "Bea", "Acme", "vera@example.com"}
SENTENCES = {
    *(
        "Message deleted",
        "edited",
        "We're here. Ask us anything.",
        "We're finding an agent for you.",
    ),
    *("Away right now. Your message will be emailed to Bob.", "Change", "Notify me by email"),
    *("This conversation is closed. Send a message to reopen it.", "Where can we reach you?"),
    *(
        "We're away right now. We've received your message and will reply.",
        "Send a message to continue.",
    ),
    *("We're away right now. Leave a message and we'll get back to you.", "Not sent. Try again"),
    *("We'll reply to vera@example.com. You can also come back here.", "you@example.com"),
    *("How was this conversation?", "Would you like to add something?", "Send rating"),
    *("Terrible", "Bad", "OK", "Good", "Great", *"😠😞😐😊😍", *"12345"),
    *("Thank you for your rating.", "We're emailing the conversation to vera@example.com."),
    *("Or stay here and we'll reply when we're back.", "Bob is typing…"),
}
VARYING = re.compile(
    r"·|/widget/photos/[\w-]+\.webp|noon|midnight|\d{1,2}(?::\d\d)? [ap]\.m\.|\d+\s(?:bytes?|KB)"
)


PHOTO = re.compile(r"/widget/photos/[\w-]+\.webp")


class Markup(HTMLParser):
    """Collects what an HTML fragment shows that isn't on the lists."""

    def __init__(self, html):
        super().__init__()
        self.unlisted = set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag not in ELEMENTS:
            self.unlisted.add(f"<{tag}>")
        for name, value in attributes:
            if name not in ATTRIBUTES:
                self.unlisted.add(f"{tag}[{name}]")
            if name == "class":
                self.unlisted |= set(value.split()) - CLASSES
            if name in ("title", "alt", "placeholder", "value", "data-failed", "src"):
                self.handle_data(value or "")

    def handle_data(self, data):
        for text in VARYING.split(" ".join(data.split())):
            words = (text or "").strip()
            if words and words not in SAID | NAMES | SENTENCES:
                self.unlisted.add(words)


def test_the_check_finds_files_that_are_not_listed():
    html = (
        '<li class="entry secret" data-by="7"><script></script><p title="Rude">You · Priority</p>'
    )
    assert Markup(html).unlisted == {"secret", "li[data-by]", "<script>", "Rude", "Priority"}
    assert Markup('<p class="by">You · 7:05 a.m.</p>').unlisted == set()


@pytest.fixture
def website(acme):
    return Website(acme.inbox, acme.alice)


@pytest.fixture
def commit_effects(db):
    with commits.commit_effects():
        yield


@pytest.fixture
def story(acme, vera, website, online, commit_effects):
    """A conversation in a workspace that is full of canaries."""
    make_trusted(acme.workspace)
    update_inbox(acme.inbox, asks_rating=True, by=acme.alice)
    set_photo(acme.bob, large=b"large", small=b"small")
    bob, alice, workspace = acme.bob, acme.alice, acme.workspace
    for member in (bob, acme.bea, alice):
        User.objects.filter(pk=member.user_id).update(email=f"{CANARY}-{member.name}@acme.example")
    online(bob)
    secret_site = create_inbox(workspace, name=f"Inbox {CANARY}", members=[bob], by=alice)
    Vera(secret_site).writes(f"Said by someone else {CANARY}")
    conversation = vera.writes("Do you sell lamps?").conversation
    contact = conversation.contact
    plan = save_attribute(workspace, name=f"Plan {CANARY}", kind="text", choices=[], by=alice)
    values = {"name": f"Rude {CANARY}", "company": f"{CANARY} Ltd", "phone": "+49 30 1234567"}
    edit_contact(contact, **values, attributes={plan.key: CANARY}, by=bob)
    add_contact_note(contact, body=f"Note {CANARY}", by=bob)
    team = save_team(workspace, name=f"Team {CANARY}", members=[bob], by=alice)
    label = save_label(workspace, name=f"Label {CANARY}", colour=0, by=alice)
    change_labels(conversation, add=[label], by=bob)
    set_priority(conversation, priority=4, by=bob)
    set_team(conversation, team=team, by=bob)
    post_note(conversation, body=f"Note {CANARY} @Bea", client_id=uuid4(), by=bob)
    file_by(bob, conversation, post_note, content=CANARY.encode())
    for kind in ("reply", "note"):
        draft = {"body": f"Draft {CANARY}", "client_id": uuid4(), "tab": uuid4()}
        save_draft(conversation, kind=kind, **draft, by=bob)
    texts = {"shortcut": CANARY, "name": CANARY, "body": CANARY, "is_for_all_inboxes": True}
    save_canned_reply(workspace, **texts, inboxes=[], by=alice)
    save_view(bob, name=CANARY, is_shared=False, query="view=mine")
    snooze_conversation(conversation, until=timezone.now() + timedelta(hours=1), by=bob)
    website.signs_in(vera, f"subject-{CANARY}")
    return conversation


def email_to(member, *, about, upto):
    return Delivery.objects.create(
        workspace=about.workspace,
        kind=EmailKind.UNANSWERED,
        recipient=member.user.email,
        about=about.pk,
        payload={"upto": upto, "membership": CANARY},
        state=Delivery.State.SENT,
    )


def live_parts(conversation, bob, alice):
    """Have everything happen that publishes something to the visitor."""
    conversation = Conversation.objects.get(pk=conversation.pk)
    post_reply(conversation, body="Yes, in three sizes.", client_id=uuid4(), by=bob)
    reply = post_reply(conversation, body="Anything esle?", client_id=uuid4(), by=bob)
    edit_message(reply, body="Anything else?", by=bob)
    wrong = post_reply(conversation, body="Meant for someone else", client_id=uuid4(), by=bob)
    delete_message(wrong, by=bob)
    file_by(bob, conversation, post_reply)
    publish_typing(conversation, member=bob, kind="reply")
    publish_typing(conversation, member=bob, kind="note")
    record_viewing(conversation, member=alice)
    mark_read(conversation, membership=alice, seq=1)
    send_delivery_ended(email_to(bob, about=conversation, upto=1))
    set_owner(conversation.contact, owner=bob, by=alice)
    assign_conversation(conversation, assignee=None, by=alice)
    assign_conversation(conversation, assignee=bob, by=alice)
    resolve_conversation(conversation, by=bob)
    reopen_conversation(conversation, by=bob)


def everything_asked(vera, website):
    """Return {path: response} of every call that a visitor's browser can make."""
    shot = {path: vera.call(path) for path in ("messages/?after=0", "files/")}
    file = upload_id(vera, picture(), "lamp.png")
    sent = {"body": "Hello again", "client_id": str(uuid4()), "files": [file]}
    shot["messages/"] = vera.call("messages/", sent)
    shot["messages/?after=0&later"] = vera.call("messages/?after=0")
    shot["files/?name=a.png"] = Client().post(
        f"/widget/{vera.inbox.key}/files/?name=a.png",
        picture(),
        content_type="application/octet-stream",
        headers={"Authorization": f"Visitor {vera.token}"},
    )
    shot[f"files/{file}/"] = vera.call(f"files/{file}/")
    shot[f"files/{file}/preview/"] = vera.call(f"files/{file}/preview/")
    shot["ticket/"] = vera.call("ticket/", {})
    shot["identify/"] = proves(vera, website.token(f"subject-{CANARY}"))
    shot["read/"] = vera.call("read/", {"seq": 1})
    shot["typing/"] = vera.call("typing/", {})
    shot["prechat/"] = vera.call("prechat/", {"prechat-name": "Vera"})
    shot["menu/"] = vera.call("menu/")
    shot["conversations/"] = vera.call("conversations/")
    shot["transcript/"] = vera.call("transcript/", {"email": "vera@example.com"})
    shot["ending/"] = vera.call("ending/", {})
    shot["rating/"] = vera.call("rating/", {"rating": 5, "comment": ""})
    shot["email/"] = vera.call("email/", {"email": "vera@example.com"})
    client = Client()
    [photo] = set(PHOTO.findall(shot["messages/?after=0&later"].json()["html"]))
    shot["photos/"] = client.get(photo)
    shot["logo/"] = client.get(f"/widget/{vera.inbox.key}/logo/{'d' * 16}.png")
    shot["frame/"] = client.get(f"/widget/{vera.inbox.key}/frame/")
    shot["chat/"] = client.get(f"/widget/{vera.inbox.key}/chat.js")
    shot[".js"] = client.get(f"/widget/{vera.inbox.key}.js")
    other = Vera(vera.inbox)
    for path, data in (("messages/?after=0", None), ("read/", {"seq": 1}), ("ticket/", {})):
        shot[f"a stranger's {path}"] = other.call(path, data)
    shot["refused"] = vera.call("messages/", {"body": "", "client_id": "x"})
    shot["logout/"] = vera.call("logout/", {})
    shot["afterwards"] = vera.call("messages/?after=0")
    return shot


def body_of(response):
    return b"".join(response) if response.streaming else response.content


def test_answers_updates_and_emails_hold_only_what_is_listed(
    acme, vera, story, website, live_events
):
    live_parts(story, acme.bob, acme.alice)
    channel = Conversation.objects.get(pk=story.pk).contact_channel
    answers = everything_asked(vera, website)
    routes = [str(each.pattern).removeprefix("<slug:key>") for each in urlpatterns]
    asked = {path.strip("./").partition("/")[0] for path in answers}
    assert {re.split(r"[./]", route.strip("./"))[0] for route in routes} <= asked
    assert {"messages/", "ticket/"} <= {
        path for path, each in answers.items() if each.status_code < 300
    }
    unlisted = {}
    for path, response in answers.items():
        content = body_of(response)
        everything = (content + str(response.headers).encode()).lower()
        assert CANARY.encode() not in everything, (path, content[:2000])
        if wrong := {name.lower() for name in response.headers} - HEADERS:
            unlisted[f"headers of {path}"] = wrong
        if response.headers.get("Content-Type") == "application/json":
            data = json.loads(content)
            plain = path.removeprefix("a stranger's ").removesuffix("&later")
            listed = JSON_KEYS.get(plain, set()) if response.status_code < 400 else {"error"}
            if wrong := data.keys() - listed:
                unlisted[path] = wrong
            if plain not in ("files/", "menu/"):  # texts of ours only
                check_markup(unlisted, path, data)
    assert_ticket_names_only_its_visitor(answers["ticket/"].json()["ticket"], channel)
    events = [each for each in live_events.published if each.channel == channel]
    assert {each.name for each in events} == EVENT_KEYS.keys()
    for event in events:
        assert CANARY not in json.dumps(event.data).lower()
        if wrong := event.data.keys() - EVENT_KEYS[event.name]:
            unlisted[event.name] = wrong
        check_markup(unlisted, event.name, event.data, TAKEN_BACK)
    assert not unlisted, {where: sorted(names) for where, names in unlisted.items()}


def check_markup(unlisted, where, data, allowed=frozenset()):
    for key in ("html", "state_html", "new_state_html", "prechat_html", "text"):
        if wrong := Markup(data.get(key, "")).unlisted - allowed:
            unlisted[f"{where} {key}"] = wrong


def assert_ticket_names_only_its_visitor(ticket, channel):
    """A ticket is signed, not secret: it names the channels and what ends the stream."""
    content = signing.loads(ticket, salt=tickets.SALT)
    assert content.keys() == {"c", "s", "t"}
    assert content["c"] == [channel]
    assert content["s"]
    assert all(re.fullmatch(r"[a-z-]+:[0-9a-f-]{36}", each) for each in content["s"])


def test_an_email_to_a_visitor_holds_no_canary(acme, vera, story, offline):
    edit_contact(
        Visitor.objects.get(token_hash=hash_token(vera.token)).contact,
        email="vera@example.com",
        by=acme.bob,
    )
    live_parts(story, acme.bob, acme.alice)
    offline(acme.bob)
    Delivery.objects.exclude(recipient="vera@example.com").delete()
    for _ in range(3):
        move_into_the_past(10 * MINUTE)
        deliver_all()
    assert_no_canary(mail.outbox)


def test_a_transcript_holds_no_canary(acme, vera, story):
    contact = Visitor.objects.get(token_hash=hash_token(vera.token)).contact
    edit_contact(contact, email="vera@example.com", by=acme.bob)
    live_parts(story, acme.bob, acme.alice)
    assert vera.call("transcript/", {}).status_code == 200
    Delivery.objects.exclude(kind=EmailKind.TRANSCRIPT).delete()
    deliver_all()
    assert_no_canary(mail.outbox)
    [transcript] = mail.outbox
    assert "Do you sell lamps?" in transcript.body
    assert "Meant for someone else" not in transcript.body


def assert_no_canary(sent):
    """Check emails to the visitor: no note, draft, label or colleague's address."""
    sent = [each for each in sent if each.to == ["vera@example.com"]]
    assert sent
    for message in sent:
        parts = [message.subject, message.body, str(message.extra_headers), message.from_email]
        parts += [content for content, _type in getattr(message, "alternatives", [])]
        assert "Yes, in three sizes." in message.body
        assert CANARY not in "\n".join(map(str, parts)).lower()
        assert CANARY.encode() not in message.message().as_bytes().lower()
