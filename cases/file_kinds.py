"""What a file is, by its content: its name proves nothing. What is on no list here is not taken in."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cases import archives, photographs
from states.facts import Reason, Refused
from states.rulebook import Label

PIECE = 1 << 20
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNSHOWN = "application/octet-stream"  # a picture that cannot be decoded is kept as a file, and never shown

ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",), "image/webp": (".webp",), "application/pdf": (".pdf",),
    WORD: (".docx", ".docm"), SHEET: (".xlsx", ".xlsm"), "video/mp4": (".mp4", ".m4v", ".m4a"),
    "audio/mpeg": (".mp3",), "text/plain": (".txt", ".csv", ".md", ".log"),
    UNSHOWN: (".bin", ".jpg", ".jpeg", ".png", ".webp"),
}  # fmt: skip
PHOTOGRAPHS = frozenset({"image/jpeg", "image/png", "image/webp"})
FLAGS = {
    "broken": Label(zh="图片损坏，只作文件保存", en="a damaged picture, kept as a file only"),
    "macros": Label(zh="含宏，请勿启用", en="has macros: do not enable them"),
    "refers_outside": Label(zh="引用外部模板或对象", en="fetches a template or an object from elsewhere"),
    "active": Label(zh="含脚本、启动动作或内嵌文件", en="has scripts, launches something or carries files"),
    "encrypted": Label(zh="设有密码", en="is protected by a password"),
}

_MP4 = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4A ",
        b"M4V ",
        b"MSNV",
        b"dash",
    }
)
_MP3 = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
_MARKUP = re.compile(r"<(?:[!?]|\s*/?(?:html|svg|script|iframe|body|head|object|embed)\b)", re.IGNORECASE)
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile)\b")


@dataclass(frozen=True, slots=True)
class Kind:
    """A media type, the endings its name may have, and what to beware of."""

    media_type: str
    flags: tuple[str, ...] = ()

    @property
    def endings(self) -> tuple[str, ...]:
        """With a dot; the first is given to a name that has none of them."""
        return ENDINGS[self.media_type]


def examine(path: Path) -> Kind:
    """What the file is. Raises Refused: attachment_kind, image_too_large, or what `archives.listed` raises."""
    with path.open("rb") as stream:
        begins = stream.read(32)
    for fits, look in _LOOKS:
        if fits(begins):
            kind = look(path)
            break
    else:
        kind = _text(path)
    if kind.media_type not in (WORD, SHEET) and archives.is_one(path):
        raise _unknown()  # two things at once: whoever opens it as the other finds what nobody looked at
    return kind


def check_photograph(kind: Kind) -> None:
    """Raises Refused("not_a_photograph") for anything but a picture that can be shown."""
    if kind.media_type not in PHOTOGRAPHS or kind.flags:
        says = Label(zh="这不是完好的照片。", en="This is not a photograph, or it is damaged.")
        cure = Label(zh="照片为 JPEG、PNG 或 WebP；其他文件请加入本次检查的附件。",
                     en="A photograph is JPEG, PNG or WebP; other files go among the attachments of the round.")  # fmt: skip
        raise Refused("not_a_photograph", (Reason("not_a_photograph", says, cure),))


def _photograph(media_type: str) -> Callable[[Path], Kind]:
    def look(path: Path) -> Kind:
        with path.open("rb") as stream:
            return Kind(media_type) if photographs.whole(stream) else Kind(UNSHOWN, ("broken",))

    return look


def _pdf(path: Path) -> Kind:
    active = encrypted = False
    for piece in _pieces(path, overlap=32):
        active = active or _ACTIVE.search(piece) is not None
        encrypted = encrypted or b"/Encrypt" in piece
    flags = (*(("active",) if active else ()), *(("encrypted",) if encrypted else ()))
    return Kind("application/pdf", flags)


def _office(path: Path) -> Kind:
    with archives.listed(path) as archive:
        names = set(archive.namelist())
        if "[Content_Types].xml" not in names:
            raise _unknown()
        media_type = WORD if "word/document.xml" in names else SHEET if "xl/workbook.xml" in names else None
        if media_type is None:
            raise _unknown()
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        outside = archives.refers_outside(archive)
    return Kind(media_type, (*(("macros",) if macros else ()), *(("refers_outside",) if outside else ())))


def _plain(media_type: str) -> Callable[[Path], Kind]:
    return lambda _: Kind(media_type)


def _text(path: Path) -> Kind:
    """Text in UTF-8 that no browser would take for a page."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    before = ""
    try:
        for piece in _pieces(path):
            text = before + decoder.decode(piece)
            if _NO_TEXT.search(text) or _MARKUP.search(text):
                raise _unknown()
            before = text[-64:]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _unknown() from None
    return Kind("text/plain")


def _pieces(path: Path, *, overlap: int = 0) -> Iterator[bytes]:
    before = b""
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield before + piece
            before = piece[len(piece) - overlap :] if overlap else b""


_LOOKS: tuple[tuple[Callable[[bytes], bool], Callable[[Path], Kind]], ...] = (
    (lambda begins: begins.startswith(b"\xff\xd8\xff"), _photograph("image/jpeg")),
    (lambda begins: begins.startswith(b"\x89PNG\r\n\x1a\n"), _photograph("image/png")),
    (lambda begins: begins[:4] == b"RIFF" and begins[8:12] == b"WEBP", _photograph("image/webp")),
    (lambda begins: begins.startswith(b"%PDF-"), _pdf),
    (lambda begins: begins.startswith(archives.BEGINS), _office),
    (lambda begins: begins[4:8] == b"ftyp" and begins[8:12] in _MP4, _plain("video/mp4")),
    (lambda begins: begins.startswith(_MP3), _plain("audio/mpeg")),
)


def _unknown() -> Refused:
    reason = Reason(
        "attachment_kind",
        Label(
            zh="文件内容不是可接收的类型（与文件名无关）。",
            en="By its content, whatever its name, the file is none of the kinds that are taken in.",
        ),
        Label(
            zh="可接收：JPEG、PNG、WebP、PDF、docx、xlsx、mp4、mp3、UTF-8 文本。",
            en="Taken in are JPEG, PNG, WebP, PDF, docx, xlsx, mp4, mp3, and plain text in UTF-8.",
        ),
    )
    return Refused(reason.code, (reason,))
