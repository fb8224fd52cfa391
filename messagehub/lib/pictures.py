"""Redraw uploaded pictures, so that nothing of the sender's file is kept but what it shows.

Threats: a file that is a picture and a page or a script at once; a few kilobytes that unpack to
gigabytes; a photo that says where and by whom it was taken. A picture is what a decoder can read,
whatever its name and the browser say.
"""

import io
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from threading import Semaphore
from typing import IO

from PIL import Image, ImageCms, ImageOps, ImageSequence

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
MAX_PIXELS = 50_000_000  # the largest that phones take
MAX_ANIMATION_PIXELS = 40_000_000  # of all frames together
MAX_SIDE = 4096  # larger pictures are scaled down
PREVIEW_SIDE = 640
MEMORY_BYTES = 1024 * 1024
# Pillow doesn't wait for other threads, and one picture at a time takes memory enough.
drawing = Semaphore(1)


class PictureTooLarge(Exception):
    """The picture has more than MAX_PIXELS."""


@dataclass
class Picture:
    """A redrawn picture. data and preview are open files; the preview is a WebP."""

    content_type: str
    extension: str
    width: int
    height: int
    data: IO[bytes]
    preview: IO[bytes]


KINDS = {
    "JPEG": ("image/jpeg", ".jpg", {"quality": 85, "optimize": True, "progressive": True}),
    "PNG": ("image/png", ".png", {}),
    "GIF": ("image/gif", ".gif", {}),
    "WEBP": ("image/webp", ".webp", {"quality": 85}),
}


def redraw_picture(file: IO[bytes]) -> Picture | None:
    """Return the picture in the file, or None if it isn't one. Raises PictureTooLarge."""
    try:
        with drawing, open_picture(file) as image:
            return draw_animation(image) if is_animated(image) else draw_still(image)
    except PictureTooLarge:
        raise
    except Exception:  # decoders fail in many ways; all mean that it isn't a picture
        return None


def open_picture(file: IO[bytes]):
    """Read a picture's header. Raises PictureTooLarge, and what decoders raise."""
    try:
        image = Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError:
        raise PictureTooLarge from None
    if image.width * image.height > MAX_PIXELS:
        raise PictureTooLarge
    return image


def is_animated(image) -> bool:
    return image.format in ("GIF", "WEBP") and getattr(image, "n_frames", 1) > 1


def draw_still(image) -> Picture:
    kind = "JPEG" if image.format == "MPO" else image.format  # several JPEGs in one file
    image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # has an effect on JPEG only: it is read scaled down
    shown = copy_pixels(to_srgb(ImageOps.exif_transpose(image)), MAX_SIDE)
    content_type, extension, options = KINDS[kind]
    data = save(shown, kind, **options)
    return Picture(content_type, extension, *shown.size, data, draw_preview(shown))


def draw_animation(image) -> Picture | None:
    """Redraw each frame, or return None if there are too many: they can still be downloaded."""
    if image.n_frames * image.width * image.height > MAX_ANIMATION_PIXELS:
        return None
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        frames.append(copy_pixels(frame))
        durations.append(frame.info.get("duration") or 100)
    content_type, extension, options = KINDS[image.format]
    options = options | {"save_all": True, "duration": durations, "loop": 0}
    if image.format == "GIF":
        options["disposal"] = 2
    data = save(frames[0], image.format, append_images=frames[1:], **options)
    return Picture(content_type, extension, *image.size, data, draw_preview(frames[0]))


def draw_preview(image) -> IO[bytes]:
    preview = image.copy()
    preview.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return save(preview, "WEBP", quality=80)


def draw_squares(file: IO[bytes], *sides: int) -> list[bytes] | None:
    """Return the middle of a picture as square WebPs on white, or None if it isn't a picture.

    Raises PictureTooLarge. An animation becomes its first frame.
    """
    try:
        with drawing, open_picture(file) as image:
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
            shown = copy_pixels(to_srgb(ImageOps.exif_transpose(image)), MAX_SIDE).convert("RGBA")
            canvas = Image.new("RGBA", shown.size, "white")
            canvas.alpha_composite(shown)
            canvas = canvas.convert("RGB")
            squares = [ImageOps.fit(canvas, (side, side)) for side in sides]
    except PictureTooLarge:
        raise
    except Exception:  # as in redraw_picture()
        return None
    return [save(square, "WEBP", quality=85).read() for square in squares]


def copy_pixels(image, max_side: int = 0):
    """Return a new image with the same pixels and nothing else: no comments, no profile."""
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image = image.convert("RGBA" if has_alpha else "RGB")
    if max_side:
        image.thumbnail((max_side, max_side))
    copy = Image.new(image.mode, image.size)
    copy.paste(image)
    return copy


def to_srgb(image):
    """Convert the colours, because the profile they refer to isn't kept."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def save(image, kind: str, **options) -> IO[bytes]:
    output = SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 (the caller reads it)
    image.save(output, kind, **options)
    output.seek(0)
    return output
