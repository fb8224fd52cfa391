"""How often a password may be tried.

Threats: guessing, from one address or from many; a stranger whose wrong passwords keep the owner
out. Tries are therefore counted by account and address together, so that wrong passwords from
elsewhere refuse no one, and by account over all addresses, so that guessing from many stays
bounded. A browser that has signed in before, and a session, have a counter of their own; so has,
after a new password by a mailed link, the browser that followed the link.
"""

from datetime import timedelta

from allauth.account.utils import filter_users_by_email

from accounts.known_browsers import find_known_browser
from accounts.limits import Limit, first_exceeded, current_network

FIVE_MINUTES, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
BY_SESSION = Limit("sign-in by session", 10, HOUR)
BY_BROWSER = Limit("sign-in by known browser", 10, HOUR)
BY_ACCOUNT_AND_ADDRESS = Limit("sign-in by account and address", 5, FIVE_MINUTES)
BY_ADDRESS = Limit("sign-in by address", 20, FIVE_MINUTES)
# The most failed tries in a row that NIST SP 800-63B (5.2.2) allows.
BY_ACCOUNT = Limit("sign-in by account", 100, DAY)


class TooManyTries(Exception):
    """The password is not even looked at."""


def count_try(request, email):
    """Count a try before its password is checked, so that a hundred at once are no way around.

    Return the uses, to be given back when the password was right. Raises TooManyTries.
    """
    users = filter_users_by_email(email.strip(), prefer_verified=True)
    ways = [[use] for use in own_counters(request, users)]
    ways.append(counters_of_strangers(users, email))
    for uses in ways:
        if first_exceeded(*uses) is None:
            return uses
    raise TooManyTries


def own_counters(request, users):
    for user in users:
        if request.user == user:
            yield BY_SESSION.of(request.session.session_key)
        if browser := find_known_browser(request, user):
            yield BY_BROWSER.of(browser.pk)


def counters_of_strangers(users, email):
    """By account and not by spelling: one account may have several addresses."""
    accounts = sorted(str(user.pk) for user in users) or [email.strip().lower()]
    return [
        *(BY_ACCOUNT_AND_ADDRESS.of(account, current_network()) for account in accounts),
        BY_ADDRESS.of(current_network()),
        *(BY_ACCOUNT.of(account) for account in accounts),
    ]
