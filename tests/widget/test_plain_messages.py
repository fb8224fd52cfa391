"""A plain message stored on the event loop equals one stored by the regular path."""

import asyncio
import io
import json
import re
from threading import current_thread
from types import SimpleNamespace
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import OperationalError, connection
from django.http import Http404
from django.test import Client, override_settings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.label import change_labels, find_or_create_label
from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.actions.snooze import snooze_conversation
from inbox.actions.sorting import set_priority, set_team
from inbox.actions.visitor import revoke_visitor
from inbox.models import Contact, Conversation, Message, Visitor
from messagehub.lib.async_database import AsyncDatabase
from messagehub.lib.live.publish import collect_messages, publish, store_hint
from outbox.models import Delivery
from routing import queue_outlook
from routing.actions.queue import assign_all_queues
from routing.models import Routing
from teams import presence
from teams.actions.availability import set_available, set_away
from teams.actions.team import save_team
from teams.models import Membership
from tests.budget import examples
from tests.conftest import COMMITS, Vera, goes_offline, goes_online, make_acme
from tests.processes import PATIENCE
from widget import inbox_facts
from widget.plain_messages import PlainMessages
from widget.rendering import state_html

pytestmark = COMMITS
PAGE = "https://shop.example/cart"


class EventLoop:
    """Sends messages to the event loop, and those it leaves to the regular path."""

    def __init__(self, live_events):
        self.runner = asyncio.Runner()
        self.plain = PlainMessages(live_events.record)
        self.stored = 0

    def posts(self, vera, body="Hello?", client_id=None, **fields):
        data = {"body": body, "client_id": str(client_id or uuid4()), **fields}
        answer = self.sends(vera, json.dumps(data).encode())
        if answer is None:
            response = vera.call("messages/", data)
            return SimpleNamespace(
                status=response.status_code, headers=response.headers, data=response.json()
            )
        self.stored += answer.status == 201
        return answer

    def sends(self, vera, body: bytes, **changes):
        """Return the response, or None if the request is left to the regular path."""
        headers = {
            "host": "testserver",
            "authorization": f"Visitor {vera.token}",
            "content-type": "application/json",
            **changes.pop("headers", {}),
        }
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"/widget/{vera.inbox.key}/messages/",
            "query_string": b"",
            "http_version": "1.1",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            **changes,
        }
        sent = []

        async def send(message):
            sent.append(message)

        content = io.BytesIO(body)
        content.seek(0, io.SEEK_END)
        if not self.runner.run(self.plain(scope, content, send)):
            assert not sent
            return None
        start, end = sent
        return SimpleNamespace(
            status=start["status"],
            headers={name.decode().title(): value.decode() for name, value in start["headers"]},
            data=json.loads(end["body"] or "{}"),
        )

    def close(self):
        self.runner.run(self.plain.database.close())
        self.runner.close()


@pytest.fixture
def loop(live_events, monkeypatch):
    # No test waits for facts to become old.
    monkeypatch.setattr(inbox_facts, "FRESH_SECONDS", -1)
    monkeypatch.setattr(inbox_facts, "KEPT_SECONDS", -1)
    monkeypatch.setattr(queue_outlook, "MAX_AGE", -1)
    loop = EventLoop(live_events)
    yield loop
    loop.close()


def test_a_follow_up_to_an_agent_who_is_online_is_stored_there(acme, vera, loop, online):
    online(acme.bob)
    vera.posts("Hello?")
    answer = loop.posts(vera, "Anyone?", page=PAGE + "?secret=1")
    assert (loop.stored, answer.status, answer.data["seq"]) == (1, 201, 3)
    conversation = Conversation.objects.get()
    message = conversation.messages.get(seq=3)
    assert (message.kind, message.body, message.contact_id) == (
        Message.Kind.CONTACT,
        "Anyone?",
        conversation.contact_id,
    )
    assert (conversation.preview, conversation.last_seq) == ("Anyone?", 3)
    assert conversation.page_url == PAGE
    assert conversation.last_activity_at == message.created_at


