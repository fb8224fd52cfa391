"""Set and remove a member's photo."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.crypto import get_random_string

from messagehub.lib.stored_files import preview_key
from teams.models import Membership
from teams.models.membership import photo_key


def set_photo(membership, *, large: bytes, small: bytes):
    """Set the photo to WebPs that we drew ourselves (teams.photos).

    The files are stored first, so that a photo that can't be stored replaces nothing.
    """
    photo = get_random_string(40)
    key = photo_key(membership.workspace_id, photo)
    files = {key: large, preview_key(key): small}
    try:
        for name, content in files.items():
            default_storage.save(name, ContentFile(content))
        is_set = change_photo(membership, photo)
    except BaseException:
        delete_files(files)
        raise
    if not is_set:
        delete_files(files)
    return is_set


def remove_photo(membership):
    return change_photo(membership, "")


def change_photo(membership, photo):
    """Return whether it changed. A member who was removed meanwhile gets none."""
    with transaction.atomic():
        current = Membership.objects.current().filter(pk=membership.pk)
        return current.exclude(photo=photo).update(photo=photo) > 0


def delete_files(keys):
    for key in keys:
        default_storage.delete(key)
