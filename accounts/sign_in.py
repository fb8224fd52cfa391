"""Limit failed sign-ins.

Threats: someone guesses passwords, from one address or from many; a stranger's wrong passwords lock
the owner out. So attempts are counted by account and address together, which means that wrong
passwords from elsewhere refuse no one, and by account over all addresses, which bounds guessing
from many. A browser that has signed in before and a session have their own counters, and so does
the browser that set a new password through an emailed link.
"""

from datetime import timedelta

from allauth.account.utils import filter_users_by_email

from accounts.known_browsers import find_known_browser
from accounts.limits import Limit, current_network, first_exceeded

FIVE_MINUTES, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
BY_SESSION = Limit("sign-in by session", 10, HOUR)
BY_BROWSER = Limit("sign-in by known browser", 10, HOUR)
BY_ACCOUNT_AND_ADDRESS = Limit("sign-in by account and address", 5, FIVE_MINUTES)
BY_ADDRESS = Limit("sign-in by address", 20, FIVE_MINUTES)
# The most consecutive failed attempts that NIST SP 800-63B (5.2.2) allows.
BY_ACCOUNT = Limit("sign-in by account", 100, DAY)


class TooManyAttempts(Exception):
    """The password is not checked."""


def count_attempt(request, email):
    """Count an attempt before its password is checked, so that parallel attempts don't help.

    Returns the uses, to be uncounted if the password is right. Raises TooManyAttempts.
    """
    users = filter_users_by_email(email.strip(), prefer_verified=True)
    alternatives = [[use] for use in own_counters(request, users)]
    alternatives.append(shared_counters(users, email))
    for uses in alternatives:
        if first_exceeded(*uses) is None:
            return uses
    raise TooManyAttempts


def own_counters(request, users):
    for user in users:
        if request.user == user:
            yield BY_SESSION.of(request.session.session_key)
        if browser := find_known_browser(request, user):
            yield BY_BROWSER.of(browser.pk)


def shared_counters(users, email):
    """Count by account, not by the address typed, because an account may have several."""
    accounts = sorted(str(user.pk) for user in users) or [email.strip().lower()]
    return [
        *(BY_ACCOUNT_AND_ADDRESS.of(account, current_network()) for account in accounts),
        BY_ADDRESS.of(current_network()),
        *(BY_ACCOUNT.of(account) for account in accounts),
    ]
