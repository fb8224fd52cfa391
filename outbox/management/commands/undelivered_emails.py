from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from outbox.models import Delivery


class Command(BaseCommand):
    help = (
        "Lists emails that failed or came back. Those of a workspace are also in its settings; "
        "sign-in and password emails belong to no workspace and are only here."
    )

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=7, help="how far back (default: 7)")
        parser.add_argument(
            "--accounts", action="store_true", help="only emails that belong to no workspace"
        )

    def handle(self, *args, days, accounts, **options):
        since = timezone.now() - timedelta(days=days)
        undelivered = Delivery.objects.undelivered().filter(failed_at__gte=since)
        if accounts:
            undelivered = undelivered.filter(workspace=None)
        undelivered = undelivered.select_related("workspace").order_by("failed_at")
        for delivery in undelivered.iterator():
            self.stdout.write(line(delivery))
        if not undelivered.exists():
            self.stdout.write(f"No email failed or came back in the last {days} days.")


def line(delivery):
    """Return one line without the email's text, which may hold a secret link."""
    fields = [
        f"{delivery.failed_at:%Y-%m-%d %H:%M}",
        delivery.state,
        delivery.recipient,
        delivery.kind,
        delivery.workspace.slug if delivery.workspace else "-",
        f"attempts: {delivery.attempts}",
        delivery.reason or "-",
        " ".join(delivery.last_error.split())[:200],
    ]
    return "  ".join(fields).rstrip()
