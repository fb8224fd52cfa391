"""Writes contacts to a CSV file from which the import reads the same values again."""

import csv
import zlib
from collections.abc import Iterator
from datetime import UTC

from django.utils.translation import gettext as _

from inbox.models import Label
from inbox.models.contact_attribute import ATTRIBUTES
from messagehub.lib.csv import Echo, safe_cells

BATCH_SIZE = 2000
GZIP = 31  # zlib's number for this format
BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes the file for one in an old encoding
ROW = (
    *("pk", "name", "email", "phone", "company", "owner__user__email", "label_ids"),
    *("attributes", "unsubscribed_at", "blocked_at", "created_at"),
)


def export_contacts(contacts, workspace, report) -> tuple[bytes | None, int]:
    """Return the compressed file and its number of contacts, newest first.

    report(count) is called now and then, and returns whether to continue. If not, the file is None.
    """
    packer, content, count = zlib.compressobj(wbits=GZIP), [], 0
    attributes = ATTRIBUTES.all(workspace=workspace.pk)
    labels = dict(Label.objects.filter(workspace=workspace).values_list("pk", "name"))
    writer = csv.writer(Echo())
    lines = [BYTE_ORDER_MARK, writer.writerow(safe_cells(header(attributes)))]
    for batch in batches(contacts):
        lines += [writer.writerow(safe_cells(cells(row, attributes, labels))) for row in batch]
        content.append(packer.compress("".join(lines).encode()))
        lines, count = [], count + len(batch)
        if not report(count):
            return None, count
    content += [packer.compress("".join(lines).encode()), packer.flush()]
    return b"".join(content), count


def batches(contacts) -> Iterator[list]:
    position = None
    while True:
        rest = contacts.filter(pk__lt=position) if position else contacts
        rows = list(rest.order_by("-pk").values_list(*ROW)[:BATCH_SIZE])
        if not rows:
            return
        yield rows
        position = rows[-1][0]


def header(attributes):
    return [
        *("ID", _("Name"), _("Email"), _("Phone"), _("Company"), _("Owner"), _("Labels")),
        *(attribute.name for attribute in attributes),
        *(_("Unsubscribed"), _("Blocked"), _("First seen")),
    ]


def cells(row, attributes, labels):
    pk, name, email, phone, company, owner, label_ids, values, *times = row
    names = [labels[each] for each in label_ids if each in labels]
    return [
        *(pk, name, email, phone, company, owner or "", join_labels(names)),
        *(values.get(attribute.key, "") for attribute in attributes),
        *(time.astimezone(UTC).isoformat(timespec="seconds") if time else "" for time in times),
    ]


def join_labels(names) -> str:
    """Separate names by commas. One that contains a comma or a quotation mark is quoted."""
    return csv.writer(Echo(), lineterminator="").writerow(names) if names else ""


def unpack(content) -> Iterator[bytes]:
    """Yield the parts of a compressed file, so that it is never in memory as a whole."""
    unpacker = zlib.decompressobj(wbits=GZIP)
    view = memoryview(content)
    for start in range(0, len(view), 16384):
        yield unpacker.decompress(view[start : start + 16384])
    yield unpacker.flush()
