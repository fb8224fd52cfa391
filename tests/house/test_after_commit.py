"""What is done after a commit fails alone: neither the request nor the rest fails with it."""

import ast
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import transaction

from outbox.models import Delivery
from outbox.signals import delivery_ended
from tests.conftest import COMMITS

APPS = ("accounts", "demo", "inbox", "messagehub", "outbox", "routing", "teams", "widget")


def hooks():
    """Each call of on_commit() in the product, with its place."""
    for app in APPS:
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "on_commit":
                    yield pytest.param(node, id=f"{path.stem}:{node.lineno}")


HOOKS = list(hooks())


def test_the_hooks_are_found():
    assert len(HOOKS) > 10


@pytest.mark.parametrize("call", HOOKS)
def test_a_hook_is_robust_and_has_a_name(call):
    """Django logs a robust hook that fails by its name; a partial has none, and raises then."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    assert "robust" in keywords
    assert ast.literal_eval(keywords["robust"]) is True
    assert not isinstance(call.args[0], ast.Call), "a function or a lambda, not a partial"


@COMMITS
def test_a_receipt_that_cannot_be_shown_does_not_fail_the_delivery(acme, caplog):
    delivery = Delivery(workspace=acme.workspace, kind="reply")
    failing = patch("inbox.receivers.tell_receipt_of", side_effect=RuntimeError("no receipt"))
    with failing, transaction.atomic():
        delivery_ended.send(Delivery, delivery=delivery)
    assert "no receipt" in caplog.text
