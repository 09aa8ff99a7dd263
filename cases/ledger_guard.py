"""What is looked at before a ledger is opened: that it is a workbook at all, and one that fits.

A reader that trusts what it is given can be stopped by a file of five kilobytes: two cells, in A1 and in
XFD1048576, make it ask for 500 gigabytes, and the process ends. So the parts of a workbook are unpacked
here once, in small pieces, and counted, before anything else reads them. That costs a tenth of the
reading.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

from states.rulebook import Label

Kind = Literal["workbook", "text"]

LARGEST_FILE = 128 * 2**20  # bytes; 200,000 rows take about 20 MB, the rest is room for pictures
LARGEST_UNPACKED = 768 * 2**20  # bytes; 200,000 rows of 17 cells take about 180 MB
STEEPEST = 250  # unpacked over packed; a ledger of equal rows reaches about 60, deflate at most 1,032
STEEP_FROM = 16 * 2**20  # bytes unpacked; under this a steep part does no harm
LAST_ROW = 199_999  # of the sheet; a commission registers some thousand clues a year
LAST_COLUMN = 99  # "CU"; the widest ledgers seen have about thirty columns
MOST_PARTS = 5_000  # files in the workbook
_PIECE = 2**20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FAR = re.compile(rb'<c r="(?:[A-Z]{3}|C[V-Z]|[D-Z][A-Z]|[A-Z]{1,2}(?:[2-9][0-9]{5}|[0-9]{7,}))')
_CELL = rb"<(?:[A-Za-z]\w*:)?c"
_FILLED = rb"[^>]*(?<!/)>(?!\s*</)"  # the rest of an opening tag with something in it
_FAR_ROW = re.compile(
    rb"\br\s*=\s*[\"'][A-Z]{1,3}(?:[2-9][0-9]{5}|[0-9]{7,})[\"']" + _FILLED
)  # from row 200,000
_FAR_COLUMN = re.compile(
    rb"\br\s*=\s*[\"'](?:C[V-Z]|[D-Z][A-Z]|[A-Z]{3,})[0-9]+[\"']" + _FILLED
)  # from column 100
_ROW_BY_PLACE = re.compile(rb"<(?:[A-Za-z]\w*:)?row(?:\s(?![^>]*\br\s*=)[^>]*)?(?<!/)>")
_CELL_BY_PLACE = re.compile(_CELL + rb"(?:\s(?![^>]*\br\s*=)[^>]*)?(?<!/)>")
_ANY_CELL = re.compile(_CELL + rb"[\s/>]")


class NotALedger(Exception):
    """The file cannot be read as a ledger; the message says why, and what to do."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.message = Label(en=en, zh=zh)


def check(path: Path) -> Kind:
    """What kind of file this is, once it is sure that reading it does no harm. Raises NotALedger."""
    head = _head(path)
    if head.startswith(_OLE):
        raise _old_or_locked(path)
    if head.startswith(b"PK"):
        _check_workbook(path)
        return "workbook"
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        return "text"
    raise NotALedger(
        f"{path.name} is not an Excel workbook: save the ledger as .xlsx (or .csv) and try again.",
        f"{path.name} 不是 Excel 工作簿：请将台账另存为 .xlsx（或 .csv）后重试。",
    )


