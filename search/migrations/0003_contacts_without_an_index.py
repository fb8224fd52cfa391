"""Contacts are found by Contact.search_text: the index of all parts made each new one expensive."""

from importlib import import_module

from django.db import migrations

CREATE = import_module("search.migrations.0002_functions").CREATE
PARTS = "-- The parts of a contact's name"
RESTORE = PARTS + CREATE.partition(PARTS)[2]
REMOVE = """
DROP INDEX search_contacts;
DROP FUNCTION search_contact(uuid, text, text), search_contact_query(uuid, text),
    search_parts(text);
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0002_functions"), ("inbox", "0009_contacts")]

    operations = [migrations.RunSQL(REMOVE, RESTORE)]
