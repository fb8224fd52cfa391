from django.core.management.base import BaseCommand, CommandError

from messagehub.lib.catalogs import DESK, VISITORS, is_translated, update_catalog


class Command(BaseCommand):
    help = "Update the catalogues of what visitors and members read, and compile them."

    def handle(self, **options):
        for name, catalogs in {"visitors": VISITORS, "desk": DESK}.items():
            try:
                messages = catalogs.find_messages()
            except ImportError as error:
                message = "This needs Babel: pip install -r requirements/dev.txt"
                raise CommandError(message) from error
            for language in catalogs.find_languages():
                catalog = update_catalog(catalogs.read(language), messages)
                catalogs.write(catalog, language)
                missing = sum(not is_translated(message) for message in catalog if message.id)
                self.stdout.write(f"{name}, {language}: {missing or 'nothing'} to translate")
