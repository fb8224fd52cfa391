"""The chat as a page of forms: the same rules, refusals and words as in the chat window."""

import json
import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from inbox.actions.contact_block import block_contact
from inbox.actions.message import post_note, post_reply
from inbox.actions.read_marker import mark_read
from inbox.actions.resolution import resolve_conversation
from inbox.actions.visitor import revoke_visitor
from inbox.models import Attachment, Conversation, Embedding, Inbox, Message, Visitor
from messagehub.lib.tokens import hash_token
from outbox.models import Delivery
from routing.models import Routing
from tests.routing.chat import MINUTE
from tests.routing.mails import pass_time
from tests.widget.test_abuse import solve


class Browser:
    """A browser without scripts on the page of an inbox."""

    def __init__(self, inbox, query=""):
        self.inbox, self.query = inbox, query
        self.client = Client(enforce_csrf_checks=True)
        self.url = f"/c/{inbox.key}/"

    @property
    def cookie(self):
        return f"messagehub_{self.inbox.key}"

    @property
    def token(self):
        cookie = self.client.cookies.get(self.cookie)
        return cookie.value if cookie else None

    def opens(self):
        self.page = self.client.get(self.url + self.query)
        return self.text

    @property
    def text(self):
        return self.page.content.decode()

    def field(self, name):
        return re.search(rf'name="{name}" value="([^"]*)"', self.text)[1]

    def submits(self, form, **data):
        """Submit a form of the page that is shown, and follow where it leads."""
        token = self.field("csrfmiddlewaretoken")
        data = {"csrfmiddlewaretoken": token, "client_id": self.field("client_id")} | data
        self.page = self.client.post(f"{self.url}{form}/{self.query}", data, follow=True)
        return self.text

    def writes(self, body, **data):
        self.opens()
        return self.submits("messages", body=body, **data)


@pytest.fixture
def browser(acme):
    return Browser(acme.inbox)


def bodies():
    return list(
        Message.objects.filter(kind="contact").order_by("seq").values_list("body", flat=True)
    )


def text_file(name="order.txt", content=b"Lamp"):
    return SimpleUploadedFile(name, content)


def picture():
    file = BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    return SimpleUploadedFile("photo.png", file.getvalue())


