from django.core.management.base import BaseCommand, CommandError

from outbox.models import Delivery

UNSENT = (Delivery.State.WAITING, Delivery.State.SENDING)


class Command(BaseCommand):
    help = (
        "Cancels every email that hasn't left. For a restored backup, whose emails may have left "
        "before: stop the workers first."
    )

    def add_arguments(self, parser):
        parser.add_argument("--yes", action="store_true", help="really cancel them")

    def handle(self, *args, yes, **options):
        unsent = Delivery.objects.filter(state__in=UNSENT)
        if not yes:
            raise CommandError(f"Unsent emails: {unsent.count()}. Add --yes to cancel them.")
        count = unsent.update(state=Delivery.State.CANCELLED, lease=None, leased_until=None)
        self.stdout.write(f"Cancelled emails: {count}")
