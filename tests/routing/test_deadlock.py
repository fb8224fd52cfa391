"""Two inboxes share people: whoever is asked and cannot take it is let go before the next."""

import threading

from inbox.actions.inbox import create_inbox
from inbox.models import Conversation
from routing.actions.conversation import route_conversation
from routing.actions.decision import Deciding
from routing.models import Routing, Turn
from tests.conftest import COMMITS, Vera, in_parallel

pytestmark = COMMITS


def test_two_decisions_that_ask_the_same_people_in_another_order(acme, online, monkeypatch):
    workspace = acme.workspace
    shop = create_inbox(workspace, name="Shop", members=[acme.bob, acme.bea])
    Routing.objects.create(workspace=workspace, inbox=shop, leads="queue", turn=10)
    Turn.objects.create(workspace=workspace, inbox=acme.inbox, membership=acme.bea, turn=5)
    Turn.objects.create(workspace=workspace, inbox=shop, membership=acme.bob, turn=5)
    waiting = [Vera(each).writes().conversation for each in (acme.inbox, shop)]
    online(acme.bob, acme.bea)
    both, seen, hold = threading.Barrier(2), threading.local(), Deciding.hold

    def hold_and_wait(self, pk):
        """Each holds their first one before anybody asks for the second."""
        held = hold(self, pk)
        if not getattr(seen, "once", False):
            seen.once = True
            both.wait(10)
        return held

    monkeypatch.setattr(Deciding, "hold", hold_and_wait)
    monkeypatch.setattr(Deciding, "code", lambda self, held: "at_capacity")
    given = in_parallel(
        2, lambda n: route_conversation(Conversation(pk=waiting[n].pk), trigger="sweep")
    )
    assert given == [None, None]
