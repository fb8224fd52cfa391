"""No page fails on bad input: any value in any field, any method."""

from contextlib import contextmanager
from copy import deepcopy

import pytest
from django.http import QueryDict
from django.test import Client

from teams.models import Membership
from tests.house.rollback import rolled_back
from tests.house.routes import addresses, workspace_routes

VALUES = [
    "",
    "\x00",
    "9" * 5000,
    "-1",
    "²",
    "24:00",
    "0001-01-01",
    "9999-12-31T23:59",
    "İ" * 250,  # longer in lower case
    "a@b." + "x" * 300,
    "\u202e",
    "user-",
    "custom",
    "0b0e2a3c-9f27-4c6e-8d51-2f0c9a7e6b14",
]


class EverythingIs:
    """Make every field that a view reads have this value."""

    def __init__(self, value):
        self.value = value
        self.was_asked = False

    def get(self, query, name, default=None):
        self.was_asked = True
        return self.value

    def getlist(self, query, name, default=None):
        self.was_asked = True
        return [self.value, self.value]

    def has(self, query, name):
        self.was_asked = True
        return True

    @contextmanager
    def sent(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(QueryDict, "get", lambda *about: self.get(*about))
            patch.setattr(QueryDict, "getlist", lambda *about: self.getlist(*about))
            patch.setattr(QueryDict, "__getitem__", lambda *about: self.get(*about))
            patch.setattr(QueryDict, "__contains__", lambda *about: self.has(*about))
            yield


@pytest.fixture
def alice(acme):
    client = Client(raise_request_exception=False)
    client.force_login(acme.alice.user)
    return client


def why(answer):
    return repr(answer.exc_info[1]) if getattr(answer, "exc_info", None) else answer.status_code


def failures(client, method, url):
    """Return [(value, what went wrong)]; each request is undone before the next."""
    cookies = client.cookies
    for value in VALUES:
        everything = EverythingIs(value)
        client.cookies = deepcopy(cookies)
        with rolled_back(), everything.sent():
            answer = getattr(client, method)(url)
        if answer.status_code >= 500:
            yield value[:20], why(answer)
        if not everything.was_asked:
            break  # No field was read, so other values would be the same request.
    client.cookies = cookies


def app_of(route):
    return route.callback.__module__.partition(".")[0]


@pytest.mark.parametrize("app", sorted({app_of(route) for route in workspace_routes()}))
@pytest.mark.parametrize("method", ["get", "post"])
def test_any_value_in_every_field_is_accepted_or_refused(method, app, acme, conversation, alice):
    pages = [page for page in addresses(acme, conversation) if app_of(page[0]) == app]
    failed = {route.name: list(failures(alice, method, url)) for route, url in pages}
    assert failed == {route.name: [] for route, _url in pages}


def test_other_methods_change_nothing(acme, conversation, alice):
    pages = list(addresses(acme, conversation))  # which gives a member a photo
    before = list(Membership.objects.order_by("pk").values())
    for route, url in pages:
        for method in (alice.put, alice.patch, alice.delete):
            assert method(url).status_code == 405, (route.name, method)
        for method in (alice.head, alice.options):
            answer = method(url)
            assert answer.status_code < 500, (route.name, method, why(answer))
    assert list(Membership.objects.order_by("pk").values()) == before
