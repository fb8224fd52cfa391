"""Keeps the index of messages up to date, outside of the transactions that store messages.

A sweep indexes what is new within seconds. What changes what a message says, or moves it to another
conversation or inbox, calls `index` in the same transaction (search/receivers.py). Deleted messages
need nothing: a search joins the messages.
"""

from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from inbox.models import Message
from messagehub.lib.ids import first_id_at
from search.models import SearchedWorkspace, SearchEntry, SearchIndexing
from teams.models import Workspace

BATCH_SIZE = 1000
CONVERSATIONS_AT_ONCE = 100
# Seconds for one run. The next run continues.
TIME_LIMIT = 5
# A message's id is made before its transaction commits, perhaps by a server whose clock is slow.
OVERLAP, LONG_OVERLAP = timedelta(minutes=1), timedelta(hours=1)
CHECK_EVERY = timedelta(minutes=10)
LAST_ID = UUID(int=2**128 - 1)

INDEX = """
INSERT INTO search_searchentry (workspace_id, id, conversation_id, vector)
SELECT entry.workspace_id, entry.id, entry.conversation_id,
    search_vector(search_config(language), concat_ws(' ', body, file_names.text)) || search_keys(
        entry.workspace_id, inbox_id, to_char(entry.created_at AT TIME ZONE 'UTC', 'YYMM')
    )
FROM inbox_message AS entry
JOIN inbox_conversation AS conversation ON conversation.id = conversation_id
JOIN teams_workspace AS workspace ON workspace.id = entry.workspace_id
CROSS JOIN LATERAL (
    SELECT string_agg(file->>'name', ' ') AS text
    FROM jsonb_array_elements(details->'files') AS file
) AS file_names
WHERE entry.id = ANY (%s) AND kind <> 'activity'
ORDER BY entry.id
ON CONFLICT (workspace_id, id) DO UPDATE
SET conversation_id = excluded.conversation_id, vector = excluded.vector
WHERE (search_searchentry.conversation_id, search_searchentry.vector)
    IS DISTINCT FROM (excluded.conversation_id, excluded.vector)
"""


def index(ids):
    """Index these messages as they are now, whether they are indexed already or not."""
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(INDEX, [list(ids)])


def index_new_messages(*, time_limit=TIME_LIMIT):
    """Index the messages since the last run, then workspaces that need indexing from scratch."""
    stop_at = monotonic() + time_limit
    if index_recent_messages(stop_at):
        index_workspaces(stop_at)


def index_recent_messages(stop_at):
    """Return whether there was time for all."""
    now = timezone.now()
    state, _is_new = SearchIndexing.objects.get_or_create(
        pk=1, defaults={"finished_at": now, "checked_at": now}
    )
    is_check = now - state.checked_at > CHECK_EVERY
    since = state.finished_at - (LONG_OVERLAP if is_check else OVERLAP)
    messages = new_messages(since).values_list("pk", flat=True)
    may_be_more = True
    while may_be_more:
        ids = list(messages[:BATCH_SIZE])
        if ids and monotonic() > stop_at:
            return False
        index(ids)
        may_be_more = len(ids) == BATCH_SIZE
    state.finished_at = now
    if is_check:
        state.checked_at = now
    state.save()
    return True


def new_messages(since):
    """Return the messages since then that aren't indexed, oldest first."""
    indexed = SearchEntry.objects.filter(workspace=OuterRef("workspace"), id=OuterRef("pk"))
    messages = Message.objects.filter(pk__gt=first_id_at(since)).exclude(kind=Message.Kind.ACTIVITY)
    return messages.filter(~Exists(indexed)).order_by("pk")


def index_workspaces(stop_at, *, report=lambda workspace, count: None):
    """Index all messages of the workspaces that never were, or that changed their language."""
    state = SearchedWorkspace.objects.filter(workspace=OuterRef("pk"))
    done = state.filter(language=OuterRef("language"), before=None)
    for workspace in Workspace.objects.live().filter(~Exists(done)):
        SearchedWorkspace.objects.get_or_create(
            pk=workspace.pk, defaults={"language": workspace.language, "before": LAST_ID}
        )
        while count := index_older_conversations(workspace):
            report(workspace, count)
            if monotonic() > stop_at:
                return


def require_rebuild(workspaces):
    """Have all messages of these workspaces indexed again."""
    SearchedWorkspace.objects.filter(workspace__in=workspaces).update(before=LAST_ID)


@transaction.atomic
def index_older_conversations(workspace):
    """Index the next conversations, the newest first. Return how many there were."""
    state = SearchedWorkspace.objects.select_for_update(skip_locked=True)
    state = state.filter(pk=workspace.pk).first()
    if state is None:  # another worker is indexing them
        return 0
    if state.language != workspace.language:
        state.language, state.before = workspace.language, LAST_ID
    conversations = workspace.conversations.filter(pk__lt=state.before or UUID(int=0))
    ids = list(conversations.order_by("-pk").values_list("pk", flat=True)[:CONVERSATIONS_AT_ONCE])
    messages = Message.objects.filter(conversation__in=ids)
    messages = list(messages.values_list("pk", flat=True))
    for start in range(0, len(messages), BATCH_SIZE):
        index(messages[start : start + BATCH_SIZE])
    state.before = ids[-1] if len(ids) == CONVERSATIONS_AT_ONCE else None
    state.save()
    return len(ids)
