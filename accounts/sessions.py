"""Read the session and its user with compiled queries, because every request of a page does."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from messagehub.lib.prepared_query import PreparedQuery

SESSION = PreparedQuery(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=str,
    now=datetime,
)
USER = PreparedQuery(lambda pk: User.objects.filter(pk=pk), pk=UUID)


class SessionStore(DatabaseSessionStore):
    def _get_session_from_db(self):
        session = SESSION.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None  # so that a stranger can't choose the key of a new session
        return session


def session_user_pk(request) -> UUID | None:
    """Return the user that the session names. Only request.user proves that it still may."""
    pk = request.session.get(SESSION_KEY)
    return UUID(pk) if pk else None


@contextmanager
def loaded_user(user: User | None):
    """Let request.user, if it is this user, be checked without loading it again."""
    token = _loaded_user.set(user)
    try:
        yield
    finally:
        _loaded_user.reset(token)


_loaded_user: ContextVar[User | None] = ContextVar("loaded_user", default=None)


class SessionBackend(AuthenticationBackend):
    def get_user(self, user_id):
        user = _loaded_user.get()
        if user is None or user.pk != user_id:
            user = USER.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
