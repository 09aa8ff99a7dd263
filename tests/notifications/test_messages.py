"""What messages say, in both languages, and above all what they do not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select, update

from cases.deadlines import Deadline
from cases.history import Event
from cases.matters import Matter, Reporter, Subject
from cases.office import Office
from cases.organisations import Project
from cases.people import Person
from notifications import calling, digests, dispatch, messages, outbox
from notifications.channels import Channel
from notifications.channels.folder import FolderChannel
from notifications.channels.recorder import RecorderChannel
from notifications.dispatch import Unit
from notifications.mail import Message
from notifications.messages import Letterhead
from notifications.notices import DIGEST, Notice
from notifications.outbox import Claimed
from states.rulebook_file import shipped
from tests.notifications.mail_servers import read
from tests.notifications.office import MORNING, happened, matter, rang

REMINDER = Claimed(
    id=1, worker="w", until=MORNING, attempt=1, message_id=f"<notice-{'0' * 32}@plumbline.invalid>", channel="folder",
    document="work_prompt", lang="en", due_on=date(2026, 9, 8), counts=None, planned_at=MORNING, recipient="officer",
    address="officer@example.org", active=True, number="MGJ-2026-0001", machine="clue", rulebook="told@1",
)  # fmt: skip


def rendered(letterhead: Letterhead, **changes: Any) -> Message:
    return messages.render(replace(REMINDER, **changes), letterhead)


def test_a_reminder_in_english(letterhead: Letterhead) -> None:
    said = rendered(letterhead)
    assert said.subject == "[REHEARSAL] MGJ-2026-0001: work prompt, due 2026-09-08"
    assert said.text == (
        "THIS IS A REHEARSAL. Nothing in it is real.\n\n"
        "Number:  MGJ-2026-0001\n"
        "Message: work prompt\n"
        "Date:    2026-09-01\n"
        "Due on:  2026-09-08\n\n"
        "Its date is near. Please see that it is done in time, or report today what is in the way:\n\n"
        "https://clues.example.org/matters/MGJ-2026-0001\n\n"
        "--\n"
        "Plumbline sends this by itself; please do not answer. What it is about can only be read after logging in.\n"
    )


def test_a_reminder_in_chinese(letterhead: Letterhead) -> None:
    said = rendered(letterhead, lang="zh")
    assert said.subject == "【演练】MGJ-2026-0001：工作提示函，2026年9月8日到期"
    assert said.text == (
        "这是演练，内容均非真实。\n\n"
        "编号：MGJ-2026-0001\n"
        "事项：工作提示函\n"
        "日期：2026年9月1日\n"
        "期限：2026年9月8日\n\n"
        "期限临近，请抓紧办理；如有困难，请当日报告：\n\n"
        "https://clues.example.org/matters/MGJ-2026-0001\n\n"
        "--\n"
        "本邮件由“准绳”系统自动发出，请勿回复。具体内容须登录系统后查看。\n"
    )


def test_the_real_thing_does_not_speak_of_rehearsals(letterhead: Letterhead) -> None:
    said = rendered(replace(letterhead, rehearsal=False))
    assert said.subject == "MGJ-2026-0001: work prompt, due 2026-09-08"
    assert "REHEARSAL" not in said.text


def test_a_message_without_a_date_to_keep_names_none(letterhead: Letterhead) -> None:
    said = rendered(letterhead, document="progress_note", due_on=None)
    assert said.subject == "[REHEARSAL] MGJ-2026-0001: note on progress"
    assert "Due on" not in said.text
    assert "Please look at it:" in said.text


def test_the_day_is_the_offices_day_and_not_that_of_greenwich(letterhead: Letterhead) -> None:
    late = datetime.fromisoformat("2026-09-01T16:00:00+00:00")  # midnight in Shanghai
    assert "Date:    2026-09-02" in rendered(letterhead, planned_at=late).text
    assert "Date:    2026-09-01" in rendered(letterhead, planned_at=late - timedelta(seconds=1)).text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_rulebook_nobody_knows_any_more_still_gives_a_message(letterhead: Letterhead, lang: str) -> None:
    said = rendered(letterhead, lang=lang, rulebook="gone@9", document="strange_paper")
    assert "strange paper" in said.subject


def test_a_number_with_strange_characters_makes_no_strange_link(letterhead: Letterhead) -> None:
    said = rendered(letterhead, number="MGJ/2026 #1?")
    assert "https://clues.example.org/matters/MGJ%2F2026%20%231%3F\n" in said.text


def test_a_digest_counts_and_lists_nothing(letterhead: Letterhead) -> None:
    counts = {"late": 1, "today": 2, "week": 3}
    given = {
        "document": DIGEST,
        "counts": counts,
        "number": None,
        "machine": None,
        "rulebook": None,
        "due_on": None,
    }
    english, chinese = rendered(letterhead, **given), rendered(letterhead, lang="zh", **given)
    assert english.subject == "[REHEARSAL] Your day, 2026-09-01"
    assert "Late:             1\nDue today:        2\nDue this week:    3\n" in english.text
    assert chinese.subject == "【演练】2026年9月1日待办提示"
    assert "已超期：1 件\n今日到期：2 件\n本周到期：3 件\n" in chinese.text
    assert "https://clues.example.org/\n" in chinese.text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_document_of_the_shipped_rulebook_has_its_words(
    house: Office, letterhead: Letterhead, lang: str
) -> None:
    port = shipped()
    ours = replace(letterhead, office=replace(house, rulebooks={port.key: port}, current=port.key))
    for document, label in port.documents.items():
        said = rendered(ours, lang=lang, document=document, rulebook=port.key)
        assert label.in_(lang) in said.subject
        assert "MGJ-2026-0001" in said.text


def test_every_template_belongs_to_a_document_and_stands_in_both_languages() -> None:
    folder = Path(messages.__file__).parent / "templates"
    names = [{path.stem for path in (folder / lang).glob("*.txt")} for lang in ("zh", "en")]
    assert names[0] == names[1]
    assert names[0] <= {"letter", "notice", DIGEST, calling.DOCUMENT, *shipped().documents}


# ---------------------------------------------------------------------------------------------------- canaries

CANARIES = ("CANARY", "金丝雀", "13800138000")


def _canaries(count: Iterator[int]) -> str:
    return f"CANARY-{next(count)} 金丝雀 13800138000"


def test_no_message_says_anything_of_a_clue_but_its_number(
    unit: Unit, house: Office, letterhead: Letterhead, tmp_path: Path
) -> None:
    """Every text field anybody can fill is a canary; then everybody is told everything, in both languages."""
    number = iter(range(1000))
    with unit() as session:
        session.execute(update(Project).values(name=Project.code + _canaries(number)))
        clue = matter(session, title=_canaries(number), values={"problem": _canaries(number), "who": {"x": "CANARY"}},
                      acts={"open": ["CANARY", "2026-09-01"]})  # fmt: skip
        assert clue.id is not None
        session.add(Subject(matter=clue.id, name=_canaries(number), unit=_canaries(number), post="CANARY"))
        session.add(Reporter(matter=clue.id, details={"name": _canaries(number), "phone": "13800138000"}))
        session.add(Deadline(matter=clue.id, name="opinion", started_on=MORNING.date(), budget="CANARY",
                             due_on=MORNING.date(), calendar_version="x", opened_at=MORNING))  # fmt: skip
        for place, person in enumerate(session.exec(select(Person))):
            person.name, person.lang = _canaries(number), ("zh", "en")[place % 2]
        session.flush()
        events = [happened(session, clue, move, by="head") for move in ("open", "assign", "close", "call")]
        events += [rang(session, clue, ["handler", "registrar", "leader", "head", "auditor", "above"])]
        session.execute(update(Event).values(data={"text": _canaries(number)}))
        planned = outbox.plan(session, house, events)
        planned += digests.plan_digests(session, house, at=MORNING)
    folder, recorder = FolderChannel(tmp_path / "notices"), RecorderChannel()
    both: Mapping[str, Channel] = {"folder": folder, "smtp": recorder}
    assert (
        dispatch.deliver_due(unit, both, worker="w", at=MORNING, letterhead=letterhead).delivered
        == planned
        > 12
    )
    for path in folder.folder.iterdir():
        raw, mail = path.read_bytes().decode(), read(path.read_bytes())
        for canary in CANARIES:
            assert canary not in raw + str(mail["Subject"]) + str(mail["To"]) + mail.get_content()
    with unit() as session:
        for row in session.exec(select(Notice)):
            assert not any(canary in str(row.model_dump()) for canary in CANARIES)
        assert session.exec(select(Matter.title)).one().startswith("CANARY")
