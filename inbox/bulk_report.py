"""Says what a bulk run has done, and which conversations it could not change and why."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.models import BulkItem, BulkRun, Conversation

MOST_NAMED = 20  # conversations for each reason
Operation, Result = BulkRun.Operation, BulkItem.Result


@dataclass(frozen=True)
class Problem:
    """A reason, how many conversations it kept from being changed, and those to be named."""

    reason: Promise | str
    count: int
    conversations: list


@dataclass(frozen=True)
class Report:
    is_undo: bool
    done: int
    total: int
    changed: int
    sentence: str
    problems: list[Problem]


def build_report(run, membership) -> Report:
    """Describe the run to its member. Conversations they can't see aren't named."""
    is_undo = run.state in (BulkRun.State.UNDOING, BulkRun.State.UNDONE)
    items = run.items.filter(result=Result.CHANGED) if is_undo else run.items
    field = "undo_result" if is_undo else "result"
    by_result = defaultdict(list)
    for result, conversation in items.order_by("pk").values_list(field, "conversation"):
        by_result[result].append(conversation)
    left = len(by_result.pop("", ()))
    total = left + sum(map(len, by_result.values()))
    changed = len(by_result.pop(Result.CHANGED, ()))
    unchanged = len(by_result.pop(Result.UNCHANGED, ()))
    problems = find_problems(by_result, membership)
    if run.missing and not is_undo:
        problems.append(Problem(Result.HIDDEN.label, run.missing, []))
    return Report(
        is_undo=is_undo,
        done=total - left,
        total=total,
        changed=changed,
        sentence=describe_undo(changed + unchanged)
        if is_undo
        else describe(run, changed, is_unneeded=unchanged == total),
        problems=problems,
    )


def find_problems(by_result, membership) -> list[Problem]:
    named = [pk for pks in by_result.values() for pk in pks[:MOST_NAMED]]
    visible = Conversation.objects.visible_to(membership).select_related("contact")
    known = visible.in_bulk(named) if named else {}
    return [
        Problem(
            Result(result).label,
            len(pks),
            [known[pk] for pk in pks[:MOST_NAMED] if pk in known],
        )
        for result, pks in by_result.items()
    ]


def describe_undo(count):
    return ngettext(
        "%(count)d conversation put back.", "%(count)d conversations put back.", count
    ) % {"count": count}


def describe(run, count, *, is_unneeded):
    """Say how many conversations were changed. is_unneeded: all were that way already."""
    if is_unneeded:
        return _("Nothing to change: they're all set that way already.")
    sentences = {
        Operation.ASSIGN: lambda: (
            ngettext("%(count)d conversation assigned.", "%(count)d conversations assigned.", count)
            if run.params["assignee"]
            else ngettext(
                "%(count)d conversation unassigned.", "%(count)d conversations unassigned.", count
            )
        ),
        Operation.LABEL: lambda: ngettext(
            "Labels of %(count)d conversation changed.",
            "Labels of %(count)d conversations changed.",
            count,
        ),
        Operation.PRIORITY: lambda: ngettext(
            "Priority of %(count)d conversation changed.",
            "Priority of %(count)d conversations changed.",
            count,
        ),
        Operation.TEAM: lambda: ngettext(
            "Team of %(count)d conversation changed.",
            "Team of %(count)d conversations changed.",
            count,
        ),
        Operation.SNOOZE: lambda: ngettext(
            "%(count)d conversation snoozed.", "%(count)d conversations snoozed.", count
        ),
        Operation.WAKE: lambda: ngettext(
            "%(count)d conversation unsnoozed.", "%(count)d conversations unsnoozed.", count
        ),
        Operation.RESOLVE: lambda: ngettext(
            "%(count)d conversation resolved.", "%(count)d conversations resolved.", count
        ),
        Operation.REOPEN: lambda: ngettext(
            "%(count)d conversation reopened.", "%(count)d conversations reopened.", count
        ),
    }
    return sentences[run.operation]() % {"count": count}