def test_the_response_is_the_ordinary_one(acme, vera, loop, online):
    online(acme.bob)
    vera.posts("Hello?")
    ordinary = vera.posts("Anyone?")
    answer = loop.posts(vera, "Anyone?")
    assert loop.stored == 1
    assert without_ids(answer.data, 4) == without_ids(ordinary.json(), 3)
    names = {name for name in ordinary.headers if name != "Content-Length"}
    assert {name: answer.headers[name] for name in names} == {
        name: ordinary.headers[name] for name in names
    }
    assert set(answer.headers) == set(ordinary.headers)


def without_ids(data, seq):
    assert (data.pop("seq"), data.pop("last_seq")) == (seq, seq)
    html = re.sub(r'(client-id|time)="[^"]+"|\d\d?:\d\d', "", data["html"])
    data["html"] = html.replace(f"{seq}", "SEQ")
    return data


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=60)
def test_an_insecure_request_is_left_to_the_redirect(acme, vera, live_events, online):
    online(acme.bob)
    vera.writes()
    loop = EventLoop(live_events)  # it reads these settings once
    body = json.dumps({"body": "x", "client_id": str(uuid4())}).encode()
    assert loop.sends(vera, body) is None
    assert loop.sends(vera, body, scheme="https").headers["Strict-Transport-Security"]
    loop.close()


def test_each_request_has_its_own_language(acme, vera, loop, online):
    online(acme.bob)
    vera.writes()
    for tag, you in ("de-AT,de", "Sie"), ("en", "You"), ("de-AT,de", "Sie"):
        body = json.dumps({"body": "x", "client_id": str(uuid4())}).encode()
        answer = loop.sends(vera, body, headers={"accept-language": tag})
        assert answer.headers["Content-Language"] == tag[:2]
        assert you in answer.data["html"]


def test_the_middleware_runs_once_for_requests_that_it_cannot_tell_apart(acme, vera, loop, online):
    online(acme.bob)
    vera.writes()
    for headers in {}, {"x-other": "y"}, {"accept-language": "de"}, {}:
        body = json.dumps({"body": "x", "client_id": str(uuid4())}).encode()
        assert loop.sends(vera, body, headers=headers).status == 201
    assert loop.plain.heads.make.cache_info().misses == 2


def test_a_request_with_headers_longer_than_any_browsers_is_left_to_the_regular_path(
    acme, vera, loop, online
):
    online(acme.bob)
    vera.writes()
    body = json.dumps({"body": "x", "client_id": str(uuid4())}).encode()
    assert loop.sends(vera, body, headers={"accept-language": "de," * 1000}) is None
    assert loop.plain.heads.make.cache_info().currsize == 0


def test_the_row_shows_labels_priority_and_team_as_the_ordinary_one_does(
    acme, vera, loop, online, live_events
):
    online(acme.bob)
    conversation = vera.writes("Hello?").conversation
    label = find_or_create_label(acme.workspace, name="Billing", by=acme.bob)
    change_labels(conversation, add=[label], by=acme.bob)
    set_priority(conversation, priority=3, by=acme.bob)
    team = save_team(acme.workspace, name="Sales", members=[], by=acme.alice)
    set_team(conversation, team=team, by=acme.bob)
    rows = []
    for post in (vera.posts, lambda body: loop.posts(vera, body)):
        live_events.clear()
        post("Anyone?")
        [(_name, row)] = live_events.on(acme.inbox.live_channel)
        rows.append(row | {"html": re.sub(r'="20[^"]+"|\d\d:\d\d', "", row["html"])})
    assert loop.stored == 1
    assert rows[0] == rows[1]
    assert (rows[1]["labels"], rows[1]["priority"]) == ([str(label.pk)], 3)
    assert all(each in rows[1]["html"] for each in ("Billing", "Sales", "Priority: High"))


