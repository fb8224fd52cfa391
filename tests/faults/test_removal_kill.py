"""The web process dies between the removal of a member and the handover of conversations."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import requests
from django.conf import settings
from django.db import transaction

from inbox.actions.assignment import assign_conversation
from inbox.models import Conversation, PendingHandover
from inbox.tasks import sweep_handovers
from teams.models import AuditEntry, Membership
from tests.conftest import COMMITS
from tests.processes import PATIENCE, answers, free_port, is_lock_awaited, kill, until, web


def browser(client):
    """Return a browser session that is signed in like this test client."""
    session = requests.Session()
    name = settings.SESSION_COOKIE_NAME
    session.cookies.set(name, client.cookies[name].value)
    return session


def remove(session, address, handover_to):
    """Press Proceed. The process dies before it responds."""
    page = session.get(address, timeout=PATIENCE).text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    form = {"csrfmiddlewaretoken": token, "handover_to": str(handover_to.pk)}
    with suppress(requests.ConnectionError):
        session.post(address, form, timeout=PATIENCE)
        raise AssertionError("it was answered")


@COMMITS
def test_the_chosen_member_gets_the_conversations_anyway(acme, vera, sign_in):
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    port, session = free_port(), browser(sign_in(acme.alice))
    address = f"http://127.0.0.1:{port}/w/acme/team/members/{acme.bob.pk}/removal/"
    with web(port) as process, ThreadPoolExecutor(1) as pool:
        until(lambda: answers(port), what="the web server")
        with transaction.atomic():
            # While this locks the conversation, the handover can't begin.
            Conversation.objects.select_for_update().get(pk=conversation.pk)
            proceeding = pool.submit(remove, session, address, acme.bea)
            gone = Membership.objects.filter(pk=acme.bob.pk).exclude(removed_at=None)
            until(gone.exists, what="the commit of the removal")
            until(is_lock_awaited, what="the handover")
            kill(process)
        proceeding.result(timeout=PATIENCE)
    conversation.refresh_from_db()
    assert conversation.assignee == acme.bob
    assert not AuditEntry.objects.filter(action="member.handed_over").exists()
    sweep_handovers()
    conversation.refresh_from_db()
    assert conversation.assignee == acme.bea
    [happened] = AuditEntry.objects.filter(action="member.handed_over")
    assert (happened.by, happened.after) == (acme.alice, {"conversations": "Bea (1)"})
    assert not PendingHandover.objects.exists()


def test_the_sweep_is_scheduled():
    assert sweep_handovers.name in settings.SWEEPS
