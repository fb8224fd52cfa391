"""Who a visitor is: what the page claims, what a token proves, and inboxes that require one."""

import json
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from inbox.actions.contact import edit_contact
from inbox.actions.contact_attribute import save_attribute
from inbox.actions.contact_block import block_contact
from inbox.actions.contact_merge import merge_contacts
from inbox.actions.identity_secret import (
    TooManySecrets,
    create_identity_secret,
    revoke_identity_secret,
)
from inbox.actions.inbox import create_inbox, update_inbox
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.actions.visitor import IdentityRequired
from inbox.identity_tokens import read_identity_token
from inbox.models import Contact, ContactIdentity, Conversation, IdentitySecret, Inbox, Visitor
from messagehub.lib.tokens import hash_token, new_token
from outbox.models import Delivery
from teams.models import AuditEntry
from tests.conftest import COMMITS, Vera, in_parallel
from tests.widget.test_files import upload_id
from widget.urls import urlpatterns

MINUTE = timedelta(minutes=1)


class Website:
    """A customer's server, which signs tokens with one of the inbox's secrets."""

    def __init__(self, inbox, by):
        self.inbox = inbox
        self.secret, self.value = create_identity_secret(inbox, by=by)

    def token(self, subject="4711", *, key=None, kid=True, algorithm="HS256", life=10, **claims):
        headers = {"kid": self.secret.kid} if kid is True else kid and {"kid": kid}
        payload = {
            "sub": subject,
            "aud": self.inbox.key,
            "exp": timezone.now() + life * MINUTE,
        } | claims
        payload = {name: value for name, value in payload.items() if value is not None}
        return jwt.encode(payload, key or self.value, algorithm=algorithm, headers=headers)

    def signs_in(self, visitor, subject="4711", **claims):
        return proves(visitor, self.token(subject, **claims))


def proves(visitor, token):
    """Send the token as the chat does. The browser then has the new token of a visitor."""
    next_token = new_token()
    answer = visitor.call("identify/", {"token": token, "next_token": next_token})
    if answer.status_code == 200 and answer.json()["renewed"]:
        visitor.token = next_token
    return answer


def claims(visitor, values):
    return visitor.call("identify/", {"values": values})


@pytest.fixture
def website(acme):
    return Website(acme.inbox, acme.alice)


@pytest.fixture
def other(acme):
    """Return a different browser."""
    return Vera(acme.inbox)


def history(visitor):
    return visitor.call("messages/?after=0").json()["html"]


def contact_of(visitor):
    return Visitor.objects.get(token_hash=hash_token(visitor.token)).contact


