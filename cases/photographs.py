"""Photographs: measured before they are decoded, and copied without anything but the picture."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps

from states.facts import Reason, Refused
from states.rulebook import Label

MOST_PIXELS = 60_000_000  # a telephone's largest is 50 million; decoded, this is 180 MB of memory
LONGEST_SIDE = 2560  # pixels of a copy: fills a screen, and prints on half a page
QUALITY = 88
FORMATS = ("JPEG", "PNG", "WEBP")
COPIES = "image/jpeg"
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
)  # as decoders tell of bad files


class BrokenImage(Exception):
    """This is no picture that can be shown."""


def whole(stream: BinaryIO) -> bool:
    """Whether the picture can be decoded. Raises Refused("image_too_large"), by its header alone."""
    try:
        with _opened(stream) as image:
            image.draft(
                "RGB", (image.width // 8, image.height // 8)
            )  # a JPEG is read to its end all the same
            image.load()
    except BrokenImage:
        return False
    return True


def copy(stream: BinaryIO) -> bytes:
    """The picture anew as a JPEG, upright, in sRGB, at most LONGEST_SIDE pixels long: no place, no date, no camera, no
    thumbnail, no comment, nothing after its end.

    Raises BrokenImage; Refused("image_too_large").
    """
    with _opened(stream) as image:
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        plain = _on_white(_in_srgb(upright))
    bare = Image.frombytes("RGB", plain.size, plain.tobytes())  # pixels alone: nothing else can come along
    made = io.BytesIO()
    bare.save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[Image.Image]:
    """The picture, not decoded yet; whatever its decoder has to complain about, as BrokenImage."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(stream, formats=FORMATS) as image:
                _check_size(image.width, image.height)
                yield image
    except Image.DecompressionBombError as fault:
        raise _too_large() from fault
    except _BROKEN as fault:
        raise BrokenImage(str(BrokenImage.__doc__)) from fault


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_large()


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours as a screen without its profile shows them; as they are where the profile cannot be read."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        found = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *_BROKEN):
        return image
    return found or image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        ground = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _too_large() -> Refused:
    most = MOST_PIXELS // 1_000_000
    reason = Reason("image_too_large",
                    Label(zh=f"图片超过 {most} 百万像素。", en=f"The picture has more than {most} million pixels."),
                    Label(zh="请缩小后再添加。", en="Make it smaller, then add it."))  # fmt: skip
    return Refused(reason.code, (reason,))
