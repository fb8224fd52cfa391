"""Somebody handed over what somebody else had: that person is told, and the audit log says so."""

from collections import Counter

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messagehub.lib.live.publish import publish
from routing.models import HandedOver
from teams import audit


def tell_handed_over(hand_over, choices):
    """choices: those that were carried out."""
    words = ngettext(
        "%(name)s handed over one of your open conversations.",
        "%(name)s handed over %(count)d of your open conversations.",
        len(choices),
    ) % {"name": hand_over.by.name, "count": len(choices)}
    with transaction.atomic():
        record(hand_over, "member.handed_over", {"conversations": where_to(choices)})
        publish(hand_over.membership.live_channel, "notice", {"words": words})


def tell_undone(hand_over):
    record(hand_over, "member.hand_over_undone")


def record(hand_over, action, after=None):
    member = hand_over.membership
    audit.record(member.workspace, action, by=hand_over.by, target=member.name, after=after)


def where_to(choices):
    """«Bea (2), the queue (1)»."""
    counts = Counter(place(choice) for choice in choices)
    return ", ".join(f"{name} ({count})" for name, count in counts.items())


def place(choice):
    if choice.what == HandedOver.What.PERSON:
        return choice.to.name
    return _("the queue") if choice.what == HandedOver.What.QUEUE else _("snoozed")
