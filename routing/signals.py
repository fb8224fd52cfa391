"""News for the apps above.

inbox_availability_changed(inbox): others are asked for its chats, or at other hours, than before; what could
    go out by the new settings has. Sent after commit.
"""

from django.dispatch import Signal

inbox_availability_changed = Signal()
