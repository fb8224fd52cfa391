"""Members read everything in the language of their workspace, visitors in their own.

Each marked text is shown in brackets, with the number of the language that was active.
"""

import json
import re
from uuid import uuid4

import pytest
from django.core import mail
from django.template.autoreload import reset_loaders
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from inbox.actions.contact import edit_contact
from inbox.actions.contact_job import continue_contact_job
from inbox.actions.message import post_note
from inbox.actions.resolution import reopen_conversation
from inbox.contact_export import unpack
from inbox.models import Contact, ContactJob, Conversation, Message
from notifications.sweep import notify_of_new_entries
from teams.actions.availability import set_away
from teams.actions.invitation import invite_member
from teams.actions.workspace import create_workspace
from teams.models import AuditEntry, Workspace
from tests.house.routes import addresses
from tests.inbox.test_contact_import import run as import_contacts
from tests.inbox.test_files import picture
from tests.live_events import committed
from tests.routing.chat import MINUTE, Chat
from tests.routing.mails import pass_time
from tests.shown_texts import unmarked_words
from tests.teams.trust import make_trusted
from tests.widget.test_files import upload_id

LANGUAGES = ["en", "de", "fr", "es"]
USED = re.compile(r"⟦(\d)\|")
# Code, keys, and the names of time zones, which are those of IANA's database.
NO_TEXT = re.compile(
    r"<(code|pre|kbd)\b.*?</\1>|<select[^>]* name=\"time_zone\".*?</select>", re.DOTALL
)
# Names, and examples of what people type.
OWN_WORDS = (
    "Acme Alice Bea Bob Noor Vera alice@acme bea@acme bob@acme noor@acme example com MessageHub"
    " Website chat Guest Sales Billing Plan VIP Hello How can we help Greeting hi UTC CSV ms"
    " Deutsch English Español Français Italiano Nederlands Polski Português Brasil Türkçe Русский"
    " العربية 日本語 Shopify WordPress Node js Python PHP Ruby shop search pricing checkout"
    " refund policy paypal or invoice voucher Vera VE SITE_URL testserver"
    # Variables of canned replies.
    " agent contact conversation email first_name inbox name number workspace"
)


@pytest.fixture
def marked(monkeypatch):
    def mark(text):
        return f"⟦{LANGUAGES.index(translation.get_language() or 'en')}|{text}⟧"

    def ngettext(singular, plural, number):
        return mark(singular if number == 1 else plural)

    reset_loaders()  # which forgets all markup that is kept
    monkeypatch.setattr(translation._trans, "gettext", mark)
    monkeypatch.setattr(translation._trans, "ngettext", ngettext)
    monkeypatch.setattr(translation._trans, "pgettext", lambda context, text: mark(text))
    yield
    reset_loaders()


def languages_of(text):
    """Return the languages in which a text was rendered."""
    return {LANGUAGES[int(number)] for number in USED.findall(text)}


@pytest.fixture
def german(acme):
    """Acme works in German, and its members' browsers ask for French."""
    Workspace.objects.update(language="de")
    for each in (acme.workspace, acme.inbox.workspace):
        each.language = "de"
    for member in (acme.alice, acme.bob, acme.bea):
        member.workspace.language = "de"
    return acme


FRENCH = {"Accept-Language": "fr"}


def write(vera, body="Bonjour ?", **fields):
    """Write as a visitor who reads French."""
    url = f"/widget/{vera.inbox.key}/messages/"
    headers = FRENCH | {"Authorization": f"Visitor {vera.token}"}
    data = json.dumps({"body": body, "client_id": str(uuid4()), **fields})
    response = Client().post(url, data, content_type="application/json", headers=headers)
    assert response.status_code == 201
    return response.json()


def test_every_page_of_a_workspace_has_its_language(german, conversation, sign_in, marked):
    Contact.objects.update(name="Vera")
    client, seen, unmarked = sign_in(german.alice), set(), {}
    for route, url in addresses(german, conversation):
        response = client.get(url, headers=FRENCH)
        if response.streaming or "html" not in response.headers.get("Content-Type", ""):
            continue
        page = response.content.decode()
        assert languages_of(page) <= {"de"}, url
        if "<html" in page:
            assert response["Content-Language"] == "de"
            assert '<html lang="de"' in page
            assert languages_of(page) == {"de"}
        words = unmarked_words(NO_TEXT.sub("", page), OWN_WORDS.split())
        words = [word for word in words if word.isalpha()]  # no keys and colours
        if words:
            unmarked[url] = words
        seen.add(route.name)
    assert len(seen) > 50
    assert unmarked == {}


def test_a_refusal_has_the_language_of_the_workspace(german, sign_in, marked):
    response = sign_in(german.bob).get(reverse("new-role", args=["acme"]), headers=FRENCH)
    assert response.status_code == 403
    assert languages_of(response.text) == {"de"}


DESK = ("inbox:", "queue:", "restricted:", "membership:", "workspace:", "conversation:")


def assert_languages(events):
    """Check that the desk got German, the visitor French, and both of them something."""
    desk = str([each.data for each in events.published if each.channel.startswith(DESK)])
    visitor = str([each.data for each in events.published if each.channel.startswith("contact:")])
    assert languages_of(desk) == {"de"}
    assert languages_of(visitor) == {"fr"}
    events.clear()


