"""Signals for the apps above.

inbox_availability_changed(inbox): different agents get its conversations, or at different hours.
    Sent after commit, once the queue was assigned by the new settings.
"""

from django.dispatch import Signal

inbox_availability_changed = Signal()