class TestClaims:
    def test_a_claim_is_stored_and_marked(self, acme, vera):
        vera.writes()
        answer = claims(vera, {"name": " Vera  Ito", "email": "Vera@X.example"})
        assert answer.json() == {"renewed": False, "known": True, "ignored": {}}
        contact = Contact.objects.get()
        assert (contact.name, contact.email) == ("Vera Ito", "vera@x.example")
        assert contact.sources == {"name": "claimed", "email": "claimed"}
        assert contact.verified_at is None
        assert contact.is_claimed

    def test_before_the_first_message_nothing_is_stored(self, vera):
        assert claims(vera, {"name": "Vera"}).json()["known"] is False
        assert not Contact.objects.exists()

    def test_claiming_an_email_address_shows_no_one_elses_conversation(self, acme, vera, other):
        vera.writes("My account number is 12345")
        edit_contact(contact_of(vera), email="vera@x.example", by=acme.bob)
        other.writes("Hi")
        claims(other, {"email": "vera@x.example", "name": "Vera"})
        assert "12345" not in history(other)
        assert contact_of(other) != contact_of(vera)
        assert Conversation.objects.count() == 2

    def test_what_an_agent_entered_or_a_token_proved_stays(self, acme, vera, website):
        vera.writes()
        website.signs_in(vera, email="vera@shop.example", company="Shop")
        edit_contact(contact_of(vera), name="Vera Ito", company="Shop Ltd", by=acme.bob)
        claims(vera, {"name": "X", "email": "x@x.example", "company": "X", "phone": "123"})
        website.signs_in(vera, name="V.", email="new@shop.example", company="Shop")
        contact = contact_of(vera)
        assert (contact.name, contact.company, contact.phone) == ("Vera Ito", "Shop Ltd", "123")
        assert contact.email == "new@shop.example"
        assert contact.sources == {"email": "verified", "phone": "claimed"}

    def test_an_agents_value_that_the_token_confirms_is_verified(self, acme, vera, website):
        vera.writes()
        edit_contact(contact_of(vera), email="vera@x.example", by=acme.bob)
        website.signs_in(vera, email="vera@x.example")
        assert contact_of(vera).is_email_verified

    def test_a_claim_can_be_replaced_and_withdrawn_by_its_author(self, vera):
        vera.writes()
        for name in ("V", "Vera"):
            claims(vera, {"name": name})
            assert contact_of(vera).name == name
        claims(vera, {"name": None})
        assert (contact_of(vera).name, contact_of(vera).sources) == ("", {})

    def test_attributes_are_set_by_their_name_and_others_are_named(self, acme, vera):
        vera.writes()
        by = acme.alice
        plan = save_attribute(
            acme.workspace, name="Plan", kind="choice", choices=["Gold", "Tin"], by=by
        )
        seats = save_attribute(acme.workspace, name="Paid seats", kind="number", choices=[], by=by)
        given = {"plan": "gold", "paid_seats": 12, "owner": "me", "blocked_at": None, "Email": "x"}
        ignored = claims(vera, given).json()["ignored"]
        assert contact_of(vera).attributes == {plan.key: "Gold", seats.key: "12"}
        assert contact_of(vera).sources == {plan.key: "claimed", seats.key: "claimed"}
        assert ignored.keys() == {"owner", "blocked_at", "Email"}
        bad = {
            "plan": "Lead",
            "paid_seats": "many",
            "name": ["x"],
            "email": "no",
            "phone": "y" * 2000,
        }
        answer = claims(vera, bad)
        assert answer.json()["ignored"].keys() == bad.keys()
        assert contact_of(vera).attributes == {plan.key: "Gold", seats.key: "12"}

    @pytest.mark.parametrize(
        "body",
        [b"[]", b"x", b'{"a": ' * 3000, b'{"' + b"x" * 40_000 + b'": 1}', b'{"token": {"a": 1}}']
        + [b'{"token": "\\ud800"}', b'{"token": "a.b.c"}', b'{"values": 5}', b'{"values": ["a"]}'],
    )
    def test_nonsense_is_refused(self, vera, body):
        vera.writes()
        assert vera.call("identify/", body).status_code in (400, 413)

    def test_odd_values_are_no_fault(self, vera):
        vera.writes()
        odd = b'{"name": "\\ud800\\u0000", "\\u0000": 1, "email": 1e999, "phone": NaN, "Email": []}'
        assert vera.call("identify/", b'{"values": ' + odd + b"}").status_code == 200
        many = {f"value {number}": "x" for number in range(100)}
        assert len(claims(vera, many).json()["ignored"]) <= 61

    def test_a_blocked_visitor_changes_nothing_and_notices_nothing(self, acme, vera):
        vera.writes()
        block_contact(contact_of(vera), by=acme.bob)
        assert claims(vera, {"name": "Vera"}).json()["known"]
        assert contact_of(vera).name == ""

    def test_claims_are_limited_by_visitor(self, vera, other):
        vera.writes(), other.writes()
        codes = [claims(vera, {"name": f"V{n}"}).status_code for n in range(62)]
        assert (codes[0], codes[-1]) == (200, 429)
        assert claims(other, {"name": "Other"}).status_code == 200


