from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.models import Conversation
from inbox.snooze_options import next_working_time
from routing.handover.actions import Action, Choice
from teams.availability import with_availability
from teams.permissions import Permission
from teams.time_format import format_time

KEEP = "keep"
# Each row lists every possible assignee, so the page grows with the product of both.
CONVERSATIONS_PER_PAGE = 50
MAX_ASSIGNEES = 60  # in a row


class HandoverForm(forms.Form):
    """One field for each open conversation: keep, queue, snooze, or the id of an assignee.

    Offers only what `by` can do in a conversation too, and only members who can answer in its
    inbox. A conversation without a choice is kept.

    by: the colleague who hands over for the member, if any; they only see conversations they can
    open. after: the number of the last conversation on the previous page.
    """

    def __init__(self, *args, membership, by=None, after=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership, self.by, self.after = membership, by or membership, after
        self.back = next_working_time(membership)
        self.can_assign = self.by.can(Permission.ASSIGN)
        self.can_snooze = self.by.can(Permission.RESOLVE) and self.is_return_known
        for conversation in self.page:
            values = [(value, value) for value in self.values(conversation)]
            self.fields[field_name(conversation)] = forms.ChoiceField(
                choices=values, required=False, initial=KEEP
            )

    def values(self, conversation):
        assignees = [str(each.pk) for each in self.assignees(conversation)]
        reassigning = [Action.QUEUE, *assignees] if self.can_assign else []
        return [KEEP, *reassigning, *([Action.SNOOZE] if self.can_snooze else [])]

    @property
    def is_own(self):
        return self.by.pk == self.membership.pk

    @property
    def is_return_known(self):
        """A colleague's return is known only from their own office hours."""
        return self.is_own or self.back.code == "hours"

    @property
    def all_open(self):
        return Conversation.objects.open().assigned_to(self.membership)

    @property
    def visible(self):
        return self.all_open if self.is_own else self.all_open.visible_to(self.by)

    @cached_property
    def hidden_count(self):
        """How many are in inboxes that `by` can't open."""
        return 0 if self.is_own else self.all_open.count() - self.visible.count()

    @cached_property
    def conversations(self):
        """The oldest from this page on: one more than fits, to know whether a page follows."""
        found = self.visible.filter(number__gt=self.after).with_related()
        return list(found.order_by("number")[: CONVERSATIONS_PER_PAGE + 1])

    @property
    def page(self):
        return self.conversations[:CONVERSATIONS_PER_PAGE]

    @cached_property
    def open_count(self):
        """How many are open, on all pages together."""
        has_one_page = not (self.after or self.next_after)
        return len(self.conversations) if has_one_page else self.visible.count()

    @cached_property
    def next_after(self) -> int | None:
        """The number of the conversation after which the next page starts, if there is one.

        If a conversation of this page was resolved meanwhile, another moved up that the user has
        not seen: the next page starts with it.
        """
        seen = [each for each in self.page if field_name(each) in self.data] or self.page
        last = seen[-1].number if seen else self.after
        return last if any(each.number > last for each in self.conversations) else None

    def assignees(self, conversation):
        return self.assignees_by_inbox[conversation.inbox_id]

    @cached_property
    def assignees_by_inbox(self):
        """The other members who can answer in each inbox, with their status."""
        inboxes = {each.inbox_id: each.inbox for each in self.conversations}
        others = {
            pk: inbox.agents.exclude(pk=self.membership.pk).order_by("user__name", "pk")
            for pk, inbox in inboxes.items()
        }
        return {pk: with_availability(members) for pk, members in others.items()}

    @property
    def all_assignees(self):
        """Everyone who can be chosen for at least one conversation, once."""
        by_pk = {each.pk: each for found in self.assignees_by_inbox.values() for each in found}
        return limit_assignees(sorted(by_pk.values(), key=lambda each: each.name.lower()))

    @property
    def rows(self):
        """[(conversation, its bound field, its possible assignees)]"""
        fields = [(each, self[field_name(each)]) for each in self.page]
        return [
            (each, field, limit_assignees(self.assignees(each), field.value()))
            for each, field in fields
        ]

    @property
    def snooze_until_label(self):
        """When a snooze ends, such as "Mon 09:00", in the time zone of `by`."""
        return format_time(self.back.until, self.by.zone, timezone.now())

    def clean(self):
        if self.errors:
            raise ValidationError(
                _("Someone you chose can't take the conversation any more. Check your choices.")
            )
        return self.cleaned_data

    @property
    def choices(self):
        chosen = [(each, self.cleaned_data[field_name(each)]) for each in self.page]
        return [self.choice(each, value) for each, value in chosen if value not in ("", KEEP)]

    def choice(self, conversation, value):
        if value == Action.QUEUE:
            return Choice(conversation, Action.QUEUE)
        if value == Action.SNOOZE:
            return Choice(conversation, Action.SNOOZE, until=self.back.until)
        to = next(each for each in self.assignees(conversation) if str(each.pk) == value)
        return Choice(conversation, Action.ASSIGN, to=to)


def can_hand_over(membership):
    """Return whether they can do anything but keep their conversations."""
    can_move = membership.can(Permission.ASSIGN) or membership.can(Permission.RESOLVE)
    return can_move and membership.can(Permission.ANSWER)


def can_hand_over_for_others(membership):
    """Return whether they can set others away (see teams.views.member_state) and assign."""
    needed = (Permission.MANAGE_TEAM, Permission.ASSIGN, Permission.ANSWER)
    return all(membership.can(each) for each in needed)


def limit_assignees(members, chosen=None):
    """Prefer reachable members if there are very many: a thousand names a row are megabytes.

    chosen: the id of a member who always stays in the list.
    """
    if len(members) <= MAX_ASSIGNEES:
        return members
    reachable_first = sorted(members, key=lambda each: not each.availability.is_reachable)
    kept = {each.pk for each in reachable_first[:MAX_ASSIGNEES]}
    return [each for each in members if each.pk in kept or str(each.pk) == chosen]


def field_name(conversation):
    return f"conversation-{conversation.number}"
