"""Everything a visitor reads is marked for translation, in a file that the catalogues know.

Each text that is marked is shown in brackets. What is left outside of them must be someone's own
words.
"""

import re
from gettext import GNUTranslations
from pathlib import Path
from uuid import uuid4

import django
import pytest
from django.core.files.storage import default_storage
from django.template.autoreload import reset_loaders
from django.utils import translation

from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.actions.revision import delete_message, edit_message
from inbox.file_names import clean_file_name, name_files
from inbox.models import Attachment, Contact, Conversation, Message
from inbox.together import publish_typing
from messagehub.lib.catalogs import find_visitor_messages
from routing.emails.reply_address import reply_address_of
from routing.models import Routing
from teams.actions.availability import set_away
from tests.inbox.test_files import picture
from tests.live_events import committed
from tests.routing.chat import MINUTE, Chat, mails
from tests.shown_texts import unmarked_words
from tests.teams.trust import make_trusted
from tests.widget.test_files import upload_id
from widget.loader_text import loader_labels

NUMBER = re.compile(r"⟦(\d+)\|")
HELP = "Add the file to VISITOR_SOURCES in messagehub/lib/catalogs.py."
# Names and texts of people, and words that are no language's.
OWN_WORDS = {"Acme", "Bob", "Bea", "Hallo", "photo", "pdf", "vera@example", "com", "UTC"}


@pytest.fixture
def asked(monkeypatch):
    """Show each marked text as ⟦number|text⟧. Returns all that were asked for, by number."""
    asked = []

    def mark(message, text):
        asked.append(message)
        return f"⟦{len(asked) - 1}|{text}⟧"

    def gettext(message):
        return mark(message, message)

    def ngettext(singular, plural, number):
        return mark((singular, plural), singular if number == 1 else plural)

    reset_loaders()  # which forgets all markup that is kept
    monkeypatch.setattr(translation._trans, "gettext", gettext)
    monkeypatch.setattr(translation._trans, "ngettext", ngettext)
    monkeypatch.setattr(translation._trans, "pgettext", lambda context, text: gettext(text))
    yield asked
    reset_loaders()


def unmarked(html):
    return unmarked_words(html, OWN_WORDS)


def read(response):
    """Return what a visitor sees of a JSON response."""
    answer = response.json()
    return " ".join(answer.get(name, "") for name in ("html", "state_html", "error"))


def check(asked, *texts):
    """Check that all that is shown is marked, and that the catalogues have it."""
    assert [unmarked(text) for text in texts] == [[]] * len(texts)
    shown = {asked[int(number)] for text in texts for number in NUMBER.findall(text)}
    assert shown
    known = {key for _context, key in find_visitor_messages()} | django_messages()
    assert {key for key in shown if not {key, singular(key)} & known} == set(), HELP


def django_messages():
    path = Path(django.__file__).parent / "conf/locale/de/LC_MESSAGES/django.mo"
    with path.open("rb") as file:
        keys = GNUTranslations(file)._catalog
    return {key[0] if isinstance(key, tuple) else key.rpartition("\x04")[2] for key in keys}


def singular(key):
    return key[0] if isinstance(key, tuple) else key


def test_an_unmarked_word_is_found():
    assert unmarked('<p title="⟦Close⟧">⟦Hello ⟦Bob⟧⟧ there <b data-a="one two">Bob</b></p>') == [
        *("there", "one", "two"),
    ]


def test_the_frame_and_the_loader_are_marked(acme, vera, client, asked):
    page = client.get(f"/widget/{acme.inbox.key}/frame/").content.decode()
    acme.inbox.refresh_from_db()
    files = vera.call("files/").json()["html"]
    check(asked, page.replace(acme.inbox.greeting, ""), files)
    labels = [text for name, text in loader_labels(acme.inbox).items() if name != "noOrigin"]
    check(asked, *labels)


def test_answers_states_and_refusals_are_marked(acme, vera, online, asked):
    Routing.objects.filter(inbox=acme.inbox).update(reply_minutes=5)
    client_id = uuid4()
    answers = [vera.call("messages/?after=0"), vera.posts("Hallo", client_id)]
    conversation = Conversation.objects.select_related("contact", "inbox").get()

    def look():
        answers.append(vera.call("messages/?after=0"))

    look()
    answers.append(vera.call("email/", {"email": "vera@example.com"}))
    online(acme.bob, acme.bea)
    look()
    reply = post_reply(conversation, body="Hallo", client_id=uuid4(), by=acme.bob)
    edit_message(reply, body="Hallo Bob", by=acme.bob)
    look()
    delete_message(reply, by=acme.bob)
    set_away(acme.bob)
    look()
    resolve_conversation(conversation, by=acme.bea)
    look()
    assert {each.status_code for each in answers} == {200, 201}
    refusals = [
        vera.posts(""),
        vera.posts("x" * 5001),
        vera.posts("Hallo Bob", client_id),
        vera.posts("Hallo", page="https://shop.example/a b"),
        vera.posts("Hallo", files=[str(uuid4())]),
        vera.posts("Hallo", files=["x"]),
        vera.call("messages/", "["),
        vera.call("email/", {"email": ""}),
        vera.call("email/", {"email": "nonsense"}),
    ]
    assert {each.status_code for each in refusals} == {400, 409}
    assert all(each.json()["error"] for each in refusals)
    check(asked, *map(read, answers + refusals))


def test_texts_about_files_are_marked_for_translation(acme, vera, asked):
    photo = upload_id(vera, picture(), "photo.png")
    assert vera.posts("", files=[photo]).status_code == 201
    default_storage.delete(Attachment.objects.get().storage_key)
    lost = vera.call(f"files/{photo}/")
    assert lost.status_code == 410
    files = [{"kind": "file", "name": "photo.pdf"}] * 2
    texts = [Message.objects.get(kind="contact").body_preview, name_files(files)]
    check(asked, lost.content.decode(), clean_file_name(""), *texts)


def test_the_page_of_forms_is_marked(acme, client, asked):
    url = f"/c/{acme.inbox.key}/?plain=1"
    client.get(url)
    form = {"body": "Hallo", "client_id": uuid4()}
    pages = [
        client.get(url),
        client.post(f"/c/{acme.inbox.key}/messages/", form, follow=True),
        client.post(f"/c/{acme.inbox.key}/messages/", {"body": ""}),
        client.get("/c/nosuchkey/"),
    ]
    acme.inbox.refresh_from_db()
    texts = [each.content.decode().replace(acme.inbox.greeting, "") for each in pages]
    check(asked, *(text.replace("MessageHub", "") for text in texts))


def test_emails_and_their_page_are_marked(acme, vera, client, live_events, asked):
    make_trusted(acme.workspace)
    chat = Chat(acme, vera).begin()
    chat.bob_answers("Hallo Bob")
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    url = f"/unsubscribe/{reply_address_of(Contact.objects.get()).token}/"
    pages = [client.get(url), client.post(url), client.get("/unsubscribe/nonsense/")]
    texts = [message.subject, message.body, message.alternatives[0].content]
    texts += [page.content.decode() for page in pages]
    own = re.compile(r"https?://\S+|MessageHub|Do you sell lamps\?")
    check(asked, *(own.sub("", text) for text in texts))


def test_the_line_about_typing_is_marked(acme, vera, live_events, asked):
    conversation = Conversation.objects.select_related("contact").get(
        pk=vera.writes().conversation.pk
    )
    with committed():
        publish_typing(conversation, member=acme.bob, kind="reply")
    [(_name, data)] = live_events.on(conversation.contact_channel)[-1:]
    check(asked, data["text"])
