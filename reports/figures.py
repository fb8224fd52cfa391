"""Every figure of the reports, defined once: its name, its formula in words, and how it counts."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.models import Kind

REPLIES = (Kind.FIRST_REPLY, Kind.NEXT_REPLY, Kind.FURTHER_REPLY)
GOOD_RATINGS = (Kind.RATED_4, Kind.RATED_5)
RATINGS = (Kind.RATED_1, Kind.RATED_2, Kind.RATED_3, *GOOD_RATINGS)


class Measure(TextChoices):
    COUNT = "count"
    CONVERSATIONS = "conversations"
    MEDIAN = "median"
    P90 = "p90"
    MEAN = "mean"
    SHARE = "share"  # of the kinds in `part`, in percent


@dataclass(frozen=True)
class Figure:
    """is_good: whether more of it is better (True), less is (False), or neither (None).

    is_optional: tables and the overview have it only if there is something to show.
    """

    name: str
    label: Promise
    formula: Promise
    kinds: tuple[Kind, ...]
    measure: Measure = Measure.COUNT
    is_good: bool | None = None
    only_routed: bool = False
    part: tuple[Kind, ...] = ()
    is_optional: bool = False

    def select(self, facts):
        """Return the facts that it is computed from."""
        facts = facts.filter(kind__in=self.kinds)
        return facts.exclude(rule="") if self.only_routed else facts

    @property
    def is_duration(self):
        return self.measure in (Measure.MEDIAN, Measure.P90, Measure.MEAN)

    @property
    def is_share(self):
        return self.measure == Measure.SHARE

    @property
    def unit(self):
        """Return the unit of reports.charts.format_value."""
        return "seconds" if self.is_duration else "percent" if self.is_share else "count"


def counted(name, label, formula, *kinds, **options):
    return [Figure(name, label, formula, kinds, **options)]


def timed(name, kind, formula, *, median, p90, mean):
    """Return the three figures of one duration."""
    return [
        Figure(f"{name}_median", median, formula, (kind,), Measure.MEDIAN, False),
        Figure(f"{name}_p90", p90, formula, (kind,), Measure.P90, False),
        Figure(f"{name}_mean", mean, formula, (kind,), Measure.MEAN, False),
    ]


ALL = [
    *counted(
        "new",
        _("New conversations"),
        _(
            "Conversations whose first message came in this period. For an agent: those that were "
            "assigned to them first."
        ),
        Kind.NEW,
    ),
    *counted(
        "resolved",
        pgettext_lazy("conversations", "Resolved"),
        _(
            "How often a conversation was resolved. One that was reopened and resolved again "
            "counts twice. For an agent: what they resolved."
        ),
        Kind.RESOLVED,
        is_good=True,
    ),
    *counted(
        "reopened",
        pgettext_lazy("conversations", "Reopened"),
        _(
            "How often a resolved conversation was opened again, by an agent or because the "
            "contact wrote. For an agent: while it was assigned to them."
        ),
        Kind.REOPENED,
        is_good=False,
    ),
    *counted(
        "handled",
        _("Conversations answered"),
        _("Conversations with at least one reply in this period. Notes don't count."),
        *REPLIES,
        measure=Measure.CONVERSATIONS,
    ),
    *counted(
        "replies",
        _("Replies"),
        _("Replies to contacts. Notes and activities don't count."),
        *REPLIES,
    ),
    *timed(
        "first_reply",
        Kind.FIRST_REPLY,
        _(
            "From the contact's first unanswered message to the first reply of the conversation. "
            "It counts in the period of the reply, and stays when the conversation is reopened."
        ),
        median=_("First response (median)"),
        p90=_("First response (90%)"),
        mean=_("First response (mean)"),
    ),
    *timed(
        "next_reply",
        Kind.NEXT_REPLY,
        _(
            "From the contact's first unanswered message to the reply, for all responses after "
            "the first one. Resolving a conversation ends a wait without a response."
        ),
        median=_("Next response (median)"),
        p90=_("Next response (90%)"),
        mean=_("Next response (mean)"),
    ),
    *timed(
        "resolution",
        Kind.RESOLVED,
        _(
            "From the first message to resolving the conversation; if it was reopened, from the "
            "reopening. Time while it was snoozed counts."
        ),
        median=_("Resolution (median)"),
        p90=_("Resolution (90%)"),
        mean=_("Resolution (mean)"),
    ),
    *timed(
        "queue",
        Kind.ASSIGNED,
        _(
            "From entering the queue (new, reopened, returned or back from snooze) to being "
            "assigned. Conversations that were assigned at once count with zero seconds."
        ),
        median=_("Time in the queue (median)"),
        p90=_("Time in the queue (90%)"),
        mean=_("Time in the queue (mean)"),
    ),
    *timed(
        "lead_reply",
        Kind.LEAD_REPLY,
        _("From assigning the email lead to the next reply in the conversation."),
        median=_("Email lead answered after (median)"),
        p90=_("Email lead answered after (90%)"),
        mean=_("Email lead answered after (mean)"),
    ),
    *counted(
        "satisfaction",
        _("Satisfaction"),
        _(
            "The share of Good and Great among all ratings of this period. For an agent: of the "
            "conversations that were assigned to them when they were rated."
        ),
        *RATINGS,
        measure=Measure.SHARE,
        part=GOOD_RATINGS,
        is_good=True,
        is_optional=True,
    ),
    *counted(
        "ratings",
        _("Ratings"),
        _(
            "How often a contact rated a conversation. They can do so once each time it was "
            "resolved."
        ),
        *RATINGS,
        is_optional=True,
    ),
    *counted(
        "assigned",
        pgettext_lazy("conversations", "Assigned"),
        _("How often a conversation was assigned, from the queue or from a colleague."),
        Kind.ASSIGNED,
        Kind.REASSIGNED,
    ),
    *counted(
        "handed_over",
        pgettext_lazy("conversations", "Passed on"),
        _(
            "How often an assigned conversation went to a colleague, except because of the "
            "response timer. It counts for the agent who had it."
        ),
        Kind.HANDED_OVER,
    ),
    *counted(
        "timed_out",
        _("Not answered in time"),
        _(
            "How often the response timer reassigned a conversation. It counts for the agent who "
            "had it."
        ),
        Kind.TIMED_OUT,
        is_good=False,
    ),
    *counted(
        "unassigned",
        _("Returned to the queue"),
        _(
            "How often an assigned conversation was returned to the queue, or its agent lost "
            "access. It counts for the agent who had it."
        ),
        Kind.UNASSIGNED,
        is_good=False,
    ),
    *counted(
        "leads",
        _("Email leads"),
        _("Conversations that went to an agent by email, because no one was online."),
        Kind.LEAD,
    ),
    *counted(
        "leads_answered",
        _("Email leads answered"),
        _("Email leads that got a reply in this period."),
        Kind.LEAD_REPLY,
        is_good=True,
    ),
    *counted(
        "decisions",
        _("Routing decisions"),
        _(
            "What routing decided: assigned, kept or queued. A queue that only changes its reason "
            "doesn't count again."
        ),
        Kind.ASSIGNED,
        Kind.REASSIGNED,
        Kind.KEPT,
        Kind.QUEUED,
        only_routed=True,
    ),
]
FIGURES = {figure.name: figure for figure in ALL}
