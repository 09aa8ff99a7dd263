"""What a person gives a command besides words: `--set field=value`, and files to read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from plumbline.shell.failures import WrongUsage
from plumbline.shell.words import visible

MOST_BYTES = 1_000_000
LONGEST_NAME = 64


def fields(pairs: Iterable[str] | None) -> dict[str, str]:
    """`["k=v", "k2=@file"]` as a form. A value may hold "="; "@@x" is the text "@x". Raises WrongUsage."""
    found: dict[str, str] = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            raise WrongUsage(
                "not_a_field",
                (f"--set {_short(pair)} 不是“字段=值”。", f"--set {_short(pair)} is not FIELD=VALUE."),
                ("请写成 --set 字段=值。", "Write --set FIELD=VALUE."),
            )
        if name in found:
            raise WrongUsage(
                "given_twice",
                (f"字段 {_short(name)} 给了两次。", f"The field {_short(name)} is given twice."),
                (
                    "每个字段只给一次；多人用逗号分隔。",
                    "Give each once; separate several people with commas.",
                ),
            )
        found[name] = _value(name, value)
    return found


def _value(name: str, value: str) -> str:
    if value.startswith("@@"):
        return value[1:]
    return text_of(Path(value[1:]), what=f"--set {_short(name)}") if value.startswith("@") else value


def sha256_of(path: Path) -> str:
    """SHA-256 (hex) of a file, however long it is."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def text_of(path: Path, *, what: str) -> str:
    """A text file of at most a megabyte, in UTF-8. Raises WrongUsage."""
    data = _bytes_of(path, what=what, most=MOST_BYTES)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUsage(
            "not_utf8",
            (f"{what}：文件不是 UTF-8 文本。", f"{what}: the file is not text in UTF-8."),
            ("请另存为 UTF-8。", "Save it as UTF-8 first."),
        ) from None


def _bytes_of(path: Path, *, what: str, most: int) -> bytes:
    check_file(path, what=what)
    try:
        with path.open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as fault:
        raise _unreadable(path, what, fault) from None
    if len(data) > most:
        raise WrongUsage(
            "too_long",
            (f"{what}：文件超过 {most:,} 字节。", f"{what}: the file is longer than {most:,} bytes."),
            ("请缩短内容，原件可另行附上。", "Shorten it; the original may be kept elsewhere."),
        )
    return data


def check_file(path: Path, *, what: str) -> None:
    """Raises WrongUsage unless `path` is a file that is there."""
    try:
        is_file, is_there = path.is_file(), path.exists()
    except (OSError, ValueError) as fault:
        raise _unreadable(path, what, fault) from None
    if not is_file:
        why = ("不是文件", "is not a file") if is_there else ("不存在", "does not exist")
        raise WrongUsage(
            "no_such_file",
            (f"{what}：{_short(path)} {why[0]}。", f"{what}: {_short(path)} {why[1]}."),
            ("请核对路径。", "Check the path."),
        )


def _unreadable(path: Path, what: str, fault: Exception) -> WrongUsage:
    why = getattr(fault, "strerror", None) or str(fault)
    return WrongUsage(
        "unreadable",
        (f"{what}：无法读取 {_short(path)}（{why}）。", f"{what}: {_short(path)} cannot be read ({why})."),
        ("请核对路径和权限。", "Check the path and the rights on it."),
    )


def _short(text: object) -> str:
    whole = visible(text)
    return whole if len(whole) <= LONGEST_NAME else whole[:LONGEST_NAME] + "…"
