"""Stores what a visitor answered before their first message."""

from dataclasses import dataclass, field

from django.utils import timezone

from inbox.actions.contact import lock_contact
from inbox.models import Contact, Message


@dataclass(frozen=True)
class Answers:
    """What a visitor entered. It's claimed, not proven, like everything visitors say.

    values: the contact's own fields. attributes: by their keys. consent: what they agreed to.
    """

    values: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    consent: str = ""


def save_answers(contact, answers: Answers, *, known_attributes):
    """Store the answers where the contact has no value yet, to overwrite nothing.

    known_attributes: the keys that lock_attributes() returned. Returns the contact as it is now.
    """
    contact = lock_contact(contact.pk)
    fields = {name: value for name, value in answers.values.items() if not getattr(contact, name)}
    attributes = {
        key: value
        for key, value in answers.attributes.items()
        if key in known_attributes and key not in contact.attributes
    }
    for name, value in fields.items():
        setattr(contact, name, value)
    contact.attributes |= attributes
    contact.sources |= dict.fromkeys([*fields, *attributes], Contact.Source.CLAIMED)
    if answers.consent:
        contact.consented_at = timezone.now()
    contact.save(update_fields=[*fields, "attributes", "sources", "consented_at"])
    return contact


def record_consent(change, answers: Answers) -> None:
    if answers.consent:
        name = change.conversation.contact.display_name
        change.add_activity(Message.Activity.CONSENT_GIVEN, contact=name, text=answers.consent)
