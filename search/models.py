from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from inbox.models import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints


class SearchEntry(models.Model):
    """The words of a message, reply or note. A separate row keeps storing messages cheap."""

    pk = models.CompositePrimaryKey("workspace_id", "id")
    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    # The message's. Not a foreign key: a search joins the message, and what is deleted with the
    # conversation goes in one statement.
    id = models.UUIDField(editable=False)
    conversation = TenantForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    # Also holds keys of the workspace, the inbox and the month (search_keys() in SQL), because
    # PostgreSQL can't combine this index with another one without reading all that either finds.
    vector = SearchVectorField()

    class Meta:
        constraints = same_workspace_constraints("searchentry", "conversation")
        indexes = [
            # Without the list of pending rows, which every search would have to read.
            GinIndex(fields=["vector"], name="search_words", fastupdate=False)
        ]


class SearchedWorkspace(models.Model):
    """The language in which a workspace is indexed, and the progress of indexing it."""

    workspace = models.OneToOneField(
        "teams.Workspace", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    language = models.CharField(max_length=10)
    # Conversations before this id are still to be indexed. None: all are.
    before = models.UUIDField(null=True)


class SearchIndexing(models.Model):
    """One row for the installation: messages created before `finished_at` are indexed."""

    finished_at = models.DateTimeField()
    # When messages were last looked for that were stored long after their creation.
    checked_at = models.DateTimeField()