@pytest.mark.parametrize(
    ("changes", "content"),
    [
        ({"method": "GET"}, {}),
        ({"path": "/widget/nosuchkey/messages/"}, {}),
        ({"path": "/widget/x/messages/more/"}, {}),
        ({"headers": {"authorization": "Visitor short"}}, {}),
        ({"headers": {"authorization": "Bearer " + "x" * 43}}, {}),
        ({"headers": {"host": "evil.example"}}, {}),
        ({"headers": {"content-type": "application/json; charset=utf-7"}}, {}),
        ({"headers": {"content-type": "text/plain"}}, {}),
        ({}, {"body": " "}),
        ({}, {"body": "x" * 5001}),
        ({}, {"client_id": "no-uuid"}),
        ({}, {"page": "https://shop.example/a b"}),
        ({}, b"{"),
        ({}, b"[]"),
        ({}, b"\xff"),
        ({}, b'"' + b"x" * 300_000 + b'"'),
    ],
)
def test_what_is_refused_is_left_to_the_regular_path(acme, vera, loop, online, changes, content):
    online(acme.bob)
    vera.writes()
    if isinstance(content, dict):
        content = json.dumps({"body": "x", "client_id": str(uuid4())} | content).encode()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        assert loop.sends(vera, content, **changes) is None
    assert Message.objects.filter(kind="contact").count() == 1


def test_first_messages_retries_floods_and_revoked_visitors_take_the_regular_path(
    acme, vera, loop, online
):
    online(acme.bob)
    client_id = uuid4()
    first = loop.posts(vera, "Hello?", client_id)
    assert (first.status, loop.stored) == (201, 0)
    again = loop.posts(vera, "Hello?", client_id)
    assert (again.status, again.data["seq"], loop.stored) == (200, 1, 0)
    assert loop.posts(vera, "Other words", client_id).status == 409
    statuses = [loop.posts(vera, f"Message {number}").status for number in range(40)]
    assert (statuses.count(201), statuses[-1], loop.stored) == (38, 429, 38)
    revoke_visitor(Visitor.objects.get(), at=timezone.now())
    assert loop.posts(vera, "Still here?").status == 401
    assert Message.objects.filter(kind="contact").count() == 39


def test_while_no_one_is_online_a_follow_up_only_waits_with_the_others(acme, vera, loop, online):
    vera.writes()
    conversation = Conversation.objects.get()
    before = (conversation.decisions.count(), Delivery.objects.count())
    assert before == (1, 2)
    assert loop.posts(vera, "Anyone?").status == 201
    assert loop.stored == 1
    assert (conversation.decisions.count(), Delivery.objects.count()) == before
    goes_online(acme.bob)
    loop.posts(vera, "Still here")
    assert loop.stored == 1  # the message found Bob
    assert Conversation.objects.get().assignee == acme.bob


def test_visitors_in_the_queue_share_what_they_see_unless_it_is_their_own(
    acme, loop, new_visitor, monkeypatch
):
    visitors = [new_visitor(acme.inbox) for _each in range(3)]
    for each in visitors:
        each.writes()
    contact = Conversation.objects.latest("number").contact
    Contact.objects.filter(pk=contact.pk).update(email="vera@example.com")
    monkeypatch.setattr(inbox_facts, "FRESH_SECONDS", 3600)
    monkeypatch.setattr(inbox_facts, "KEPT_SECONDS", 3600)
    rendered = []

    def render(*arguments):
        rendered.append(arguments)
        return state_html(*arguments)

    monkeypatch.setattr("widget.plain_messages.state_html", render)
    states = [loop.posts(each, "Anyone?").data["state_html"] for each in visitors]
    assert loop.stored == 3
    assert (states[0], len(rendered)) == (states[1], 2)
    assert "vera@example.com" in states[2]
    assert "vera@example.com" not in states[0]


def test_while_all_are_at_capacity_a_follow_up_only_waits(acme, vera, loop, online, new_visitor):
    Membership.objects.update(capacity=1)
    online(acme.bob, acme.bea)
    for _ in range(2):
        new_visitor(acme.inbox).writes()
    vera.writes()
    assert loop.posts(vera, "Anyone?").status == 201
    assert loop.stored == 1