class TestTokens:
    @pytest.mark.parametrize(
        "change",
        [
            {"life": -2},
            {"life": 17},
            {"exp": None},
            {"exp": "soon"},
            {"exp": 1e400},
            {"sub": None},
            {"sub": ""},
            {"sub": 4711},
            {"sub": "x" * 256},
            {"sub": "a\u0000b"},
            {"aud": None},
            {"aud": "another-inbox"},
            {"aud": {"a": 1}},
            {"nbf": 9e9},
            {"key": "a different secret that is long enough"},
            {"kid": "unknown"},
            {"kid": "\u0000"},
            pytest.param(
                {"algorithm": "HS512"},  # for which a key should be longer
                marks=pytest.mark.filterwarnings("ignore:The HMAC key is"),
            ),
            {"algorithm": "none", "key": ""},
        ],
        ids=str,
    )
    def test_a_wrong_token_proves_nothing(self, vera, website, change):
        vera.writes()
        change = dict(change)
        subject = change.pop("sub", "4711")
        if change.get("algorithm") == "none":
            payload = {"sub": "4711", "aud": vera.inbox.key, "exp": timezone.now() + MINUTE}
            token = jwt.encode(payload, None, algorithm="none")
        elif isinstance(subject, int):
            payload = {"sub": subject, "aud": vera.inbox.key, "exp": 9e9}
            token = jwt.api_jws.encode(json.dumps(payload).encode(), website.value)
        else:
            token = website.token(subject, **change)
        answer = proves(vera, token)
        assert (answer.status_code, answer.json()["reason"]) == (400, "invalid_token")
        assert not ContactIdentity.objects.exists()
        assert contact_of(vera).name == ""

    def test_two_secrets_work_at_a_time(self, acme, vera, other, website):
        second = Website(acme.inbox, acme.alice)
        assert website.signs_in(vera).status_code == 200
        assert second.signs_in(other).status_code == 200
        third = Vera(acme.inbox)
        assert proves(third, second.token(kid=None)).status_code == 200
        assert contact_of(vera) == contact_of(other) == contact_of(third)

    def test_a_secret_of_a_different_inbox_proves_nothing(self, acme, globex, vera, website):
        for inbox, by in (
            (create_inbox(acme.workspace, name="B", members=[], by=acme.alice), acme.alice),
            (globex.inbox, globex.charlie),
        ):
            stranger = Website(inbox, by)
            token = stranger.token(aud=acme.inbox.key)
            assert proves(vera, token).status_code == 400

    def test_invalid_tokens_are_limited_and_do_not_lock_out_the_office(self, vera, website):
        for _ in range(300):
            assert proves(vera, "a.b.c").status_code == 400
        assert proves(vera, "a.b.c").status_code == 429
        assert website.signs_in(vera).status_code == 200

    def test_a_secret_that_cannot_be_decrypted_is_refused(self, vera, website, settings):
        settings.SECRET_KEY = "a new key " * 6
        assert website.signs_in(vera).status_code == 400
        settings.SECRET_KEY_FALLBACKS = ["x"]
        assert website.signs_in(vera).status_code == 400


