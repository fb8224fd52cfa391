from django.core.management.base import BaseCommand, CommandError

from accounts.models import User


class Command(BaseCommand):
    help = "Gives an account access to Django's admin at /admin/, or takes it away (--revoke)."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--revoke", action="store_true")

    def handle(self, *args, email, revoke, **options):
        email = email.strip().lower()
        if not User.objects.filter(email=email).update(is_superuser=not revoke):
            raise CommandError(f"No account has the address {email}. See: create_account")
        self.stdout.write(f"{email} is {'no longer' if revoke else 'now'} a superuser.")
