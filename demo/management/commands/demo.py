from django.core.management.base import BaseCommand

from demo.loading import load_demo


class Command(BaseCommand):
    help = "Loads the demo's two companies, once."

    def handle(self, *args, **options):
        self.stdout.write(
            "Demo loaded." if load_demo(report=self.report) else "The demo is already loaded."
        )

    def report(self, step):
        """Say what is being made now; `make run` shows it as progress."""
        self.stdout.write(step)
        self.stdout.flush()