class TestVerified:
    def test_the_person_has_one_contact_on_two_devices(
        self, acme, vera, other, website, live_events
    ):
        vera.writes("From my phone")
        website.signs_in(vera, name="Vera Ito", email="vera@x.example")
        other.writes("From my laptop")
        anonymous = contact_of(other)
        browsers = {f"visitor:{each.pk}" for each in Visitor.objects.all()}
        with live_events.committed():
            website.signs_in(other)
        assert contact_of(other) == contact_of(vera)
        assert not Contact.objects.filter(pk=anonymous.pk).exists()
        assert "From my laptop" in history(vera)
        first, second = Conversation.objects.order_by("number")
        assert (first.status, second.status) == ("resolved", "open")
        resolved = first.messages.get(activity="resolved")
        assert resolved.text == "MessageHub resolved this conversation."
        assert "signed in as the same person" in second.messages.get(activity="contact_merged").text
        entry = AuditEntry.objects.get(action="contact.merged")
        assert (entry.by, entry.actor) == (None, "MessageHub")
        assert browsers <= set(live_events.closed)

    def test_a_new_person_becomes_a_contact_with_their_values(self, vera, website):
        website.signs_in(vera, name="Vera", email="v@x.example", seats=3)
        contact = Contact.objects.get()
        assert (contact.name, contact.email) == ("Vera", "v@x.example")
        assert contact.sources == {"name": "verified", "email": "verified"}
        assert contact.verified_at
        assert website.signs_in(vera, seats=3).json()["ignored"].keys() == {"seats"}
        vera.writes("Hello")
        assert Conversation.objects.get().contact == contact

    def test_a_browser_does_not_pass_from_one_person_to_the_next(self, vera, website):
        vera.writes("Only for Vera")
        website.signs_in(vera, "vera")
        answer = website.signs_in(vera, "mallory")
        assert (answer.status_code, answer.json()["reason"]) == (409, "other_person")
        assert not ContactIdentity.objects.filter(subject="mallory").exists()
        assert "Only for Vera" in history(vera)

    def test_nor_after_an_agent_merged_its_contact_with_a_persons(self, acme, vera, other, website):
        vera.writes(), other.writes()
        website.signs_in(vera, "vera")
        merge_contacts(contact_of(vera), contact_of(other), by=acme.alice)
        assert website.signs_in(other, "mallory").status_code == 409
        assert website.signs_in(other, "vera").status_code == 200

    def test_merged_persons_keep_their_sign_ins_and_sources(self, acme, vera, other, website):
        vera.writes(), other.writes()
        website.signs_in(vera, "private", name="Vera")
        website.signs_in(other, "work", email="v@x.example")
        merge_contacts(contact_of(vera), contact_of(other), by=acme.alice)
        third = Vera(acme.inbox)
        website.signs_in(third, "work")
        contact = contact_of(third)
        assert contact == contact_of(vera) == contact_of(other)
        assert contact.sources == {"name": "verified", "email": "verified"}
        assert set(contact.identities.values_list("subject", flat=True)) == {"private", "work"}

    def test_a_token_that_was_planted_before_reads_nothing_after(self, acme, vera, website):
        planted = Vera(acme.inbox)
        planted.token = vera.token
        vera.writes("Before")
        website.signs_in(vera)
        vera.writes("After")
        assert planted.call("messages/?after=0").status_code == 401
        assert "Before" in history(vera)
        assert "After" in history(vera)

    def test_the_next_token_must_be_new(self, acme, vera, other, website):
        vera.writes(), other.writes("Other's")
        for next_token in (None, "", "short", vera.token, other.token, 5):
            data = {"token": website.token(), "next_token": next_token}
            assert vera.call("identify/", data).status_code == 400
        assert not ContactIdentity.objects.exists()

    def test_a_file_that_waits_to_be_sent_stays(self, vera, website):
        file = upload_id(vera)
        website.signs_in(vera)
        assert vera.posts("Here", files=[file]).status_code == 201

    def test_a_block_follows_the_person(self, acme, vera, other, website):
        vera.writes()
        website.signs_in(vera)
        block_contact(contact_of(vera), by=acme.bob)
        website.signs_in(other)
        other.posts("unheard")
        assert Conversation.objects.get().messages.filter(body="unheard").count() == 0

    def test_a_blocked_person_without_a_conversation_notices_nothing(self, acme, vera, website):
        website.signs_in(vera)
        block_contact(contact_of(vera), by=acme.bob)
        answer = vera.posts("unheard")
        assert answer.status_code == 201
        assert "unheard" in answer.json()["html"]
        assert not Conversation.objects.exists()

    def test_before_the_first_message_there_is_nothing_else_to_change(self, vera, website):
        website.signs_in(vera)
        assert vera.call("email/", {"email": "v@x.example"}).status_code == 404
        assert vera.call("read/", {"seq": 1}).status_code == 404
        assert vera.call("ticket/", {}).status_code == 404
        assert vera.call("messages/?after=0").json()["live"] is False

    def test_a_verified_email_address_is_not_changed_in_the_chat(self, vera, website):
        vera.writes()
        website.signs_in(vera, email="v@x.example")
        assert vera.call("email/", {"email": "other@x.example"}).status_code == 200
        assert contact_of(vera).email == "v@x.example"

    def test_a_token_needs_no_room_in_the_limit_of_strangers(self, acme, website, settings):
        settings.VISITORS_PER_ADDRESS = 2
        people = [Vera(acme.inbox) for _ in range(5)]
        for number, visitor in enumerate(people):
            assert website.signs_in(visitor, f"person {number}").status_code == 200
            assert visitor.posts().status_code == 201
        strangers = [Vera(acme.inbox).posts().status_code for _ in range(3)]
        assert strangers == [201, 201, 429]


