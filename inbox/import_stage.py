"""A temporary table with the rows of an import: finds the contacts they mean, and stores them.

Everything is set-based, so that the contacts are locked for seconds and not for minutes. Only those
in a conversation are changed one by one (inbox.actions.import_run), because their timelines and
open pages follow.
"""

import json
from itertools import islice

from django.db import connection

from inbox.actions.contact_label import MOST_OF_A_CONTACT
from inbox.import_rows import CheckedRow
from inbox.models import Contact, Conversation, FormerContact

BATCH_SIZE = 5_000
CONTACT, FORMER = Contact._meta.db_table, FormerContact._meta.db_table
CONVERSATION = Conversation._meta.db_table
CREATE = """
CREATE TEMPORARY TABLE imported (
    line integer NOT NULL, new_contact uuid NOT NULL, contact uuid,
    name text NOT NULL, email text NOT NULL, phone text NOT NULL, company text NOT NULL,
    owner uuid, labels uuid[] NOT NULL, attributes jsonb NOT NULL,
    target uuid,
    is_changed boolean NOT NULL DEFAULT false, is_talking boolean NOT NULL DEFAULT false
) ON COMMIT DROP
"""
COPY = f"COPY imported ({', '.join(CheckedRow._fields)}) FROM STDIN"
MATCH_IDS = f"""
UPDATE imported SET target = contact.id FROM {CONTACT} AS contact
WHERE contact.id = imported.contact AND contact.id IN ({{visible}})
"""
MATCH_FORMER_IDS = f"""
UPDATE imported SET target = former.contact_id FROM {FORMER} AS former
WHERE imported.target IS NULL AND former.id = imported.contact
AND former.contact_id IN ({{visible}})
"""
# Of several contacts with an address, the oldest: later ones may only claim it.
MATCH_EMAILS = f"""
UPDATE imported SET target = found.id FROM (
    SELECT DISTINCT ON (email) email, id FROM {CONTACT}
    WHERE workspace_id = %s AND email IN (SELECT email FROM imported WHERE email <> '')
    AND id IN ({{visible}}) ORDER BY email, id
) AS found WHERE imported.contact IS NULL AND imported.email = found.email
"""
UNKNOWN_IDS = """
SELECT line, 'id', 'unknown_id', contact::text FROM imported
WHERE contact IS NOT NULL AND target IS NULL
"""
DUPLICATES = """
SELECT line, CASE WHEN contact IS NULL THEN 'email' ELSE 'id' END, 'duplicate',
       coalesce(contact::text, email)
FROM (SELECT *, row_number() OVER (PARTITION BY target ORDER BY line) AS ordinal
      FROM imported WHERE target IS NOT NULL) AS matched
WHERE ordinal > 1
"""
UNFIT_OWNERS = f"""
SELECT line, 'owner', 'owner_not_agent', ''
FROM imported LEFT JOIN {CONTACT} AS contact ON contact.id = target
WHERE owner = ANY (%s) AND contact.owner_id IS DISTINCT FROM owner
AND (target IS NULL OR NOT %s)
"""
TOO_MANY_LABELS = f"""
SELECT line, 'labels', 'too_many_labels', ''
FROM imported JOIN {CONTACT} AS contact ON contact.id = target
WHERE NOT contact.label_ids @> labels AND NOT %s
AND (SELECT count(DISTINCT each) FROM unnest(contact.label_ids || labels) AS each)
    > {MOST_OF_A_CONTACT}
"""
DIFFERS = " OR ".join(f"imported.{each} NOT IN ('', contact.{each})" for each in Contact.OWN_FIELDS)
MARK_CHANGED = f"""
UPDATE imported SET is_changed = true FROM {CONTACT} AS contact
WHERE contact.id = target AND (
    {DIFFERS} OR imported.owner <> contact.owner_id
    OR (imported.owner IS NOT NULL AND contact.owner_id IS NULL)
    OR NOT contact.label_ids @> labels OR NOT contact.attributes @> imported.attributes
)
"""
# Emails about resolved conversations go to the new address, too.
MARK_TALKING = f"""
UPDATE imported SET is_talking = true FROM {CONTACT} AS contact
WHERE contact.id = target AND is_changed AND EXISTS (
    SELECT FROM {CONVERSATION} AS conversation WHERE conversation.contact_id = target
    AND (status <> 'resolved' OR imported.email NOT IN ('', contact.email))
)
"""
COUNT = """
SELECT count(*) FILTER (WHERE target IS NULL), count(*) FILTER (WHERE is_changed),
       count(*) FILTER (WHERE target IS NOT NULL AND NOT is_changed)
FROM imported
"""
LABELS = """
SELECT DISTINCT unnest(labels) FROM imported WHERE target IS NULL OR NOT %s
"""
LOCK_CONVERSATIONS = f"""
SELECT FROM {CONVERSATION} WHERE contact_id IN (SELECT target FROM imported WHERE is_talking)
AND status <> 'resolved' ORDER BY id FOR NO KEY UPDATE
"""
LOCK_CONTACTS = f"""
SELECT FROM {CONTACT} WHERE id IN (SELECT target FROM imported WHERE is_changed)
ORDER BY id FOR NO KEY UPDATE
"""
KEPT = ", ".join(
    f"{each} = coalesce(nullif(imported.{each}, ''), contact.{each})" for each in Contact.OWN_FIELDS
)
# A value that the file changes is the team's from now on, and no longer claimed or verified.
ENTERED = " || ".join(
    f"CASE WHEN imported.{each} NOT IN ('', contact.{each}) THEN '{{{each}}}'::text[]"
    " ELSE '{}' END"
    for each in Contact.OWN_FIELDS
)
ENTERED_ATTRIBUTES = """
ARRAY(SELECT key FROM jsonb_each(imported.attributes) AS each(key, value)
      WHERE contact.attributes -> key IS DISTINCT FROM value)
"""
UPDATE = f"""
UPDATE {CONTACT} AS contact SET {KEPT},
    sources = contact.sources - ({ENTERED} || {ENTERED_ATTRIBUTES}),
    owner_id = coalesce(imported.owner, contact.owner_id),
    attributes = contact.attributes || imported.attributes,
    label_ids = ARRAY(
        SELECT label FROM unnest(contact.label_ids || imported.labels)
        WITH ORDINALITY AS each(label, ordinal) GROUP BY label ORDER BY min(ordinal)
    )
FROM imported WHERE contact.id = target AND is_changed AND NOT is_talking
"""
# What a new contact gets from its row. Its other fields get their defaults.
STAGED = {
    **{name: name for name in (*Contact.OWN_FIELDS, "attributes")},
    "id": "new_contact",
    "created_at": "now()",
    "owner_id": "owner",
    "label_ids": "labels",
}


