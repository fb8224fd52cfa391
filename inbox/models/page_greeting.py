from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models.inbox import Inbox
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.text import initials
from teams.models import Membership
from teams.models.workspace import TenantModel


class PageGreetingQuerySet(models.QuerySet):
    def with_sender(self):
        """Join the senders, and sort the greetings as visitors see them."""
        joined = self.select_related("sender__user", "sender__workspace")
        return joined.order_by("created_at", "pk")


class PageGreeting(TenantModel):
    """A greeting beside the button of a page, which a visitor sees once."""

    class Trigger(models.TextChoices):
        TIME = "time", _("After some time on the page")
        SCROLL = "scroll", _("After scrolling down the page")

    MAX_COUNT = 5  # in an inbox

    inbox = TenantForeignKey(
        Inbox,
        on_delete=models.CASCADE,
        related_name="page_greetings",
        db_index=False,  # `page_greeting_by_inbox` serves it
    )
    text = models.CharField(max_length=200)
    # None: the workspace, with its logo.
    sender = TenantForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Patterns of pages (widget.page_patterns). Empty: all pages.
    pages = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    trigger = models.CharField(max_length=6, choices=Trigger, default=Trigger.TIME)
    seconds = models.PositiveSmallIntegerField(default=10)
    percent = models.PositiveSmallIntegerField(default=50)  # of the page's height

    objects = PageGreetingQuerySet.as_manager()

    class Meta:
        constraints = [*same_workspace_constraints("pagegreeting", "inbox", "sender")]
        indexes = [models.Index(fields=["inbox", "created_at"], name="page_greeting_by_inbox")]

    def __str__(self):
        return self.text

    @property
    def short_id(self):
        """Return the name by which browsers know it. The last part of an id is random."""
        return str(self.pk)[-8:]

    @property
    def current_sender(self):
        """Return the sender, unless they have left: then the workspace greets."""
        return self.sender if self.sender and self.sender.is_active else None

    @property
    def sender_name(self):
        sender = self.current_sender
        return sender.name if sender else self.inbox.heading

    @property
    def sender_initials(self):
        sender = self.current_sender
        return sender.initials if sender else initials(self.inbox.heading)
