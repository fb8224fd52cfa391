"""Signals for the apps that build on accounts.

user_deactivated(user): an operator deactivated the account, sent in that transaction.
"""

from django.dispatch import Signal

user_deactivated = Signal()
