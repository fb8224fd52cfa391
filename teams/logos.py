"""Decode uploaded logos and redraw them, so that only our own PNG is stored.

Threat: a file that claims to be an image but is a page or a script, or that unpacks to gigabytes.
Files that can't be decoded are refused, and images that are too large aren't decoded.
"""

import hashlib
import io

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image

from messagehub.lib.pictures import PictureTooLarge, drawing, open_picture

SIZE = 128
MAX_BYTES = 2 * 1024 * 1024


def make_logo(upload) -> tuple[bytes, str]:
    """Return (png, digest) of an image SIZE pixels wide and high. Raises ValidationError."""
    if upload.size > MAX_BYTES:
        raise ValidationError(_("This file is larger than 2 MB. Choose a smaller one."))
    try:
        with drawing, open_picture(upload) as picture:
            image = picture.convert("RGBA")
    except PictureTooLarge:
        message = _("This image has too many pixels. Choose a smaller one.")
        raise ValidationError(message) from None
    except Exception:  # decoders fail in many ways; all mean that it isn't a picture
        message = _("We can't read this file as an image. Choose a PNG, JPEG or WebP file.")
        raise ValidationError(message) from None
    image.thumbnail((SIZE, SIZE))
    canvas = Image.new("RGBA", (SIZE, SIZE))
    canvas.paste(image, ((SIZE - image.width) // 2, (SIZE - image.height) // 2))
    output = io.BytesIO()
    canvas.save(output, "PNG")
    png = output.getvalue()
    return png, hashlib.sha256(png).hexdigest()[:16]
