"""Guessing passwords is stopped, and a stranger's guesses don't lock the owner out."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import known_browsers
from accounts import sign_in as rules
from accounts.models import KnownBrowser, LimitCounter
from accounts.tasks import delete_unused_browsers
from outbox.tasks import sweep
from tests.accounts.people import EMAIL, PASSWORD, ask_for_reset, browser_at, make_person, sign_in
from tests.conftest import COMMITS, in_parallel

STRANGER, HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7", "203.0.113.9"


@pytest.fixture
def alice(db):
    return make_person()


@pytest.fixture
def at_home(alice):
    """Return a browser that Alice has signed in with."""
    client = browser_at(HOME)
    assert sign_in(client)
    client.post("/accounts/logout/")
    return client


def guess(address, times, email=EMAIL):
    client = browser_at(address)
    for number in range(times):
        assert not sign_in(client, f"guess {number}", email)


def guess_from_many(times):
    for number in range(times):
        guess(f"10.0.{number // 250}.{number % 250 + 1}", 1)


def test_guessing_from_one_address_is_stopped(alice):
    guess(STRANGER, rules.BY_ACCOUNT_AND_ADDRESS.max_count)
    assert not sign_in(browser_at(STRANGER))


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(alice):
    guess(STRANGER, 8)
    assert sign_in(browser_at(HOME))


def test_a_stranger_at_the_same_address_does_not_lock_out_a_known_browser(at_home):
    guess(HOME, rules.BY_ADDRESS.max_count + 1)
    assert not sign_in(browser_at(HOME))
    assert sign_in(at_home)


def test_guessing_from_many_addresses_is_bounded(alice, monkeypatch):
    assert rules.BY_ACCOUNT.max_count <= 100  # a day
    lower_by_account(monkeypatch)
    guess_from_many(4)
    assert not sign_in(browser_at(ELSEWHERE))


def test_a_known_browser_can_sign_in_at_the_account_limit(at_home, monkeypatch):
    lower_by_account(monkeypatch)
    guess_from_many(4)
    assert not sign_in(browser_at(ELSEWHERE))
    assert sign_in(at_home)


def test_a_password_reset_works_at_the_account_limit(alice, monkeypatch):
    lower_by_account(monkeypatch)
    guess_from_many(4)
    client = browser_at(ELSEWHERE)
    assert "or reset your password" in login_page(client)
    ask_for_reset(client)
    sweep()
    link = mail.outbox[-1].body.partition("http://localhost:8000")[2].split()[0]
    page = client.get(link, follow=True)
    new = "another horse battery"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert sign_in(client, new)
    assert not sign_in(browser_at(ELSEWHERE), new)


def lower_by_account(monkeypatch):
    lower = rules.Limit("sign-in by account", 3, timedelta(days=1))
    monkeypatch.setattr(rules, "BY_ACCOUNT", lower)


def login_page(client):
    data = {"login": EMAIL, "password": PASSWORD}
    return client.post("/accounts/login/", data).content.decode()


def test_refusals_at_one_address_do_not_use_up_the_account_limit(alice):
    guess(STRANGER, rules.BY_ADDRESS.max_count)
    (account,) = rules.shared_counters([alice], EMAIL)[2:]
    assert LimitCounter.objects.get(key=account.key).count == rules.BY_ACCOUNT_AND_ADDRESS.max_count


@pytest.mark.parametrize(
    "email", ["ALICE@acme.example", " Alice@Acme.Example ", "second@acme.example"]
)
def test_all_spellings_and_addresses_of_an_account_count_together(alice, email):
    EmailAddress.objects.create(user=alice, email="second@acme.example", verified=True)
    guess(STRANGER, rules.BY_ACCOUNT_AND_ADDRESS.max_count, email=email)
    assert not sign_in(browser_at(STRANGER))


def test_an_unknown_account_gets_the_same_message(alice):
    pages = []
    for email in (EMAIL, "unknown@acme.example"):
        guess(STRANGER, rules.BY_ACCOUNT_AND_ADDRESS.max_count, email=email)
        data = {"login": email, "password": "guess"}
        pages.append(browser_at(STRANGER).post("/accounts/login/", data).content.decode())
    assert all("Too many failed attempts" in page for page in pages)


def test_trying_one_password_on_many_accounts_is_stopped(alice):
    client = browser_at(STRANGER)
    for number in range(rules.BY_ADDRESS.max_count):
        sign_in(client, email=f"person{number}@acme.example")
    assert not sign_in(client)
    assert sign_in(browser_at(HOME))


def test_an_ipv6_network_counts_as_one_address(alice):
    for number in range(rules.BY_ACCOUNT_AND_ADDRESS.max_count):
        guess(f"2001:db8:1:2::{number + 1}", 1)
    assert not sign_in(browser_at("2001:db8:1:2::99"))
    assert sign_in(browser_at("2001:db8:1:3::1"))


def test_right_passwords_are_not_counted(alice):
    for _ in range(rules.BY_ADDRESS.max_count + 1):
        assert sign_in(browser_at(HOME))


def test_the_limits_hold_without_redis_and_with_a_full_cache(alice, monkeypatch):
    def away(*args, **kwargs):
        raise OSError("away")

    monkeypatch.setattr("redis.connection.ConnectionPool.get_connection", away)
    guess(STRANGER, rules.BY_ACCOUNT_AND_ADDRESS.max_count)
    for number in range(320):  # as if hundreds of requests had left a counter
        cache.set(f"z{number}", [1], timeout=300)
    assert not sign_in(browser_at(STRANGER))


@pytest.mark.parametrize("forwarded", ["198.51.100.7", "nonsense, 10.0.0.1", ""])
def test_an_unreadable_address_neither_fails_nor_evades_the_limit(alice, settings, forwarded):
    settings.BEHIND_PROXY = settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    client = Client(headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="")
    for number in range(rules.BY_ACCOUNT_AND_ADDRESS.max_count):
        answer = client.post("/accounts/login/", {"login": EMAIL, "password": f"guess {number}"})
        assert answer.status_code == 200
    assert not sign_in(client)


@COMMITS
def test_parallel_guesses_do_not_evade_the_limit():
    make_person()
    pages = in_parallel(20, lambda _number: login_page_of_a_guess())
    assert sum("not correct" in page for page in pages) == rules.BY_ACCOUNT_AND_ADDRESS.max_count


def login_page_of_a_guess():
    data = {"login": EMAIL, "password": "a guess"}
    return browser_at(STRANGER).post("/accounts/login/", data).content.decode()


def test_a_limit_ends_with_its_period(alice):
    guess(STRANGER, 9)
    LimitCounter.objects.update(expires_at=timezone.now())
    assert sign_in(browser_at(STRANGER))


# --- Known browsers ---


def test_a_known_browser_has_few_attempts(at_home):
    for number in range(rules.BY_BROWSER.max_count + rules.BY_ACCOUNT_AND_ADDRESS.max_count):
        assert not sign_in(at_home, f"guess {number}")
    assert not sign_in(at_home)
    assert sign_in(browser_at(ELSEWHERE))


def test_scripts_cannot_read_the_cookie_and_no_secret_is_stored(alice):
    client = browser_at(HOME)
    sign_in(client)
    cookie = client.cookies["messagehub_known"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value not in str(KnownBrowser.objects.values_list())


@pytest.mark.parametrize("value", ["", "x", "a" * 43, ".".join(["a" * 43] * 9), "\x00", "é"])
def test_a_made_up_cookie_is_ignored(alice, value):
    guess(STRANGER, rules.BY_ACCOUNT_AND_ADDRESS.max_count)
    client = browser_at(STRANGER)
    client.cookies["messagehub_known"] = value
    assert not sign_in(client)


def test_a_new_password_forgets_all_other_browsers(at_home, alice):
    here = browser_at(ELSEWHERE)
    sign_in(here)
    new = "another horse battery"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    here.post("/accounts/password/change/", data)
    here.post("/accounts/logout/")
    guess(HOME, 9)
    guess(ELSEWHERE, 9)
    assert not sign_in(at_home, new)
    assert sign_in(here, new)


def test_a_shared_browser_is_known_for_each_person(at_home):
    bob = make_person("bob@acme.example")
    assert sign_in(at_home, email=bob.email)
    at_home.post("/accounts/logout/")
    guess(HOME, 9)
    guess(HOME, 9, email=bob.email)
    assert sign_in(at_home)
    at_home.post("/accounts/logout/")
    assert sign_in(at_home, email=bob.email)


def test_signing_in_does_not_trust_a_planted_token(at_home, alice):
    stranger = make_person("eve@evil.example")
    hers = browser_at(STRANGER)
    sign_in(hers, email=stranger.email)
    at_home.cookies["messagehub_known"] = hers.cookies["messagehub_known"].value
    assert sign_in(at_home)
    assert not known_browsers.known_browsers(request_with(hers), alice).exists()


def request_with(client):
    request = client.get("/").wsgi_request
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    return request


def test_signing_in_again_adds_no_row(at_home):
    for _ in range(3):
        assert sign_in(at_home)
        at_home.post("/accounts/logout/")
    assert KnownBrowser.objects.count() == 1


def test_an_unused_browser_is_deleted(at_home):
    KnownBrowser.objects.update(
        used_at=timezone.now() - known_browsers.RETENTION - timedelta(days=1)
    )
    delete_unused_browsers()
    assert not KnownBrowser.objects.exists()


# --- Confirming the password ---


def test_a_session_can_confirm_the_password_while_strangers_guess(alice, monkeypatch):
    lower_by_account(monkeypatch)
    client = browser_at(HOME)
    sign_in(client)
    del client.cookies["messagehub_known"]
    guess_from_many(4)
    guess(HOME, 9)
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302


def test_a_stolen_session_cannot_guess_for_long(alice, settings):
    client = browser_at(HOME)
    sign_in(client)
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"reauthenticate": None}
    for number in range(rules.BY_SESSION.max_count + rules.BY_BROWSER.max_count + 5):
        client.post("/accounts/reauthenticate/", {"password": f"guess {number}"})
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 200
