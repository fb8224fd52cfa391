"""What the visitor is told about who is there: true, short, and nothing about anybody else."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from inbox.actions.visitor import latest_conversation
from teams.availability import with_availability


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


def state_for(inbox, conversation) -> State:
    """conversation: the visitor's latest, or None when they have not written yet."""
    if conversation is not None and conversation.assignee is not None:
        return with_assignee(conversation)
    if conversation is not None and conversation.is_resolved:
        detail = _("This conversation is closed. Write to open it again.")
        return State("closed", inbox.workspace.name, detail)
    people = with_availability(inbox.agents.order_by("pk"))
    there = [person for person in people if person.availability.can_take_chats]
    if there and conversation is None:
        return State("online", inbox.workspace.name, _("We are here. Ask us anything."), there[:3])
    if there:
        detail = _("We are finding somebody for you.")
        return State("waiting", inbox.workspace.name, detail, there[:3])
    return away(conversation, inbox.workspace.name, people[:3], nobody_words(conversation))


def with_assignee(conversation) -> State:
    person = with_availability([conversation.assignee])[0]
    if conversation.is_resolved:
        detail = _("This conversation is closed. Write to open it again.")
        return State("closed", person.name, detail, [person])
    if person.availability.can_take_chats:
        return State("online", person.name, _("Your contact here"), [person])
    words = _("Not here right now. Your message is with them.")
    return away(conversation, person.name, [person], words)


def away(conversation, headline, faces, detail) -> State:
    email = conversation.contact.email if conversation else ""
    has_written = conversation is not None and conversation.waiting_since is not None
    if email and has_written:
        detail = _("Nobody is here right now. We will write to %(email)s.") % {"email": email}
    return State("offline", headline, detail, faces, has_written and not email, email)


def nobody_words(conversation):
    if conversation is None:
        return _("Nobody is here right now. Write to us: your message is kept.")
    return _("Nobody is here right now. Your message is kept and will be answered.")


def state_of_visitor(inbox, visitor) -> tuple[State, object]:
    """The state and the visitor's latest conversation (None: nothing written yet)."""
    conversation = latest_conversation(visitor) if visitor else None
    if conversation is not None:
        conversation.inbox = inbox
    return state_for(inbox, conversation), conversation
