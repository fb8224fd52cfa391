from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.models import Conversation
from inbox.snooze_options import next_working_time
from routing.handover.actions import Choice, Action
from teams.availability import with_availability
from teams.time_format import format_time
from teams.permissions import Permission

KEEP = "keep"
# Each row has everybody to choose from: the product of both is what makes the page large.
MOST = 50  # conversations on one page; the others come with the next
MOST_PEOPLE = 60  # to choose from in a row


class HandoverForm(forms.Form):
    """One field for each of a member's open conversations: keep, queue, snooze, or a person.

    Offers only what they may do on the desk too, and only people who answer the conversation's
    inbox. What is not chosen is kept. by: who chooses, when it is somebody else; they are shown
    what they may see. after: the number of the last that the page before showed.
    """

    def __init__(self, *args, membership, by=None, after=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership, self.by, self.after = membership, by or membership, after
        self.back = next_working_time(membership)
        self.may_assign = self.by.can(Permission.ASSIGN)
        self.may_snooze = self.by.can(Permission.RESOLVE) and self.knows_when_back
        for conversation in self.page:
            values = [(value, value) for value in self.values(conversation)]
            self.fields[name_of(conversation)] = forms.ChoiceField(
                choices=values, required=False, initial=KEEP
            )

    def values(self, conversation):
        people = [str(each.pk) for each in self.people(conversation)]
        elsewhere = [Action.QUEUE, *people] if self.may_assign else []
        return [KEEP, *elsewhere, *([Action.SNOOZE] if self.may_snooze else [])]

    @property
    def is_own(self):
        return self.by.pk == self.membership.pk

    @property
    def knows_when_back(self):
        """Of somebody else that is known only by their own hours."""
        return self.is_own or self.back.code == "hours"

    @property
    def all(self):
        return Conversation.objects.open().assigned_to(self.membership)

    @property
    def theirs(self):
        return self.all if self.is_own else self.all.visible_to(self.by)

    @cached_property
    def hidden(self):
        """How many are in inboxes that whoever chooses may not open."""
        return 0 if self.is_own else self.all.count() - self.theirs.count()

    @cached_property
    def conversations(self):
        """From this page on, the oldest first. One more than fits says that there are more."""
        found = self.theirs.filter(number__gt=self.after).with_related()
        return list(found.order_by("number")[: MOST + 1])

    @property
    def page(self):
        return self.conversations[:MOST]

    @cached_property
    def count(self):
        """How many are open, also on other pages."""
        is_all = not (self.after or self.next_after)
        return len(self.conversations) if is_all else self.theirs.count()

    @cached_property
    def next_after(self):
        """After which number the next page goes on; None: there is none.

        What came up because something above it was resolved meanwhile was not chosen from: the
        next page begins with it.
        """
        shown = [each for each in self.page if name_of(each) in self.data] or self.page
        last = shown[-1].number if shown else self.after
        return last if any(each.number > last for each in self.conversations) else None

    def people(self, conversation):
        return self.people_by_inbox[conversation.inbox_id]

    @cached_property
    def people_by_inbox(self):
        """Whoever else answers each of the inboxes, with their state, asked once an inbox."""
        inboxes = {each.inbox_id: each.inbox for each in self.conversations}
        others = {
            pk: inbox.agents.exclude(pk=self.membership.pk).order_by("user__name", "pk")
            for pk, inbox in inboxes.items()
        }
        return {pk: with_availability(people) for pk, people in others.items()}

    @property
    def everybody(self):
        """Everybody who can be chosen for some conversation, once."""
        people = {each.pk: each for found in self.people_by_inbox.values() for each in found}
        return shown(sorted(people.values(), key=lambda each: each.name.lower()))

    @property
    def rows(self):
        """What the page shows: (conversation, its field, who can have it)."""
        fields = [(each, self[name_of(each)]) for each in self.page]
        return [(each, field, shown(self.people(each), field.value())) for each, field in fields]

    @property
    def until(self):
        """«Mon 09:00»: when a snooze ends, on the clock of whoever chooses."""
        return format_time(self.back.until, self.by.zone, timezone.now())

    def clean(self):
        if self.errors:
            raise ValidationError(
                _("Somebody you chose can no longer have it. Look at the choices again.")
            )
        return self.cleaned_data

    @property
    def choices(self):
        chosen = [(each, self.cleaned_data[name_of(each)]) for each in self.page]
        return [self.choice(each, value) for each, value in chosen if value not in ("", KEEP)]

    def choice(self, conversation, value):
        if value == Action.QUEUE:
            return Choice(conversation, Action.QUEUE)
        if value == Action.SNOOZE:
            return Choice(conversation, Action.SNOOZE, until=self.back.until)
        to = next(each for each in self.people(conversation) if str(each.pk) == value)
        return Choice(conversation, Action.ASSIGN, to=to)


def can_hand_over(membership):
    """There is something else they may do with a conversation than keep it."""
    does = membership.can(Permission.ASSIGN) or membership.can(Permission.RESOLVE)
    return does and membership.can(Permission.ANSWER)


def can_hand_over_for_others(membership):
    """Whoever may set them away (see teams.views.member_state), and give conversations out."""
    needs = (Permission.MANAGE_TEAM, Permission.ASSIGN, Permission.ANSWER)
    return all(membership.can(each) for each in needs)


def shown(people, chosen=None):
    """Of very many those who are there: a thousand names in each row would be megabytes."""
    if len(people) <= MOST_PEOPLE:
        return people
    likely = sorted(people, key=lambda each: not each.availability.is_reachable)
    kept = {each.pk for each in likely[:MOST_PEOPLE]}
    return [each for each in people if each.pk in kept or str(each.pk) == chosen]


def name_of(conversation):
    return f"conversation-{conversation.number}"