def test_an_offline_agent_is_emailed_once_for_several_messages(acme, vera, loop):
    Routing.objects.update(leads=Routing.Leads.ASSIGN)
    vera.writes("Hello?")
    assert Conversation.objects.get().assignee is not None
    assert loop.posts(vera, "Anyone?").status == 201
    assert (loop.stored, Delivery.objects.count()) == (1, 1)
    # Once it has left, the next message needs another email.
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=timezone.now())
    loop.posts(vera, "Hello again?")
    assert (loop.stored, Delivery.objects.count()) == (1, 2)
    loop.posts(vera, "And again")
    assert (loop.stored, Delivery.objects.count()) == (2, 2)


def test_an_email_that_is_leaving_is_not_counted_on(acme, vera, loop):
    """The worker has rendered it without the message, so another email has to follow."""
    Routing.objects.update(leads=Routing.Leads.ASSIGN)
    vera.writes("Hello?")
    parameters = connection.get_connection_params()
    del parameters["cursor_factory"]
    with psycopg.connect(**parameters) as worker:
        worker.execute("UPDATE outbox_delivery SET state = 'sending'")

        async def post_meanwhile():
            posting = asyncio.ensure_future(post(loop, vera, "Anyone?", uuid4()))
            await asyncio.wait([posting], timeout=0.3)
            was_waiting = not posting.done()
            worker.commit()
            await posting
            return was_waiting

        assert loop.runner.run(post_meanwhile())
    assert Delivery.objects.filter(state=Delivery.State.WAITING).count() == 1


def test_a_message_of_another_workspace_is_never_reached(acme, globex, vera, loop, online):
    online(acme.bob)
    vera.writes("my secret")
    vera.inbox = globex.inbox
    body = json.dumps({"body": "x", "client_id": str(uuid4())}).encode()
    assert loop.sends(vera, body) is None
    assert Conversation.objects.get().last_seq == 2


def test_what_is_read_with_the_message_is_never_old(acme, vera, loop, online, monkeypatch):
    """Being away, and being suspended."""
    monkeypatch.setattr(inbox_facts, "FRESH_SECONDS", 3600)
    online(acme.bob)
    vera.writes()
    loop.posts(vera)
    assert loop.stored == 1
    set_away(acme.bob, by=acme.bob)
    loop.posts(vera)
    assert loop.stored == 1
    set_available(acme.bob, by=acme.bob)
    loop.posts(vera)
    assert loop.stored == 2
    Membership.objects.filter(pk=acme.bob.pk).update(suspended_at=timezone.now())
    loop.posts(vera)
    assert loop.stored == 2


def test_facts_are_read_again_while_messages_still_use_them(acme, loop, monkeypatch):
    monkeypatch.setattr(inbox_facts, "KEPT_SECONDS", 3600)
    facts = loop.plain.facts

    async def read_three_times():
        first = await facts.get(acme.inbox.key)
        second = await facts.get(acme.inbox.key)
        [reading] = facts.reading.values()
        third = await reading
        assert not facts.reading
        return first is second, third is first, await facts.get(acme.inbox.key) is third

    assert loop.runner.run(read_three_times()) == (True, False, True)


def test_facts_that_cannot_be_read_are_not_kept(acme, loop, monkeypatch):
    monkeypatch.setattr(inbox_facts, "KEPT_SECONDS", 3600)
    facts = loop.plain.facts

    async def read_and_lose():
        await facts.get(acme.inbox.key)
        monkeypatch.setattr(inbox_facts, "find_inbox", lost_inbox)
        await facts.get(acme.inbox.key)
        with pytest.raises(Http404):
            await next(iter(facts.reading.values()))
        with pytest.raises(Http404):
            await facts.get(acme.inbox.key)

    def lost_inbox(key):
        raise Http404

    loop.runner.run(read_and_lose())
    assert not facts.known
    assert not facts.reading


