"""Somebody handed over what somebody else had: that person is told, and the audit log says so."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messagehub.lib.live.publish import publish
from routing.models import HandoverItem
from teams import audit
from teams.models import AuditEntry


def tell_handed_over(handover, count):
    """Tell that person how many of theirs were handed over."""
    words = ngettext(
        "%(name)s handed over one of your open conversations.",
        "%(name)s handed over %(count)d of your open conversations.",
        count,
    ) % {"name": handover.by.name, "count": count}
    publish(handover.membership.live_channel, "notice", {"message": words})


def record_handed_over(handover, choices):
    """Keep the one entry of a handover true, in the transaction of the conversation just done.

    choices: those carried out so far, this one included.
    """
    after = {"conversations": where_to(choices)}
    if len(choices) == 1:
        handover.audit_entry = record(handover, "member.handed_over", after)
    else:
        AuditEntry.objects.filter(pk=handover.audit_entry.pk).update(after=after)


def record_undone(handover):
    record(handover, "member.handover_undone")


def record(handover, action, after=None):
    member = handover.membership
    return audit.record(member.workspace, action, by=handover.by, target=member.name, after=after)


def where_to(choices):
    return audit.format_counts(Counter(place(choice) for choice in choices))


def place(choice):
    if choice.what == HandoverItem.Action.ASSIGN:
        return choice.to.name
    return _("the queue") if choice.what == HandoverItem.Action.QUEUE else _("snoozed")
