"""A clue as django-fsm-2 and the Django ORM would keep it, in a SQLite file of its own."""

# What this is built on is installed by `make bench` alone, and its types are left out: see pyproject.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any

import django
import django_fsm
from django.conf import settings

from benchmarks.measuring import Act, timed
from plumbline.database import PRAGMAS

NAME = f"django-fsm-2 on Django {django.__version__} with SQLite {sqlite3.sqlite_version}"
AT = "2026-09-01 04:00:00.000000"
VALUES = {
    "title": "隐蔽工程未经验收先行覆盖",
    "problem": "3号泊位沉箱基床未经验收即覆盖。",
    "proposed_handler": "officer",
}
SEVERAL = 1000  # clues that wait for the move

if not settings.configured:
    settings.configure(
        INSTALLED_APPS=[], USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={"default": {
            "ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:",
            "OPTIONS": {"transaction_mode": "IMMEDIATE",
                        "init_command": ";".join(f"PRAGMA {name}={value}" for name, value in PRAGMAS.items())},
        }},
    )  # fmt: skip
    django.setup()

from django.db import connection, models, transaction  # noqa: E402 - only after the set-up

Text = models.CharField


class Clue(models.Model):
    """A clue, with as many columns and indexes as ours."""

    number = Text(max_length=64, unique=True)
    machine = Text(max_length=64, default="clue")
    rulebook = Text(max_length=128, default="port-centre 1")
    state = django_fsm.FSMField(default="assignment_proposed", protected=True)
    version = models.IntegerField(default=1)
    organisation = Text(max_length=32, default="MGJ")
    addressee = Text(max_length=32, null=True, db_index=True)
    project = Text(max_length=32, default="PC")
    opener = Text(max_length=64, default="registrar", db_index=True)
    handler = Text(max_length=64, null=True, db_index=True)
    title = Text(max_length=200, default="隐蔽工程未经验收先行覆盖")
    moved_at = Text(max_length=32, default=AT)
    moved_by = Text(max_length=64, default="registrar")
    values = models.JSONField(default=dict)
    acts = models.JSONField(default=dict)

    class Meta:
        app_label = "benchmarks"
        indexes = [models.Index(fields=["machine", "organisation", "state"], name="clue_by_state")]  # noqa: RUF012

    @django_fsm.transition(field=state, source="assignment_proposed", target="assigned")
    def approve_assignment(self, handler: str) -> None:
        """The head approves who handles it."""
        self.handler, self.version, self.moved_by = handler, self.version + 1, "head"
        self.values |= {"handler": handler}
        self.acts |= {"approve_assignment": ["head", "2026-09-01"]}


class Event(models.Model):
    """One thing that happened to a clue."""

    clue = models.ForeignKey(Clue, models.PROTECT)
    at = Text(max_length=32)
    actor = Text(max_length=64)
    move = Text(max_length=200)
    from_state = Text(max_length=64)
    to_state = Text(max_length=64)
    version = models.IntegerField()
    data = models.JSONField()

    class Meta:
        app_label = "benchmarks"
        constraints = [models.UniqueConstraint(fields=["clue", "version"], name="event_once")]  # noqa: RUF012


class Deadline(models.Model):
    """One clock of a clue."""

    clue = models.ForeignKey(Clue, models.PROTECT)
    name = Text(max_length=64)
    status = Text(max_length=16, default="open")
    due_on = Text(max_length=10, default="2026-09-08")
    next_at = Text(max_length=32, null=True, db_index=True)
    opened_at = Text(max_length=32, default=AT)
    closed_at = Text(max_length=32, null=True)

    class Meta:
        app_label = "benchmarks"


class DeadlineEntry(models.Model):
    """One line in the ledger of a clock."""

    deadline = models.ForeignKey(Deadline, models.PROTECT)
    event = models.ForeignKey(Event, models.PROTECT, db_index=False)
    kind = Text(max_length=16)
    at = Text(max_length=32)
    by = Text(max_length=64)

    class Meta:
        app_label = "benchmarks"


class Notice(models.Model):
    """One message to one person."""

    event = models.ForeignKey(Event, models.PROTECT)
    clue = models.ForeignKey(Clue, models.PROTECT, db_index=False)
    recipient = Text(max_length=64)
    document = Text(max_length=64)
    message_id = Text(max_length=80, unique=True)
    status = Text(max_length=16, default="pending")
    next_at = Text(max_length=32, null=True, db_index=True)

    class Meta:
        app_label = "benchmarks"


def _stocked(path: Path) -> list[str]:
    """A fresh file with clues in it whose assignment is proposed; their numbers."""
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=0")  # the schema editor insists
        with connection.schema_editor() as editor:
            for model in (Clue, Event, Deadline, DeadlineEntry, Notice):
                editor.create_model(model)
        cursor.execute("PRAGMA foreign_keys=1")
    numbers = [f"MGJ-2026-{place:04d}" for place in range(SEVERAL)]
    with transaction.atomic():
        clues = Clue.objects.bulk_create([Clue(number=number, values=VALUES) for number in numbers])
        Deadline.objects.bulk_create([Deadline(clue=clue, name="assignment", next_at=AT) for clue in clues])
    return numbers


def same_rows(home: Path) -> Act:
    """Load, transition, save; and the event, both clocks with a line each, two notices: in one transaction."""
    numbers = _stocked(home / "django-same-rows.db")

    def act(turn: int) -> float:
        taken: list[float] = []
        with timed(taken), transaction.atomic():
            clue = _approved(numbers[turn])
            event = Event.objects.create(
                clue=clue, at=AT, actor="head", move="approve_assignment", from_state="assignment_proposed",
                to_state=clue.state, version=clue.version, data={"handler": "officer"})  # fmt: skip
            _clocks(clue, event)
            Notice.objects.bulk_create([_notice(clue, event, "officer", "assignment_letter"),
                                        _notice(clue, event, "registrar", "approval_decision")])  # fmt: skip
        return taken[0]

    return act


def state_alone(home: Path) -> Act:
    """Load, transition, save."""
    numbers = _stocked(home / "django-state-alone.db")

    def act(turn: int) -> float:
        taken: list[float] = []
        with timed(taken), transaction.atomic():
            _approved(numbers[turn])
        return taken[0]

    return act


def _approved(number: str) -> Any:
    clue = Clue.objects.select_for_update().get(number=number)
    clue.approve_assignment("officer")
    clue.save()
    return clue


def _clocks(clue: Any, event: Any) -> None:
    old = Deadline.objects.get(clue=clue, name="assignment", status="open")
    old.status, old.closed_at, old.next_at = "met", AT, None
    old.save()
    new = Deadline.objects.create(clue=clue, name="signature", next_at=AT)
    DeadlineEntry.objects.bulk_create([DeadlineEntry(deadline=clock, event=event, kind=kind, at=AT, by="head")
                                       for clock, kind in ((old, "closed"), (new, "opened"))])  # fmt: skip


def _notice(clue: Any, event: Any, recipient: str, document: str) -> Any:
    mark = sha256(f"{event.pk} {recipient}".encode()).hexdigest()[:32]
    return Notice(event=event, clue=clue, recipient=recipient, document=document, next_at=AT,
                  message_id=f"<notice-{mark}@example.org>")  # fmt: skip