def test_live_updates_have_the_language_of_who_sees_them(
    german, vera, online, sign_in, live_events, marked
):
    with committed():
        write(vera)
    live_events.clear()  # no chat window is open before the first message
    with committed():
        write(vera)
    conversation = Conversation.objects.get()
    assert_languages(live_events)
    with committed():
        edit_contact(conversation.contact, by=german.bob, name="Véra")
        url = f"/w/acme/conversations/{conversation.number}/resolution/"
        assert sign_in(german.bob).post(url, headers=FRENCH).status_code == 302
    assert_languages(live_events)
    translation.deactivate()  # as in a background task
    with committed():
        reopen_conversation(Conversation.objects.get(), by=None)
    assert_languages(live_events)


def test_what_a_visitor_has_stored_for_agents_is_in_their_language(german, vera, marked):
    file = upload_id(vera, picture(), "beach.png")
    write(vera, "", files=[file])
    conversation = Conversation.objects.get()
    assert languages_of(conversation.preview) == {"de"}
    reasons = [each.details["reason"] for each in Message.objects.filter(activity="waiting")]
    assert languages_of(str(reasons)) == {"de"}


def test_alerts_are_in_the_workspaces_language(german, vera, live_events, marked):
    conversation = vera.writes().conversation
    with translation.override("fr"), committed():
        post_note(conversation, body="@Bea, look", client_id=uuid4(), by=german.alice)
    data = [data for name, data in live_events.on(german.bea.live_channel) if data.get("alerts")]
    assert languages_of(str(data)) == {"de"}


def test_presence_is_announced_in_the_workspaces_language(german, live_events, marked):
    with translation.override("fr"), committed():
        set_away(german.bob)
    data = live_events.on(f"workspace:{german.workspace.pk}")
    assert languages_of(str(data)) == {"de"}


def test_a_file_from_the_background_is_in_the_workspaces_language(german, marked):
    job = ContactJob.objects.create(
        workspace=german.workspace, by=german.alice, kind="export", worked_at=timezone.now()
    )
    translation.deactivate()
    continue_contact_job(job.pk)
    job.refresh_from_db()
    assert languages_of(b"".join(unpack(job.content)).decode()) == {"de"}


def test_the_audit_log_of_an_import_is_in_the_workspaces_language(german, marked):
    translation.deactivate()
    import_contacts("Email,Labels\nvera@example.com,VIP", german.alice)
    entry = AuditEntry.objects.get(action="label.created")
    assert languages_of(entry.after["colour"]) == {"de"}


def test_emails_have_the_language_of_who_reads_them(german, vera, marked):
    make_trusted(german.workspace)
    chat = Chat(german, vera).begin()
    Contact.objects.update(language="fr")
    chat.bob_answers()
    post_note(chat.conversation, body="@Bea, look", client_id=uuid4(), by=german.alice)
    agent = german.workspace.roles.get(key="agent")
    form = {"email": "noor@acme.example", "name": "Noor", "role": agent}
    with translation.override("fr"), committed():
        invite_member(german.workspace, **form, by=german.alice)
    with committed():
        notify_of_new_entries()
    pass_time(5 * MINUTE)
    languages = {}
    for message in mail.outbox:
        texts = [message.subject, message.body, *(each.content for each in message.alternatives)]
        languages[message.to[0]] = languages_of(" ".join(texts))
        assert 'lang="de"' in texts[2] or 'lang="fr"' in texts[2]
    assert languages == {
        "vera@example.com": {"fr"},
        "bea@acme.example": {"de"},
        "noor@acme.example": {"de"},
    }


@pytest.fixture
def offered(settings):
    settings.LANGUAGES = settings.VISITOR_LANGUAGES


def test_pages_outside_a_workspace_have_the_browsers_language(german, offered, client, marked):
    page = client.get(reverse("account_login"), headers=FRENCH)
    assert '<html lang="fr"' in page.text
    assert languages_of(page.text) == {"fr"}


def test_a_page_of_the_account_has_the_language_of_its_frame(german, offered, sign_in, marked):
    page = sign_in(german.bob).get(reverse("account_set_password"), headers=FRENCH)
    assert '<html lang="de"' in page.text
    assert languages_of(page.text) == {"de"}


def test_a_new_workspace_begins_with_the_language_of_the_browser(german, offered, sign_in):
    form = {"workspace_name": "Neu", "time_zone": "UTC"}
    headers = {"Accept-Language": "fr-CH, de;q=0.5"}
    response = sign_in(german.alice).post("/workspaces/new/", form, headers=headers)
    assert response.status_code == 302, response.text
    assert Workspace.objects.get(name="Neu").language == "fr"


def test_its_first_inbox_greets_in_its_language(german, marked):
    with translation.override("fr"):
        founder = create_workspace("Neu", by=german.alice.user, language="de")
    [inbox] = founder.workspace.inboxes.all()
    assert languages_of(inbox.name) == languages_of(inbox.greeting) == {"de"}


def test_an_administrator_changes_the_language(german, settings, sign_in, marked):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español")]
    form = {"name": "Acme", "time_zone": "UTC", "language": "es"}
    client, url = sign_in(german.alice), reverse("general", args=["acme"])
    refused = client.post(url, form | {"language": "fr"})
    assert refused.status_code == 400
    page = client.post(url, form, follow=True)
    german.workspace.refresh_from_db()
    assert german.workspace.language == "es"
    assert languages_of(page.text) == {"es"}
