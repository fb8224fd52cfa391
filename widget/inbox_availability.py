"""Who is there for the visitors of an inbox at one moment: asked once, for one visitor or many."""

from functools import cached_property

from django.db.models import Exists
from django.utils import timezone

from routing.candidates import Circle, past_of
from routing.models import Routing
from routing.pool import pool
from teams import presence
from teams.availability import code_of
from teams.load import open_chats
from teams.models import Membership

MOST_FACES = 3


class InboxAvailability:
    """online: who is there, if it was asked a moment ago."""

    def __init__(self, inbox, *, online=None):
        self.inbox = inbox
        if online is not None:
            self.online = online
        self.now = timezone.now()
        self.known = {}  # people by their ids, asked for once for many visitors

    @cached_property
    def online(self):
        return presence.online(self.inbox.workspace_id)

    @cached_property
    def closed(self):
        """Outside the inbox's opening hours: why and until when (teams.hours.Closed), else None."""
        return self.inbox.opening_hours.closed(self.now)

    def code(self, person, *, load=0):
        """Why this one can take a chat or cannot (teams.availability)."""
        person.workspace = self.inbox.workspace  # not joined with every conversation's assignee
        return code_of(person, self.online, load=load, now=self.now)

    @cached_property
    def candidates(self):
        """Who would be asked, by routing's own eyes; of many only the next in turn, if they can."""
        circle = Circle(self.inbox, nearest=True)
        found = circle.candidates()
        if circle.is_nearest and not any(each.is_available for each in found):
            return circle.everybody().candidates()
        return found

    def faces(self, code, conversation):
        """A few of those who would be asked for it and have this code, the next in turn first."""
        wanted = [each.membership_id for each in self.candidates if each.code == code]
        wanted = [pk for pk in wanted if may_have(conversation, pk)][:MOST_FACES]
        missing = [pk for pk in wanted if pk not in self.known]
        for person in Membership.objects.with_person().filter(pk__in=missing) if missing else ():
            self.known[person.pk] = person
        return [self.known[pk] for pk in wanted if pk in self.known]

    def code_of_one(self, person):
        return self.code(person, load=self.loads([person]).get(person.pk, 0))

    @cached_property
    def mails_replies(self):
        """Whether a visitor who has gone gets the answer by email."""
        return Routing.objects.of(self.inbox).reply_minutes is not None

    @property
    def asked(self):
        return pool(self.inbox).filter(pk__in=self.inbox.possible_assignees.values("pk"))

    def loads(self, people):
        """{pk: open conversations} of those with a limit."""
        limited = [each.pk for each in people if each.capacity is not None]
        return open_chats(self.inbox.workspace_id, limited) if limited else {}

    @cached_property
    def absent_faces(self):
        return list(self.asked.order_by("pk")[:MOST_FACES])

    def owner_of(self, contact):
        """Whoever gets this contact's next chat because they own them; None: the inbox's people."""
        if contact is None or contact.owner_id is None:
            return None
        is_on = Routing.objects.filter(inbox=self.inbox, to_owner=True)
        return self.inbox.possible_assignees.filter(Exists(is_on), pk=contact.owner_id).first()


def may_have(conversation, membership_id):
    """Whoever gave this conversation up is not asked again."""
    if conversation is None:
        return True
    return membership_id not in past_of(conversation)
