"""Files that people and attackers hand in, made on the spot."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image

SECRET_PLACE = "Wharf 7, berth of the informer"
WORD_PARTS = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}


def photograph(
    *, size: tuple[int, int] = (64, 32), turned: bool = True, colour: str = "red", form: str = "JPEG"
) -> bytes:
    """A photograph as a telephone takes it: turned on its side, with a place, a camera and a comment."""
    image = Image.new("RGB", size, "white")
    image.paste(colour, (0, 0, size[0] // 2, size[1]))  # the left half; upright it is the upper half
    exif = Image.Exif()
    exif[0x010E] = SECRET_PLACE  # what it shows
    exif[0x0110] = "Telephone 9"  # what it was taken with
    if turned:
        exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (22.0, 30.0, 15.0), 3: "E", 4: (113.0, 53.0, 7.0)})
    made = io.BytesIO()
    if form == "JPEG":
        image.save(made, form, exif=exif, comment=SECRET_PLACE.encode())
    else:
        image.save(made, form, exif=exif)
    return made.getvalue()


def huge_png(width: int = 30_000, height: int = 30_000) -> bytes:
    """The beginning of a picture of 900 million pixels; a decoder that begins is lost."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def archive(parts: Mapping[str, bytes] | None = None) -> bytes:
    """An archive of these parts; without any, what every docx has."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in (WORD_PARTS if parts is None else parts).items():
            file.writestr(name, content)
    return made.getvalue()


def docx(**more: bytes) -> bytes:
    """A docx, with more parts: `a__b="…"` is the part a/b."""
    return archive(WORD_PARTS | {name.replace("__", "/"): content for name, content in more.items()})


def xlsx() -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def bomb() -> bytes:
    """50 MB in 49 kB."""
    return docx(word__media__image1=b"\0" * 50_000_000)


def linking() -> bytes:
    """An archive with a symbolic link in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in WORD_PARTS.items():
            file.writestr(name, content)
        entry = zipfile.ZipInfo("word/media")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(entry, "/etc/passwd")
    return made.getvalue()


def encrypted() -> bytes:
    """An archive that says of its parts that they are encrypted."""
    data = bytearray(archive())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 1)
    return bytes(data)


def many(count: int = 5_001) -> bytes:
    return archive(WORD_PARTS | {f"word/{n}": b"" for n in range(count)})


def lying_about_its_count(count: int) -> bytes:
    """A list of contents far longer than its end says."""
    data = bytearray(many(count))
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", data, end + 8, 2, 2)
    return bytes(data)


def polyglot() -> bytes:
    """A PDF and an archive at once: the one who looks at it sees a PDF, the one who unpacks it finds a program."""
    return b"%PDF-1.7\n%%EOF\n" + archive({"run.exe": b"MZ"})


def pdf(more: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj <</Type/Catalog" + more + b">> endobj\n%%EOF\n"


MP4 = b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + b"\0" * 32
