"""What a bulk run does to one conversation, and how an undo puts it back.

Each operation calls the action that a single conversation's buttons call. Labels and teams are
locked before the conversation, as those actions do.
"""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.label import TooManyLabels, change_labels, lock_labels
from inbox.actions.resolution import (
    find_unresolved_sibling,
    reopen_conversation,
    resolve_conversation,
)
from inbox.actions.snooze import snooze_conversation, wake_conversation
from inbox.actions.sorting import lock_team, set_priority, set_team
from inbox.models import BulkItem, BulkRun, Conversation
from teams.models import Membership
from teams.permissions import Permission

Result = BulkItem.Result
# What routing keeps of a conversation, which an undo puts back with its assignee.
ROUTED = (
    "is_routed",
    "released_by",
    "released_at",
    "timed_out_for",
    "waiting_since",
    "response_timer_started_at",
    "response_due_at",
)
STATE = (
    *("status", "snoozed_until", "rating", "assignee_id", "priority", "team_id", "label_ids"),
    *ROUTED,
)


def state_of(conversation) -> dict:
    """Return what operations may change, as JSON that state_from() reads."""
    return {name: to_json(getattr(conversation, name)) for name in STATE}


def to_json(value):
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int)) else str(value)


def from_json(value):
    if isinstance(value, list):
        return [UUID(each) for each in value]
    return datetime.fromisoformat(value) if isinstance(value, str) else value


class Operation:
    permission = Permission.ANSWER
    # The fields it sets. An undo skips conversations in which they have changed since.
    sets: tuple[str, ...] = ()

    def __init__(self, run):
        self.params = run.params
        self.workspace = run.workspace

    def lock(self, item):
        """Lock the rows that the conversation will refer to, after the change or its undo."""

    def apply(self, conversation, by) -> Result:
        raise NotImplementedError

    def undo(self, conversation, item, by) -> Result:
        raise NotImplementedError


class Assign(Operation):
    permission = Permission.ASSIGN
    sets = ("assignee_id",)

    def apply(self, conversation, by):
        return self.assign(conversation, self.params["assignee"], by)

    def undo(self, conversation, item, by):
        result = self.assign(conversation, item.before["assignee_id"], by)
        if result == Result.CHANGED:
            put_back_routing(conversation, item)
        return result

    def assign(self, conversation, assignee, by):
        if to_json(conversation.assignee_id) == assignee:
            return Result.UNCHANGED
        member = None
        if assignee is not None:
            members = Membership.objects.with_related().filter(workspace=self.workspace)
            member = members.filter(pk=assignee).first()
            if member is None:
                return Result.NOT_ASSIGNABLE
        is_changed = assign_conversation(conversation, assignee=member, by=by)
        return Result.CHANGED if is_changed else Result.NOT_ASSIGNABLE


class SetPriority(Operation):
    sets = ("priority",)

    def apply(self, conversation, by):
        return was_changed(set_priority(conversation, priority=self.params["priority"], by=by))

    def undo(self, conversation, item, by):
        return was_changed(set_priority(conversation, priority=item.before["priority"], by=by))


class SetTeam(Operation):
    permission = Permission.ASSIGN
    sets = ("team_id",)

    def lock(self, item):
        wanted = item.before["team_id"] if item.before else self.params["team"]
        self.team = wanted and self.workspace.teams.filter(pk=wanted).first()
        self.is_gone = bool(wanted) and (self.team is None or not lock_team(self.team))

    def apply(self, conversation, by):
        if self.is_gone:
            return Result.GONE
        return was_changed(set_team(conversation, team=self.team, by=by))

    def undo(self, conversation, item, by):
        result = self.apply(conversation, by)
        if result == Result.CHANGED:
            put_back_assignee(conversation, item, by)
        return result


