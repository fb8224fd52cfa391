from django.db import transaction

from teams.models import Membership


def set_notifications(
    membership, *, email_mine, email_queue, email_mentions, quiet_from, quiet_to, by
):
    """Set which emails the member wants and their quiet hours, both times or None.

    Only the member can change them. Queued emails check again when they are sent.
    """
    if by.pk != membership.pk:
        raise ValueError("notifications of a different member")
    preferences = {
        "email_mine": email_mine,
        "email_queue": email_queue,
        "email_mentions": email_mentions,
        "quiet_from": quiet_from,
        "quiet_to": quiet_to,
    }
    with transaction.atomic():
        locked = Membership.objects.select_for_update(of=("self",), no_key=True)
        membership = locked.get(pk=membership.pk)
        if all(getattr(membership, name) == value for name, value in preferences.items()):
            return False
        for name, value in preferences.items():
            setattr(membership, name, value)
        membership.save(update_fields=list(preferences))
    return True
