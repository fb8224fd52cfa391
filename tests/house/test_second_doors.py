"""No page, search or export shows an agent a conversation that the list hides.

A conversation is full of a word that appears nowhere else. An agent who may not see it any more
requests every route that answers a GET, searches, filters and exports: the word is in no answer,
and no count includes the conversation. tests/widget/test_allow_list.py asks the same for visitors.
"""

import io
from uuid import uuid4

import pytest
from django.urls import reverse

from inbox.actions import contact_job
from inbox.actions.assignment import assign_conversation
from inbox.actions.attachment import receive_file
from inbox.actions.contact import edit_contact, set_owner
from inbox.actions.contact_note import add_contact_note
from inbox.actions.draft import save_draft
from inbox.actions.follower import set_following
from inbox.actions.inbox import create_inbox
from inbox.actions.message import post_note
from inbox.contact_export import unpack
from inbox.contact_list import ContactFilters
from inbox.models import Attachment, ContactJob, Inbox, SavedView
from notifications.sweep import notify_of_new_entries
from search.indexing import index_new_messages
from teams.models import Membership, Role
from teams.permissions import AGENT, Permission
from tests.conftest import Vera
from tests.house.rollback import rolled_back
from tests.house.routes import address, names, samples, workspace_routes

# A page of search results repeats what was typed, so that is another word of the same texts.
WORD, TYPED = "quokka", "zanzibar"
VIEWS = ("mine", "mentions", "unassigned", "all")
STATUSES = ("open", "snoozed", "resolved")
pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(acme):
    """A conversation of Bob's in an inbox that Bea answers, too, full of the word."""
    role = Role.objects.create(
        workspace=acme.workspace, name="Exporter", permissions=[*AGENT, Permission.IMPORT_CONTACTS]
    )
    Membership.objects.filter(pk=acme.bea.pk).update(role=role)
    inbox = create_inbox(
        acme.workspace, name="Other site", members=[acme.bob, acme.bea], by=acme.alice
    )
    conversation = Vera(inbox).writes(f"{TYPED} {WORD}").conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    contact = conversation.contact
    company = f"{TYPED} {WORD} Ltd"
    edit_contact(contact, name=f"Rude {WORD}", company=company, email="c@x.example", by=acme.bob)
    set_owner(contact, owner=acme.bob, by=acme.bob)
    add_contact_note(contact, body=f"Note {WORD}", by=acme.bob)
    file = receive_file(
        acme.workspace, file=io.BytesIO(b"x"), name=f"{WORD}.txt", size=1, member=acme.bob
    )
    note = {"body": f"@Bea {TYPED} {WORD}", "client_id": uuid4(), "files": [file.pk]}
    post_note(conversation, **note, by=acme.bob)
    draft = {"body": f"Draft {WORD}", "client_id": uuid4(), "tab": uuid4()}
    save_draft(conversation, kind="reply", **draft, by=acme.bea)
    set_following(conversation, membership=acme.bea, is_following=True)
    query = f"view=all&inbox={inbox.pk}"
    SavedView.objects.create(workspace=acme.workspace, member=acme.bea, name="V", query=query)
    index_new_messages()
    notify_of_new_entries()
    return conversation


def lose_the_inbox(acme, hidden):
    Inbox.objects.filter(pk=hidden.inbox_id).update(name=f"Other {WORD}")
    hidden.inbox.members.filter(membership=acme.bea).delete()


def see_only_own_and_unassigned(acme, hidden):
    role = Role.objects.get(workspace=acme.workspace, name="Exporter")
    role.permissions.remove(Permission.SEE_ALL)
    role.save()


LOSSES = (lose_the_inbox, see_only_own_and_unassigned)
AFTER_EACH_LOSS = pytest.mark.parametrize("lose", LOSSES)


@pytest.fixture
def doors(acme, conversation, hidden):
    """Return [(route name, URL)] of all that could show something about it."""
    known = samples(acme, conversation)
    file = Attachment.objects.get(conversation=hidden)
    about_it = {"number": hidden.number, "contact": hidden.contact_id, "seq": 1, "file": file.pk}
    found = []
    for route in workspace_routes():
        found.append((route.name, address(route, known)))
        if names(route) & about_it.keys():
            found.append((route.name, address(route, known | about_it)))
    texts = [("search", {"q": TYPED}), ("command-results", {"q": TYPED})]
    texts += [(name, {"q": f"#{hidden.number}"}) for name in ("search", "command-results")]
    texts += [("contacts", {"search": TYPED}), ("contacts", {"owner": acme.bob.pk})]
    for name in ("conversations", "conversation-rows", "conversation-filters"):
        texts += [(name, {"view": v, "status": s}) for v in VIEWS for s in STATUSES]
        texts += [(name, {"view": "all", "inbox": hidden.inbox_id})]
        texts += [(name, {"view": "all", "owner": acme.bob.pk, "order": "waiting"})]
    found += [
        (name, reverse(name, args=[acme.workspace.slug], query=query)) for name, query in texts
    ]
    return found


@pytest.fixture
def lets_through(doors, sign_in):
    """Return the names of the routes, of these or of all, that tell a member the word."""

    def lets_through(membership, routes=None):
        client, found = sign_in(membership), set()
        for name, url in doors:
            if routes is not None and name not in routes:
                continue
            answer = client.get(url)
            content = b"".join(answer) if answer.streaming else answer.content
            if WORD in f"{content.decode(errors='replace')}{answer.headers}".lower():
                found.add(name)
        return found

    return lets_through


def test_no_route_shows_what_the_list_hides(acme, hidden, lets_through):
    open_to_her = lets_through(acme.bea)
    assert open_to_her >= {
        *("conversations", "conversation-rows", "conversation", "entries", "file"),
        *("contacts", "contact", "contact-merge", "search", "command-results", "notifications"),
    }
    for lose in LOSSES:
        with rolled_back():
            lose(acme, hidden)
            assert lets_through(acme.bea) == set(), lose.__name__
            assert lets_through(acme.bob, routes=open_to_her) == open_to_her, lose.__name__


@AFTER_EACH_LOSS
def test_no_count_includes_what_the_list_hides(acme, hidden, sign_in, lose):
    client, base = sign_in(acme.bea), f"/w/{acme.workspace.slug}/conversations"

    def counts():
        asked = [client.get(f"{base}/counts/").json()]
        return asked + [client.get(f"{base}/bulk/count/?view={view}").json() for view in VIEWS]

    before = counts()
    lose(acme, hidden)
    without = counts()
    assert without != before
    hidden.messages.all().delete()
    hidden.delete()
    assert counts() == without


@AFTER_EACH_LOSS
def test_no_export_holds_what_the_list_hides(acme, hidden, lose):
    def export():
        filters = ContactFilters.from_text("")
        kind = ContactJob.Kind.EXPORT
        member = Membership.objects.get(pk=acme.bea.pk)
        job = contact_job.start_contact_job(kind, filters=filters, by=member)
        contact_job.continue_contact_job(job.pk)
        job.refresh_from_db()
        return b"".join(unpack(job.content)).decode()

    assert WORD in export()
    lose(acme, hidden)
    assert WORD not in export()
