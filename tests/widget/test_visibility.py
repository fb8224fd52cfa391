"""Settings > Inboxes > Visibility: when and on which pages the button shows."""

import pytest

from inbox.actions.inbox import set_opening_hours
from inbox.models import Inbox
from teams.models import AuditEntry
from widget.visibility import known, shows_now

CLOSED = {"off": [{"first": "2000-01-01", "last": "2099-12-31", "name": ""}], "week": []}


@pytest.fixture
def settings_page(acme, sign_in):
    client, url = sign_in(acme.alice), f"/w/acme/inboxes/{acme.inbox.pk}/visibility/"
    return lambda data=None: client.get(url) if data is None else client.post(url, data)


def stored(acme):
    return Inbox.objects.select_related("workspace").get(pk=acme.inbox.pk)


def shows(acme):
    known.clear()
    return shows_now(stored(acme))


def test_the_rules_are_stored_audited_and_in_the_script(acme, settings_page, client):
    assert "How to write pages" in settings_page().text
    data = {"shown_when": "always", "shown_on": "/pricing\n\n /help/* \n/pricing", "hidden_on": ""}
    assert settings_page(data).status_code == 302
    assert stored(acme).shown_on == ["/pricing", "/help/*"]
    changes = {
        name: after
        for name, _before, after in AuditEntry.objects.get(action="inbox.updated").changes
    }
    assert changes == {"shown_on": ["/pricing", "/help/*"]}
    script = client.get(f"/widget/{acme.inbox.key}.js").text
    assert "/pricing/?(?:[?#].*)?" in script
    rest = client.get(f"/widget/{acme.inbox.key}/chat.js")
    assert "iframe" in rest.text
    assert rest["Access-Control-Allow-Origin"] == "*"
    assert client.get("/widget/nosuchkey/chat.js").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"shown_when": "sometimes"},
        {"shown_on": "pricing"},
        {"shown_on": "our pricing page"},
        {"hidden_on": "/" + "x" * 200},
        {"hidden_on": "\n".join(f"/{number}" for number in range(21))},
        {"shown_on": "\n".join(f"/{number**40}{number**39}*" for number in range(80, 100))},
    ],
)
def test_an_invalid_value_is_refused_at_its_field(acme, settings_page, wrong):
    response = settings_page({"shown_when": "always"} | wrong)
    assert response.status_code == 400
    assert "errorlist" in response.text
    assert stored(acme).shown_on == []


def test_a_script_that_would_be_too_large_is_refused_in_words(acme, settings_page):
    pages = "\n".join(f"/{number**90}"[:199] for number in range(80, 100))
    response = settings_page({"shown_when": "always", "shown_on": pages})
    assert "larger than 4,000 bytes" in response.text


def test_only_in_opening_hours(acme):
    acme.inbox.shown_when = "open"
    acme.inbox.save()
    assert shows(acme)
    set_opening_hours(acme.inbox, hours=CLOSED, by=acme.alice)
    assert not shows(acme)


def test_only_when_an_agent_is_available(acme, online, offline):
    acme.inbox.shown_when = "available"
    acme.inbox.save()
    assert not shows(acme)
    online(acme.bob)
    assert shows(acme)
    offline(acme.bob)
    assert not shows(acme)
    online(acme.alice)  # who doesn't answer this inbox
    assert not shows(acme)


def test_it_is_found_out_once_in_ten_seconds(acme, online, django_assert_num_queries):
    acme.inbox.shown_when = "available"
    acme.inbox.save()
    inbox = stored(acme)
    assert not shows_now(inbox)
    online(acme.bob)
    with django_assert_num_queries(0):
        assert not shows_now(inbox)
    assert shows(acme)


def test_a_page_that_asks_gets_a_hidden_button_for_a_minute(acme, client):
    url = f"/widget/{acme.inbox.key}.js"
    assert "max-age=300" in client.get(url)["Cache-Control"]
    Inbox.objects.filter(pk=acme.inbox.pk).update(shown_when="available")
    response = client.get(url)
    assert "max-age=60" in response["Cache-Control"]
    assert "document.cookie.includes" in response.text.partition("MutationObserver")[0]