class ChangeLabels(Operation):
    sets = ("label_ids",)

    def lock(self, item):
        self.add, self.remove = self.params["add"], self.params["remove"]
        if item.before:
            had, has = set(item.before["label_ids"]), set(item.after["label_ids"])
            self.add, self.remove = had - has, has - had
        labels = self.workspace.labels
        self.add, self.remove = labels.filter(pk__in=self.add), labels.filter(pk__in=self.remove)
        lock_labels(self.add)

    def apply(self, conversation, by):
        if not self.add and not self.remove:
            return Result.GONE
        try:
            is_changed = change_labels(conversation, add=self.add, remove=self.remove, by=by)
        except TooManyLabels:
            return Result.TOO_MANY_LABELS
        return was_changed(is_changed)

    def undo(self, conversation, item, by):
        return self.apply(conversation, by)


class Snooze(Operation):
    permission = Permission.RESOLVE
    sets = ("status", "snoozed_until")

    def apply(self, conversation, by):
        until = datetime.fromisoformat(self.params["until"])
        if conversation.is_resolved:
            return Result.RESOLVED
        if until <= timezone.now():
            return Result.PAST
        return was_changed(snooze_conversation(conversation, until=until, by=by))

    def undo(self, conversation, item, by):
        if was_snoozed(item):
            return snooze_again(conversation, item, by)
        result = was_changed(wake_conversation(conversation, by=by))
        put_back_routing(conversation, item)
        return result


class Wake(Operation):
    permission = Permission.RESOLVE
    sets = ("status",)

    def apply(self, conversation, by):
        return was_changed(wake_conversation(conversation, by=by))

    def undo(self, conversation, item, by):
        result = snooze_again(conversation, item, by)
        put_back_assignee(conversation, item, by)
        return result


class Resolve(Operation):
    permission = Permission.RESOLVE
    sets = ("status",)

    def apply(self, conversation, by):
        return was_changed(resolve_conversation(conversation, by=by))

    def undo(self, conversation, item, by):
        if find_unresolved_sibling(conversation):
            return Result.OTHER_OPEN
        # Before it is reopened, so that routing knows how long the contact has been waiting.
        put_back_routing(conversation, item)
        reopen_conversation(conversation, by=by)
        put_back_routing(conversation, item)
        if was_snoozed(item):
            snooze_again(conversation, item, by)
        return Result.CHANGED


class Reopen(Operation):
    permission = Permission.RESOLVE
    sets = ("status",)

    def apply(self, conversation, by):
        if conversation.is_resolved and find_unresolved_sibling(conversation):
            return Result.OTHER_OPEN
        return was_changed(reopen_conversation(conversation, by=by))

    def undo(self, conversation, item, by):
        result = was_changed(resolve_conversation(conversation, by=by))
        conversation.rating = item.before["rating"]  # so that the contact isn't asked again
        put_back_assignee(conversation, item, by)
        return result


def was_changed(is_changed) -> Result:
    return Result.CHANGED if is_changed else Result.UNCHANGED


def was_snoozed(item):
    return item.before["status"] == Conversation.Status.SNOOZED


def snooze_again(conversation, item, by):
    until = from_json(item.before["snoozed_until"])
    if until <= timezone.now():
        return Result.PAST
    return was_changed(snooze_conversation(conversation, until=until, by=by))


def put_back_assignee(conversation, item, by):
    """Assign the previous assignee again if routing's choice after the change still has it."""
    now, before = to_json(conversation.assignee_id), item.before["assignee_id"]
    if now == before or now != item.after["assignee_id"]:
        return
    had_it = before and Membership.objects.with_related().filter(pk=before).first()
    if assign_conversation(conversation, assignee=had_it or None, by=by):
        put_back_routing(conversation, item)


def put_back_routing(conversation, item):
    """Put back what routing knew, unless it has chosen a different assignee by now."""
    if to_json(conversation.assignee_id) != item.before["assignee_id"]:
        return
    for name in ROUTED:
        setattr(conversation, name, from_json(item.before[name]))
    conversation.change.touch()


OPERATIONS = {
    BulkRun.Operation.ASSIGN: Assign,
    BulkRun.Operation.LABEL: ChangeLabels,
    BulkRun.Operation.PRIORITY: SetPriority,
    BulkRun.Operation.TEAM: SetTeam,
    BulkRun.Operation.SNOOZE: Snooze,
    BulkRun.Operation.WAKE: Wake,
    BulkRun.Operation.RESOLVE: Resolve,
    BulkRun.Operation.REOPEN: Reopen,
}