def stage(rows) -> None:
    """Store the rows that the caller yields."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS imported")
        cursor.execute(CREATE)
        # What yields the rows also asks the database, which a COPY doesn't allow meanwhile.
        while batch := list(islice(rows, BATCH_SIZE)):
            with cursor.copy(COPY) as copy:
                for row in batch:
                    copy.write_row(row)
        cursor.execute("CREATE INDEX ON imported (email)")
        cursor.execute("CREATE INDEX ON imported (contact)")
        cursor.execute("ANALYZE imported")


def match(member, *, skips_known) -> None:
    """Find the contacts that the rows mean, among those that the member may see."""
    visible = Contact.objects.visible_to(member).order_by().values("pk").query
    sql, params = visible.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(MATCH_IDS.format(visible=sql), params)
        cursor.execute(MATCH_FORMER_IDS.format(visible=sql), params)
        cursor.execute(MATCH_EMAILS.format(visible=sql), [member.workspace_id, *params])
        cursor.execute("CREATE INDEX ON imported (target)")
        if not skips_known:
            cursor.execute(MARK_CHANGED)
            cursor.execute(MARK_TALKING)
        cursor.execute("ANALYZE imported")


def find_errors(*, unfit_owners, skips_known) -> list[tuple]:
    """Return (line, code of the column, code of the reason, value) of what can't be stored."""
    found = []
    with connection.cursor() as cursor:
        for sql, params in (
            (UNKNOWN_IDS, []),
            (DUPLICATES, []),
            (UNFIT_OWNERS, [list(unfit_owners), skips_known]),
            (TOO_MANY_LABELS, [skips_known]),
        ):
            cursor.execute(sql, params)
            found += cursor.fetchall()
    return found


def count() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return dict(zip(("created", "updated", "unchanged"), cursor.fetchone(), strict=True))


def find_labels(*, skips_known) -> set:
    """Return the ids of the labels in rows that are imported."""
    with connection.cursor() as cursor:
        cursor.execute(LABELS, [skips_known])
        return {pk for [pk] in cursor.fetchall()}


def lock() -> list[dict]:
    """Lock what changes, in the usual order. Return the rows of contacts in a conversation."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_CONVERSATIONS)
        cursor.execute(LOCK_CONTACTS)
        cursor.execute("SELECT * FROM imported WHERE is_talking ORDER BY target")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [row | {"attributes": json.loads(row["attributes"])} for row in rows]


def store(workspace) -> None:
    """Change the other contacts that are known, and create the new ones."""
    with connection.cursor() as cursor:
        cursor.execute(UPDATE)
        cursor.execute(*insertion(workspace))


def insertion(workspace) -> tuple[str, list]:
    """Return the statement that creates the new contacts, and its parameters."""
    fields = [field for field in Contact._meta.concrete_fields if not field.generated]
    given = [field for field in fields if field.column not in STAGED]
    values = {field.column: field.get_default() for field in given} | {"workspace_id": workspace}
    params = [field.get_db_prep_save(values[field.column], connection) for field in given]
    columns = [*STAGED, *values]
    selected = [*STAGED.values(), *("%s" for _ in values)]
    return (
        f"INSERT INTO {CONTACT} ({', '.join(columns)}) SELECT {', '.join(selected)}"
        " FROM imported WHERE target IS NULL ORDER BY line",
        params,
    )
