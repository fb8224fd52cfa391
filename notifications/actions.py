"""Notify members of events, and mark what they have read.

The same event may be reported several times: by the request that caused it and by the sweep. It
is stored once, and only to a member whose page hasn't shown them its entry.
"""

from collections import Counter

from django.db import connection, transaction
from django.utils import timezone

from messagehub.lib.ids import new_id
from notifications.emails import queue_mention_emails
from notifications.events import find_bulk_assignments
from notifications.live import publish_news, publish_unread
from notifications.models import Notification

# A response that is due soon is news even to a member who has read the message.
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
    WHERE NOT EXISTS (
        SELECT FROM notifications_notification known
        WHERE known.membership_id = event.membership_id
            AND known.conversation_id = event.conversation_id
            AND known.kind = event.kind AND (
                event.seq = ANY (known.recent_seqs)
                OR cardinality(known.recent_seqs) = {Notification.MAX_RECENT_SEQS}
                    AND event.seq < known.recent_seqs[1]
            )
    ) AND (
        event.kind = 'due' OR NOT EXISTS (
            SELECT FROM inbox_readmarker marker
            WHERE marker.membership_id = event.membership_id
                AND marker.conversation_id = event.conversation_id AND marker.seq >= event.seq
        )
    ) AND EXISTS (
        SELECT FROM teams_membership member
        WHERE member.id = event.membership_id
            AND member.removed_at IS NULL AND member.suspended_at IS NULL
    )
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
            notifications = Notification.objects.filter(pk__in=stored).select_related(
                "membership__user", "membership__role", "membership__workspace"
            )
            publish_news(notifications)
            queue_mention_emails([each for each in notifications if each.kind == "mentioned"])


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
