from django.core.management.base import BaseCommand, CommandError

from inbox.models import Conversation
from reports.recording import rebuild
from teams.models import Workspace


class Command(BaseCommand):
    help = (
        "Compute the facts of reports again from all timelines, with today's opening hours. "
        "It can run at any time and be repeated."
    )

    def add_arguments(self, parser):
        parser.add_argument("--workspace", metavar="SLUG", help="only this workspace")

    def handle(self, *args, workspace=None, **options):
        conversations = Conversation.objects.all()
        if workspace:
            found = Workspace.objects.filter(slug=workspace).first()
            if found is None:
                raise CommandError(f"There is no workspace with the address {workspace!r}.")
            conversations = found.conversations.all()
        done = 0

        def report(count):
            nonlocal done
            done += count
            self.stdout.write(f"{done} conversations")

        rebuild(conversations, report=report)
        self.stdout.write("Done.")
