"""Visitors read the chat in the language of the page, or else of their browser."""

import gzip
import json
import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import edit_contact
from inbox.actions.message import post_reply
from inbox.actions.revision import delete_message
from inbox.models import Contact
from inbox.together import publish_typing
from routing.emails.reply_address import reply_address_of
from tests.live_events import committed
from tests.routing.chat import MINUTE, Chat, mails
from tests.teams.trust import make_trusted
from widget.loader_text import loader_text

LANGUAGES = [code for code, _name in settings.VISITOR_LANGUAGES]


def frame(inbox, *, page="", browser=""):
    path = f"/widget/{inbox.key}/frame/"
    return Client().get(path, {"lang": page}, headers={"Accept-Language": browser})


def language_of(response):
    return re.search(r'<html lang="([\w-]+)"\s+dir="(\w+)"', response.content.decode()).groups()


@pytest.mark.parametrize(
    ("page", "browser", "language"),
    [
        ("de", "fr", "de"),
        ("de-AT", "fr", "de"),
        ("pt_PT", "", "pt-br"),
        ("", "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("", "sv, it;q=0.5, en;q=0.9", "en"),
        ("sv", "ja", "ja"),  # the page's isn't one of ours
        ("", "sv", "en"),
        ("", "", "en"),
        ("<script>", "x" * 5000, "en"),
        ("\x00", "*;q=x", "en"),
        ("AR", "", "ar"),
    ],
)
def test_the_pages_language_comes_first_then_the_browsers(acme, page, browser, language):
    response = frame(acme.inbox, page=page, browser=browser)
    assert language_of(response) == (language, "rtl" if language == "ar" else "ltr")
    assert "Accept-Language" in response["Vary"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_has_only_texts_of_its_language(acme, language):
    page = frame(acme.inbox, page=language).content.decode()
    english = ["Write a message…", "Close the chat", "Connecting…", "Not sent.", "Try again"]
    assert [text in page for text in english] == [language == "en"] * 5


def test_the_desk_stays_in_its_own_language(acme, sign_in):
    page = sign_in(acme.alice).get(
        f"/w/{acme.workspace.slug}/contacts/", headers={"Accept-Language": "de"}
    )
    assert page["Content-Language"] == "en"
    assert "lang=de" not in page.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_loader_is_small_in_every_language(acme, language):
    acme.inbox.accent = "#ff6600"
    with translation.override(language):
        text = loader_text(acme.inbox)
    assert len(gzip.compress(text.encode(), 9)) <= 4_000
    assert text.isascii()  # pages may have any encoding


def test_the_loader_has_the_browsers_language(acme, client):
    path = f"/widget/{acme.inbox.key}.js"
    german = client.get(path, headers={"Accept-Language": "de-CH"})
    assert '"lang":"de"' in german.content.decode()
    assert "Chat \\u00f6ffnen" in german.content.decode()
    assert "Accept-Language" in german["Vary"]
    assert german["ETag"] != client.get(path)["ETag"]


def call(vera, path, data=None, language="de"):
    headers = {"Authorization": f"Visitor {vera.token}", "Accept-Language": language}
    url = f"/widget/{vera.inbox.key}/{path}"
    if data is None:
        return Client().get(url, headers=headers)
    return Client().post(url, json.dumps(data), content_type="application/json", headers=headers)


def write(vera, body="Hallo?", language="de"):
    return call(vera, "messages/", {"body": body, "client_id": str(uuid4())}, language)


def test_answers_and_refusals_are_in_the_language(vera):
    response = write(vera)
    assert response.status_code == 201
    assert '<span class="aside">Sie</span>' in response.json()["html"]
    assert write(vera, "").json() == {"error": "Bitte geben Sie eine Nachricht ein."}
    long = "Ihre Nachricht hat mehr als 5000 Zeichen. Bitte kürzen oder teilen Sie sie."
    assert write(vera, "x" * 5001).json() == {"error": long}
    refused = call(vera, "email/", {"email": "nonsense"})
    assert refused.json() == {"error": "Bitte geben Sie eine gültige E-Mail-Adresse ein."}


def test_the_contacts_language_is_the_one_they_saw_last(vera):
    write(vera)
    assert Contact.objects.get().language == "de"
    call(vera, "messages/?after=0", language="fr")
    assert Contact.objects.get().language == "fr"
    write(vera, language="sv")
    assert Contact.objects.get().language == "en"


def test_a_new_contact_is_stored_with_the_language(vera):
    with CaptureQueriesContext(connection) as queries:
        write(vera)
    updates = [query for query in queries if 'UPDATE "inbox_contact"' in query["sql"]]
    assert (Contact.objects.get().language, updates) == ("de", [])


def test_live_updates_are_in_the_contacts_language(acme, vera, online, live_events):
    """They come from the desk, whose language is another one."""
    online(acme.bob)
    with committed():
        write(vera)
    conversation = Contact.objects.get().conversations.get()
    channel = conversation.contact_channel
    reply = post_reply(conversation, body="Hi", client_id=uuid4(), by=acme.bob)
    live_events.clear()
    with committed():
        publish_typing(conversation, member=acme.bob, kind="reply")
        delete_message(reply, by=acme.bob)
        assign_conversation(conversation, assignee=None)
    texts = " ".join(str(event) for event in live_events.on(channel))
    assert "Bob schreibt …" in texts
    assert "Nachricht gelöscht" in texts
    assert "Wir sind gerade nicht da." in texts


def test_emails_are_in_the_contacts_language(acme, vera):
    chat = Chat(acme, vera).begin()
    make_trusted(chat.acme.workspace)
    Contact.objects.update(language="de")
    chat.bob_answers("Ja, in drei Größen.")
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert message.subject == "Bob von Acme hat Ihnen geantwortet"
    assert "Die bisherige Unterhaltung" in message.body
    assert '<html lang="de" dir="ltr">' in message.alternatives[0].content


def test_the_unsubscribe_page_has_the_browsers_language(acme, vera, client):
    write(vera)
    contact = Contact.objects.get()
    edit_contact(contact, by=acme.bob, email="vera@example.com")
    contact.refresh_from_db()
    path = f"/unsubscribe/{reply_address_of(contact).token}/"
    page = client.get(path, headers={"Accept-Language": "ar"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "إلغاء الاشتراك" in page
