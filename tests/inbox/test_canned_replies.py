"""Canned replies: who manages them, who is offered which, and how variables are filled."""

import re
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from inbox.actions.canned_reply import save_canned_reply
from inbox.actions.inbox import create_inbox
from inbox.models import CannedReply, Message
from inbox.reply_variables import VALUES, fill_variables, find_unfilled
from teams.models import AuditEntry, Role
from teams.permissions import Permission
from tests.conftest import COMMITS, in_parallel

LIST = "/w/acme/settings/canned-replies/"


def make(workspace, shortcut, body="Hello!", *, name="Greeting", inboxes=(), by):
    return save_canned_reply(
        workspace,
        shortcut=shortcut,
        name=name,
        body=body,
        is_for_all_inboxes=not inboxes,
        inboxes=inboxes,
        by=by,
    )


@pytest.fixture
def returns(acme):
    """Create an inbox that only Bea answers."""
    return create_inbox(acme.workspace, name="Returns", members=[acme.bea], by=acme.alice)


@pytest.fixture
def manager(acme):
    """Let Bob manage canned replies."""
    permissions = [Permission.ANSWER, Permission.SEE_ALL, Permission.CANNED_REPLIES]
    acme.bob.role = Role.objects.create(
        workspace=acme.workspace, name="Writer", permissions=permissions
    )
    acme.bob.save()
    return acme.bob


def fields(**changed):
    typed = {"shortcut": "/Refund", "name": "Refund", "body": "**Done**, {{ contact.name | you }}!"}
    return typed | {"offered": "all"} | changed


def test_a_canned_reply_is_created_changed_and_deleted(acme, sign_in, returns):
    client = sign_in(acme.alice)
    assert "Write the first one" in client.get(LIST).content.decode()
    assert client.post(f"{LIST}new/", fields()).status_code == 302
    reply = CannedReply.objects.get()
    assert (reply.shortcut, reply.is_for_all_inboxes) == ("Refund", True)
    page = client.get(LIST).content.decode()
    assert "/Refund" in page
    assert "Done, {{ contact.name | you }}!" in page
    changed = fields(shortcut="back", offered="chosen", inboxes=[returns.pk])
    assert client.post(f"{LIST}{reply.pk}/", changed).status_code == 302
    reply.refresh_from_db()
    assert (reply.shortcut, [*reply.inboxes.all()]) == ("back", [returns])
    assert not reply.is_for_all_inboxes
    for _double_click in range(2):
        client.post(f"{LIST}{reply.pk}/deletion/")
    assert not CannedReply.objects.exists()
    entries = AuditEntry.objects.filter(action__startswith="canned_reply").order_by("created_at")
    assert [(entry.action, entry.target) for entry in entries] == [
        ("canned_reply.created", "Refund"),
        ("canned_reply.updated", "back"),
        ("canned_reply.deleted", "back"),
    ]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"shortcut": "rückgabe!"}, "Use only letters"),
        ({"shortcut": "two words"}, "Use only letters"),
        ({"shortcut": "x" * 31}, "at most 30"),
        ({"shortcut": "HI"}, "already in use"),
        ({"name": ""}, "This field is required"),
        (
            {"body": "Hi {{contact.nmae}} {{x|y}}"},
            "no variable {{contact.nmae}}, {{x}}. These exist",
        ),
        ({"body": "{{}}"}, "no variable {{}}"),
        ({"offered": "chosen"}, "Choose at least one inbox"),
        ({"offered": "chosen", "inboxes": ["0b0e2a3c-9f27-4c6e-8d51-2f0c9a7e6b14"]}, "not one of"),
        ({"offered": "everywhere"}, "not one of"),
    ],
)
def test_mistakes_are_explained_at_their_field(acme, sign_in, changed, error):
    make(acme.workspace, "hi", by=acme.alice)
    page = sign_in(acme.alice).post(f"{LIST}new/", fields(**changed))
    assert page.status_code == 400
    text = page.content.decode()
    assert error in text
    assert 'aria-invalid="true"' in text
    assert CannedReply.objects.count() == 1