def test_without_redis_the_event_loop_never_waits_for_it(acme, vera, loop, monkeypatch):
    Routing.objects.update(leads=Routing.Leads.ASSIGN)
    vera.writes("Hello?")
    threads = []

    def find_no_one(workspace):
        threads.append(current_thread().name)

    monkeypatch.setattr(presence, "find_online", find_no_one)
    assert loop.posts(vera, "Anyone?").status == 201
    assert loop.stored == 1
    assert {name.partition("_")[0] for name in threads} == {"facts"}


def test_a_database_that_is_away_is_said_as_on_every_page(acme, vera, loop, online, monkeypatch):
    online(acme.bob)
    vera.writes()
    loop.posts(vera)

    async def lost(*arguments, **options):
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", lost)
    answer = loop.posts(vera)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert "can't save" in answer.data["error"]
    monkeypatch.undo()
    assert loop.posts(vera).status == 201


def test_a_mistake_of_ours_loses_nothing(acme, vera, loop, online, monkeypatch, caplog):
    online(acme.bob)
    vera.writes()

    def fail(*arguments, **options):
        raise RuntimeError("a mistake")

    monkeypatch.setattr("widget.plain_messages.state_html", fail)
    answer = loop.posts(vera, "Anyone?")
    assert (answer.status, answer.data["seq"]) == (200, 3)  # found by the regular path
    assert "storing a message" in caplog.text
    assert Message.objects.filter(kind="contact").count() == 2


def test_a_silent_statement_ends_and_its_connection_is_closed(acme, loop):
    database = AsyncDatabase(seconds=0.05)

    async def run():
        with pytest.raises(OperationalError, match="no answer"):
            await database.fetch_one("SELECT pg_sleep(%s)", [60])
        database.seconds = PATIENCE
        found = await database.fetch_one("SELECT %s::int", [7])
        await database.close()
        return found

    assert loop.runner.run(run()) == (7,)


def test_streams_are_only_closed_where_it_can_be_retried(acme, loop):
    from messagehub.lib.live.hub import Hub

    hub = Hub("redis://x", heartbeat_seconds=1, max_age=1, max_streams=1, max_streams_per_subject=1)
    with collect_messages() as messages:
        publish("inbox:1", "row", {})
    hub.publish(messages)  # Redis is unavailable: a hint less
    sent = []
    hub.redis = SimpleNamespace(send_all=sent.extend)
    with collect_messages() as messages:
        publish("inbox:1", "row", {})
        store_hint("board-version:1", "new", seconds=5)
    hub.publish(messages)
    assert sent == [
        ("SETEX", b"board-version:1", 5, b"new"),
        ("PUBLISH", b"live:inbox:1", messages[0][2]),
    ]
    with pytest.raises(ValueError, match="retry"):
        hub.publish([("close", b"member:1")])


# --- The same story on both paths ---


