"""Creates, changes and deletes the greetings on the pages of an inbox's websites."""

from django.db import transaction
from django.utils.translation import gettext as _

from inbox.actions.inbox import lock_inbox
from inbox.models import PageGreeting
from teams import audit


class TooManyGreetings(Exception):
    """The inbox has as many greetings as it may have."""

    def __str__(self):
        return _("An inbox can have at most %(count)d greetings.") % {
            "count": PageGreeting.MAX_COUNT
        }


def save_page_greeting(inbox, *, greeting=None, by, **fields):
    """Create a greeting, or change one.

    Raises TooManyGreetings, and PageGreeting.DoesNotExist if it was deleted.
    """
    with transaction.atomic():
        inbox = lock_inbox(inbox)  # so that the limit holds
        greetings = inbox.page_greetings.select_for_update(of=("self",)).with_sender()
        if greeting is not None:
            greeting = greetings.get(pk=greeting.pk)
            before = audit_snapshot(greeting)
        elif greetings.count() < PageGreeting.MAX_COUNT:
            greeting = PageGreeting(workspace=inbox.workspace, inbox=inbox)
            before = {}
        else:
            raise TooManyGreetings
        for name, value in fields.items():
            setattr(greeting, name, value)
        greeting.save()
        after = audit_snapshot(greeting)
        if before != after:
            action = "page_greeting.updated" if before else "page_greeting.created"
            audit.record(
                inbox.workspace, action, by=by, target=inbox.name, before=before, after=after
            )
    return greeting


def delete_page_greeting(greeting, *, by):
    """Delete the greeting. Repeating has no effect."""
    with transaction.atomic():
        rows = PageGreeting.objects.select_for_update(of=("self",)).with_sender()
        greeting = rows.select_related("inbox__workspace").filter(pk=greeting.pk).first()
        if greeting is None:
            return
        before = audit_snapshot(greeting)
        inbox = greeting.inbox
        greeting.delete()
        audit.record(
            inbox.workspace, "page_greeting.deleted", by=by, target=inbox.name, before=before
        )


def audit_snapshot(greeting):
    is_timed = greeting.trigger == PageGreeting.Trigger.TIME
    return {
        "text": greeting.text,
        "sender": greeting.sender.name if greeting.sender else "",
        "pages": list(greeting.pages),
        "trigger": str(greeting.get_trigger_display()),
        "amount": f"{greeting.seconds} s" if is_timed else f"{greeting.percent} %",
    }
