from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.conversation import Conversation
from messagehub.lib.name_comparison import folded_name
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models.workspace import TenantModel


class Label(TenantModel):
    """A word with which a workspace sorts its conversations."""

    class Colour(models.IntegerChoices):
        """The hues of static/css/avatar.css."""

        RED = 0, _("Red")
        ORANGE = 1, _("Orange")
        YELLOW = 2, _("Yellow")
        LIME = 3, _("Lime")
        GREEN = 4, _("Green")
        TEAL = 5, _("Teal")
        CYAN = 6, _("Cyan")
        SKY = 7, _("Sky blue")
        BLUE = 8, _("Blue")
        VIOLET = 9, _("Violet")
        PURPLE = 10, _("Purple")
        PINK = 11, _("Pink")

    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.CASCADE,
        related_name="labels",
        editable=False,
        db_index=False,  # `label_of_workspace` starts with it
    )
    name = models.CharField(_("name"), max_length=40)
    colour = models.PositiveSmallIntegerField(_("colour"), choices=Colour)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="label_of_workspace"),
            models.UniqueConstraint("workspace", folded_name("name"), name="one_label_a_name"),
        ]

    def __str__(self):
        return self.name


class ConversationLabel(TenantModel):
    """A label of a conversation, which lists and counts ask for.

    Conversation.label_ids holds the same ids.
    """

    conversation = TenantForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="conversation_labels",
        db_index=False,  # `once_on_a_conversation` starts with it
    )
    label = TenantForeignKey(Label, on_delete=models.CASCADE, related_name="conversation_labels")

    class Meta:
        constraints = [
            *same_workspace_constraints("conversationlabel", "conversation", "label"),
            models.UniqueConstraint(
                fields=["conversation", "label"], name="once_on_a_conversation"
            ),
        ]
