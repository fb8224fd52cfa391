"""Limit how many account emails (password resets, confirmations and the like) can be requested.

Threats: a stranger floods a mailbox, or those of hundreds of people; a stranger uses up what the
owner needs. The page doesn't mention that an email was not sent, because that would reveal who has
an account. The owner loses nothing, because the links in earlier emails still work.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.known_browsers import find_known_browser
from accounts.limits import Limit, current_network, first_exceeded, mailbox

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BY_BROWSER = Limit("emails by known browser", 5, HOUR)
BY_PERSON = Limit("emails by person", 20, DAY)
BY_ADDRESS = Limit("emails by address", 20, HOUR)
TO_CONFIRMED_BY_ADDRESS = Limit("emails to a confirmed mailbox by address", 4, HOUR)
TO_CONFIRMED = Limit("emails to a confirmed mailbox", 20, DAY)
# As far as we know, the owner of an unconfirmed mailbox has requested nothing.
TO_UNCONFIRMED = Limit("emails to an unconfirmed mailbox", 5, DAY)


def all_unconfirmed_limit():
    return Limit("emails to unconfirmed mailboxes", settings.ACCOUNT_EMAILS_A_DAY, DAY)


def is_allowed(request, email, *, is_notice) -> bool:
    """Count an email that this request sends to this address, and return whether it may leave.

    A notice warns of a change to the account. A confirmed address gets every notice, or a thief
    could use up the limit first.
    """
    address = EmailAddress.objects.filter(email=email.lower(), verified=True).first()
    if address is None:
        return first_exceeded(*by_sender(request), *to_unconfirmed(email)) is None
    browser = find_known_browser(request, address.user)
    if is_notice or (browser and BY_BROWSER.of(browser.pk).count()):
        return True
    box = mailbox(email)
    to_confirmed = [TO_CONFIRMED_BY_ADDRESS.of(box, current_network()), TO_CONFIRMED.of(box)]
    return first_exceeded(*by_sender(request), *to_confirmed) is None


def by_sender(request):
    if request.user.is_authenticated:
        yield BY_PERSON.of(request.user.pk)
    yield BY_ADDRESS.of(current_network())


def to_unconfirmed(email):
    return [TO_UNCONFIRMED.of(mailbox(email)), all_unconfirmed_limit().of()]
