"""Settings > Inboxes > Greetings, and what visitors get of them."""

from uuid import uuid4

import pytest
from django.db import connection

from inbox.actions.page_greeting import save_page_greeting
from inbox.models import Message, PageGreeting
from teams.actions.membership import suspend_member
from teams.models import AuditEntry
from tests.conftest import in_parallel

TEXT = "Do you need help <b>choosing</b>?"
FIELDS = {"text": TEXT, "trigger": "time", "seconds": "15", "percent": "", "pages": "/lamps/*"}


@pytest.fixture
def page(acme, sign_in):
    client, base = sign_in(acme.alice), f"/w/acme/inboxes/{acme.inbox.pk}/greetings/"

    def page(path="", data=None):
        return client.get(base + path) if data is None else client.post(base + path, data)

    return page


def make_greeting(inbox, by, **fields):
    return save_page_greeting(inbox, text=TEXT, by=by, **fields)


def test_greetings_keep_their_order_when_one_is_changed(acme, page, client):
    first, second = (
        save_page_greeting(acme.inbox, text=text, by=acme.alice) for text in ("One", "Two")
    )
    with connection.cursor() as cursor:  # so that rows come as they are stored, as with few of them
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    for changed in (first, second, first):
        PageGreeting.objects.filter(pk=changed.pk).update(seconds=3)  # moves its row
        for text in (client.get(f"/widget/{acme.inbox.key}.js").text, page().text):
            assert text.index("One") < text.index("Two")


def test_a_greeting_is_created_changed_and_deleted(acme, page):
    assert "No greetings yet" in page().text
    assert page("new/", FIELDS | {"sender": acme.bob.pk}).status_code == 302
    greeting = PageGreeting.objects.get()
    assert (greeting.sender, greeting.pages, greeting.seconds) == (acme.bob, ["/lamps/*"], 15)
    assert "After 15 seconds" in " ".join(page().text.split())
    path = f"{greeting.pk}/"
    assert 'aria-current="true"' in page(path).text  # its tab
    changed = {"text": "Hi", "trigger": "scroll", "percent": "60", "pages": "", "seconds": "x"}
    assert page(path, changed).status_code == 302
    greeting.refresh_from_db()
    assert (greeting.trigger, greeting.percent, greeting.seconds) == ("scroll", 60, 15)
    assert greeting.sender is None
    assert page(f"{greeting.pk}/deletion/", {}).status_code == 302
    assert not PageGreeting.objects.exists()
    assert page(f"{greeting.pk}/deletion/", {}).status_code == 404
    actions = AuditEntry.objects.filter(action__startswith="page_greeting.").order_by("pk")
    assert [entry.action.partition(".")[2] for entry in actions] == [
        "created",
        "updated",
        "deleted",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"text": "x" * 201},
        {"trigger": "never"},
        {"seconds": ""},
        {"seconds": "601"},
        {"trigger": "scroll", "percent": "101"},
        {"pages": "lamps"},
        {"sender": "nonsense"},
    ],
)
def test_an_invalid_value_is_refused_at_its_field(page, wrong):
    response = page("new/", FIELDS | wrong)
    assert response.status_code == 400
    assert "errorlist" in response.text
    assert not PageGreeting.objects.exists()


def test_only_agents_of_the_inbox_can_greet(acme, globex, page):
    assert page("new/", FIELDS | {"sender": globex.charlie.pk}).status_code == 400


def test_greetings_of_another_inbox_dont_exist(acme, globex, page):
    foreign = make_greeting(globex.inbox, globex.charlie)
    assert page(f"{foreign.pk}/").status_code == 404
    assert page(f"{foreign.pk}/deletion/", {}).status_code == 404
    assert PageGreeting.objects.get() == foreign


def test_an_inbox_has_five_at_most(acme, page):
    for _number in range(5):
        make_greeting(acme.inbox, acme.alice)
    response = page("new/", FIELDS)
    assert response.status_code == 400
    assert "at most 5" in response.text
    assert PageGreeting.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_the_number_holds_when_several_are_created_at_once(acme):
    for _number in range(4):
        make_greeting(acme.inbox, acme.alice)

    def create(_number):
        try:
            make_greeting(acme.inbox, acme.alice)
        except Exception as error:
            return type(error).__name__
        return "created"

    assert sorted(in_parallel(4, create)) == ["TooManyGreetings"] * 3 + ["created"]
    assert PageGreeting.objects.count() == 5


def test_the_script_and_the_frame_have_the_greeting(acme, client):
    greeting = make_greeting(acme.inbox, acme.alice, sender=acme.bob, pages=["/lamps/*"])
    script = client.get(f"/widget/{acme.inbox.key}.js").text
    assert f'"id":"{greeting.short_id}"' in script
    assert '"name":"Bob","face":"B","text":"Do you need help \\u003cb>choosing' in script
    frame = client.get(f"/widget/{acme.inbox.key}/frame/").text
    assert f'<template data-greeting="{greeting.short_id}">' in frame
    assert "help &lt;b&gt;choosing" in frame


def test_a_sender_who_has_left_gives_way_to_the_workspace(acme, client):
    make_greeting(acme.inbox, acme.alice, sender=acme.bob)
    suspend_member(acme.bob, by=acme.alice)
    assert '"name":"Acme","face":"A"' in client.get(f"/widget/{acme.inbox.key}.js").text


def test_agents_see_which_greeting_made_a_visitor_write(acme, vera):
    greeting = make_greeting(acme.inbox, acme.alice)
    sent = {"body": "Yes, please", "client_id": str(uuid4()), "greeting": greeting.short_id}
    assert vera.call("messages/", sent).status_code == 201
    [entry] = Message.objects.filter(activity="greeted")
    assert TEXT in entry.text
    sent |= {"body": "And more", "client_id": str(uuid4())}
    assert vera.call("messages/", sent).status_code == 201
    assert Message.objects.filter(activity="greeted").count() == 1


@pytest.mark.parametrize("nonsense", ["x", "", None, 5])
def test_an_unknown_greeting_is_ignored(acme, vera, nonsense):
    sent = {"body": "Hello", "client_id": str(uuid4()), "greeting": nonsense}
    assert vera.call("messages/", sent).status_code == 201
    assert not Message.objects.filter(activity="greeted").exists()
