"""Three weeks that lie behind a shop's chat: conversations, decisions, and who was there when.

Stored in a few queries, past the product's verbs: nothing is sent and nobody is told. The same
for the same moment, but for ids.
"""

from datetime import timedelta

from django.db.models import F

from demo.cast import CONVERSATIONS
from demo.chat import at
from demo.shifts import person_of
from demo.telling import Telling
from demo.visits import PAST, dates_until, is_workday, list_visits
from inbox.models import Contact, Conversation, Message
from routing.models import Decision, Routing, RotationEntry
from teams.models import StatusChange

# The last of the cast's visitors finds nobody there; people leave one after the other.
GONE, APART = timedelta(minutes=7), timedelta(seconds=20)
# Long enough to join what the cast tells of one day.
AROUND = timedelta(minutes=46)


def load_past(inbox, *, origin, now):
    """Into an inbox without conversations. origin: of the pages on which visitors wrote."""
    zone = inbox.workspace.zone
    dates = dates_until(now.astimezone(zone).date())
    habits = habits_of(inbox)
    people = list_people(inbox, habits, [each for each in dates if is_workday(each)], now)
    # What is open keeps the newest of all activities.
    until = before_what_is_open(inbox.workspace.slug, now)
    telling = Telling(inbox, people, habits, origin=origin, until=until)
    chats = telling.tell(list_visits(dates, zone))
    store_chats(inbox.workspace, chats)
    store_turns(inbox, telling)
    store_states(inbox, people)


def habits_of(inbox):
    """{membership's id: what their days are like}."""
    theirs = {each["email"]: each for each in PAST["people"]}
    return {each.pk: theirs[each.user.email] for each in inbox.agents}


def list_people(inbox, habits, workdays, now):
    told = list(times_told(inbox.workspace.slug, now))
    return [
        person_of(
            membership,
            habits[membership.pk],
            workdays,
            also=told,
            until=(now - GONE - place * APART).timestamp(),
        )
        for place, membership in enumerate(inbox.agents.order_by("pk"))
    ]


def times_told(company, now):
    """When the people were there because the cast's conversations were given to them then."""
    for each in cast_of(company, waits=False):
        minutes = minutes_of(each)
        begin, end = (now - timedelta(minutes=most(minutes)) for most in (max, min))
        yield (begin - AROUND).timestamp(), (end + AROUND).timestamp()


def before_what_is_open(company, now):
    oldest = max(max(minutes_of(each)) for each in cast_of(company, resolved=False))
    return (now - timedelta(minutes=oldest)).timestamp()


def cast_of(company, **known):
    wanted = {"company": company} | known
    return [
        each for each in CONVERSATIONS if all(each[name] == value for name, value in wanted.items())
    ]


def minutes_of(conversation):
    return [each["minutes"] for each in conversation["entries"]]


def store_chats(workspace, chats):
    for number, chat in enumerate(chats, start=workspace.last_number + 1):
        chat.conversation.number = number
    workspace.last_number += len(chats)
    workspace.save(update_fields=["last_number"])
    Contact.objects.bulk_create(chat.contact for chat in chats)
    Conversation.objects.bulk_create(chat.conversation for chat in chats)
    Message.objects.bulk_create(entry for chat in chats for entry in chat.entries)
    Decision.objects.bulk_create(each for chat in chats for each in chat.decisions)


def store_turns(inbox, telling):
    """The cast goes on from here, and begins with the same person every time: it names them."""
    turn = telling.turn
    Routing.objects.filter(inbox=inbox).update(turn=turn)
    last = reversed(telling.people)
    RotationEntry.objects.bulk_create(
        RotationEntry(workspace=inbox.workspace, inbox=inbox, membership_id=person.id, turn=turn - place)
        for place, person in enumerate(last)
    )


def store_states(inbox, people):
    StatusChange.objects.bulk_create(
        StatusChange(
            workspace=inbox.workspace, membership_id=person.id, status=code, created_at=at(moment)
        )
        for person in people
        for moment, code in person.states
    )


def number_by_time(workspace):
    """The cast was told after the past, and some of it happened in between."""
    conversations = Conversation.objects.filter(workspace=workspace)
    # Two may not have the same number, not even for the moment of an update.
    conversations.update(number=F("number") + workspace.last_number)
    in_order = list(conversations.order_by("created_at"))
    for number, conversation in enumerate(in_order, start=1):
        conversation.number = number
    Conversation.objects.bulk_update(in_order, ["number"])
