"""Decode uploaded photos of members and redraw them as squares (messagehub.lib.pictures)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.limits import Limit
from messagehub.lib.pictures import PictureTooLarge, draw_squares

LARGE, SMALL = 320, 96  # pixels a side; the largest avatar of a list has 36
MAX_BYTES = 7 * 1024 * 1024  # less than messagehub.asgi.MAX_BODY_BYTES
BY_MEMBER = Limit("photos by member", 50, timedelta(days=1))  # drawing one takes some time


def make_photo(upload, *, member) -> tuple[bytes, bytes]:
    """Return the photo large and small. Raises ValidationError."""
    if upload.size > MAX_BYTES:
        size = filesizeformat(MAX_BYTES)
        raise ValidationError(
            _("This file is larger than %(size)s. Choose a smaller one."), params={"size": size}
        )
    if not BY_MEMBER.of(member.pk).count():
        raise ValidationError(_("You've changed your photo too often today. Try again tomorrow."))
    try:
        photo = draw_squares(upload, LARGE, SMALL)
    except PictureTooLarge:
        message = _("This picture has too many pixels. Choose a smaller one.")
        raise ValidationError(message) from None
    if photo is None:
        raise ValidationError(
            _("We can't read this file as a picture. Choose a JPEG, PNG, WebP or GIF file.")
        )
    large, small = photo
    return large, small
