"""Logos: whatever is uploaded is decoded and painted anew; only our own PNG is kept.

Threat: a file that claims to be a picture and is a page or a script, and one that unpacks to
gigabytes. What cannot be decoded is refused, what is too large is not decoded.
"""

import hashlib
import io

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

SIZE = 128
MOST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 25_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def make_logo(upload) -> tuple[bytes, str]:
    """(png, digest) of a picture SIZE pixels wide and high. Raises ValidationError."""
    if upload.size > MOST_BYTES:
        raise ValidationError(_("This picture is larger than 2 MB. Choose a smaller one."))
    try:
        picture = Image.open(upload, formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise ValidationError(_("This picture has too many pixels. Choose a smaller one."))
        picture = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        words = _("This is not a picture we can read. Choose a PNG, JPEG or WebP file.")
        raise ValidationError(words) from None
    picture.thumbnail((SIZE, SIZE))
    canvas = Image.new("RGBA", (SIZE, SIZE))
    canvas.paste(picture, ((SIZE - picture.width) // 2, (SIZE - picture.height) // 2))
    output = io.BytesIO()
    canvas.save(output, "PNG")
    png = output.getvalue()
    return png, hashlib.sha256(png).hexdigest()[:16]
