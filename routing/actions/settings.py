from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.actions.inbox import set_opening_hours
from routing.actions.queue import assign_inbox_queue
from routing.models import Routing, Target
from routing.signals import inbox_availability_changed
from teams import audit


def save_routing(inbox, *, targets, by, **options):
    """Assign the inbox's conversations to exactly these targets, or to all its agents.

    options: any of Routing's columns. Afterwards the queue is assigned by the new settings.
    Returns whether anything changed.
    """
    with transaction.atomic():
        routing = Routing.objects.lock(inbox)
        stored = list(inbox.targets.all())
        changed = {name for name, value in options.items() if getattr(routing, name) != value}
        if not changed and target_keys(stored) == target_keys(targets):
            return False
        before = audit_snapshot(routing)
        for name in changed:
            setattr(routing, name, options[name])
        routing.save(update_fields=changed)
        replace_targets(inbox, stored, targets)
        record(inbox, by, before, audit_snapshot(routing))
        transaction.on_commit(lambda: assign_by_new_settings(inbox), robust=True)
    return True


def target_keys(targets):
    return {(target.membership_id, target.team_id) for target in targets}


def replace_targets(inbox, stored, targets):
    """Delete and create the difference, so that unchanged targets keep their rows."""
    unchanged = target_keys(stored) & target_keys(targets)
    old = [each.pk for each in stored if (each.membership_id, each.team_id) not in unchanged]
    new = [each for each in targets if (each.membership_id, each.team_id) not in unchanged]
    Target.objects.filter(pk__in=old).delete()
    Target.objects.bulk_create(new, ignore_conflicts=True)


def save_availability(inbox, *, hours, reply_minutes, by):
    """Save the opening hours (teams.hours) and the delay after which unread replies are emailed.

    reply_minutes: None turns these emails off.
    """
    with transaction.atomic():
        routing = Routing.objects.lock(inbox)
        if routing.reply_minutes != reply_minutes:
            before = {"reply_minutes": format_minutes(routing.reply_minutes)}
            routing.reply_minutes = reply_minutes
            routing.save(update_fields=["reply_minutes"])
            record(inbox, by, before, {"reply_minutes": format_minutes(reply_minutes)})
        if set_opening_hours(inbox, hours=hours, by=by):
            transaction.on_commit(lambda: assign_by_new_settings(inbox), robust=True)


def assign_by_new_settings(inbox):
    assign_inbox_queue(inbox, trigger="settings")
    inbox_availability_changed.send(Routing, inbox=inbox)


def record(inbox, by, before, after):
    name = inbox.name
    audit.record(
        inbox.workspace, "inbox.routing_updated", by=by, target=name, before=before, after=after
    )


def audit_snapshot(routing):
    """Return the settings as the audit log shows them."""
    targets = routing.inbox.targets.select_related("team", "membership__user")
    return {
        "targets": sorted(str(each.team or each.membership) for each in targets),
        "fewest_open_first": routing.fewest_open_first,
        "to_owner": routing.to_owner,
        "owner_minutes": format_minutes(routing.owner_minutes),
        "leads": str(routing.get_leads_display()),
        "answer_minutes": format_minutes(routing.answer_minutes),
        "keep_reopened": routing.keep_reopened,
    }


def format_minutes(minutes):
    if minutes is None:
        return _("off")
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
