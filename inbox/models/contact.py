import re
from contextlib import nullcontext

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Collate, Concat, Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from inbox import nicknames
from inbox.models.contact_attribute import ATTRIBUTES
from inbox.models.conversation import Conversation
from messagehub.lib.language import in_language
from messagehub.lib.name_comparison import fold, search_key
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


MAX_WORDS = 6  # of a search
HAS_NICKNAME = Q(name="", email="")
# A phone number as people type it. At least three digits, because fewer are in every number.
PHONE_PART = re.compile(r"[+(]*(?:\d[\s()./-]*){3,}")


class DigitsOnly(models.Func):
    """Leave out everything but the digits of a phone number."""

    function = "REGEXP_REPLACE"
    template = r"%(function)s(%(expressions)s, '\D', '', 'g')"
    output_field = models.TextField()


# Where the search looks for a part: a line for each field, and the phone number as digits. Reading
# all of them takes 20 ms for 100,000 contacts, because they are stored folded and next to the id.
SEARCH_TEXT = search_key(
    Concat(
        "name",
        Value("\n"),
        "email",
        Value("\n"),
        "company",
        Value("\n"),
        "phone",
        Value("\n"),
        DigitsOnly("phone"),
        output_field=models.TextField(),
    )
)


class ContactQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Return the contacts with a conversation that this member may see.

        Contacts without any, which were imported, are for members who see all conversations.
        """
        contacts = self.filter(workspace=membership.workspace_id)
        if membership.sees_all_conversations:
            return contacts
        # Subqueries, because PostgreSQL would answer an EXISTS beside another condition from a
        # hash table of all conversations.
        own = Conversation.objects.filter(contact=OuterRef("pk")).values("pk")
        visible = own.filter(pk__in=Conversation.objects.visible_to(membership).values("pk"))
        contacts = contacts.alias(visible=Subquery(visible[:1]))
        if not membership.can(Permission.SEE_ALL):
            return contacts.filter(visible__isnull=False)
        contacts = contacts.alias(any=Subquery(own[:1]))
        return contacts.filter(Q(visible__isnull=False) | Q(any=None))

    def matching(self, text):
        """Return contacts with this part of a name, nickname, email, phone number or company.

        It can also be several words in any order. Each must be found.
        """
        folded = fold(text)
        matches = Contact.matches(folded)
        if len(words := folded.split()[:MAX_WORDS]) > 1:
            # What has the whole text has its words, except for a phone number with other spaces.
            is_phone = PHONE_PART.fullmatch(folded)
            matches = (matches if is_phone else Q()) | Q(*map(Contact.matches, words))
        if numbers := nicknames.find_numbers(text):
            contacts = self.alias(nickname_number=NicknameNumber("id"))
            return contacts.filter(matches | HAS_NICKNAME & Q(nickname_number__in=numbers))
        return self.filter(matches)

    def with_owner(self):
        return self.select_related("owner__user", "owner__role", "blocked_by__user")


class Contact(TenantModel):
    """A person outside the workspace. Their values are unverified unless `sources` says so."""

    # The values that agents edit, files import and visitors claim; attributes come on top.
    OWN_FIELDS = ("name", "email", "phone", "company")

    class Source(models.TextChoices):
        CLAIMED = "claimed"  # by the visitor, or by a script on the page
        VERIFIED = "verified"  # in a token that the website has signed

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
    # The language in which they last saw the chat, one of settings.VISITOR_LANGUAGES.
    language = models.CharField(max_length=10, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    company = models.CharField(max_length=80, blank=True, default="")
    # {id of a ContactAttribute: the value as text}
    attributes = models.JSONField(default=dict, blank=True)
    # The ids of its labels. Some may have been deleted.
    label_ids = ArrayField(models.UUIDField(), default=list, editable=False)
    # Where values come from: {field or key of an attribute: a Source}. What is missing here was
    # entered by the team.
    sources = models.JSONField(default=dict, blank=True)
    # When a signed token last proved who they are.
    verified_at = models.DateTimeField(null=True)
    # When they unsubscribed from emails.
    unsubscribed_at = models.DateTimeField(null=True)
    # When they last gave consent (inbox.models.prechat). The timeline has the text.
    consented_at = models.DateTimeField(null=True)
    # When the contact was blocked: their messages are discarded (inbox.actions.contact_block).
    blocked_at = models.DateTimeField(null=True)
    blocked_by = TenantForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    search_text = models.GeneratedField(
        expression=SEARCH_TEXT, output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("contact", "owner", "blocked_by"),
            # Its index also serves the list of contacts, newest first.
            models.UniqueConstraint(fields=["workspace", "id"], name="contact_of_workspace"),
        ]
        indexes = [
            models.Index(fields=["workspace", "email"], name="contact_by_email"),
            models.Index("workspace", byte_order_key("email"), name="contact_email_begins"),
            GinIndex(fields=["label_ids"], name="contact_by_label"),
            models.Index(
                fields=["blocked_by"],
                condition=Q(blocked_by__isnull=False),
                name="contact_by_blocker",
            ),
        ]

    def __str__(self):
        return self.display_name

    @staticmethod
    def matches(text):
        """Return a condition: this folded text is part of the name, email, phone or company."""
        matches = Q(search_text__contains=text)
        if PHONE_PART.fullmatch(text):
            matches |= Q(search_text__contains=re.sub(r"\D", "", text))
        return matches

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

    @cached_property
    def labels(self):
        """Return its labels by name. Lists set them without a query for each contact."""
        from inbox.models.label import Label  # which refers to conversations

        if not self.label_ids:
            return []
        labels = Label.objects.filter(workspace=self.workspace_id)
        return list(labels.filter(pk__in=self.label_ids))

    def in_language(self):
        """Return a context in which texts for the contact are in their language, if it's known."""
        return in_language(self.language) if self.language else nullcontext()

    @property
    def shown_attributes(self):
        """Return [(name, value as people read it)] of the attributes that have a value."""
        if not self.attributes:
            return []
        return [
            (attribute.name, attribute.format(self.attributes[attribute.key]))
            for attribute in ATTRIBUTES.all(workspace=self.workspace_id)
            if attribute.key in self.attributes
        ]

    @property
    def is_email_verified(self):
        return bool(self.email) and self.sources.get("email") == self.Source.VERIFIED

    def list_values_from(self, source):
        """Return the labels of the values that come from this source."""
        labels = {"name": _("Name"), "email": _("Email"), "phone": _("Phone")}
        labels |= {"company": _("Company")}
        if self.sources.keys() - labels.keys():
            attributes = ATTRIBUTES.all(workspace=self.workspace_id)
            labels |= {attribute.key: attribute.name for attribute in attributes}
        return [label for name, label in labels.items() if self.sources.get(name) == source]

    @property
    def is_claimed(self):
        """Return whether only the visitor's own claims say who they are."""
        claimed = [self.sources.get(name) for name in ("name", "email")]
        return not self.verified_at and self.Source.CLAIMED in claimed

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