@COMMITS
class TestRaces:
    def test_two_devices_verify_at_once(self, acme, website):
        devices = [Vera(acme.inbox) for _ in range(6)]
        for number, device in enumerate(devices[:3]):
            device.writes(f"From {number}")
        codes = in_parallel(6, lambda number: website.signs_in(devices[number]).status_code)
        assert set(codes) == {200}
        assert Contact.objects.count() == 1
        assert ContactIdentity.objects.count() == 1
        assert set(Visitor.objects.values_list("contact", flat=True)) == {Contact.objects.get().pk}
        assert Conversation.objects.unresolved().count() == 1

    def test_a_message_is_written_while_its_browser_is_verified(self, acme, vera, other, website):
        vera.writes("Mine"), website.signs_in(vera)
        client_id = uuid4()

        def act(number):
            if number:
                return website.signs_in(other).status_code
            return other.posts("At once", client_id).status_code

        written, verified = in_parallel(2, act)
        assert (written in (201, 401), verified) == (True, 200)
        # If its token was replaced first, or the response was lost, the chat sends it once more.
        assert other.posts("At once", client_id).status_code == (200 if written == 201 else 201)
        assert history(vera).count("At once") == 1

    def test_two_devices_start_a_conversation_at_once(self, acme, vera, other, website):
        devices = [vera, other]
        vera.writes("First")
        for device in devices:
            website.signs_in(device)
        resolve_conversation(Conversation.objects.get(), by=acme.alice)
        codes = in_parallel(
            2, lambda number: devices[number].posts("Another", starts_new=True).status_code
        )
        assert codes == [201, 201]
        assert sorted(Conversation.objects.values_list("status", flat=True)) == ["open", "resolved"]

    def test_one_browser_is_verified_as_two_persons_at_once(self, vera, website):
        vera.writes()
        codes = in_parallel(2, lambda number: website.signs_in(vera, f"p{number}").status_code)
        assert sorted(codes) == [200, 401]  # the other one finds its token revoked
        assert ContactIdentity.objects.count() == 1

    def test_two_browsers_choose_the_same_next_token_at_once(self, vera, other, website):
        vera.writes("Mine"), other.writes("Other's")
        devices, next_token = [vera, other], new_token()

        def act(number):
            data = {"token": website.token(f"p{number}"), "next_token": next_token}
            return devices[number].call("identify/", data).status_code

        codes = in_parallel(2, act)
        assert sorted(codes) == [200, 400]
        assert ContactIdentity.objects.count() == 1
        refused = devices[codes.index(400)]
        assert website.signs_in(refused, "refused").status_code == 200

    def test_a_first_message_comes_with_the_next_token_at_once(self, vera, website):
        stranger = Vera(vera.inbox)
        stranger.token = new_token()

        def act(number):
            if number:
                data = {"token": website.token(), "next_token": stranger.token}
                return vera.call("identify/", data).status_code
            return stranger.posts("Hello").status_code

        written, verified = in_parallel(2, act)
        assert (written, verified) in {(201, 200), (201, 400)}
        assert Conversation.objects.count() == 1
        assert Visitor.objects.filter(token_hash=hash_token(stranger.token)).count() == 1

    @pytest.mark.parametrize("is_known", [False, True])
    def test_a_secret_is_revoked_between_checking_and_saving(
        self, acme, vera, website, monkeypatch, is_known
    ):
        create_identity_secret(acme.inbox, by=acme.alice)
        vera.writes()
        if is_known:
            website.signs_in(vera)
            Visitor.objects.update(verified_until=timezone.now())

        def read_and_revoke(inbox, token):
            read = read_identity_token(inbox, token)
            IdentitySecret.objects.filter(pk=website.secret.pk).delete()
            return read

        monkeypatch.setattr("inbox.identity_tokens.read_identity_token", read_and_revoke)
        answer = website.signs_in(vera)
        assert answer.status_code == 400
        assert answer.json()["reason"] == "invalid_token"
        assert not Visitor.objects.filter(verified_until__gt=timezone.now()).exists()

    def test_a_secret_is_revoked_while_it_verifies(self, acme, website):
        devices = [Vera(acme.inbox) for _ in range(5)]

        def act(number):
            if number == 5:
                return revoke_identity_secret(website.secret, by=acme.alice)
            return website.signs_in(devices[number], f"p{number}").status_code

        codes = in_parallel(6, act)[:5]
        assert set(codes) <= {200, 400}
        assert not Visitor.objects.filter(verified_until__gt=timezone.now()).exists()

    def test_no_third_secret_is_created(self, acme):
        def create(number):
            try:
                return create_identity_secret(Inbox.objects.get(pk=acme.inbox.pk), by=acme.alice)
            except TooManySecrets:
                return "too many"

        results = in_parallel(5, create)
        assert results.count("too many") == 3
        assert IdentitySecret.objects.count() == 2


