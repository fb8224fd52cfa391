"""Receives files, attaches them to messages, and deletes those that are no longer needed."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from inbox.file_names import clean_file_name
from inbox.models import Attachment, DiscardedFile
from inbox.upload_limits import count_upload
from messagehub.lib.pictures import PictureTooLarge, redraw_picture
from messagehub.lib.retention import filter_created_before
from messagehub.lib.stored_files import preview_key

PENDING_HOURS = 24
BATCH_SIZE = 1000  # files that one sweep deletes from the storage
OTHER_TYPE = "application/octet-stream"
logger = logging.getLogger(__name__)


class FileRefused(Exception):
    """The file can't be stored; the message says why."""


class FilesGone(Exception):
    """A file was never uploaded by this person, was removed, or belongs to another message."""

    def __str__(self):
        return _("A file is no longer available. Remove it and attach it again.")


def receive_file(workspace, *, file, name, size, member=None, token_hash="") -> Attachment:
    """Store a file that a member or a visitor wants to send, and return it as pending.

    Raises FileRefused and TooManyUploads. The row is written first: if the process dies before the
    bytes are stored, the sweep finds it.
    """
    if not size:
        raise FileRefused(_("This file is empty."))
    if size > settings.MAX_FILE_BYTES:
        raise FileRefused(too_large())
    count_upload(workspace, size=size, member=member, token_hash=token_hash)
    try:
        picture = redraw_picture(file)
    except PictureTooLarge:
        raise FileRefused(_("This picture has too many pixels. Send a smaller one.")) from None
    owner = {"workspace": workspace, "member": member, "token_hash": token_hash}
    key = f"{workspace.pk}/{get_random_string(40)}"
    if picture is None:
        file.seek(0)
        return store(owner, key, {"": file}, name=clean_file_name(name), size=size)
    return store(
        owner,
        key,
        {"": picture.data, "preview": picture.preview},
        name=clean_file_name(name, extension=picture.extension),
        size=picture.data.seek(0, 2),
        kind=Attachment.Kind.IMAGE,
        content_type=picture.content_type,
        width=picture.width,
        height=picture.height,
    )


def store(owner, key, parts, *, kind=Attachment.Kind.FILE, content_type=OTHER_TYPE, **fields):
    attachment = Attachment.objects.create(
        **owner, storage_key=key, kind=kind, content_type=content_type, **fields
    )
    try:
        for part, file in parts.items():
            file.seek(0)
            default_storage.save(preview_key(key) if part else key, File(file))
    except BaseException:
        attachment.delete()
        raise
    return attachment


def too_large():
    size = filesizeformat(settings.MAX_FILE_BYTES)
    return _("This file is larger than %(size)s.") % {"size": size}


def claim_files(workspace, ids, **owner) -> list[Attachment]:
    """Lock these pending files of a member or a visitor until commit, and return them in order.

    Files that were sent or removed meanwhile are left out.
    """
    if not ids:
        return []
    pending = Attachment.objects.pending().filter(workspace=workspace, pk__in=ids, **owner)
    found = {each.pk: each for each in pending.select_for_update(of=("self",)).order_by("pk")}
    return [found[pk] for pk in ids if pk in found]


def describe_files(attachments) -> dict:
    """Return the `details` of a message with these files."""
    return {"files": [each.description for each in attachments]} if attachments else {}


def bind_files(attachments, message):
    """Make claimed files part of a message, in the transaction that stores it."""
    if attachments:
        sent = Attachment.objects.filter(pk__in=[each.pk for each in attachments])
        sent.update(conversation=message.conversation, seq=message.seq)


def delete_pending_file(attachment) -> bool:
    """Delete a file that was not sent. Return whether it was still pending."""
    count, _by_model = Attachment.objects.pending().filter(pk=attachment.pk).delete()
    return count > 0


def delete_unsent_files():
    """Delete files that were uploaded a day ago and never sent."""
    before = timezone.now() - timedelta(hours=PENDING_HOURS)
    filter_created_before(Attachment.objects.pending(), before).delete()


def delete_discarded_files():
    """Delete the bytes of files whose rows are gone. One that fails is tried again next time."""
    for key in list(DiscardedFile.objects.values_list("pk", flat=True)[:BATCH_SIZE]):
        try:
            default_storage.delete(key)
            default_storage.delete(preview_key(key))
        except Exception:
            logger.exception("deleting the file %s", key)
        else:
            DiscardedFile.objects.filter(pk=key).delete()
