"""Replies and notes show their Markdown the same everywhere; a contact's message stays as typed."""

from uuid import uuid4

from inbox.actions.message import post_note, post_reply
from inbox.models import Conversation
from tests.conftest import COMMITS
from tests.routing.chat import MINUTE, Chat, mails

TYPED = "**Yes**, see [our shop](https://acme.example/x):\n- lamps"
SHOWN = (
    '<p><strong>Yes</strong>, see <a href="https://acme.example/x" target="_blank" '
    'rel="nofollow noopener noreferrer">our shop</a>:</p><ul><li>lamps</li></ul>'
)


@COMMITS
def test_a_reply_looks_the_same_at_the_desk_in_the_chat_and_in_emails(
    acme, vera, sign_in, live_events
):
    chat = Chat(acme, vera).begin()
    live_events.clear()
    chat.bob_answers(TYPED)
    conversation = chat.conversation
    assert conversation.preview == "Yes, see our shop: lamps"
    published = [
        data["html"]
        for channel in (conversation.live_channel, conversation.contact_channel)
        for event, data in live_events.on(channel)
        if event == "append" and 'data-kind="reply"' in data["html"]
    ]
    page = sign_in(acme.bob).get("/w/acme/conversations/1/?view=all").content.decode()
    history = vera.call("messages/?after=0").json()["html"]
    chat.pass_time(5 * MINUTE)
    [email] = mails()
    [(email_html, _kind)] = email.alternatives
    assert len(published) == 2
    for html in (*published, page, history, email_html):
        assert html.count(SHOWN) == 1
    assert "> Yes, see our shop (https://acme.example/x):\n>\n> - lamps\n" in email.body
    assert "**" not in email_html + email.body + page + history


def test_a_note_is_formatted_too(acme, vera, sign_in):
    conversation = vera.writes().conversation
    post_note(conversation, body=TYPED, client_id=uuid4(), by=acme.bob)
    assert SHOWN in sign_in(acme.bob).get("/w/acme/conversations/1/").content.decode()
    assert Conversation.objects.get().preview == "Yes, see our shop: lamps"


def test_a_visitors_message_is_never_formatted(acme, vera, sign_in):
    typed = "**Hi** _there_\n- `one`\n[x](https://a.example)"
    chat = Chat(acme, vera).begin()
    vera.posts(typed)
    assert chat.conversation.preview == " ".join(typed.split())
    chat.bob_answers("Hm")
    page = sign_in(acme.bob).get("/w/acme/conversations/1/").content.decode()
    history = vera.call("messages/?after=0").json()["html"]
    for html in (page, history):
        assert 'dir="auto">**Hi** _there_\n- `one`\n[x](<a ' in html
    chat.pass_time(5 * MINUTE)
    [email] = mails()
    assert "> **Hi** _there_\n> - `one`\n" in email.body
    assert "**Hi** _there_<br>- `one`<br>" in email.alternatives[0].content


def test_html_of_an_agent_is_text(acme, vera, sign_in):
    conversation = vera.writes().conversation
    body = "<script>alert(1)</script> [x](javascript:alert(1)) **b**"
    post_reply(conversation, body=body, client_id=uuid4(), by=acme.bob)
    for html in (
        sign_in(acme.bob).get("/w/acme/conversations/1/").content.decode(),
        vera.call("messages/?after=0").json()["html"],
    ):
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html
        assert 'href="javascript' not in html
        assert "<strong>b</strong>" in html
