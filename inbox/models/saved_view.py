from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import cached_property

from inbox.models.inbox import Inbox
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel
from teams.permissions import Permission


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Return a member's own views and those shared with everyone, by name."""
        views = self.filter(
            Q(member=membership) | Q(member=None), workspace=membership.workspace_id
        )
        return views.order_by("name", "pk")


class SavedView(TenantModel):
    """Filters and an order of the desk's list under a name.

    It stores no conversations: everyone who opens it sees those that they may see.
    """

    # The owner, or None for a view that is shared with everyone.
    member = TenantForeignKey(
        Membership, null=True, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)  # as ConversationFilters.query writes it

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [*same_workspace_constraints("savedview", "member")]

    def __str__(self):
        return self.name

    @property
    def is_shared(self):
        return self.member_id is None

    @property
    def count_name(self):
        """Return the name of its count of open conversations on a page."""
        return f"view-{self.pk}"

    @cached_property
    def filters(self):
        from inbox.conversation_filters import ConversationFilters  # which refers to this model

        return ConversationFilters.from_query(QueryDict(self.query))

    def can_be_edited_by(self, membership):
        """A shared view is everyone's, so changing it takes a permission."""
        return not self.is_shared or membership.can(Permission.CHANGE_SETTINGS)


class FavouriteInbox(TenantModel):
    """An inbox that a member has put first in their list of inboxes."""

    membership = TenantForeignKey(
        Membership,
        on_delete=models.CASCADE,
        related_name="favourite_inboxes",
        db_index=False,  # `one_favourite_per_inbox` starts with it
    )
    inbox = TenantForeignKey(Inbox, on_delete=models.CASCADE, related_name="favourites")

    class Meta:
        constraints = [
            *same_workspace_constraints("favouriteinbox", "membership", "inbox"),
            models.UniqueConstraint(fields=["membership", "inbox"], name="one_favourite_per_inbox"),
        ]