@pytest.fixture
def strict(acme, website):
    """Have the inbox require a verified identity."""
    update_inbox(acme.inbox, requires_identity=True, by=acme.alice)
    acme.inbox.refresh_from_db()
    return website


def every_call(visitor, file):
    """Return {path: status} of everything a visitor's browser asks for."""
    client_id = str(uuid4())
    calls = {
        "messages/": {"body": "Hi", "client_id": client_id},
        "messages/?after=0": None,
        "files/": None,
        "files/?name=a.txt": b"text",
        f"files/{file}/": None,
        f"files/{file}/preview/": None,
        "prechat/": {},
        "email/": {"email": "v@x.example"},
        "rating/": {"rating": 5, "comment": ""},
        "menu/": None,
        "conversations/": None,
        f"conversations/{file}/": None,
        "transcript/": {"email": "v@x.example"},
        "ending/": {},
        "read/": {"seq": 1},
        "typing/": {},
        "ticket/": {},
    }
    return {path: visitor.call(path, data).status_code for path, data in calls.items()}


class TestRequired:
    def test_every_call_of_others_is_refused(self, acme, vera, other, strict):
        file = uuid4()
        assert set(every_call(vera, file).values()) == {403}
        refusal = vera.posts().json()
        assert refusal["reason"] == "identity_required"
        assert not Conversation.objects.exists()
        assert strict.signs_in(other).status_code == 200
        codes = every_call(other, file)
        assert set(codes.values()) <= {200, 201, 204, 404, 409}
        assert codes["messages/"] == 201

    def test_every_route_of_the_visitor_is_among_these_calls(self):
        routes = [str(each.pattern) for each in urlpatterns]
        names = {each.split("/")[1] for each in routes if each.startswith("<slug:key>/")}
        asked = {path.partition("/")[0] for path in every_call(Vera(Inbox(key="x")), uuid4())}
        # The frame, the script and the logo show no conversation; the others are how a visitor
        # becomes verified and leaves.
        assert names - asked == {"frame", "chat.js", "logo", "identify", "logout"}

    def test_a_known_visitor_is_refused_too_and_their_stream_ends(
        self, acme, vera, website, live_events
    ):
        vera.writes()
        with live_events.committed():
            update_inbox(acme.inbox, requires_identity=True, by=acme.alice)
        assert acme.inbox.unverified_subject in live_events.closed
        assert set(every_call(vera, uuid4()).values()) == {403}

    def test_the_statement_that_stores_plain_messages_refuses_too(self, acme, vera, website):
        vera.writes()
        Inbox.objects.update(requires_identity=True)
        with pytest.raises(IdentityRequired):
            vera.writes("past the gate")  # with an inbox that was read before the switch

    def test_it_ends_after_a_day(self, acme, vera, strict):
        strict.signs_in(vera)
        assert vera.posts().status_code == 201
        Visitor.objects.update(verified_until=timezone.now())
        assert set(every_call(vera, uuid4()).values()) == {403}
        strict.signs_in(vera)
        assert vera.posts().status_code == 201

    def test_revoking_the_secret_ends_the_sessions(self, acme, vera, other, strict, live_events):
        second = Website(acme.inbox, acme.alice)
        strict.signs_in(vera, "vera"), second.signs_in(other, "noor")
        vera.writes("Mine")
        subject = strict.secret.live_subject
        with live_events.committed():
            revoke_identity_secret(strict.secret, by=acme.alice)
        assert subject in live_events.closed
        assert vera.call("messages/?after=0").status_code == 401
        assert other.posts().status_code == 201
        again = Vera(acme.inbox)
        assert strict.signs_in(again, "vera").status_code == 400
        second.signs_in(again, "vera")
        assert "Mine" in history(again)