def _head(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
    except FileNotFoundError:
        raise NotALedger(f"There is no file {path}.", f"没有文件 {path}。") from None
    except IsADirectoryError:
        raise NotALedger(f"{path} is a folder: name the file.", f"{path} 是文件夹：请指定文件。") from None
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or "not a file name"
        raise NotALedger(f"{path} cannot be read: {why}.", f"无法读取 {path}：{why}。") from None
    if size == 0:
        raise NotALedger(f"{path.name} is empty: it holds not a single byte.", f"{path.name} 是空文件。")
    if size > LARGEST_FILE:
        most = LARGEST_FILE // 2**20
        raise NotALedger(f"{path.name} is larger than {most} MB: remove pictures, or split it by year.",
                         f"{path.name} 超过 {most} MB：请删除图片，或按年度拆分。")  # fmt: skip
    return head


def _old_or_locked(path: Path) -> NotALedger:
    """Both a protected workbook and the .xls of before 2007 come in the same wrapping."""
    if _ENCRYPTED in path.read_bytes():
        return locked(path)
    return NotALedger(f"{path.name} is an old .xls workbook: open it and save it as .xlsx.",
                      f"{path.name} 是旧版 .xls 工作簿：请打开后另存为 .xlsx。")  # fmt: skip


def locked(path: Path) -> NotALedger:
    """That the workbook has a password."""
    return NotALedger(f"{path.name} is protected by a password: remove the password and save it again.",
                      f"{path.name} 设有密码：请取消密码后重新保存。")  # fmt: skip


def damaged(path: Path) -> NotALedger:
    """That the file looks like a workbook and is none."""
    return NotALedger(
        f"{path.name} is damaged, or not an Excel workbook: open it in a spreadsheet program and save it as .xlsx.",
        f"{path.name} 已损坏或不是 Excel 工作簿：请用表格软件打开并另存为 .xlsx。",
    )


def too_large(path: Path) -> NotALedger:
    """That it has too many rows."""
    return NotALedger(
        f"{path.name} has more than {LAST_ROW:,} rows: split it by year, and delete empty rows below the table.",
        f"{path.name} 超过 {LAST_ROW:,} 行：请按年度拆分，并删除表格下方的空行。",
    )


def _too_wide(path: Path) -> NotALedger:
    return NotALedger(
        f"{path.name} has something beyond column {LAST_COLUMN}: delete what stands outside the table.",
        f"{path.name} 在第 {LAST_COLUMN} 列以外有内容：请删除表格以外的内容。",
    )


def _bomb(path: Path) -> NotALedger:
    return NotALedger(f"{path.name} unpacks to far more than a ledger holds (a zip bomb): it was not opened.",
                      f"{path.name} 解压后远大于正常台账（压缩炸弹）：未予打开。")  # fmt: skip


def _check_workbook(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            _check_parts(path, packed)
            _check_unpacked(path, packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as fault:
        raise damaged(path) from fault


def _check_parts(path: Path, packed: zipfile.ZipFile) -> None:
    parts = packed.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise locked(path)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _bomb(path)
    try:
        types = packed.getinfo("[Content_Types].xml")
    except KeyError:
        raise damaged(path) from None
    if types.file_size > _PIECE or b"sheet.main+xml" not in packed.read(types).replace(
        b"macroEnabled", b"sheet"
    ):
        raise damaged(path)


def _check_unpacked(path: Path, packed: zipfile.ZipFile) -> None:
    """Unpack every part and count: what a zip says of its own sizes need not be true."""
    total = 0
    for part in packed.infolist():
        size = rows = 0
        with packed.open(part) as stream:
            for piece in _pieces(stream, path):
                size += len(piece)
                rows += _rows_by_place(path, piece)
                if rows > LAST_ROW:
                    raise too_large(path)
                if total + size > LARGEST_UNPACKED:
                    raise _bomb(path)
                if size > STEEP_FROM and size > STEEPEST * max(part.compress_size, 1):
                    raise _bomb(path)
        total += size


def _pieces(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    """The stream in pieces that end where a tag closes, so that no cell's opening is cut in two."""
    rest = b""
    while block := stream.read(_PIECE):
        block = rest + block
        cut = block.rfind(b"</")
        if cut <= 0:
            if len(block) > 8 * _PIECE:
                raise _bomb(path)
            cut = 0
        rest = block[cut:]
        if cut:
            yield block[:cut]
    if rest:
        yield rest


def _rows_by_place(path: Path, piece: bytes) -> int:
    """How many rows of the piece do not say their number. Refuses a cell that stands far outside any table."""
    if _is_ordinary(piece):
        return 0
    if _FAR_ROW.search(piece):
        raise too_large(path)
    if _FAR_COLUMN.search(piece):
        raise _too_wide(path)
    if _CELL_BY_PLACE.search(piece) and _widest(piece) > 2 * LAST_COLUMN:  # a row may be cut in two pieces
        raise _too_wide(path)
    return len(_ROW_BY_PLACE.findall(piece))


def _widest(piece: bytes) -> int:
    return max(len(_ANY_CELL.findall(row)) for row in piece.split(b"row>"))


def _is_ordinary(piece: bytes) -> bool:
    """Whether every cell says its place, in the way every spreadsheet program writes it, and none lies far
    outside.

    Nearly every piece is, and this answers five times sooner than looking at each tag.
    """
    return piece.count(b"<c") == piece.count(b'<c r="') and b":c" not in piece and not _FAR.search(piece)