class World:
    """A workspace with Alice, Bob and Bea, and one visitor."""

    def __init__(self, cast, events):
        self.cast, self.inbox, self.events = cast, cast.inbox, events

    def begin(self, name, *, is_online):
        """Start with everyone online or offline, the defaults and a new visitor."""
        for member in self.members:
            set_available(member, by=member)
        (goes_online if is_online else goes_offline)(*self.members)
        Membership.objects.filter(workspace=self.cast.workspace).update(hours={}, capacity=None)
        Routing.objects.filter(inbox=self.inbox).update(
            answer_minutes=None, to_owner=False, leads=Routing.Leads.QUEUE
        )
        self.vera, self.client_id = Vera(self.inbox), None
        self.send("Hello?", name)
        Contact.objects.filter(pk=self.conversation.contact_id).update(name="Vera")

    @property
    def members(self):
        members = Membership.objects.filter(workspace=self.cast.workspace)
        return list(members.with_related().order_by("user__name"))

    @property
    def conversation(self):
        return Conversation.objects.filter(workspace=self.cast.workspace).latest("number")

    def end(self):
        resolve_conversation(self.conversation)

    def send(self, body, client_id):
        self.status = self.vera.posts(body, client_id, page=PAGE).status_code

    def rows(self):
        conversation = Conversation.objects.with_related().get(pk=self.conversation.pk)
        names = {each.pk: each.name for each in self.members}
        return {
            "response": self.status,
            "status": conversation.status,
            "assignee": names.get(conversation.assignee_id),
            "released_by": sorted(names[pk] for pk in conversation.released_by),
            "timed_out_for": sorted(names[pk] for pk in conversation.timed_out_for),
            "times": [
                getattr(conversation, field) is not None
                for field in ("response_timer_started_at", "response_due_at", "waiting_since")
            ],
            "counts": (conversation.last_seq, conversation.rate_window_seq),
            "shown": (conversation.preview, conversation.preview_kind, conversation.page_url),
            "is_routed": conversation.is_routed,
            "entries": [
                (each.seq, each.kind, each.body, each.activity, each.author and each.author.name)
                for each in conversation.messages.order_by("seq").select_related("author__user")
            ],
            "emails": sorted(
                (each.kind, each.recipient.partition("@")[0], each.state)
                for each in Delivery.objects.filter(about=conversation.pk)
            ),
        }

    def why(self):
        """Return the latest decision. A plain message leaves it to the sweep to renew it."""
        latest = self.conversation.decisions.order_by("created_at").last()
        return latest and (latest.rule, latest.chosen_name, latest.tally)

    def updates(self):
        """Return the live updates since the last call, without what differs between workspaces."""
        updates = [
            (channel.partition(":")[0], name, anonymous(json.dumps(data)))
            for channel, name, data in self.events
        ]
        self.events.clear()
        return sorted(updates)


class PlainWorld(World):
    def __init__(self, cast, events, loop):
        super().__init__(cast, events)
        self.loop = loop

    def send(self, body, client_id):
        self.status = self.loop.posts(self.vera, body, client_id, page=PAGE).status


def anonymous(text):
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)
    text = re.sub(r"\d\d?(:\d\d)? [ap]\.m\.|noon|midnight", "TIME", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.+Z]+", "TIME", text)
    return re.sub(r'data-hue=\\"\d+\\"', "HUE", text).replace("/twin/", "/acme/")


def post_again(world, _id):
    last = world.conversation.messages.filter(kind="contact").latest("seq")
    world.send(last.body, last.client_id)


def post_other_words(world, _id):
    last = world.conversation.messages.filter(kind="contact").latest("seq")
    world.send("Other words", last.client_id)


def reply(world, client_id):
    post_reply(world.conversation, body="Hi", client_id=client_id, by=world.members[1])


def set_timer(world, _id):
    Routing.objects.filter(inbox=world.inbox).update(answer_minutes=5)


def own(world, _id):
    Routing.objects.filter(inbox=world.inbox).update(to_owner=True)
    set_owner(world.conversation.contact, owner=world.members[2])


def fill_up(world, _id):
    Membership.objects.filter(workspace=world.cast.workspace).update(capacity=1)


def close_office(world, _id):
    hours = {str(day): [] for day in range(7)} | {"0": [["00:00", "00:01"]]}
    Membership.objects.filter(workspace=world.cast.workspace).update(hours=hours)


def assign_to(number):
    def assign(world, _id):
        member = world.members[number] if number is not None else None
        assign_conversation(world.conversation, assignee=member, by=world.members[0])

    return assign


STEPS = {
    "writes": lambda world, pk: world.send(f"Message {pk}", pk),
    "retries": post_again,
    "reuses the id": post_other_words,
    "replies": reply,
    "notes": lambda world, pk: post_note(
        world.conversation, body="Hm", client_id=pk, by=world.members[1]
    ),
    "resolves": lambda world, _id: resolve_conversation(world.conversation, by=world.members[1]),
    "snoozes": lambda world, _id: snooze_conversation(
        world.conversation,
        until=timezone.now() + timezone.timedelta(hours=1),
        by=world.members[1],
    ),
    "assigns": assign_to(2),
    "unassigns": assign_to(None),
    "goes away": lambda world, _id: set_away(world.members[1], by=world.members[1]),
    "comes back": lambda world, _id: set_available(world.members[1], by=world.members[1]),
    "all go offline": lambda world, _id: goes_offline(*world.members),
    "all go online": lambda world, _id: goes_online(*world.members),
    "all are full": fill_up,
    "office closes": close_office,
    "sets a timer": set_timer,
    "gets an owner": own,
    "sweeps": lambda world, _id: assign_all_queues(),
}


