"""The three weeks behind a shop's chat: conversations, decisions, and who was online when.

Assigned by routing's policy, and stored in a few queries without the product's actions, so that
nothing is sent or published. It's the same for the same moment, except for ids.
"""

from datetime import timedelta

from django.db.models import F

from demo.cast import CONVERSATIONS
from demo.chat import as_time
from demo.playback import Playback
from demo.shifts import make_member
from demo.visits import PAST, dates_until, is_workday, list_visits
from inbox.models import Contact, Conversation, Message
from routing.models import Decision, RotationEntry, Routing
from teams.models import StatusChange

# The agents leave one after another, so the last of the cast's visitors finds no one online.
GONE, APART = timedelta(minutes=7), timedelta(seconds=20)
# Long enough to join the cast's conversations of one day.
AROUND = timedelta(minutes=46)


def load_past(inbox, *, origin, now):
    """Load it into an inbox without conversations. origin: of the pages that visitors wrote on."""
    zone = inbox.workspace.zone
    dates = dates_until(now.astimezone(zone).date())
    habits = habits_of(inbox)
    members = list_members(inbox, habits, [each for each in dates if is_workday(each)], now)
    # Open conversations must have the newest activity.
    until = before_what_is_open(inbox.workspace.slug, now)
    playback = Playback(inbox, members, habits, origin=origin, until=until)
    chats = playback.run(list_visits(dates, zone))
    store_chats(inbox.workspace, chats)
    store_rotation(inbox, playback)
    store_states(inbox, members)


def habits_of(inbox):
    """Return the members' habits by membership id."""
    theirs = {each["email"]: each for each in PAST["people"]}
    return {each.pk: theirs[each.user.email] for each in inbox.agents}


def list_members(inbox, habits, workdays, now):
    online_for_cast = list(times_of_cast(inbox.workspace.slug, now))
    return [
        make_member(
            membership,
            habits[membership.pk],
            workdays,
            also=online_for_cast,
            until=(now - GONE - number * APART).timestamp(),
        )
        for number, membership in enumerate(inbox.agents.order_by("pk"))
    ]


def times_of_cast(company, now):
    """Yield when agents were online because the cast's conversations were assigned to them."""
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


def store_rotation(inbox, playback):
    """Store the rotation. The cast names its agents, so the next one is always the same."""
    count = playback.assignments
    Routing.objects.filter(inbox=inbox).update(assignment_count=count)
    last = reversed(playback.members)
    RotationEntry.objects.bulk_create(
        RotationEntry(
            workspace=inbox.workspace,
            inbox=inbox,
            membership_id=member.id,
            last_assigned_at=count - number,
        )
        for number, member in enumerate(last)
    )


def store_states(inbox, members):
    StatusChange.objects.bulk_create(
        StatusChange(
            workspace=inbox.workspace, membership_id=member.id, status=state, created_at=as_time(at)
        )
        for member in members
        for at, state in member.states
    )


def number_by_time(workspace):
    """Number all by time: the cast was loaded after the past, but some of it happened earlier."""
    conversations = Conversation.objects.filter(workspace=workspace)
    # No two may have the same number, not even during an update.
    conversations.update(number=F("number") + workspace.last_number)
    in_order = list(conversations.order_by("created_at"))
    for number, conversation in enumerate(in_order, start=1):
        conversation.number = number
    Conversation.objects.bulk_update(in_order, ["number"])
