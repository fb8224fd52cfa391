from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Collate, Lower
from django.utils.translation import gettext as _

from inbox import nicknames
from inbox.models.inbox import Inbox
from messagehub.lib.name_comparison import Normalized, search_key
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.text import initials
from teams.models import Membership
from teams.models.workspace import TenantModel
from teams.permissions import Permission


def byte_order_key(field):
    """In small letters, and by bytes: what the beginning of an address is looked up by."""
    return Collate(Lower(field), "C")


class NameNumber(models.Func):
    """The number of a contact's made-up name (nicknames.nickname_number), from its id."""

    template = (
        "mod(get_byte(uuid_send(%(expressions)s), 14) * 256"
        f" + get_byte(uuid_send(%(expressions)s), 15), {nicknames.COUNT})"
    )
    output_field = models.IntegerField()


NAMELESS = Q(name="", email="")


class ContactQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Who may see one of their conversations may see them."""
        from inbox.models.conversation import Conversation

        theirs = Conversation.objects.visible_to(membership).filter(contact=OuterRef("pk"))
        return self.filter(Exists(theirs), workspace=membership.workspace_id)

    def search(self, text):
        """The name, given or made up, or the email address begins with it."""
        found = self.alias(by_name=search_key("name"), by_email=byte_order_key("email"))
        name = search_key(Value(text))
        address = byte_order_key(Normalized(Value(text), form="NFKC"))
        wanted = Q(by_name__startswith=name) | Q(by_email__startswith=address)
        if numbers := nicknames.find_numbers(text):
            found = found.alias(name_number=NameNumber("id"))
            wanted |= NAMELESS & Q(name_number__in=numbers)
        return found.filter(wanted)

    def with_owner(self):
        return self.select_related("owner__user", "owner__role")


class Contact(TenantModel):
    """A person outside. What they say about themselves is claimed, not proven."""

    name = models.CharField(max_length=80, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    owner = TenantForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="owned_contacts"
    )
    # They asked for no more email.
    unsubscribed_at = models.DateTimeField(null=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("contact", "owner"),
            # Its index also lists the contacts of a workspace, the latest first.
            models.UniqueConstraint(fields=["workspace", "id"], name="contact_of_workspace"),
        ]
        indexes = [
            models.Index(fields=["workspace", "email"], name="contact_by_email"),
            models.Index("workspace", search_key("name"), name="contact_name_begins"),
            models.Index("workspace", byte_order_key("email"), name="contact_email_begins"),
            models.Index(
                "workspace", NameNumber("id"), condition=NAMELESS, name="contact_by_nickname"
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
        """The colour of the made-up name, also once they have said their own."""
        return nicknames.nickname_hue(self.pk)

    @property
    def owner_label(self):
        """Whose contact they are, and why that person cannot be given their chats, if so."""
        if self.owner is None:
            return ""
        if self.owner.removed_at:
            return _("%(name)s (no longer here)") % {"name": self.owner.name}
        if not self.owner.is_active:
            return _("%(name)s (suspended)") % {"name": self.owner.name}
        if not self.owner.can(Permission.ANSWER):
            return _("%(name)s (answers no chats)") % {"name": self.owner.name}
        return self.owner.name

    @property
    def live_channel(self):
        """What their own browsers hear: only ever what visible_to_contact() allows."""
        return f"contact:{self.pk}"


class Visitor(TenantModel):
    """A contact as the widget sees one: a browser that holds a token.

    Its row is what is locked to start a conversation, so that a double click starts one.
    """

    inbox = TenantForeignKey(Inbox, on_delete=models.CASCADE, related_name="visitors")
    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="visitors")
    token_hash = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True)
    # Where it first wrote from: new visitors are limited by it.
    address = models.GenericIPAddressField(null=True)

    class Meta:
        constraints = [
            *same_workspace_constraints("visitor", "inbox", "contact"),
            models.UniqueConstraint(fields=["inbox", "token_hash"], name="one_visitor_a_token"),
        ]
        indexes = [
            models.Index(fields=["inbox", "address", "created_at"], name="visitors_by_address")
        ]

    @property
    def live_subject(self):
        return f"visitor:{self.pk}"
