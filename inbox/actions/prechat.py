"""Stores what a visitor answered before their first message."""

from dataclasses import dataclass, field

from django.utils import timezone

from inbox.actions.contact import lock_contact
from inbox.models import Message


@dataclass(frozen=True)
class Answers:
    """What a visitor entered. It's claimed, not proven, like all that visitors say.

    values: the contact's own fields. attributes: by their keys. consent: what they agreed to.
    """

    values: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    consent: str = ""


def save_answers(contact, answers: Answers, *, known_attributes) -> None:
    """Store them where the contact has no value yet, so that no one overwrites what is known.

    known_attributes: the keys that lock_attributes() returned.
    """
    contact = lock_contact(contact.pk)
    changed = [name for name in answers.values if not getattr(contact, name)]
    for name in changed:
        setattr(contact, name, answers.values[name])
    new = {key: value for key, value in answers.attributes.items() if key in known_attributes}
    if new.keys() - contact.attributes.keys():
        contact.attributes = new | contact.attributes
        changed.append("attributes")
    if answers.consent:
        contact.consented_at = timezone.now()
        changed.append("consented_at")
    contact.save(update_fields=changed)


def record_consent(change, answers: Answers) -> None:
    if answers.consent:
        name = change.conversation.contact.display_name
        change.add_activity(Message.Activity.CONSENT_GIVEN, contact=name, text=answers.consent)
