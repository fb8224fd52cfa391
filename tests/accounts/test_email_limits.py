"""No mailbox is flooded, and no one's requests keep an email from its owner."""

from dataclasses import replace
from itertools import pairwise

import pytest
from allauth.account.models import EmailAddress

from accounts import email_limits as rules
from outbox.models import Delivery
from tests.accounts.people import (
    EMAIL,
    PASSWORD,
    ask_for_reset,
    browser_at,
    make_person,
    sign_in,
)

UNKNOWN = "nora@neumann.example"
SPELLINGS = [UNKNOWN, "NORA@Neumann.example", "nora+1@neumann.example", "n.ora@neumann.example"]
SIGNUP = {"name": "Nora", "workspace_name": "Neumann", "password1": PASSWORD}
HOME = "198.51.100.7"


def ask_from_many(times, email=UNKNOWN):
    for number in range(times):
        ask_for_reset(browser_at(f"10.0.0.{number}"), email)


def sent():
    return Delivery.objects.count()


def test_an_unconfirmed_mailbox_gets_a_few_emails_a_day(db):
    ask_from_many(12)
    assert sent() == rules.TO_UNCONFIRMED.max_count <= 5


def test_all_spellings_and_kinds_of_email_count_together(db):
    for number in range(12):
        client = browser_at(f"10.0.0.{number}")
        email = SPELLINGS[number % 4]
        if number % 2:
            ask_for_reset(client, email)
        else:
            client.post("/accounts/signup/", SIGNUP | {"email": email})
    assert sent() == rules.TO_UNCONFIRMED.max_count


def test_the_page_does_not_reveal_that_no_email_was_sent(db):
    answers = [ask_for_reset(browser_at(f"10.0.0.{number}"), UNKNOWN) for number in range(9)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1


def test_an_address_does_not_reach_hundreds_of_mailboxes(db, monkeypatch):
    assert rules.BY_ADDRESS.max_count <= 20  # an hour
    # Below allauth's own limit, which would hide a missing one.
    monkeypatch.setattr(rules, "BY_ADDRESS", replace(rules.BY_ADDRESS, max_count=3))
    client = browser_at(HOME)
    for number in range(5):
        ask_for_reset(client, f"person{number}@x.example")
    assert sent() == 3
    ask_for_reset(browser_at("203.0.113.9"), UNKNOWN)
    assert Delivery.objects.filter(recipient=UNKNOWN).exists()


def test_the_installation_has_a_limit_for_unconfirmed_mailboxes(db, settings):
    settings.ACCOUNT_EMAILS_A_DAY = 3
    make_person()
    for number in range(6):
        ask_for_reset(browser_at(f"10.0.0.{number}"), f"person{number}@x.example")
    assert sent() == 3
    ask_for_reset(browser_at(HOME))
    assert sent() == 4


def test_a_stranger_does_not_use_up_the_owners_resets(db):
    make_person()
    stranger = browser_at("192.0.2.1")
    for _ in range(12):
        ask_for_reset(stranger)
    assert sent() == rules.TO_CONFIRMED_BY_ADDRESS.max_count
    ask_for_reset(browser_at(HOME))
    assert sent() == rules.TO_CONFIRMED_BY_ADDRESS.max_count + 1


def test_many_strangers_do_not_use_up_the_resets_of_a_known_browser(db):
    make_person()
    client = browser_at(HOME)
    sign_in(client)
    client.post("/accounts/logout/")
    ask_from_many(rules.TO_CONFIRMED.max_count + 3, EMAIL)
    assert sent() == rules.TO_CONFIRMED.max_count
    ask_for_reset(client)
    assert sent() == rules.TO_CONFIRMED.max_count + 1


@pytest.fixture
def signed_in(db):
    make_person()
    client = browser_at(HOME)
    sign_in(client)
    return client


def change_password(client, old, new):
    data = {"oldpassword": old, "password1": new, "password2": new}
    client.post("/accounts/password/change/", data)


def test_a_thief_cannot_use_up_the_warnings(signed_in):
    ask_from_many(rules.TO_CONFIRMED.max_count, EMAIL)
    before = sent()
    change_password(signed_in, PASSWORD, "another horse battery")
    assert sent() == before + 1


def test_warnings_do_not_flood_an_unconfirmed_mailbox(db, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"change_password": None}
    user = make_person(UNKNOWN, is_confirmed=False)
    client = browser_at(HOME)
    client.force_login(user)
    passwords = [PASSWORD, *(f"another horse {number}" for number in range(9))]
    for old, new in pairwise(passwords):
        change_password(client, old, new)
    user.refresh_from_db()
    assert user.check_password(passwords[-1])
    assert sent() == rules.TO_UNCONFIRMED.max_count


def test_adding_addresses_does_not_flood_them(signed_in):
    for _ in range(12):
        data = {"email": UNKNOWN, "action_add": ""}
        signed_in.post("/accounts/email/", data)
        EmailAddress.objects.filter(email=UNKNOWN).delete()
    assert Delivery.objects.filter(recipient=UNKNOWN).count() <= rules.TO_UNCONFIRMED.max_count


def test_one_person_reaches_few_mailboxes_from_any_address(signed_in, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"manage_email": None}
    for number in range(rules.BY_PERSON.max_count + 5):
        data = {"email": f"person{number}@x.example", "action_add": ""}
        signed_in.post("/accounts/email/", data, REMOTE_ADDR=f"10.0.0.{number}")
        EmailAddress.objects.filter(email=data["email"]).delete()
    assert sent() == rules.BY_PERSON.max_count


def test_an_account_has_few_addresses(signed_in):
    for number in range(7):
        signed_in.post("/accounts/email/", {"email": f"p{number}@x.example", "action_add": ""})
    assert EmailAddress.objects.count() == 5