def test_any_story_ends_alike_on_both_paths(acme, loop, live_events):
    ordinary = World(acme, live_events)
    plain = PlainWorld(make_acme("twin"), live_events, loop)
    plain_steps = []

    @settings(
        max_examples=examples(12, 300), suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(
        st.booleans(),
        st.lists(st.one_of(st.just("writes"), st.sampled_from(sorted(STEPS))), max_size=12),
    )
    def run(is_online, steps):
        name = uuid4()
        ordinary.begin(name, is_online=is_online)
        plain.begin(name, is_online=is_online)
        live_events.clear()
        try:
            for step in steps:
                before, client_id = loop.stored, uuid4()
                STEPS[step](ordinary, client_id)
                updates = ordinary.updates()
                STEPS[step](plain, client_id)
                assert plain.updates() == updates, step
                assert plain.rows() == ordinary.rows(), step
                plain_steps.append(loop.stored > before)
            assign_all_queues()  # which also says why a conversation waits now
            assert plain.why() == ordinary.why()
        finally:
            ordinary.end()
            plain.end()

    run()
    assert plain_steps.count(True) > 5  # or it proves nothing


def test_a_hundred_at_once_are_stored_once_each_and_in_order(acme, loop, online, new_visitor):
    """Several visitors at once, each message sent twice, on the loop and by the regular path."""
    online(acme.bob, acme.bea)
    visitors = [new_visitor(acme.inbox) for _ in range(5)]
    for each in visitors:
        each.writes("Hello?")
    ids = [uuid4() for _ in range(20)]

    async def send_all():
        await asyncio.gather(
            *(
                post(loop, each, f"Message {client_id}", client_id)
                for client_id in ids
                for each in (*visitors, *visitors)
            )
        )

    loop.runner.run(send_all())
    assert Conversation.objects.count() == len(visitors)
    for conversation in Conversation.objects.all():
        entries = list(conversation.messages.order_by("seq"))
        assert [each.seq for each in entries] == list(range(1, conversation.last_seq + 1))
        written = [each.client_id for each in entries if each.body.startswith("Message")]
        assert sorted(written) == sorted(ids)
        moments = [each.created_at for each in entries if each.body.startswith("Message")]
        assert moments == sorted(moments)


async def post(loop, vera, body, client_id: UUID):
    """Post one message until it is stored, as a browser does when the server is too busy."""
    while await post_once(loop, vera, body, client_id) == 503:
        await asyncio.sleep(0.1)


async def post_once(loop, vera, body, client_id):
    """Post one message as the server does: on the loop, else in a thread. Return the status."""
    data = {"body": body, "client_id": str(client_id)}
    content = io.BytesIO(json.dumps(data).encode())
    content.seek(0, io.SEEK_END)
    scope = {
        "method": "POST",
        "path": f"/widget/{vera.inbox.key}/messages/",
        "query_string": b"",
        "http_version": "1.1",
        "headers": [
            (b"host", b"testserver"),
            (b"authorization", f"Visitor {vera.token}".encode()),
            (b"content-type", b"application/json"),
        ],
    }
    statuses = []

    async def send(message):
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    if not await loop.plain(scope, content, send):
        response = await asyncio.to_thread(in_thread, vera, data)
        statuses.append(response.status_code)
    assert statuses[0] in (200, 201, 503)
    return statuses[0]


def in_thread(vera, data):
    try:
        return vera.call("messages/", data, client=Client())
    finally:
        connection.close()
