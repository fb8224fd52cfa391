"""Creates the demo's companies with the product's own actions, then moves them into the past."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from demo import cast
from demo.desk import (
    describe_contacts,
    label_past,
    prepare_chat,
    prepare_desk,
    sort_conversation,
)
from demo.past import load_past, number_by_time
from inbox.actions.inbox import add_inbox_member
from inbox.actions.message import post_contact_message, post_note, post_reply
from inbox.actions.read_marker import mark_read
from inbox.actions.resolution import resolve_conversation
from inbox.models import Contact, Inbox
from messagehub.lib.ids import new_id
from messagehub.lib.tokens import new_token
from notifications.sweep import begin_sweeps
from outbox.models import Delivery
from routing.models import Routing
from teams import presence
from teams.actions.membership import add_member
from teams.actions.workspace import create_workspace
from teams.models import Membership, Workspace

KEYS = {"acme": "demo-acme-shop", "globex": "demo-globex-shop"}
WITH_A_PAST = "acme"


@transaction.atomic
def load_demo(report=lambda step: None) -> bool:
    """Load everything once. Returns False if it was loaded already. report: called with texts."""
    is_loaded = Workspace.objects.filter(slug__in=cast.WORKSPACES).exists()
    if not is_loaded:
        begin_sweeps()  # so that the first one finds what is loaded now, however long that takes
        for slug, name in cast.WORKSPACES.items():
            report(f"Demo: {name} and its members")
            load_company(slug)
        report("Demo: three weeks of conversations")
        inbox = inbox_of(WITH_A_PAST)
        administrator = find_administrator(inbox.workspace)
        prepare_desk(inbox.workspace, by=administrator)
        prepare_chat(inbox, by=administrator)
        load_past(inbox, origin=shop_origin(), now=timezone.now())
        label_past(inbox.workspace)
        for number, conversation in enumerate(cast.CONVERSATIONS, start=1):
            report(f"Demo: conversation {number} of {len(cast.CONVERSATIONS)}")
            load_conversation(**conversation)
        number_by_time(Workspace.objects.get(slug=WITH_A_PAST))
        describe_contacts(inbox.workspace, by=administrator)
        # All this is long past, so no email about it may leave.
        Delivery.objects.filter(workspace__slug__in=KEYS).delete()
    allow_shop_page()
    return not is_loaded


def load_company(slug):
    logins = [each for each in cast.LOGINS if each["company"] == slug]
    users = {each["email"]: make_user(each["email"], each["name"]) for each in logins}
    founder_email = f"admin@{slug}.example"
    founder = create_workspace(cast.WORKSPACES[slug], by=users.pop(founder_email), slug=slug)
    # A company with a past isn't new, so its name may appear in subjects (teams.trust).
    long_ago = timezone.now() - timedelta(days=400)
    Workspace.objects.filter(pk=founder.workspace_id).update(created_at=long_ago)
    inbox = Inbox.objects.get(workspace=founder.workspace)
    inbox.name, inbox.key, inbox.greeting = "Shop chat", KEYS[slug], cast.GREETINGS[slug]
    inbox.asks_rating = True
    inbox.save()
    # Whichever demo user signs in first is assigned the waiting conversations.
    Routing.objects.create(workspace=inbox.workspace, inbox=inbox, leads=Routing.Leads.QUEUE)
    inbox.members.all().delete()
    for user in users.values():
        add_inbox_member(inbox, membership=add_member(founder.workspace, user=user))


def make_user(email, name):
    user = User.objects.create_user(email, cast.PASSWORD, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def find_administrator(workspace):
    members = Membership.objects.with_related().filter(workspace=workspace)
    return members.get(user__email=f"admin@{workspace.slug}.example")


def load_conversation(company, name, email, page, waits, resolved, entries, sorting=None):
    inbox = inbox_of(company)
    token, minutes_of, answered_seq = new_token(), {}, 0
    for agent in inbox.agents:
        set_online(agent, not waits)
    for entry in entries:
        if entry["who"] == "contact":
            message, _change = post_contact_message(
                inbox,
                token=token,
                client_id=new_id(),
                body=entry["words"],
                page_url=shop_origin() + page,
            )
            conversation = message.conversation
            name_contact(conversation.contact, name, email)
        else:
            post = post_note if entry["who"] == "note" else post_reply
            assignee = conversation.assignee
            message = post(conversation, body=entry["words"], client_id=new_id(), by=assignee)
            answered_seq = message.seq
        minutes_of[message.seq] = entry["minutes"]
    if sorting:
        sort_conversation(conversation, by=conversation.assignee, **sorting)
    if answered_seq:  # they know what they answered
        mark_read(conversation, membership=conversation.assignee, seq=answered_seq)
    if resolved:
        resolve_conversation(conversation, by=conversation.assignee)
    move_into_the_past(conversation, minutes_of)
    for agent in inbox.agents:
        set_online(agent, False)


def inbox_of(company):
    return Inbox.objects.select_related("workspace").get(key=KEYS[company])


def set_online(agent, is_online):
    """Set an agent online while a conversation is loaded, so that routing can assign it."""
    tab = f"demo-{agent.pk.hex[:12]}"
    if is_online:
        presence.record_heartbeat(agent, tab)
    else:
        presence.remove_tab(agent, tab)


def name_contact(contact, name, email):
    contact.name, contact.email = name, email
    contact.save(update_fields=["name", "email"])


def move_into_the_past(conversation, minutes_of):
    """Give entries between two messages (assigned, resolved) the time of the one before."""
    now = timezone.now()
    minutes = first = max(minutes_of.values())
    for message in conversation.messages.order_by("seq"):
        minutes = minutes_of.get(message.seq, minutes)
        message.created_at = now - timedelta(minutes=minutes)
        message.save(update_fields=["created_at"])
    conversation.decisions.update(created_at=now - timedelta(minutes=first))
    conversation.refresh_from_db()
    Contact.objects.filter(pk=conversation.contact_id).update(
        created_at=now - timedelta(minutes=first)
    )
    conversation.created_at = now - timedelta(minutes=first)
    conversation.contact_read_seq = conversation.last_seq  # they stayed until the answer came
    conversation.last_activity_at = now - timedelta(minutes=min(minutes_of.values()))
    if conversation.waiting_since:
        conversation.waiting_since = first_unanswered(conversation).created_at
    conversation.rate_window_started_at = None
    conversation.save()


def first_unanswered(conversation):
    last_reply = conversation.messages.filter(kind="reply").order_by("-seq").first()
    after = last_reply.seq if last_reply else 0
    return conversation.messages.filter(kind="contact").after(after).first()


def allow_shop_page():
    """Allow the shop page: its origin isn't the app's, and the port may change between starts."""
    Inbox.objects.filter(key__in=KEYS.values()).update(
        allowed_sites=[shop_origin(), settings.SITE_URL]
    )


def shop_origin():
    return f"http://127.0.0.1:{settings.PORT}"
