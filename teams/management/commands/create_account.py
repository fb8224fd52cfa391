from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.password_link import password_link
from messagehub.lib.text import LineField
from teams.actions.workspace import create_workspace


class Command(BaseCommand):
    help = (
        "Creates an account, whatever SIGNUP says, and prints a link to choose its password. "
        "With --workspace it also creates a workspace that the account administers; then the "
        "account may exist already."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="the person's name")
        parser.add_argument("--workspace", default="", help="the name of a new workspace")
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            choices=[code for code, _name in settings.LANGUAGES],
            help="of the new workspace",
        )

    @transaction.atomic
    def handle(self, *args, email, name, workspace, language, **options):
        email = email.strip().lower()
        user = User.objects.filter(email=email).first()
        if user is None:
            user = create_user(email, clean(LineField(max_length=80), name, "--name"))
            self.stdout.write(f"Choose a password: {password_link(user)}")
        elif not workspace:
            raise CommandError(f"{email} has an account already.")
        if workspace:
            name = clean(LineField(max_length=80), workspace, "--workspace")
            founder = create_workspace(name, by=user, language=language)
            path = reverse("workspace", args=[founder.workspace.slug])
            self.stdout.write(f"Workspace: {settings.SITE_URL}{path}")


def create_user(email, name):
    """The operator vouches for the address, so it counts as confirmed."""
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"{email}: {error.message}") from None
    user = User.objects.create_user(email, None, name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def clean(field, value, option):
    try:
        return field.clean(value)
    except ValidationError as error:
        raise CommandError(f"{option}: {error.messages[0]}") from None