def test_braces_after_a_backslash_are_no_variable(acme, sign_in):
    sign_in(acme.alice).post(f"{LIST}new/", fields(body=r"Write \{{x}} or \{{contact.name}}"))
    assert CannedReply.objects.get().body == r"Write \{{x}} or \{{contact.name}}"


@COMMITS
def test_a_shortcut_is_unique_in_its_workspace(acme, globex, sign_in):
    clients = [sign_in(acme.alice) for _ in range(4)]
    answers = in_parallel(
        4, lambda number: clients[number].post(f"{LIST}new/", fields(shortcut=f"Hi{number % 2}"))
    )
    assert sorted(answer.status_code for answer in answers) == [302, 302, 400, 400]
    assert all("already in use" in a.content.decode() for a in answers if a.status_code == 400)
    with pytest.raises(IntegrityError), transaction.atomic():
        make(acme.workspace, "hI1", by=acme.alice)
    make(globex.workspace, "hi1", by=globex.charlie)


def test_nothing_of_another_workspace_is_seen_or_used(acme, globex, sign_in):
    theirs = make(globex.workspace, "secret", by=globex.charlie)
    client = sign_in(acme.alice)
    assert "secret" not in client.get(LIST).content.decode()
    for path in ("", "deletion/"):
        assert client.post(f"{LIST}{theirs.pk}/{path}", fields()).status_code == 404
    foreign = fields(offered="chosen", inboxes=[globex.inbox.pk])
    assert client.post(f"{LIST}new/", foreign).status_code == 400
    with pytest.raises(IntegrityError), transaction.atomic():
        make(acme.workspace, "x", inboxes=[globex.inbox], by=acme.alice)
        transaction.get_connection().check_constraints()


def test_managing_needs_the_permission_and_its_inboxes(acme, sign_in, returns, manager):
    own = make(acme.workspace, "own", inboxes=[acme.inbox], by=acme.alice)
    hidden = make(acme.workspace, "concealed", inboxes=[returns], by=acme.alice)
    both = make(acme.workspace, "both", inboxes=[acme.inbox, returns], by=acme.alice)
    assert sign_in(acme.bea).get(LIST).status_code == 403
    client = sign_in(manager)
    page = client.get(LIST).content.decode()
    assert "/own" in page
    assert "/both" in page
    assert "concealed" not in page
    assert "Returns" not in page
    assert client.get(f"{LIST}{hidden.pk}/").status_code == 404
    assert client.get(f"{LIST}{own.pk}/").status_code == 200
    # An inbox that they can't see stays, even if they remove all others.
    assert client.post(f"{LIST}{both.pk}/", fields(offered="chosen")).status_code == 302
    assert [*both.inboxes.all()] == [returns]


@pytest.fixture
def ask(acme, vera, sign_in):
    """Search as Bob in Vera's conversation, and return the response's text."""
    number = vera.writes().conversation.number
    client = sign_in(acme.bob)
    url = f"/w/acme/conversations/{number}/canned-replies/"
    return lambda query="": client.get(url, {"q": query}).content.decode()


def shortcuts(page):
    return [part.partition("<")[0] for part in page.split("<code>/")[1:]]


def test_agents_are_offered_those_of_the_conversations_inbox(acme, globex, ask, returns):
    assert "No canned replies yet. An administrator can add them" in " ".join(ask().split())
    make(acme.workspace, "all", by=acme.alice)
    make(acme.workspace, "here", inboxes=[acme.inbox], by=acme.alice)
    make(acme.workspace, "elsewhere", inboxes=[returns], by=acme.alice)
    make(globex.workspace, "foreign", by=globex.charlie)
    assert shortcuts(ask()) == ["all", "here"]
    assert shortcuts(ask("her")) == ["here"]
    assert shortcuts(ask("HELLO")) == ["all", "here"]
    assert "No canned reply matches." in ask("nothing like it")


