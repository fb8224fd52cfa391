import pytest

from demo.loading import inbox_of, load_company, load_demo
from teams.models import Membership
from tests.snapshot import Snapshot

DEMO = Snapshot(load_demo)


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def demo(db):
    """Everything, as a new user finds it. The inbox is Acme's."""
    DEMO.restore()
    return inbox_of("acme")


@pytest.fixture
def empty_shop(db):
    """Acme's inbox before the first conversation."""
    load_company("acme")
    return inbox_of("acme")


def person(name):
    found = Membership.objects.filter(workspace__slug="acme").with_related()
    return found.get(user__name__startswith=name)