class TestLogout:
    def test_the_token_is_worth_nothing_afterwards(self, vera, live_events):
        vera.writes("Mine")
        with live_events.committed():
            assert vera.call("logout/", {}).status_code == 204
        assert f"visitor:{Visitor.objects.get().pk}" in live_events.closed
        assert vera.call("messages/?after=0").status_code == 401
        assert vera.posts().status_code == 401

    def test_a_stranger_logs_no_one_out(self, vera, other):
        vera.writes()
        assert other.call("logout/", {}).status_code == 204
        assert Client().post(f"/widget/{vera.inbox.key}/logout/").status_code == 401
        assert vera.posts().status_code == 201


class TestTheDesk:
    def test_agents_see_what_is_verified_and_what_is_claimed(self, acme, vera, website, sign_in):
        number = vera.writes().conversation.number
        client = sign_in(acme.bob)
        page = f"/w/acme/conversations/{number}/"
        assert "Verified" not in client.get(page).text
        claims(vera, {"name": "Vera", "email": "v@x.example"})
        assert "Claimed" in client.get(page).text
        website.signs_in(vera, name="Vera Ito")
        html = client.get(page).text
        assert "Verified" in html
        assert "(unverified)" in html  # the address
        html = client.get(f"/w/acme/contacts/{contact_of(vera).pk}/").text
        assert "4711" in html
        assert "Verified: Name." in html
        assert "Claimed by the visitor: Email." in html

    def test_open_pages_show_it_at_once(self, acme, vera, website, live_events):
        vera.writes()
        with live_events.committed():
            website.signs_in(vera, name="Vera Ito")
        assert any("Verified" in str(each) for each in live_events)


class TestSettings:
    def test_a_secret_is_shown_once_and_recorded_without_its_value(self, acme, sign_in, caplog):
        client, url = sign_in(acme.alice), f"/w/acme/inboxes/{acme.inbox.pk}/identity/"
        answer = client.post(f"{url}secrets/")
        secret = IdentitySecret.objects.get()
        assert secret.value in answer.text
        assert "no-store" in answer["Cache-Control"]
        assert secret.value not in secret.encrypted
        for page in (url, "/w/acme/settings/audit-log/", f"{url}secrets/"):
            assert secret.value not in client.get(page, follow=True).text
        entry = AuditEntry.objects.get(action="inbox.secret_created")
        assert entry.after == {"kid": secret.kid}
        assert secret.value not in caplog.text
        assert not Delivery.objects.exists()

    def test_only_two_and_only_of_this_inbox(self, acme, globex, sign_in):
        client, url = sign_in(acme.alice), f"/w/acme/inboxes/{acme.inbox.pk}/identity/"
        for _ in range(3):
            client.post(f"{url}secrets/")
        assert IdentitySecret.objects.count() == 2
        theirs, _value = create_identity_secret(globex.inbox, by=globex.charlie)
        assert client.post(f"{url}secrets/{theirs.pk}/revocation/").status_code == 404
        mine = IdentitySecret.objects.filter(inbox=acme.inbox).first()
        assert client.post(f"{url}secrets/{mine.pk}/revocation/").status_code == 302
        assert not IdentitySecret.objects.filter(pk=mine.pk).exists()
        assert AuditEntry.objects.filter(action="inbox.secret_revoked").count() == 1

    def test_requiring_it_needs_a_secret_and_keeps_the_last(self, acme, sign_in):
        client, url = sign_in(acme.alice), f"/w/acme/inboxes/{acme.inbox.pk}/identity/"
        refused = client.post(url, {"requires_identity": "on"})
        assert refused.status_code == 400
        assert "Create a secret first" in refused.text
        client.post(f"{url}secrets/")
        assert client.post(url, {"requires_identity": "on"}).status_code == 302
        assert Inbox.objects.get(pk=acme.inbox.pk).requires_identity
        secret = IdentitySecret.objects.get()
        client.post(f"{url}secrets/{secret.pk}/revocation/")
        assert IdentitySecret.objects.get() == secret
        client.post(url, {})
        client.post(f"{url}secrets/{secret.pk}/revocation/")
        assert not IdentitySecret.objects.exists()

    def test_a_reply_is_emailed_to_a_verified_address(self, acme, vera, website):
        conversation = vera.writes().conversation
        post_reply(conversation, body="Hi", client_id=uuid4(), by=acme.bob)
        website.signs_in(vera, email="v@x.example")
        assert Delivery.objects.filter(recipient="v@x.example").exists()