def test_the_search_ignores_case_and_accents_and_puts_shortcuts_first(acme, ask):
    for shortcut, name, body in (
        ("zzz", "Thanks", "x"),
        ("merci", "Remerciement", "Merçi"),
        ("a", "Merciless", "x"),
        ("b", "x", "no merci"),
        ("c_d%", "x", "x"),
    ):
        make(acme.workspace, shortcut, body, name=name, by=acme.alice)
    assert shortcuts(ask("MERCI")) == ["merci", "a", "b"]
    assert shortcuts(ask("c_")) == ["c_d%"]
    assert shortcuts(ask("%")) == ["c_d%"]


def test_five_hundred_take_two_queries_and_show_twenty(acme, ask, django_assert_max_num_queries):
    CannedReply.objects.bulk_create(
        CannedReply(workspace=acme.workspace, shortcut=f"s{n}", name=f"Name {n}", body="x" * 500)
        for n in range(500)
    )
    with django_assert_max_num_queries(6):
        assert len(shortcuts(ask("name"))) == 20


@pytest.fixture
def filled(acme, vera):
    conversation = vera.writes().conversation

    def fill(text, **contact):
        for name, value in contact.items():
            setattr(conversation.contact, name, value)
        return fill_variables(text, conversation=conversation, agent=acme.bob)

    return fill


def test_variables_are_filled(acme, filled):
    text = " ".join(f"{{{{{name}}}}}" for name in VALUES)
    assert filled(text, name="Vera Ohm", email="v_e@x.example") == (
        f"Vera Ohm Vera v_e@x.example Bob Bob {acme.inbox.name} Acme 1"
    )
    assert filled("{{ contact.name |there}}", name="Vera") == "Vera"


def test_without_a_value_the_default_is_used_or_the_variable_stays(filled):
    text = "Hi {{contact.first_name| there }}, {{contact.email}} {{contact.name|}}?"
    assert filled(text) == "Hi there, {{contact.email}} {{contact.name|}}?"
    assert find_unfilled(filled(text)) == ["contact.email", "contact.name"]


@pytest.mark.parametrize(
    "name",
    [
        "**x**",
        "{{agent.name}}",
        "{{contact.email}} {{x}}",
        "_x_ `y`",
        "[x](https://a.example)",
        "1. x",
    ]
    + ["- x", "> x", "a_b*c", "<b>x</b>", r"C:\*", "x{{agent.name|y}}"],
)
@pytest.mark.parametrize("text", ["Hi {{contact.name}}!", "{{contact.name}}\n{{contact.name}}"])
def test_a_hostile_name_is_shown_and_never_read(filled, name, text):
    body = filled(text, name=name)
    assert find_unfilled(body) == []
    shown = Message(kind="reply", body=body)
    assert shown.body_text == text.replace("{{contact.name}}", name)
    assert set(re.findall(r"<(\w+)", shown.body_html)) <= {"p", "br", "a"}


def test_a_reply_with_an_unfilled_variable_is_refused(acme, vera, sign_in):
    conversation = vera.writes().conversation
    client = sign_in(acme.bob)

    def send(body, path="replies"):
        url = f"/w/acme/conversations/{conversation.number}/{path}/"
        data = {"body": body, "client_id": uuid4()}
        return client.post(url, data, headers={"HX-Request": "true"})

    for body in ("Hi {{contact.name}}", "Hi {{ contact.name|x }} `{{contact.email}}`"):
        refused = send(body)
        assert refused.status_code == 400
        assert "{{contact.name}}" in refused.content.decode()
        assert not conversation.messages.filter(kind="reply").exists()
    assert send("{{contact.name}}", "notes").status_code == 201
    assert send(r"Write `\{{contact.name}}` and {{x}}").status_code == 201
    reply = conversation.messages.get(kind="reply")
    assert "<code>{{contact.name}}</code> and {{x}}" in reply.body_html
    assert reply.body_preview == "Write {{contact.name}} and {{x}}"


def test_visitors_may_write_braces(acme, vera):
    assert vera.posts("{{contact.name}}").status_code == 201
