"""What the visitor is told about who is there: true, short, and nothing about anybody else."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from inbox.actions.visitor import latest_conversation
from routing.undelivered import has_come_back
from widget.inbox_availability import InboxAvailability, may_have
from widget.state_texts import (
    absent_owner_words,
    absent_words,
    reopening_text,
    busy_words,
    full_words,
    goes_words,
    kept_words,
    nobody_words,
    unseen_people_words,
    unseen_words,
)


@dataclass
class State:
    """name: online, waiting (for the next free agent), offline or closed (resolved)."""

    name: str
    headline: str
    detail: str
    faces: list = field(default_factory=list)
    asks_email: bool = False
    email: str = ""
    email_error: str = ""


def state_for(inbox, conversation, *, contact=None, reception=None) -> State:
    """conversation: the visitor's latest, or None when they have not written yet.

    Whoever has it; else whoever would get what they write next: their owner, where the inbox
    routes to owners, or the people of the inbox.
    """
    reception = reception or InboxAvailability(inbox)
    is_resolved = conversation is not None and conversation.is_resolved
    if conversation is not None and conversation.assignee is not None and not is_resolved:
        return with_assignee(reception, conversation)
    owner = reception.owner_of(conversation.contact if conversation else contact)
    if owner and (is_resolved or may_have(conversation, owner.pk)):
        return with_owner(reception, conversation, owner)
    if is_resolved:
        return closed(conversation, inbox.workspace.name)
    return with_related(reception, conversation)


def with_assignee(reception, conversation):
    """How many other chats they have does not matter: they have this one."""
    person = conversation.assignee
    code = reception.code(person)
    if code == "available":
        return State("online", person.name, _("Your contact here"), [person])
    words = unseen_words(person) if code == "presence_unknown" else absent_words(person)
    return away(reception, conversation, person.name, [person], words)


def with_owner(reception, conversation, owner):
    code = reception.code_of_one(owner)
    again = conversation is not None and conversation.is_resolved
    if code in ("available", "at_capacity") and reception.closed:
        words = f"{reopening_text(reception.closed, reception.now)} {goes_words(owner)}"
        return away(reception, conversation, owner.name, [owner], words)
    if code == "available":
        words = _("Your contact here. Write to go on.") if again else _("Your contact here")
        return State("online", owner.name, words, [owner])
    if code == "at_capacity":
        return State("waiting", owner.name, busy_words(owner), [owner])
    words = unseen_words(owner) if code == "presence_unknown" else absent_owner_words(owner)
    return away(reception, conversation, owner.name, [owner], words)


def closed(conversation, name):
    """Resolved: whoever had it may have gone, but it is still theirs to look at."""
    person = conversation.assignee
    words = _("This conversation is closed. Write to open it again.")
    return State("closed", person.name if person else name, words, [person] if person else [])


def with_related(reception, conversation):
    name = reception.inbox.workspace.name
    is_waiting = conversation is not None and conversation.is_open
    if reception.closed:
        words = [reopening_text(reception.closed, reception.now), kept_words(is_waiting=is_waiting)]
        return away(reception, conversation, name, reception.absent_faces, " ".join(words))
    there = reception.faces("available", conversation)
    if there and is_waiting:
        return State("waiting", name, _("We are finding somebody for you."), there)
    if there:
        return State("online", name, _("We are here. Ask us anything."), there)
    full = reception.faces("at_capacity", conversation)
    if full:
        return State("waiting", name, full_words(is_waiting=is_waiting), full)
    unseen = reception.faces("presence_unknown", conversation)
    words_of = unseen_people_words if unseen else nobody_words
    words = words_of(has_written=conversation is not None)
    return away(reception, conversation, name, reception.absent_faces, words)


def away(reception, conversation, headline, faces, detail) -> State:
    """With a place for their address, as long as the inbox mails what they miss."""
    state = State("offline", headline, detail, faces)
    contact = conversation.contact if conversation else None
    if contact is None or contact.unsubscribed_at or not reception.mails_replies:
        return state
    state.email = contact.email
    state.asks_email = conversation.waiting_since is not None and not contact.email
    if contact.email and has_come_back(conversation):
        state.asks_email = True
        state.email_error = _("An email to this address did not arrive. Is it right?")
    return state


def state_of_visitor(inbox, visitor) -> tuple[State, object]:
    """The state and the visitor's latest conversation (None: nothing written yet)."""
    conversation = latest_conversation(visitor) if visitor else None
    if conversation is not None:
        conversation.inbox = inbox
    contact = visitor.contact if visitor else None
    return state_for(inbox, conversation, contact=contact), conversation
