from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.actions.inbox import set_opening_hours
from routing.actions.drain import drain_inbox
from routing.models import Routing, Target
from routing.signals import inbox_availability_changed
from teams import audit


def save_routing(inbox, *, targets, by, **options):
    """Give its chats to exactly these targets (none: everybody who answers it), by these options.

    options: any of Routing's columns. What waits is looked at again. Returns whether anything is
    different now.
    """
    with transaction.atomic():
        routing = Routing.objects.lock(inbox)
        had = list(inbox.targets.all())
        changed = {name for name, value in options.items() if getattr(routing, name) != value}
        if not changed and chosen(had) == chosen(targets):
            return False
        before = picture(routing)
        for name in changed:
            setattr(routing, name, options[name])
        routing.save(update_fields=changed)
        replace_targets(inbox, had, targets)
        record(inbox, by, before, picture(routing))
        transaction.on_commit(lambda: look_at_what_waits(inbox), robust=True)
    return True


def chosen(targets):
    return {(target.membership_id, target.team_id) for target in targets}


def replace_targets(inbox, had, targets):
    """Those that stay keep their rows."""
    stay = chosen(had) & chosen(targets)
    gone = [each.pk for each in had if (each.membership_id, each.team_id) not in stay]
    new = [each for each in targets if (each.membership_id, each.team_id) not in stay]
    Target.objects.filter(pk__in=gone).delete()
    Target.objects.bulk_create(new, ignore_conflicts=True)


def save_availability(inbox, *, hours, reply_minutes, by):
    """Opening hours (teams.hours), and when an unread reply is emailed (minutes; None: never)."""
    with transaction.atomic():
        routing = Routing.objects.lock(inbox)
        if routing.reply_minutes != reply_minutes:
            before = {"reply_minutes": minutes_words(routing.reply_minutes)}
            routing.reply_minutes = reply_minutes
            routing.save(update_fields=["reply_minutes"])
            record(inbox, by, before, {"reply_minutes": minutes_words(reply_minutes)})
        if set_opening_hours(inbox, hours=hours, by=by):
            transaction.on_commit(lambda: look_at_what_waits(inbox), robust=True)


def look_at_what_waits(inbox):
    """Somebody may be able to take it by the new settings."""
    drain_inbox(inbox, trigger="settings")
    inbox_availability_changed.send(Routing, inbox=inbox)


def record(inbox, by, before, after):
    name = inbox.name
    audit.record(
        inbox.workspace, "inbox.routing_updated", by=by, target=name, before=before, after=after
    )


def picture(routing):
    """The settings in words, for the audit log."""
    targets = routing.inbox.targets.select_related("team", "membership__user")
    return {
        "targets": sorted(str(each.team or each.membership) for each in targets),
        "fewest_open_first": routing.fewest_open_first,
        "to_owner": routing.to_owner,
        "owner_minutes": minutes_words(routing.owner_minutes),
        "leads": str(routing.get_leads_display()),
        "answer_minutes": minutes_words(routing.answer_minutes),
        "keep_reopened": routing.keep_reopened,
    }


def minutes_words(minutes):
    if minutes is None:
        return _("off")
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
