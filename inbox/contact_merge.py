"""Computes what merging two contacts would do, for the preview and for the merge itself."""

from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _

from inbox.models import Contact, Conversation
from inbox.models.contact_attribute import ATTRIBUTES


@dataclass(frozen=True)
class MergePreview:
    """What happens to `stays` and `leaves`, both with their owner.

    duplicates: the unresolved conversations that are resolved, because a contact has at most one
        in each inbox. The newest stays as it is.
    """

    stays: Contact
    leaves: Contact
    duplicates: list[Conversation]

    @property
    def values(self) -> dict:
        """Return the fields of the contact that stays: its own, or else the other's."""
        stays, leaves = self.stays, self.leaves
        values = {name: getattr(stays, name) or getattr(leaves, name) for name in FIELDS}
        source = stays if stays.email or not leaves.email else leaves
        block = stays if stays.blocked_at else leaves
        return values | {
            "unsubscribed_at": source.unsubscribed_at,  # which belongs to the address
            "attributes": leaves.attributes | stays.attributes,
            "label_ids": list(dict.fromkeys(stays.label_ids + leaves.label_ids)),
            "consented_at": latest(stays.consented_at, leaves.consented_at),
            "blocked_at": block.blocked_at,
            "blocked_by": block.blocked_by,
            "created_at": min(stays.created_at, leaves.created_at),
            "sources": self.sources,
            "verified_at": latest(stays.verified_at, leaves.verified_at),
        }

    @property
    def sources(self) -> dict:
        """Return the source of each value, as in the contact from which the value comes."""
        stays, leaves = self.stays, self.leaves
        own = {name for name in FIELDS if getattr(stays, name)} | stays.attributes.keys()
        others = {name: each for name, each in leaves.sources.items() if name not in own}
        return others | {name: each for name, each in stays.sources.items() if name in own}

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """Return (label, value that stays, value of each contact) of what differs or is empty."""
        values, own, other = self.values, self.stays, self.leaves
        labels = {"name": _("Name"), "email": _("Email"), "phone": _("Phone")}
        labels |= {"company": _("Company")}
        rows = [
            (label, values[name], getattr(own, name), getattr(other, name))
            for name, label in labels.items()
        ]
        owner = values["owner"]
        rows.append((_("Owner"), owner and owner.name, own.owner_label, other.owner_label))
        for attribute in ATTRIBUTES.all(workspace=own.workspace_id):
            texts = [
                attribute.format(each[attribute.key]) if attribute.key in each else ""
                for each in (values["attributes"], own.attributes, other.attributes)
            ]
            rows.append((attribute.name, *texts))
        merged = Contact(workspace_id=own.workspace_id, label_ids=values["label_ids"])
        rows.append((_("Labels"), *map(format_labels, (merged, own, other))))
        return [row for row in rows if any(row[1:])]

    @property
    def version(self) -> str:
        """Return a hash of what the preview shows, to find out whether it is still true."""
        shown = [
            self.rows,
            bool(self.values["blocked_at"]),
            [each.number for each in self.duplicates],
        ]
        return sha256(repr(shown).encode()).hexdigest()[:16]


def latest(*times):
    return max(filter(None, times), default=None)


def format_labels(contact) -> str:
    return ", ".join(label.name for label in contact.labels)


FIELDS = (*Contact.OWN_FIELDS, "owner")


def preview_merge(stays, leaves) -> MergePreview:
    unresolved = Conversation.objects.unresolved().filter(contact__in=[stays.pk, leaves.pk])
    return MergePreview(stays, leaves, find_duplicates(unresolved.order_by("number")))


def find_duplicates(unresolved) -> list[Conversation]:
    """Return all of these conversations but the newest in each inbox."""
    newest = {}
    for conversation in unresolved:
        number = newest.get(conversation.inbox_id, 0)
        newest[conversation.inbox_id] = max(number, conversation.number)
    return [each for each in unresolved if each.number < newest[each.inbox_id]]
