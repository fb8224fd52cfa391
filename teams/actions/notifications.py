from django.db import transaction

from teams.models import Membership


def set_notifications(membership, *, email_mine, email_queue, quiet_from, quiet_to, by):
    """Which mails somebody wants, and when none at all: in their own time, both or none.

    Only they themselves decide it. What waits to be sent asks again at the moment it is sent.
    """
    if by.pk != membership.pk:
        raise ValueError("somebody else's notifications")
    with transaction.atomic():
        locked = Membership.objects.select_for_update(of=("self",), no_key=True)
        membership = locked.get(pk=membership.pk)
        wanted = {
            "email_mine": email_mine,
            "email_queue": email_queue,
            "quiet_from": quiet_from,
            "quiet_to": quiet_to,
        }
        if all(getattr(membership, name) == value for name, value in wanted.items()):
            return False
        for name, value in wanted.items():
            setattr(membership, name, value)
        membership.save(update_fields=list(wanted))
    return True
