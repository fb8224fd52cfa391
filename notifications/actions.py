"""Notify members of events, and mark what they have read.

The same event may be reported several times: by the request that caused it and by the sweep. It
is stored once, and only to a member whose page hasn't shown them its entry.
"""

from collections import Counter

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from messagehub.lib.ids import new_id
from notifications.emails import queue_mention_emails
from notifications.events import IS_NEWS, find_bulk_assignments
from notifications.live import publish_news, publish_unread
from notifications.models import Notification
from teams.models import Membership

STORE = f"""
WITH event AS (
    SELECT * FROM unnest(
        %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::int[], %s::timestamptz[]
    ) AS each (id, workspace_id, membership_id, conversation_id, kind, seq, happened_at)
), news AS (
    SELECT
        (array_agg(event.id))[1] AS id, workspace_id, membership_id, conversation_id, kind,
        max(seq) AS seq, count(*) AS count, array_agg(DISTINCT seq) AS seqs,
        max(happened_at) AS happened_at
    FROM event
    WHERE {IS_NEWS}
    GROUP BY workspace_id, membership_id, conversation_id, kind
    ORDER BY membership_id, conversation_id, kind
)
INSERT INTO notifications_notification AS stored (
    id, created_at, workspace_id, membership_id, conversation_id, kind, seq, count, recent_seqs,
    happened_at
)
SELECT
    id, now(), workspace_id, membership_id, conversation_id, kind, seq, count,
    seqs[greatest(1, cardinality(seqs) - {Notification.MAX_RECENT_SEQS - 1}):], happened_at
FROM news
ON CONFLICT (membership_id, conversation_id, kind) WHERE read_at IS NULL DO UPDATE SET
    seq = greatest(stored.seq, EXCLUDED.seq),
    -- Another transaction may have counted some of them since this one looked.
    count = stored.count + EXCLUDED.count - (
        SELECT count(*) FROM unnest(EXCLUDED.recent_seqs) AS each
        WHERE each = ANY (stored.recent_seqs)
    ),
    recent_seqs = ARRAY(
        SELECT seq FROM (
            SELECT seq FROM unnest(stored.recent_seqs || EXCLUDED.recent_seqs) AS each (seq)
            GROUP BY seq ORDER BY seq DESC LIMIT {Notification.MAX_RECENT_SEQS}
        ) AS kept ORDER BY seq
    ),
    happened_at = greatest(stored.happened_at, EXCLUDED.happened_at)
WHERE NOT EXCLUDED.recent_seqs <@ stored.recent_seqs
RETURNING id
"""


def notify(events):
    """Store what is new about these events, and publish it to the pages of those concerned."""
    if not events:
        return
    columns = [list(column) for column in zip(*((new_id(), *each) for each in events), strict=True)]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(STORE, columns)
            stored = [pk for (pk,) in cursor.fetchall()]
        if stored:
            notifications = load_with_members(stored)
            publish_news(notifications)
            queue_mention_emails([each for each in notifications if each.kind == "mentioned"])


def load_with_members(pks):
    """Return these notifications and the assignees (ids) of their conversations.

    Each member is loaded once, no matter how many notifications they have.
    """
    found = Notification.objects.filter(pk__in=pks).annotate(assignee=F("conversation__assignee"))
    notifications = list(found)
    ids = {each.membership_id for each in notifications}
    members = Membership.objects.with_related().in_bulk(ids)
    for each in notifications:
        each.membership = members[each.membership_id]
    return notifications


def correct_bulk_notifications(run):
    """Take back the unread notifications of a bulk run that was undone."""
    counts = Counter(each.membership for each in find_bulk_assignments(run))
    unread = Notification.objects.unread().filter(
        kind=Notification.Kind.BULK_ASSIGNED, conversation__in=run.items.values("conversation")
    )
    related = ("membership__user", "membership__role", "membership__workspace")
    for notification in unread.select_related(*related):
        item = run.items.get(conversation=notification.conversation_id)
        if notification.seq > item.seq:  # about a later run
            continue
        if count := counts[notification.membership_id]:
            unread.filter(pk=notification.pk).update(count=count)
        else:
            unread.filter(pk=notification.pk).delete()
        publish_unread(notification.membership)


def mark_conversation_read(conversation, *, membership, seq):
    """Mark notifications about entries up to this one as read, because a page showed them."""
    unread = Notification.objects.unread().filter(membership=membership, conversation=conversation)
    if unread.filter(seq__lte=seq).update(read_at=timezone.now()):
        publish_unread(membership)


def mark_all_read(membership, *, until):
    """Mark everything as read that had happened when the member's page listed it."""
    unread = Notification.objects.unread().filter(membership=membership, happened_at__lte=until)
    if unread.update(read_at=timezone.now()):
        publish_unread(membership)
