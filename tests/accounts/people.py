from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import User

PASSWORD = "correct horse battery"
EMAIL = "alice@acme.example"


def make_person(email=EMAIL, *, is_confirmed=True):
    user = User.objects.create_user(email, PASSWORD, name=email.partition("@")[0].title())
    EmailAddress.objects.create(user=user, email=user.email, verified=is_confirmed, primary=True)
    return user


def browser_at(address):
    """Return a client without cookies whose requests come from this address."""
    return Client(REMOTE_ADDR=address)


def sign_in(client, password=PASSWORD, email=EMAIL):
    """Sign in and return whether the password was accepted."""
    client.post("/accounts/login/", {"login": email, "password": password})
    return "_auth_user_id" in client.session


def ask_for_reset(client, email=EMAIL):
    return client.post("/accounts/password/reset/", {"email": email})
