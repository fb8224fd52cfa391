"""Signals for the apps that build on accounts.

user_deactivated(user): an operator deactivated the account, in the transaction that did.
"""

from django.dispatch import Signal

user_deactivated = Signal()
