"""Read the session and its user with compiled queries, because every request of a page does."""

from datetime import datetime
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
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


class SessionBackend(AuthenticationBackend):
    def get_user(self, user_id):
        user = USER.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
