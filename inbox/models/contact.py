from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Collate, Lower
from django.utils.translation import gettext as _

from inbox import nicknames
from inbox.models.conversation import Conversation
from inbox.models.inbox import Inbox
from messagehub.lib.name_comparison import Normalized, search_key
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.text import initials
from teams.models import Membership
from teams.models.workspace import TenantModel
from teams.permissions import Permission


def byte_order_key(field):
    """Lowercase the field and compare it by bytes, so that an index serves prefix lookups."""
    return Collate(Lower(field), "C")


class NicknameNumber(models.Func):
    """Compute nicknames.nickname_number() of an id in SQL."""

    template = (
        "mod(get_byte(uuid_send(%(expressions)s), 14) * 256"
        f" + get_byte(uuid_send(%(expressions)s), 15), {nicknames.COUNT})"
    )
    output_field = models.IntegerField()


HAS_NICKNAME = Q(name="", email="")


class ContactQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Return the contacts with a conversation that this member may see."""
        conversations = Conversation.objects.visible_to(membership).filter(contact=OuterRef("pk"))
        return self.filter(Exists(conversations), workspace=membership.workspace_id)

    def search(self, text):
        """Return contacts whose name, nickname or email address starts with this text."""
        contacts = self.alias(by_name=search_key("name"), by_email=byte_order_key("email"))
        name = search_key(Value(text))
        address = byte_order_key(Normalized(Value(text), form="NFKC"))
        matches = Q(by_name__startswith=name) | Q(by_email__startswith=address)
        if numbers := nicknames.find_numbers(text):
            contacts = contacts.alias(nickname_number=NicknameNumber("id"))
            matches |= HAS_NICKNAME & Q(nickname_number__in=numbers)
        return contacts.filter(matches)

    def with_owner(self):
        return self.select_related("owner__user", "owner__role")


class Contact(TenantModel):
    """A person outside the workspace. Their name and email address are unverified."""

    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.CASCADE,
        related_name="contacts",
        editable=False,
        db_index=False,  # `contact_of_workspace` starts with it
    )
    name = models.CharField(max_length=80, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    owner = TenantForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="owned_contacts"
    )
    # When they unsubscribed from emails.
    unsubscribed_at = models.DateTimeField(null=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("contact", "owner"),
            # Its index also serves the list of contacts, newest first.
            models.UniqueConstraint(fields=["workspace", "id"], name="contact_of_workspace"),
        ]
        indexes = [
            models.Index(fields=["workspace", "email"], name="contact_by_email"),
            models.Index("workspace", search_key("name"), name="contact_name_begins"),
            models.Index("workspace", byte_order_key("email"), name="contact_email_begins"),
            models.Index(
                "workspace",
                NicknameNumber("id"),
                condition=HAS_NICKNAME,
                name="contact_by_nickname",
            ),
        ]

    def __str__(self):
        return self.display_name

    @property
    def display_name(self):
        return self.name or self.email or nicknames.nickname(self.pk)

    @property
    def initials(self):
        return initials(self.display_name)

    @property
    def hue(self):
        """Return the colour of the nickname, which the contact keeps after giving a name."""
        return nicknames.nickname_hue(self.pk)

    @property
    def owner_label(self):
        """Return the owner's name, and in brackets why they can't receive conversations."""
        if self.owner is None:
            return ""
        if self.owner.removed_at:
            return _("%(name)s (removed)") % {"name": self.owner.name}
        if not self.owner.is_active:
            return _("%(name)s (suspended)") % {"name": self.owner.name}
        if not self.owner.can(Permission.ANSWER):
            return _("%(name)s (can't answer conversations)") % {"name": self.owner.name}
        return self.owner.name

    @property
    def live_channel(self):
        """Return the channel of the contact's own browsers.

        Publish only what visible_to_contact() allows.
        """
        return f"contact:{self.pk}"


class Visitor(TenantModel):
    """A browser that chats through the widget, identified by a token.

    Its row is locked when a conversation starts, so that a double click starts only one.
    """

    inbox = TenantForeignKey(
        Inbox,
        on_delete=models.CASCADE,
        related_name="visitors",
        db_index=False,  # `one_visitor_per_token` starts with it
    )
    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="visitors")
    token_hash = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True)
    # The IP address of the first message; it limits how many new visitors one network can create.
    ip_address = models.GenericIPAddressField(null=True)

    is_new = False  # whether this transaction created it

    class Meta:
        constraints = [
            *same_workspace_constraints("visitor", "inbox", "contact"),
            models.UniqueConstraint(fields=["inbox", "token_hash"], name="one_visitor_per_token"),
        ]
        indexes = [
            models.Index(fields=["inbox", "ip_address", "created_at"], name="visitor_by_ip_address")
        ]

    @property
    def live_subject(self):
        return f"visitor:{self.pk}"
