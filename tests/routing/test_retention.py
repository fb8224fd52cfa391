"""How long decisions, statuses and sessions are kept."""

from datetime import timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.tasks import delete_expired_sessions
from inbox.models import Conversation
from routing import retention as of_decisions
from routing.models import Decision
from routing.tasks import forget_decisions
from teams import retention as status_retention
from teams.models import StatusChange
from teams.tasks import delete_old_status_changes

DAY = timedelta(days=1)


def ago(span, number=0):
    """Fields of a row created at this age; ids contain the time."""
    at = timezone.now() - span
    return {"pk": UUID(int=(int(at.timestamp() * 1000) << 80) + number), "created_at": at}


def decide(conversation, span, number):
    return Decision.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        trigger="message",
        rule="queued",
        candidates=[],
        microseconds=1,
        **ago(span, number),
    )


def test_old_decisions_are_deleted_but_the_latest_of_unresolved_conversations(acme, new_visitor):
    going_on, over = (new_visitor(acme.inbox).writes().conversation for _ in range(2))
    Decision.objects.all().delete()
    Conversation.objects.filter(pk=over.pk).update(status="resolved")
    kept = decide(going_on, of_decisions.RETENTION + DAY, 1)
    decide(going_on, of_decisions.RETENTION + 2 * DAY, 2)
    decide(over, of_decisions.RETENTION + DAY, 3)
    young = decide(over, of_decisions.RETENTION - DAY, 4)
    forget_decisions()
    assert set(Decision.objects.all()) == {kept, young}


def test_old_statuses_are_deleted_but_the_latest(acme):
    StatusChange.objects.all().delete()
    fields = {"workspace": acme.workspace, "status": "away"}
    spans = [
        status_retention.KEPT + 2 * DAY,
        status_retention.KEPT + DAY,
        status_retention.KEPT - DAY,
    ]
    for number, span in enumerate(spans):
        StatusChange.objects.create(membership=acme.bob, **fields, **ago(span, number))
    only = StatusChange.objects.create(membership=acme.bea, **fields, **ago(spans[0], 9))
    delete_old_status_changes()
    assert set(StatusChange.objects.filter(membership=acme.bea)) == {only}
    assert StatusChange.objects.filter(membership=acme.bob).count() == 1


def test_expired_sessions_are_deleted(acme, sign_in):
    sign_in(acme.bob)
    sign_in(acme.bea)
    over = Session.objects.first()
    Session.objects.filter(pk=over.pk).update(expire_date=timezone.now() - DAY)
    delete_expired_sessions()
    assert Session.objects.count() == 1
    assert not Session.objects.filter(pk=over.pk).exists()
