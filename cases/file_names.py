"""The name a file is shown by: what its bearer called it, without what could mislead a person or a program.

It never names a file on disk: there, the hash of the content does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LONGEST = 100  # characters
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ASTRAY = re.compile(r'[<>:"|?*]')  # some systems read something into them
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


def cleaned(given: str, endings: Sequence[str]) -> str:
    """The name with one of `endings`, the first where it has none of them: "x.exe" that is a PDF is "x.exe.pdf".

    No folders, no signs that are unseen or turn the direction of a text, no name of a device, at most LONGEST characters.
    """
    name = re.split(r"[/\\]", given)[-1]
    name = "".join(each for each in name if unicodedata.category(each) not in _UNSEEN or each == "\t")
    name = _ASTRAY.sub("_", " ".join(unicodedata.normalize("NFC", name).split())).rstrip(" .")
    stem, ending = _parted(name, endings)
    stem = stem[: LONGEST - len(ending) - 1].strip(" .") or "file"
    if stem.split(".")[0].strip().lower() in _DEVICES:
        stem = f"_{stem}"
    return stem + ending


def _parted(name: str, endings: Sequence[str]) -> tuple[str, str]:
    for ending in endings:
        if name.lower().endswith(ending):
            return name[: -len(ending)], name[-len(ending) :]
    return name, endings[0]
