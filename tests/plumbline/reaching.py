"""Everything an account can reach through the program's doors, as one long text: to be scanned for a planted word."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.plumbline.shell import Shell

NOUNS = {"clue": "clues", "consultation": "consultations", "escalation": "escalations", "task": "tasks",
         "inspection": "inspections"}  # fmt: skip
VERBS = {"consultation": ("agenda", "seats", "opinions", "result")}
OTHERS = (
    ("deadlines", "list"),
    ("notices", "list"),
    ("audit", "verify"),
    ("recusal", "list"),
    ("interest", "list"),
)


def reached(shell: Shell, who: str, numbers: dict[str, list[str]], *, folder: Path) -> str:
    """What `who` gets to read of these matters (by machine) and of everything that lists: answers, refusals, exports."""
    said = []
    for noun in NOUNS:
        said.append(shell.ask(who, noun, "list"))
        for number in numbers.get(noun, []):
            said.append(shell.ask(who, "attachment", "list", number))
            for verb in ("show", "moves", "history", *VERBS.get(noun, ())):
                said.append(shell.ask(who, noun, verb, number))
                said.append(shell.run(noun, verb, number, "--as", who))
    said += [shell.ask(who, *words) for words in OTHERS]
    exported = folder / f"{who}.xlsx"
    said.append(shell.ask(who, "ledger", "export", str(exported)))
    return "\n".join([*(one.out + one.err for one in said), _sheet(exported)])


def sent(shell: Shell) -> str:
    """Everything that left as a notice, once all of it is delivered."""
    shell.run("tick", "--json")
    shell.run("notices", "deliver", "--json")
    files = [
        path
        for path in shell.home.rglob("*")
        if path.is_file() and path.suffix in (".txt", ".eml", ".json", ".html")
    ]
    return "\n".join(path.read_text(errors="replace") for path in files)


def _sheet(path: Path) -> str:
    if not path.exists():
        return ""
    with zipfile.ZipFile(path) as book:
        return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())
