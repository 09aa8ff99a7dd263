"""A copy for outsiders is the picture and nothing else."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms

from cases import photographs
from cases.photographs import BrokenImage
from states.facts import Refused
from tests.cases import bad_files


def copied(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(photographs.copy(io.BytesIO(content))))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_no_place_no_camera_no_comment_and_upright(form: str) -> None:
    original = bad_files.photograph(form=form)
    assert bad_files.SECRET_PLACE.encode() in original
    data = photographs.copy(io.BytesIO(original))
    assert bad_files.SECRET_PLACE.encode() not in data
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("JPEG", (32, 64))
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    assert image.getpixel((16, 10))[0] > 200  # type: ignore[index]
    assert image.getpixel((16, 10))[1] < 60  # type: ignore[index]
    assert min(image.getpixel((16, 54))) > 200  # type: ignore[arg-type]


def test_what_hangs_behind_the_picture_stays_behind() -> None:
    assert b"a film of the informer" not in photographs.copy(
        io.BytesIO(bad_files.photograph() + b"a film of the informer")
    )


@pytest.mark.parametrize(
    "size, becomes",
    [((2560, 10), (2560, 10)), ((2561, 100), (2560, 100)), ((100, 5120), (50, 2560)), ((3, 2), (3, 2))],
)
def test_a_copy_is_at_most_2560_pixels_long(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    assert copied(bad_files.photograph(size=size, turned=False)).size == becomes


def test_what_is_transparent_becomes_white() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(made, "PNG")
    assert copied(made.getvalue()).getpixel((4, 4)) == (255, 255, 255)


def test_colours_are_kept_and_their_profile_is_not() -> None:
    made = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (16, 16), (200, 30, 30)).save(made, "JPEG", icc_profile=profile, quality=95)
    image = copied(made.getvalue())
    assert "icc_profile" not in image.info
    assert abs(image.getpixel((8, 8))[0] - 200) < 6  # type: ignore[index]
    made = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(made, "JPEG", icc_profile=b"not a profile")
    assert copied(made.getvalue()).size == (16, 16)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "CMYK", "I;16"])
def test_every_kind_of_picture_can_be_copied(mode: str) -> None:
    made = io.BytesIO()
    Image.new(mode, (9, 9)).save(made, "JPEG" if mode == "CMYK" else "PNG")
    assert copied(made.getvalue()).mode == "RGB"


def test_a_broken_picture_and_one_of_too_many_pixels() -> None:
    with pytest.raises(BrokenImage):
        photographs.copy(io.BytesIO(bad_files.photograph(size=(600, 400))[:900]))
    with pytest.raises(Refused) as refused:
        photographs.copy(io.BytesIO(bad_files.huge_png()))
    assert refused.value.code == "image_too_large"
