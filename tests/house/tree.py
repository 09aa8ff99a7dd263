"""The tree as the house tests see it: where it is and which text files belong to it."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-bench.lock", "requirements-replay.lock")
PACKAGES = ("states", "cases", "notifications", "flows", "web", "plumbline")
MADE = {".git", ".venv", "var", "build", "dist", "__pycache__", ".hypothesis"}
"""Folders that setting up and running make; nobody commits them."""


def files() -> list[Path]:
    """Every file that is or would be committed: git's list or, without git, all but what is made."""
    ask = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        said = subprocess.run(ask, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not _made(path)]
    else:
        found = [ROOT / name for name in said.split("\0") if name]
    return sorted(path for path in found if path.is_file())


def texts() -> dict[str, str]:
    """The text of each text file, by its path from the root."""
    found = {}
    for path in files():
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


def _made(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(part in MADE or part.endswith("_cache") for part in parts)
