"""Decides what a visitor sees above the conversation: who will answer, and when."""

from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from inbox.actions.visitor import latest_conversation
from routing.emails.undelivered import is_reply_undelivered
from widget.inbox_availability import InboxAvailability, is_eligible
from widget.state_texts import (
    busy_inbox_text,
    busy_owner_text,
    closed_inbox_text,
    delivery_text,
    offline_assignee_text,
    offline_inbox_text,
    offline_owner_text,
    reopening_text,
    reply_time_text,
    unknown_agent_text,
    unknown_inbox_text,
)


class StateName(TextChoices):
    ONLINE = "online"
    WAITING = "waiting"  # for the next available agent
    OFFLINE = "offline"
    CLOSED = "closed"  # resolved


@dataclass
class State:
    name: StateName
    headline: str
    detail: str
    agents: list = field(default_factory=list)
    logo: tuple = ()  # instead of several agents: widget.logo.Logo
    asks_email: bool = False
    email: str = ""
    email_error: str = ""
    asks_rating: bool = False
    is_rated: bool = False


def state_for(inbox, conversation, *, contact=None, availability=None) -> State:
    """Return the state for a visitor, given their latest conversation if they have one.

    It shows the assignee, or else who would get the visitor's next message: the contact's owner
    where the inbox routes to owners, or the agents of the inbox.
    """
    availability = availability or InboxAvailability(inbox)
    state = choose_state(availability, conversation, contact)
    if inbox.asks_rating and conversation is not None and conversation.is_resolved:
        state.is_rated = conversation.rating is not None
        state.asks_rating = not state.is_rated
    return state


def choose_state(availability, conversation, contact):
    is_resolved = conversation is not None and conversation.is_resolved
    if conversation is not None and conversation.assignee is not None and not is_resolved:
        return state_of_assignee(availability, conversation)
    owner = availability.find_owner(conversation.contact if conversation else contact)
    if owner and (is_resolved or is_eligible(owner.pk, conversation)):
        return state_of_owner(availability, conversation, owner)
    if is_resolved:
        return state_of_resolved(conversation, availability.inbox)
    return state_of_inbox(availability, conversation)


def state_of_assignee(availability, conversation):
    """Describe the assignee. Their capacity doesn't matter: the conversation is already theirs."""
    agent = conversation.assignee
    status = availability.get_status(agent)
    if status == "available":
        return State(StateName.ONLINE, agent.name, "", [agent])
    is_unknown = status == "unknown"
    text = unknown_agent_text(agent) if is_unknown else offline_assignee_text(agent)
    return offline_state(availability, conversation, agent.name, text, [agent])


def state_of_owner(availability, conversation, owner):
    status = availability.get_owner_status(owner)
    is_resolved = conversation is not None and conversation.is_resolved
    if status in ("available", "at_capacity") and availability.closed:
        reopening = reopening_text(availability.closed, availability.now)
        text = f"{reopening} {delivery_text(owner)}"
        return offline_state(availability, conversation, owner.name, text, [owner])
    if status == "available":
        text = _("Send a message to continue.") if is_resolved else ""
        return State(StateName.ONLINE, owner.name, text, [owner])
    if status == "at_capacity":
        return State(StateName.WAITING, owner.name, busy_owner_text(owner), [owner])
    is_unknown = status == "unknown"
    text = unknown_agent_text(owner) if is_unknown else offline_owner_text(owner)
    return offline_state(availability, conversation, owner.name, text, [owner])


def state_of_resolved(conversation, inbox):
    """Show the last assignee, even if they have left since."""
    agent = conversation.assignee
    text = _("This conversation is closed. Send a message to reopen it.")
    name = agent.name if agent else inbox.heading
    return State(StateName.CLOSED, name, text, [agent] if agent else [])


def state_of_inbox(availability, conversation):
    state = describe_inbox(availability, conversation)
    if availability.logo:
        state.agents, state.logo = [], availability.logo
    return state


def describe_inbox(availability, conversation):
    name = availability.inbox.heading
    is_waiting = conversation is not None and conversation.is_open
    if availability.closed:
        reopening = reopening_text(availability.closed, availability.now)
        text = f"{reopening} {closed_inbox_text(is_waiting=is_waiting)}"
        return offline_state(availability, conversation, name, text, availability.default_agents)
    available = availability.find_agents("available", conversation)
    if available:
        text = (
            _("We're finding an agent for you.")
            if is_waiting
            else _("We're here. Ask us anything.")
        )
        text = f"{text} {reply_time_text(availability.inbox)}".rstrip()
        status = StateName.WAITING if is_waiting else StateName.ONLINE
        return State(status, name, text, available)
    busy = availability.find_agents("at_capacity", conversation)
    if busy:
        return State(StateName.WAITING, name, busy_inbox_text(is_waiting=is_waiting), busy)
    is_unknown = availability.find_agents("unknown", conversation)
    get_text = unknown_inbox_text if is_unknown else offline_inbox_text
    text = get_text(has_written=conversation is not None)
    return offline_state(availability, conversation, name, text, availability.default_agents)


def offline_state(availability, conversation, headline, detail, agents) -> State:
    """Return the offline state, which offers replies by email if the inbox sends them."""
    state = State(StateName.OFFLINE, headline, detail, agents)
    contact = conversation.contact if conversation else None
    if contact is None or contact.unsubscribed_at or not availability.emails_replies:
        return state
    state.email = contact.email
    state.asks_email = conversation.waiting_since is not None and not contact.email
    if contact.email and is_reply_undelivered(conversation):
        state.asks_email = True
        state.email_error = _("We couldn't deliver an email to this address. Please check it.")
    return state


def state_of_visitor(inbox, visitor) -> tuple[State, object]:
    """Return the state and the visitor's latest conversation, or None if they haven't written."""
    conversation = latest_conversation(visitor) if visitor else None
    if conversation is not None:
        conversation.inbox = inbox
    contact = visitor.contact if visitor else None
    return state_for(inbox, conversation, contact=contact), conversation
