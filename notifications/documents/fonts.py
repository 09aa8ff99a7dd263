"""Fonts for papers: the ones GB/T 9704 names where the machine has them, else the free ones that came with us.

The prescribed faces (FangSong, Hei, XiaoBiaoSong) are not free and cannot be shipped; Noto Serif SC can (OFL 1.1).
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst

PACKAGE = "pylopdf_fonts_zh_cn"

FREE_SERIF = (
    "Noto Serif SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Songti SC",
    "SimSun",
    "AR PL UMing CN",
)
FREE_SANS = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei",
             "WenQuanYi Micro Hei", "WenQuanYi Zen Hei")  # fmt: skip
BODY = ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "STFangsong", "FZFangSong-Z02", *FREE_SERIF, *FREE_SANS)
TITLE = (
    "FZXiaoBiaoSong-B05S",
    "FZXiaoBiaoSong-B05",
    "方正小标宋简体",
    "STZhongsong",
    *FREE_SERIF,
    *FREE_SANS,
)
HEAD = ("SimHei", "STHeiti", *FREE_SANS, *FREE_SERIF)
LATIN = "Libertinus Serif"  # comes inside typst


class NoChineseFont(Exception):
    """No Chinese font was found: install one, such as the package fonts-noto-cjk, or set PLUMBLINE_FONTS to a folder
    that holds one."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The families to print with, and the folders they are in besides the system's."""

    body: str
    title: str
    head: str
    folders: tuple[Path, ...]


@lru_cache(maxsize=8)
def faces(folder: Path | None = None) -> Faces:
    """The faces on this machine; `folder` holds the office's own. Raises NoChineseFont."""
    folders = tuple(filter(None, (folder, _shipped())))
    known = set(typst.Fonts(include_embedded_fonts=False, font_paths=list(folders)).families())

    def first(wanted: tuple[str, ...]) -> str:
        found = next((name for name in wanted if name in known), None)
        if found is None:
            raise NoChineseFont(" ".join(str(NoChineseFont.__doc__).split()))
        return found

    return Faces(first(BODY), first(TITLE), first(HEAD), folders)


def _shipped() -> Path | None:
    """The folder of the fonts that are installed together with Plumbline."""
    found = importlib.util.find_spec(PACKAGE)
    return Path(found.origin).parent if found is not None and found.origin else None
