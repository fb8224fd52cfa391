"""A failing on_commit hook fails neither the request nor the other hooks."""

import ast
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction

from inbox.actions.contact import edit_contact
from inbox.actions.inbox import set_inbox_members
from inbox.actions.message import post_reply
from outbox.models import Delivery
from outbox.signals import delivery_ended
from tests.conftest import COMMITS

APPS = ("accounts", "demo", "inbox", "messagehub", "outbox")
APPS += ("notifications", "reports", "routing", "teams", "widget")


def hooks():
    """Find each call of on_commit() in the product."""
    for app in APPS:
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            source = path.read_text()
            if "on_commit" not in source:
                continue  # parsing everything takes longer than all tests of this module
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "on_commit":
                    yield pytest.param(node, id=f"{path.stem}:{node.lineno}")


HOOKS = list(hooks())


def test_the_hooks_are_found():
    assert len(HOOKS) > 10


@pytest.mark.parametrize("call", HOOKS)
def test_a_hook_is_robust_and_has_a_name(call):
    """Django logs the name of a failing robust hook. A partial has no name, and raises then."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    assert "robust" in keywords
    assert ast.literal_eval(keywords["robust"]) is True
    assert not isinstance(call.args[0], ast.Call), "a function or a lambda, not a partial"


@COMMITS
def test_a_receipt_that_fails_to_render_does_not_fail_the_delivery(acme, caplog):
    delivery = Delivery(workspace=acme.workspace, kind="reply")
    failing = patch("inbox.receivers.publish_receipt_of", side_effect=RuntimeError("no receipt"))
    with failing, transaction.atomic():
        delivery_ended.send(Delivery, delivery=delivery)
    assert "no receipt" in caplog.text


@COMMITS
def test_a_row_that_fails_to_render_does_not_keep_a_reply_from_visitors(
    acme, vera, live_events, caplog
):
    conversation = vera.writes().conversation
    live_events.clear()
    with patch("inbox.receivers.publish_change", side_effect=RuntimeError("no row")):
        post_reply(conversation, body="Here I am", client_id=uuid4(), by=acme.bob)
    assert "no row" in caplog.text
    assert any("Here I am" in each.data.get("html", "") for each in live_events.published)


@COMMITS
def test_a_panel_that_fails_to_render_does_not_hide_the_owner_from_the_visitor(acme, vera, caplog):
    contact = vera.writes().conversation.contact
    broken = patch("inbox.receivers.publish_contact", side_effect=RuntimeError("no panel"))
    with broken, patch("widget.receivers.publish_state") as publish_state:
        edit_contact(contact, name="Vera", email="", by=acme.bob)
    assert "no panel" in caplog.text
    assert publish_state.called


@COMMITS
def test_a_conversation_that_cannot_be_returned_does_not_keep_new_ones_from_a_member(
    acme, vera, online, caplog
):
    """A member who gains an inbox gets its queued conversations, even if another hook fails."""
    acme.inbox.members.all().delete()
    conversation = vera.writes().conversation
    online(acme.bea)
    failing = patch("inbox.receivers.return_ineligible_to_queue", side_effect=RuntimeError("no"))
    with failing:
        set_inbox_members(acme.inbox, members=[acme.bea], by=acme.alice)
    assert "RuntimeError: no" in caplog.text
    conversation.refresh_from_db()
    assert conversation.assignee == acme.bea
