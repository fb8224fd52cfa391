from django.db import models

from inbox.models import Conversation, Inbox
from teams.models import Membership
from teams.models.workspace import TenantModel


class Rotation(TenantModel):
    """The row that is locked to route in an inbox. `turn` counts the chats given out."""

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="rotation")
    turn = models.PositiveBigIntegerField(default=0)


class Turn(TenantModel):
    """When somebody was last given a chat of an inbox, as a count: clocks cannot disagree."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="turns")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="turns")
    turn = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inbox", "membership"], name="one_turn_in_an_inbox")
        ]


class Decision(TenantModel):
    """Why a conversation went to somebody, or to nobody: what was known at that moment."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="decisions"
    )
    trigger = models.CharField(max_length=20)
    rule = models.CharField(max_length=20)
    candidates = models.JSONField()
    chosen = models.ForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    microseconds = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["conversation", "created_at"], name="decisions_in_order")]

    @property
    def sentence(self):
        from routing.words import decision_sentence

        return decision_sentence(self)