def test_looking_creates_no_visitor_and_no_identity(acme, browser):
    assert acme.inbox.greeting in browser.opens()
    assert browser.page["X-Robots-Tag"] == "noindex, nofollow"
    assert browser.page["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    policy = browser.page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert browser.token is None
    assert not Visitor.objects.exists()
    assert 'name="email"' not in browser.text


def test_there_is_no_page_of_an_unknown_or_deleted_inbox(acme, client):
    response = client.get("/c/nosuchkey/", headers={"Accept-Language": "de"})
    assert response.status_code == 404
    assert "Hier gibt es keinen Chat" in response.content.decode()
    assert client.post("/c/nosuchkey/messages/", {"body": "x"}).status_code == 404


def test_a_visitor_writes_and_reads_the_reply(acme, online, browser):
    online(acme.bob)
    assert "Do you sell lamps?" in browser.writes("Do you sell lamps?")
    assert browser.page.redirect_chain == [(f"/c/{acme.inbox.key}/#latest", 302)]
    conversation = Conversation.objects.get()
    assert conversation.assignee == acme.bob
    assert conversation.page_url == f"http://localhost:8000/c/{acme.inbox.key}/"
    post_note(conversation, body="A secret", client_id=uuid4(), by=acme.bob)
    reply = post_reply(conversation, body="**Yes**, <three>.", client_id=uuid4(), by=acme.bob)
    text = browser.submits("check", body="")
    assert "<strong>Yes</strong>, &lt;three&gt;." in text
    assert "A secret" not in text
    conversation.refresh_from_db()
    assert conversation.contact_read_seq == reply.seq


def test_the_page_and_the_chat_window_are_one_visitor(acme, browser, vera):
    browser.client.cookies[f"messagehub_{acme.inbox.key}"] = vera.token
    vera.posts("From the window")
    assert "From the window" in browser.opens()
    browser.submits("messages", body="From the page")
    assert "From the page" in vera.call("messages/?after=0").json()["html"]
    assert browser.token == vera.token
    assert "From the page" not in Browser(acme.inbox).opens()


@pytest.mark.parametrize("cookie", ["", "x" * 43 + "<", "short", "a b"])
def test_a_cookie_that_is_no_token_is_ignored(acme, browser, cookie):
    browser.client.cookies[f"messagehub_{acme.inbox.key}"] = cookie
    browser.writes("Hello")
    assert bodies() == ["Hello"]
    assert Visitor.objects.get().token_hash == hash_token(browser.token)


def test_another_website_cannot_write_for_a_visitor(browser):
    browser.opens()
    response = browser.client.post(f"{browser.url}messages/", {"body": "x", "client_id": uuid4()})
    assert response.status_code == 403
    assert not Message.objects.exists()


def test_sending_twice_is_one_message_but_another_text_is_another(browser):
    browser.opens()
    first = browser.text
    browser.submits("messages", body="One")
    for body in ("One", "Two"):  # after "Back"
        browser.page.content, sent = first.encode(), browser.page
        assert body in browser.submits("messages", body=body)
        assert sent.status_code == 200
    assert bodies() == ["One", "Two"]


@pytest.mark.parametrize(
    ("body", "error"),
    [("", "Enter a message."), ("x" * 5001, "Your message is longer than 5000 characters.")],
)
def test_a_refusal_keeps_what_was_typed(browser, body, error):
    text = browser.writes(body)
    assert browser.page.status_code == 400
    assert error in text
    assert f"{body}</textarea>" in text
    assert not Message.objects.exists()


def test_looking_for_new_messages_keeps_text_and_files(browser):
    browser.opens()
    text = browser.submits("check", body="Half a <b>sentence", files=[text_file()])
    assert "Half a &lt;b&gt;sentence</textarea>" in text
    kept = browser.field("attached")
    browser.submits("messages", body="The whole sentence", attached=kept)
    message = Message.objects.get(kind="contact")
    assert [file["name"] for file in message.files] == ["order.txt"]


def test_files_are_sent_and_shown_to_no_one_else(acme, browser):
    text = browser.writes("", files=[picture(), text_file()])
    message = Message.objects.get(kind="contact")
    assert [file["kind"] for file in message.files] == ["image", "file"]
    image, file = re.findall(r'<a class="file" href="([^"]+)"', text)
    assert browser.client.get(image)["Content-Type"] == "image/png"
    assert browser.client.get(f"{image}preview/")["Content-Type"] == "image/webp"
    download = browser.client.get(file)
    assert b"".join(download) == b"Lamp"
    assert download["Content-Disposition"] == 'attachment; filename="order.txt"'
    assert "sandbox" in download["Content-Security-Policy"]
    stranger = Browser(acme.inbox)
    stranger.writes("Hello")
    assert stranger.client.get(file).status_code == 404
    assert Client().get(image).status_code == 404


def test_a_refused_file_is_named_and_the_others_wait(browser, settings):
    settings.MAX_FILE_BYTES = 10
    text = browser.writes("See", files=[text_file("big.txt", b"x" * 11), text_file("a.txt")])
    assert "big.txt: This file is larger than 10" in text
    assert "See</textarea>" in text
    assert Attachment.objects.get().name == "a.txt"
    browser.submits("messages", body="See", attached=browser.field("attached"))
    assert Message.objects.get(kind="contact").files[0]["name"] == "a.txt"


def test_a_file_of_someone_else_is_not_attached(acme, browser):
    stranger = Browser(acme.inbox)
    stranger.opens()
    stranger.submits("check", body="", files=[text_file()])
    browser.writes("Mine?", attached=stranger.field("attached"))
    assert Message.objects.get(kind="contact").files == []


def test_a_browser_whose_access_ended_sends_its_file_as_a_new_one(browser):
    browser.writes("Before")
    revoke_visitor(Visitor.objects.get(), at="2026-01-01T00:00Z")
    browser.opens()
    token = browser.token
    browser.submits("messages", body="After", files=[text_file()])
    assert browser.token != token
    message = Message.objects.get(body="After")
    assert [file["name"] for file in message.files] == ["order.txt"]
    assert not Attachment.objects.filter(token_hash=hash_token(token)).exists()


def test_a_stranger_leaves_no_file_where_an_identity_is_required(acme, browser):
    browser.opens()
    token = browser.field("csrfmiddlewaretoken")
    Inbox.objects.update(requires_identity=True)
    for form in ("messages", "check"):
        data = {"csrfmiddlewaretoken": token, "files": [text_file()], "body": "Hello"}
        page = browser.client.post(f"{browser.url}{form}/", data)
        assert page.status_code == 403
        assert "Sign in on this website to use the chat." in page.content.decode()
    assert not Attachment.objects.exists()


def test_what_robots_fill_in_is_refused_and_a_second_try_succeeds(acme, browser):
    text = browser.writes("Buy now", website="https://spam.example")
    assert browser.page.status_code == 400
    assert "This looks automated. Try again." in text
    assert "Buy now</textarea>" in text
    assert "spam.example" not in text
    assert not Message.objects.exists()
    Routing.objects.filter(inbox=acme.inbox).update(reply_minutes=5)
    browser.submits("messages", body="A lamp?")
    text = browser.submits("email", email="v@x.example", website="https://spam.example")
    assert "This looks automated. Try again." in text
    assert Conversation.objects.get().contact.email == ""
    browser.submits("email", email="v@x.example")
    assert Conversation.objects.get().contact.email == "v@x.example"


def test_a_contact_is_written_to_in_the_language_of_the_page(browser):
    browser.writes("Hallo")
    browser.query = "?lang=de"
    browser.opens()
    assert Conversation.objects.get().contact.language == "de"


def test_an_inbox_without_files_takes_none(acme, browser):
    Inbox.objects.update(accepts_files=False)
    assert 'type="file"' not in browser.opens()
    browser.submits("messages", body="Hello", files=[text_file()])
    assert not Attachment.objects.exists()


def test_the_form_before_the_first_message_is_checked_and_keeps_what_was_typed(acme, browser):
    Inbox.objects.filter(pk=acme.inbox.pk).update(
        prechat_fields={"name": False, "email": True}, consent_text="I agree."
    )
    assert 'name="prechat-email"' in browser.opens()
    text = browser.submits("messages", body="Hello?", **{"prechat-name": "Vera"})
    assert browser.page.status_code == 422
    assert "Enter your email address." in text
    assert "Please agree before" in text
    assert 'value="Vera"' in text
    assert ">Hello?</textarea>" in text
    assert not Conversation.objects.exists()
    answers = {"prechat-name": "Vera", "prechat-email": "vera@example.com"}
    text = browser.submits("check", body="Hello?", **answers)
    assert 'value="vera@example.com"' in text
    assert "Enter your email" not in text
    text = browser.submits("messages", body="Hello?", **answers, **{"prechat-consent": "on"})
    assert "prechat-email" not in text
    contact = Conversation.objects.get().contact
    assert (contact.name, contact.email) == ("Vera", "vera@example.com")
    assert contact.consented_at


def test_an_address_is_asked_for_and_stored(acme, browser):
    Routing.objects.filter(inbox=acme.inbox).update(reply_minutes=5)
    assert "Where can we reach you?" in browser.writes("Hello")
    text = browser.submits("email", email="nonsense")
    assert "Enter a valid email address." in text
    assert 'value="nonsense"' in text
    assert 'aria-invalid="true"' in text
    text = browser.submits("check", email="vera@exam", body="And")
    assert 'value="vera@exam"' in text
    text = browser.submits("email", email="vera@example.com", body="And th", files=[text_file()])
    assert "reply to vera@example.com" in text
    assert ">And th</textarea>" in text
    assert 'name="attached"' in text
    assert Conversation.objects.get().contact.email == "vera@example.com"


def test_a_resolved_conversation_is_rated(acme, browser):
    Inbox.objects.update(asks_rating=True)
    browser.writes("Thanks!")
    resolve_conversation(Conversation.objects.get(), by=acme.bob)
    assert "How was this conversation?" in browser.opens()
    text = browser.submits("rating", comment="Very helpful", body="And th")
    assert '<p id="rating-error" role="alert">Choose one of the faces.</p>' in text
    assert "Very helpful</textarea>" in text
    assert ">And th</textarea>" in text
    text = browser.submits("messages", body="x" * 20_000, rating="4", comment="Very helpful")
    assert re.search(r'value="4"\s+checked', text)
    assert "Very helpful</textarea>" in text
    text = browser.submits("rating", rating="5", comment="", body="And th")
    assert "Thank you for your rating." in text
    assert ">And th</textarea>" in text
    assert Conversation.objects.get().rating == 5


def test_a_revoked_visitor_starts_over(browser):
    browser.writes("Before")
    token = browser.token
    revoke_visitor(Visitor.objects.get(), at="2026-01-01T00:00Z")
    assert "Before" not in browser.opens()
    browser.submits("messages", body="After")
    assert browser.token != token
    assert Conversation.objects.count() == 2


def test_a_blocked_contact_notices_nothing(acme, browser):
    browser.writes("Before")
    block_contact(Conversation.objects.get().contact, by=acme.bob)
    assert "Discarded" in browser.writes("Discarded")
    assert browser.page.status_code == 200
    assert 'class="errors"' not in browser.text
    assert bodies() == ["Before"]


def test_writing_too_fast_keeps_the_text(browser, monkeypatch):
    monkeypatch.setattr("inbox.actions.contact_message.MAX_ENTRIES", 1)
    browser.writes("One")
    text = browser.writes("One too many")
    assert browser.page.status_code == 429
    assert "You&#x27;re sending messages too fast." in text
    assert "One too many</textarea>" in text
    assert bodies() == ["One"]


def test_the_language_and_the_choice_of_no_scripts_stay(acme):
    browser = Browser(acme.inbox, "?lang=de&plain=1&x=1")
    assert '<html lang="de"' in browser.opens().replace("\n", " ").replace("  ", " ")
    assert "<script" not in browser.text
    browser.query = "?lang=de&plain=1"
    text = browser.submits("messages", body="Hallo")
    assert browser.page.redirect_chain[0][0].endswith("/?lang=de&plain=1#latest")
    assert "Nach neuen Nachrichten sehen" in text
    assert 'messages/?lang=de&amp;plain=1"' in text


def test_with_scripts_the_page_opens_the_chat_window(acme, browser):
    acme.inbox.allowed_sites = ["https://shop.example"]
    acme.inbox.save()
    assert f'src="/widget/{acme.inbox.key}.js"' in browser.opens()
    assert "frame-src 'self' http://localhost:8000" in browser.page["Content-Security-Policy"]
    own = f"http://localhost:8000/c/{acme.inbox.key}/"
    frame = Client().get(f"/widget/{acme.inbox.key}/frame/", headers={"Referer": own})
    assert "frame-ancestors 'self' https://shop.example" in frame["Content-Security-Policy"]


def test_the_page_is_not_taken_for_a_website(acme, client):
    own = f"http://localhost:8000/c/{acme.inbox.key}/"
    client.get(f"/widget/{acme.inbox.key}.js", headers={"Referer": own})
    client.get(f"/widget/{acme.inbox.key}/frame/", headers={"Referer": own})
    assert not Embedding.objects.exists()
    assert Inbox.objects.get(pk=acme.inbox.pk).first_embedded_at is None


def test_the_installation_page_shows_the_page_and_its_qr_code(acme, sign_in):
    page = sign_in(acme.alice).get(f"/w/acme/inboxes/{acme.inbox.pk}/installation/")
    assert f"http://localhost:8000/c/{acme.inbox.key}/" in page.content.decode()
    assert 'src="data:image/svg+xml' in page.content.decode()


class TestCaptcha:
    """Strangers are tested (inbox.captcha), by a script if the page can run one."""

    @pytest.fixture(autouse=True)
    def tested(self, settings):
        settings.CAPTCHA = "proof-of-work"

    def challenge(self, browser):
        found = re.search(r'<script id="captcha"[^>]*>(.*?)</script>', browser.text)
        return json.loads(found[1])["challenge"]

    def test_without_the_answer_the_text_stays_and_the_page_says_why(self, browser):
        assert "please turn on JavaScript" in browser.opens()
        for answer in ("", "null", "{", "[" * 5000, "[" * 900 + "]" * 900):
            text = browser.submits("messages", body="Hello", captcha=answer)
            assert browser.page.status_code == 403
            assert "check that you aren&#x27;t a robot" in text
            assert "Hello</textarea>" in text
        assert not Message.objects.exists()

    def test_with_the_answer_it_is_sent_and_not_asked_again(self, browser):
        browser.opens()
        answer = json.dumps(solve(self.challenge(browser)))
        text = browser.submits("messages", body="Hello", captcha=answer)
        assert "JavaScript" not in text
        browser.submits("messages", body="Hello again")
        assert bodies() == ["Hello", "Hello again"]


class TestCookieDomain:
    @pytest.fixture(autouse=True)
    def shared(self, acme, settings):
        settings.ALLOWED_HOSTS = ["*"]
        Inbox.objects.filter(pk=acme.inbox.pk).update(cookie_domain="shop.example")

    def test_within_the_domain_the_page_and_the_website_are_one_visitor(self, acme, vera, browser):
        browser.client.defaults["HTTP_HOST"] = "chat.shop.example"
        vera.writes("From the website")
        browser.client.cookies[f"messagehub_{acme.inbox.key}_all"] = vera.token
        assert "From the website" in browser.writes("From the page")
        cookies = browser.client.cookies
        shared, own = cookies[f"messagehub_{acme.inbox.key}_all"], cookies[browser.cookie]
        assert (shared["domain"], own["domain"]) == ("shop.example", "")
        assert shared.value == own.value == vera.token

    def test_elsewhere_the_page_keeps_its_own_cookie(self, acme, browser):
        browser.client.defaults["HTTP_HOST"] = "notshop.example"
        browser.writes("Hello")
        assert f"messagehub_{acme.inbox.key}_all" not in browser.client.cookies
        assert browser.token


def test_the_last_message_is_marked_as_sent_then_as_emailed_and_as_seen(acme, browser):
    assert "· Sent" in browser.writes("Hello")
    text = browser.writes("Anyone?")
    assert text.count("· Sent") == 1
    conversation = Conversation.objects.get()
    pass_time(10 * MINUTE)
    text = browser.opens()
    assert text.count("· Emailed") == 1
    assert "· Sent" not in text
    mark_read(conversation, membership=acme.bob, seq=conversation.last_seq)
    text = browser.opens()
    assert text.count("· Seen") == 1
    assert "· Emailed" not in text


class TestOptions:
    """What the menu of the chat window offers."""

    @pytest.fixture
    def answered(self, acme, browser):
        browser.writes("Do you sell lamps?")
        conversation = Conversation.objects.get()
        post_note(conversation, body="Secret", client_id=uuid4(), by=acme.bob)
        post_reply(conversation, body="We do.", client_id=uuid4(), by=acme.bob)
        browser.opens()
        return conversation

    def test_a_stranger_has_none(self, browser):
        assert "Options" not in browser.opens()
        for path in ("conversations/", f"conversations/{uuid4()}/"):
            assert browser.client.get(browser.url + path).status_code == 404

    def test_a_conversation_is_ended_and_reopened_by_a_message(self, browser, answered):
        text = browser.submits("ending", body="One more th")
        answered.refresh_from_db()
        assert answered.is_resolved
        assert ">One more th</textarea>" in text
        assert "End this conversation" not in text
        browser.submits("messages", body="One more thing")
        answered.refresh_from_db()
        assert answered.is_open

    def test_a_new_one_is_started_and_the_earlier_one_read(self, browser, answered):
        browser.submits("ending")
        text = browser.submits("messages", body="x" * 20_000, starts_new="on")
        assert 'name="starts_new" checked' in text
        text = browser.submits("messages", body="Something else", starts_new="on")
        assert Conversation.objects.count() == 2
        assert "We do." not in text
        listed = browser.client.get(browser.url + "conversations/?lang=en").content.decode()
        path = re.search(r'href="([^"]*/conversations/[^"]+/\?lang=en)"', listed)[1]
        assert str(answered.pk) in path
        read = browser.client.get(path).content.decode()
        assert "Do you sell lamps?" in read
        assert "We do." in read
        assert "Secret" not in listed + read

    def test_the_list_has_pages(self, browser, answered, monkeypatch):
        monkeypatch.setattr("widget.views.history.PAGE_SIZE", 1)
        for body in ("Second", "Third"):
            browser.submits("ending")
            browser.submits("messages", body=body, starts_new="on")
        listed = browser.client.get(browser.url + "conversations/").content.decode()
        assert "Second" in listed
        more = re.search(r'href="(\?before=[^"]*)"', listed)[1]
        rest = browser.client.get(browser.url + "conversations/" + more).content.decode()
        assert "We do." in rest
        assert "before=" not in rest

    def test_it_is_emailed_to_the_address_that_is_left(self, browser, answered):
        assert 'name="transcript_email"' in browser.text
        text = browser.submits("transcript", body="And th", transcript_email="vera@example.com")
        assert ">And th</textarea>" in text
        assert "emailing the conversation to vera@example.com." in text
        delivery = Delivery.objects.get(kind="transcript")
        assert delivery.recipient == "vera@example.com"

    def test_a_wrong_address_is_refused(self, browser, answered):
        assert "valid email address" in browser.submits("transcript", transcript_email="vera")
        assert not Delivery.objects.filter(kind="transcript").exists()
        assert 'value="vera"' in browser.text
        assert '<details class="options" open>' in browser.text

    def test_others_see_and_change_none_of_it(self, acme, globex, browser, answered):
        other = Browser(acme.inbox)
        other.writes("I am someone else")
        url = f"{other.url}conversations/{answered.pk}/"
        assert other.client.get(url).status_code == 404
        elsewhere = Browser(globex.inbox)
        elsewhere.client.cookies[elsewhere.cookie] = browser.token
        url = f"{elsewhere.url}conversations/{answered.pk}/"
        assert elsewhere.client.get(url).status_code == 404
        other.submits("ending")
        answered.refresh_from_db()
        assert answered.is_open

    def test_another_website_cannot_end_it(self, browser, answered):
        assert browser.client.post(browser.url + "ending/").status_code == 403
        assert browser.client.post(browser.url + "transcript/").status_code == 403
        answered.refresh_from_db()
        assert answered.is_open

    def test_where_an_identity_is_required_it_is_refused(self, browser, answered):
        Inbox.objects.update(requires_identity=True)
        for path in ("conversations/", f"conversations/{answered.pk}/"):
            response = browser.client.get(browser.url + path)
            assert response.status_code == 403
            assert "We do." not in response.content.decode()
