from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messagehub.lib.ids import new_id
from messagehub.lib.quick_loading import QuicklyLoaded


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(QuicklyLoaded, AbstractBaseUser, PermissionsMixin):
    """A person's login. Their permissions are on their Membership, never here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()
    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self):
        return self.name or self.email


class LimitCounter(models.Model):
    """The number of uses in the current period of a limit (accounts.limits).

    The key is a hash of the limit and the person, address or mailbox that is counted.
    """

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)


class KnownBrowser(models.Model):
    """A browser that a person has signed in with (accounts.known_browsers).

    Only a hash of the cookie's token is stored. `session_hash` is the one that Django stores in
    sessions, so a new password invalidates the row as it invalidates sessions.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_browsers")
    token_hash = models.CharField(max_length=64, unique=True)
    session_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(default=timezone.now, db_index=True)


def display_name(user) -> str:
    return str(user)
