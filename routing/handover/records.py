"""Notify a member whose conversations a colleague handed over, and record it in the audit log."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messagehub.lib.live.publish import publish
from routing.models import HandoverItem
from teams import audit
from teams.models import AuditEntry

Action = HandoverItem.Action


def publish_handover(handover, count):
    """Tell the member how many of their conversations were handed over."""
    message = ngettext(
        "%(name)s handed over one of your open conversations.",
        "%(name)s handed over %(count)d of your open conversations.",
        count,
    ) % {"name": handover.by.name, "count": count}
    publish(handover.membership.live_channel, "notice", {"message": message})


def record_handover(handover, choices):
    """Create or update the audit entry, in the transaction of the conversation handed over last.

    choices: all carried out so far.
    """
    after = {"conversations": audit.format_counts(Counter(destination(each) for each in choices))}
    if len(choices) == 1:
        handover.audit_entry = record(handover, "member.handed_over", after)
    else:
        AuditEntry.objects.filter(pk=handover.audit_entry.pk).update(after=after)


def record_undo(handover):
    record(handover, "member.handover_undone")


def record(handover, action, after=None):
    member = handover.membership
    return audit.record(member.workspace, action, by=handover.by, target=member.name, after=after)


def destination(choice):
    if choice.action == Action.ASSIGN:
        return choice.to.name
    return _("the queue") if choice.action == Action.QUEUE else _("snoozed")
