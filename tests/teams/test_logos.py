"""Damaged images are refused or redrawn, however they are damaged."""

import io
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from teams.logos import make_logo


def damaged(picture, random):
    """Change a few bytes, mostly in the header, and sometimes cut off the end."""
    broken = bytearray(picture)
    for _ in range(random.choice([1, 2, 8])):
        position = random.randrange(min(len(broken), random.choice([60, 400, len(broken)])))
        broken[position] = random.randrange(256)
    return bytes(broken[: random.choice([len(broken), random.randrange(1, len(broken))])])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_damaged_image_is_redrawn_or_refused(kind):
    file, random = io.BytesIO(), Random(kind)
    Image.effect_noise((60, 60), 50).convert("RGB").save(file, kind)
    assert make_logo(SimpleUploadedFile("logo", file.getvalue()))
    for _ in range(100):
        try:
            make_logo(SimpleUploadedFile("logo", damaged(file.getvalue(), random)))
        except ValidationError:
            continue
