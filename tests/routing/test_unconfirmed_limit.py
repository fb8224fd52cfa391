"""Someone who joined with an address that isn't theirs does not have its owner flooded."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from outbox.models import Delivery
from routing.emails.agents import FIRST_DELAY, KINDS
from routing.emails import unconfirmed_limit
from tests.routing.mails import mailed, pass_time


@pytest.fixture
def full(acme):
    """Bob has had all that an unconfirmed address may get; the first of it an hour ago."""
    for number in range(unconfirmed.MOST_A_DAY):
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
def test_chats_reach_an_unconfirmed_address_a_few_times_a_day(
    acme, vera, lead_to_bob, full, verified, mails
):
    address_of(acme.bob.user, verified=verified)
    vera.writes("Two")
    pass_time(FIRST_DELAY)
    assert len(mailed("bob")) == mails


def test_the_rest_waits_until_there_is_room_or_the_address_is_confirmed(
    acme, vera, lead_to_bob, full
):
    address_of(acme.bob.user, verified=False)
    vera.writes("Two")
    pass_time(FIRST_DELAY)
    waiting = Delivery.objects.get(state="waiting", recipient=acme.bob.user.email)
    assert waiting.next_attempt_at > timezone.now() + timedelta(hours=22)
    EmailAddress.objects.update(verified=True)
    Delivery.objects.filter(pk=waiting.pk).update(next_attempt_at=timezone.now())
    pass_time(FIRST_DELAY)
    assert len(mailed("bob")) == 1
