from math import inf

from django.core.management.base import BaseCommand, CommandError

from search.indexing import index_workspaces, require_rebuild
from teams.models import Workspace


class Command(BaseCommand):
    help = (
        "Index all messages for the search again. It can run at any time and be repeated; "
        "searching goes on meanwhile."
    )

    def add_arguments(self, parser):
        parser.add_argument("--workspace", metavar="SLUG", help="only this workspace")

    def handle(self, *args, workspace=None, **options):
        workspaces = Workspace.objects.live()
        if workspace:
            workspaces = workspaces.filter(slug=workspace)
            if not workspaces.exists():
                raise CommandError(f"There is no workspace with the address {workspace!r}.")
        require_rebuild(workspaces)
        done = 0

        def report(_workspace, count):
            nonlocal done
            done += count
            self.stdout.write(f"{done} conversations")

        index_workspaces(inf, report=report)
        self.stdout.write("Done.")
