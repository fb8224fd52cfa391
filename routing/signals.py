"""Signals for the apps above.

inbox_availability_changed(inbox): its targets, agents or opening hours changed, and what waits was
    assigned by the new settings. Sent after commit.
"""

from django.dispatch import Signal

inbox_availability_changed = Signal()
