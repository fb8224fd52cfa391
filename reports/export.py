"""CSV files: a table, or one row for each conversation."""

import csv
from collections import defaultdict
from itertools import islice

from django.http import StreamingHttpResponse
from django.utils.timezone import localtime

from inbox.models import Message
from messagehub.lib.csv import Echo, safe_cells
from reports.figures import RATINGS, REPLIES
from reports.models import Fact, Kind
from teams.permissions import Permission

CHUNK = 500
SYMBOLS = {"seconds": "s", "percent": "%"}
MAX_CONVERSATIONS = 1_000_000


def table_response(table, filename):
    header = [
        f"{column.label} ({SYMBOLS[column.unit]})" if column.unit in SYMBOLS else str(column.label)
        for column in table.columns
    ]
    rows = ([row.label, *(cell.raw for cell in row.cells)] for row in table.rows)
    return csv_response([[table.head, *header], *rows], filename)


def csv_response(rows, filename):
    """Stream the rows, so that the first ones arrive while the last ones are still read."""
    writer = csv.writer(Echo())
    lines = (writer.writerow(safe_cells(row)) for row in rows)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


DURATIONS = {
    "first_queue": Kind.ASSIGNED,
    "first_response": Kind.FIRST_REPLY,
    "first_resolution": Kind.RESOLVED,
}


def conversation_rows(filters):
    """Yield a header and a row for each conversation that began in the period."""
    has_contacts = filters.membership.can(Permission.ANSWER)
    yield conversation_header(has_contacts)
    new = filters.facts().filter(kind=Kind.NEW).order_by("at", "pk")
    new = new.select_related(
        "inbox", "conversation__contact", "conversation__assignee__user", "member__user"
    )
    facts = islice(new.iterator(chunk_size=CHUNK), MAX_CONVERSATIONS)
    while chunk := list(islice(facts, CHUNK)):
        stories = defaultdict(list)
        ids = [fact.conversation_id for fact in chunk]
        for each in Fact.objects.filter(conversation__in=ids).order_by("conversation", "seq", "pk"):
            stories[each.conversation_id].append(each)
        comments = load_comments(stories) if has_contacts else {}
        for fact in chunk:
            fact.comment = comments.get(fact.conversation_id, "")
            story = stories[fact.conversation_id]
            yield conversation_row(fact, story, filters.workspace.zone, has_contacts)


def load_comments(stories) -> dict:
    """Return the comment of each conversation's last rating."""
    rated = [pk for pk, story in stories.items() if last_rating(story)]
    entries = Message.objects.filter(conversation__in=rated, activity=Message.Activity.RATED)
    details = entries.order_by("seq").values_list("conversation", "details")
    return {pk: each["comment"] for pk, each in details}


def last_rating(story) -> int | str:
    """Return the number from 1 to 5, or "" if the contact hasn't rated the conversation."""
    ratings = [fact.kind for fact in story if fact.kind in RATINGS]
    return int(ratings[-1].removeprefix("rated_")) if ratings else ""


def conversation_header(has_contacts):
    durations = ["first_queue", "first_response", "mean_next_response"]
    durations += ["first_resolution", "last_resolution"]
    return [
        *("number", "id", "inbox"),
        *(["contact", "contact_email"] if has_contacts else []),
        *("status", "first_agent", "assignee"),
        *("started_at", "first_assigned_at", "first_response_at", "first_resolved_at"),
        *("last_reopened_at", "last_resolved_at"),
        *("replies", "resolutions", "reopenings", "passed_on", "timed_out"),
        *(f"{each}_seconds" for each in durations),
        *(f"{each}_open_seconds" for each in durations),
        "rating",
        *(["rating_comment"] if has_contacts else []),
    ]


def conversation_row(new, story, zone, has_contacts):
    conversation, kinds = new.conversation, defaultdict(list)
    for fact in story:
        kinds[fact.kind].append(fact)

    def at(kind, index=0):
        found = kinds[kind]
        return localtime(found[index].at, zone).isoformat(timespec="seconds") if found else ""

    def durations(column):
        first = [first_of(kinds[kind], column) for kind in DURATIONS.values()]
        following = [getattr(each, column) for each in kinds[Kind.NEXT_REPLY]]
        mean = round(sum(following) / len(following)) if following else ""
        last = first_of(kinds[Kind.RESOLVED][-1:], column)
        return [first[0], first[1], mean, first[2], last]

    contact = conversation.contact
    return [
        *(conversation.number, conversation.pk, new.inbox.name),
        *([contact.display_name, contact.email] if has_contacts else []),
        *(conversation.status, name_of(new.member), name_of(conversation.assignee)),
        *(at(Kind.NEW), at(Kind.ASSIGNED), at(Kind.FIRST_REPLY), at(Kind.RESOLVED)),
        *(at(Kind.REOPENED, -1), at(Kind.RESOLVED, -1)),
        sum(len(kinds[kind]) for kind in REPLIES),
        *(len(kinds[kind]) for kind in (Kind.RESOLVED, Kind.REOPENED)),
        *(len(kinds[kind]) for kind in (Kind.HANDED_OVER, Kind.TIMED_OUT)),
        *durations("seconds"),
        *durations("open_seconds"),
        last_rating(story),
        *([new.comment] if has_contacts else []),
    ]


def first_of(facts, column):
    value = getattr(facts[0], column) if facts else None
    return "" if value is None else value


def name_of(member):
    return member.name if member else ""
