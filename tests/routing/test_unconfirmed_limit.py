"""An unconfirmed address of an agent gets few emails, in case it is a stranger's."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from outbox.models import Delivery
from routing.emails import unconfirmed_limit
from routing.emails.agents import FIRST_DELAY
from routing.emails.pacing import KINDS
from tests.routing.mails import mailed, pass_time


@pytest.fixture
def limit_reached(acme):
    """Bob got all emails that an unconfirmed address may get, the first an hour ago."""
    for number in range(unconfirmed_limit.MAX_PER_DAY):
        Delivery.objects.create(
            workspace=acme.workspace,
            recipient=acme.bob.user.email,
            kind=KINDS[number % 2],
            key=f"earlier {number}",
            state="sent",
            sent_at=timezone.now() - timedelta(minutes=90 - number),
        )


def address_of(user, *, verified):
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)


@pytest.mark.parametrize(("verified", "mails"), [(False, 0), (True, 1)])
def test_an_unconfirmed_address_gets_few_emails_a_day(
    acme, vera, lead_to_bob, limit_reached, verified, mails
):
    address_of(acme.bob.user, verified=verified)
    vera.writes("Two")
    pass_time(FIRST_DELAY)
    assert len(mailed("bob")) == mails


def test_the_rest_waits_for_the_limit_or_the_confirmation(acme, vera, lead_to_bob, limit_reached):
    address_of(acme.bob.user, verified=False)
    vera.writes("Two")
    pass_time(FIRST_DELAY)
    waiting = Delivery.objects.get(state="waiting", recipient=acme.bob.user.email)
    assert waiting.next_attempt_at > timezone.now() + timedelta(hours=22)
    EmailAddress.objects.update(verified=True)
    Delivery.objects.filter(pk=waiting.pk).update(next_attempt_at=timezone.now())
    pass_time(FIRST_DELAY)
    assert len(mailed("bob")) == 1
