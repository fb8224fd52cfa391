"""Run on_commit hooks in a test that is rolled back at its end."""

import logging
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.db import connections
from django.db.transaction import Atomic

logger = logging.getLogger(__name__)

# For tests that need on_commit hooks but no other connection.
COMMIT_EFFECTS = pytest.mark.usefixtures("commit_effects")


@contextmanager
def commit_effects():
    """Run on_commit hooks when the outermost atomic block of the code under test ends.

    Only this connection sees the rows. A test that needs other threads or processes has to commit.
    """
    if not connections["default"].in_atomic_block:  # a test that commits
        yield
        return
    effects = CommitEffects(connections["default"])
    leave, register = Atomic.__exit__, effects.connection.on_commit

    def leave_block(block, *failure):
        leave(block, *failure)
        if connections[block.using or "default"] is effects.connection:
            effects.run()

    def register_effect(effect, robust=False):
        register(effect, robust)
        effects.run()

    with (
        patch.object(Atomic, "__exit__", leave_block),
        patch.object(effects.connection, "on_commit", register_effect),
    ):
        yield


class CommitEffects:
    """The hooks registered since the start, and the depth of the test's own atomic blocks."""

    def __init__(self, connection):
        self.connection = connection
        self.depth = len(connection.savepoint_ids)
        self.before = len(connection.run_on_commit)

    def run(self):
        """Run the hooks at the end of the outermost block, as Django does after its commit."""
        if len(self.connection.savepoint_ids) != self.depth or self.connection.needs_rollback:
            return
        waiting = self.connection.run_on_commit[self.before :]
        del self.connection.run_on_commit[self.before :]
        for _savepoints, effect, robust in waiting:
            try:
                effect()
            except Exception:
                if not robust:
                    raise
                logger.exception("An on_commit hook failed: %s", effect)
