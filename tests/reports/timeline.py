"""Timelines written by hand: rows of the database with the times a test names."""

from datetime import datetime
from uuid import uuid4

from inbox.models import Contact, Conversation, Message
from routing.models import Decision
from teams.models import Workspace


class Timeline:
    """A conversation whose entries are added at named times, as the product's verbs add them."""

    def __init__(self, inbox, zone, *, name="Vera"):
        workspace = Workspace.objects.get(pk=inbox.workspace_id)
        self.inbox, self.zone, self.workspace = inbox, zone, workspace
        self.contact = Contact.objects.create(workspace=workspace, name=name)
        self.conversation = Conversation.objects.create(
            workspace=workspace,
            inbox=inbox,
            contact=self.contact,
            number=workspace.next_number(),
            status=Conversation.Status.RESOLVED,
        )

    def at(self, text):
        """Parse a local time such as "2026-03-27 09:00"."""
        return datetime.fromisoformat(text).replace(tzinfo=self.zone)

    def add(self, when, kind, **fields):
        conversation = self.conversation
        conversation.last_seq += 1
        conversation.save()
        return Message.objects.create(
            workspace=self.workspace,
            conversation=conversation,
            seq=conversation.last_seq,
            kind=kind,
            created_at=self.at(when),
            **fields,
        )

    def contact_writes(self, when):
        self.add(when, "contact", contact=self.contact, client_id=uuid4(), body="Hello?")

    def replies(self, when, member):
        self.add(when, "reply", author=member, body="Hello!")

    def notes(self, when, member):
        self.add(when, "note", author=member, body="Hm.")

    def happens(self, when, activity, *, by=None, **details):
        self.add(when, "activity", activity=activity, author=by, details=details)

    def routed(self, when, activity, *, to=None, rule="round_robin", trigger="message"):
        decision = Decision.objects.create(
            workspace=self.workspace,
            conversation=self.conversation,
            trigger=trigger,
            rule=rule,
            candidates=[],
            chosen=to,
            chosen_name=to.name if to else "",
            microseconds=1,
            created_at=self.at(when),
        )
        who = {"to": to.name, "to_id": str(to.pk)} if activity == "assigned" else {}
        self.happens(when, activity, reason="so", decision=str(decision.pk), **who)

    def assigned(self, when, to, *, by):
        self.happens(when, "assigned", by=by, to=to.name, to_id=str(to.pk))
