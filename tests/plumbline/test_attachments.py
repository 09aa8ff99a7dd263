"""Evidence: handed in once, kept as it was, seen by those who may, and missed when it is gone."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from cases import attachments, audit, recusing
from cases.attachments import Added, Attachment
from cases.errors import KeyReused
from cases.matters import Matter
from plumbline import doctor, setup
from plumbline.attaching import Attaching
from plumbline.settings import Settings
from tests.cases import bad_files
from tests.plumbline.exhibits import add, answer, blobs, content, convened, events, listed, rows
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site(rehearsal_template: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site.copied(rehearsal_template, tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def either(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site on SQLite, then one on PostgreSQL."""
    settings = Settings(home=tmp_path / "home", database_url=database_url)
    setup.prepare(settings, rehearsal=True, with_sample=True, at=NOON)
    made = Site.at(settings.home, database_url=database_url)
    yield made
    made.close()


def place(site: Site, data: bytes) -> Path:
    return site.work.evidence.place(hashlib.sha256(data).hexdigest())


class TestHandedIn:
    def test_what_comes_out_is_what_went_in(self, either: Site) -> None:
        clue, data = either.clue_discovered(), bad_files.pdf()
        added = add(either, clue, data, name="../检测报告.PDF", caption="第三方检测", who="supervisor")
        assert (added.number, added.name, added.media_type, added.size) == (
            1,
            "检测报告.PDF",
            "application/pdf",
            len(data),
        )
        assert content(either, clue, 1, who="registrar") == data
        line = listed(either, clue, who="head")[0]
        assert (line["caption"], line["how"], line["added_by"], line["went_to"]) == (
            "第三方检测",
            "added",
            "supervisor",
            [],
        )
        assert either.sound()

    def test_history_has_it_by_hash_and_never_by_name(self, site: Site) -> None:
        clue, data = site.clue(), bad_files.pdf()
        add(site, clue, data, name="周某的账本.pdf")
        ((move, actor, noted),) = events(site, clue)
        assert (move, actor, noted["sha256"], noted["size"]) == (
            "attachment.added", "registrar", hashlib.sha256(data).hexdigest(), len(data))  # fmt: skip
        assert noted["name_sha256"] == hashlib.sha256("周某的账本.pdf".encode()).hexdigest()
        assert "周某" not in str(noted)
        state = site.state(clue)
        assert state == "registered", "evidence moves nothing"

    def test_the_same_file_again_is_one_blob_and_two_references(self, either: Site) -> None:
        clue, other = either.clue(), either.clue()
        first, again = add(either, clue, name="a.jpg"), add(either, clue, name="b.jpg")
        elsewhere = add(either, other)
        assert (first.same_as, again.same_as) == ((), (1,))
        assert elsewhere.same_as == (), "what another clue has is not told here"
        assert (rows(either), blobs(either)) == (3, 1)
        assert events(either, clue)[1][2]["same_as"] == [1]

    def test_two_names_alike_are_two_numbers(self, site: Site) -> None:
        clue = site.clue()
        add(site, clue, b"one", name="x.txt")
        add(site, clue, b"two", name="x.txt")
        assert [(one["attachment"], one["name"]) for one in listed(site, clue, who="head")] == [
            (1, "x.txt"),
            (2, "x.txt"),
        ]

    @pytest.mark.parametrize("data, code", [
        (b"", "attachment_empty"), (b"MZ" + b"\0" * 99, "attachment_kind"), (bad_files.bomb(), "archive_bomb"),
        (bad_files.huge_png(), "image_too_large")])  # fmt: skip
    def test_a_bad_file_changes_nothing(self, site: Site, data: bytes, code: str) -> None:
        clue = site.clue()
        before = site.everything()
        assert answer(lambda: add(site, clue, data, name="report.pdf")) == code
        assert (site.everything(), rows(site), blobs(site)) == (before, 0, 0)

    def test_the_office_sets_how_large_a_file_may_be(self, rehearsal_template: Path, tmp_path: Path) -> None:
        Site.copied(rehearsal_template, tmp_path / "home").close()
        small = Site.at(tmp_path / "home")
        object.__setattr__(small.work, "settings", Settings(home=tmp_path / "home", attachment_mb=1))
        clue = small.clue()
        assert answer(lambda: add(small, clue, b"x" * (1 << 20), name="x.txt")) == "done"
        assert (
            answer(lambda: add(small, clue, b"x" * ((1 << 20) + 1), name="x.txt")) == "attachment_too_large"
        )
        small.close()

    @pytest.mark.parametrize(
        "caption, code", [("x" * 201, "too_long"), ("a\u202eb", "bad_character"), ("a\0", "bad_character")]
    )
    def test_a_caption_is_a_line_like_any_other(self, site: Site, caption: str, code: str) -> None:
        clue = site.clue()
        assert answer(lambda: add(site, clue, caption=caption)) == code
        assert blobs(site) == 0

    def test_two_at_once_get_two_numbers(self, either: Site) -> None:
        clue = either.clue()
        workers = [threading.Thread(target=add, args=(either, clue, f"text {n}".encode()), kwargs={"name": "x.txt"})
                   for n in range(6)]  # fmt: skip
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert [one["attachment"] for one in listed(either, clue, who="head")] == [1, 2, 3, 4, 5, 6]
        assert either.sound()

    def test_the_same_request_from_several_at_once_adds_one(self, either: Site) -> None:
        clue, made = either.clue(), list[Added]()

        def ask() -> None:
            act, source = Attaching(either.work).add, io.BytesIO(b"text")
            made.append(act(clue, source, name="x.txt", actor="registrar", at=NOON, key="k"))

        workers = [threading.Thread(target=ask) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert len(made) == 4
        assert set(made) == {made[0]}
        assert (rows(either), blobs(either), len(events(either, clue))) == (1, 1, 1)
        assert either.sound()

    def test_a_key_is_for_one_request_and_for_whoever_sees_the_clue(self, site: Site) -> None:
        clue = site.clue()
        act = Attaching(site.work).add
        first = act(clue, io.BytesIO(b"text"), name="x.txt", actor="leader", at=NOON, key="k")
        with pytest.raises(KeyReused):
            act(clue, io.BytesIO(b"text"), name="y.txt", actor="leader", at=NOON, key="k")
        assert (
            act(clue, io.BytesIO(b"text"), name="x.txt", actor="head", at=NOON, key="k").number
            == first.number + 1
        )
        with site.work.unit() as session:
            recusing.declare(session, site.work.office, clue, actor="leader", reason="A relative.", at=NOON)
        again = lambda: act(clue, io.BytesIO(b"text"), name="x.txt", actor="leader", at=NOON, key="k")  # noqa: E731
        assert answer(again) == "nothing"


class TestWhoMay:
    def test_who_sees_the_clue_and_does_something_about_clues(self, site: Site) -> None:
        clue = site.clue()
        found = {who: answer(lambda who=who: add(site, clue, who=who))  # type: ignore[misc]
                 for who in ("supervisor", "registrar", "leader", "head", "officer", "auditor", "owner", "district",
                             "operator")}  # fmt: skip
        assert found == {"supervisor": "done", "registrar": "done", "leader": "done", "head": "done", "officer": "nothing",
                         "auditor": "not_your_role", "owner": "nothing", "district": "nothing",
                         "operator": "nothing"}  # fmt: skip

    def test_a_member_adds_proof_to_a_task_of_their_own_and_sees_no_clue(self, site: Site) -> None:
        clue, round_ = convened(site)
        add(site, clue)
        for act in (lambda: listed(site, clue, who="owner"), lambda: content(site, clue, 1, who="owner"),
                    lambda: add(site, clue, who="owner")):  # fmt: skip
            assert answer(act) == "nothing"
        for who in ("owner", "officer", "leader"):
            assert answer(lambda who=who: add(site, round_, who=who)) == "only_released"  # type: ignore[misc]

    def test_of_a_report_that_belongs_above_nothing_but_the_envelope_is_put_down(self, site: Site) -> None:
        clue = site.clue_discovered(managed_by="higher", kind="unread", title="密封件", problem="密封件")
        assert answer(lambda: add(site, clue, who="supervisor")) == "sealed_content"
        assert blobs(site) == 0

    def test_a_recused_person_finds_none(self, site: Site) -> None:
        clue, _ = convened(site)
        add(site, clue, who="officer")
        with site.work.unit() as session:
            recusing.declare(session, site.work.office, clue, actor="officer", reason="旧识", at=NOON)
        for act in (lambda: listed(site, clue, who="officer"), lambda: content(site, clue, 1, who="officer"),
                    lambda: add(site, clue, who="officer")):  # fmt: skip
            assert answer(act) == "nothing"

    def test_reading_is_on_record_for_those_of_other_bodies(self, site: Site) -> None:
        number = site.move("registrar", site.clue(), "escalate").consequences[0].number
        add(site, number, bad_files.pdf(), name="a.pdf")
        site.move("leader", number, "approve")
        site.move("registrar", number, "dispatch")
        content(site, number, 1, who="registrar")
        assert events(site, number, of="attachment.read") == []
        content(site, number, 1, who="district")
        assert events(site, number, of="attachment.read") == [("attachment.read", "district", {"number": 1})]

    def test_a_number_that_is_not_there(self, site: Site) -> None:
        clue = site.clue()
        assert answer(lambda: content(site, clue, 1, who="head")) == "no_such_attachment"
        assert answer(lambda: content(site, "MGJ-2026-9999", 1, who="head")) == "nothing"


def checks(site: Site) -> tuple[str, str]:
    """What the doctor says of evidence."""
    found = {one.name: one for one in doctor.examine(site.work.settings, at=NOON, prefect=False)}["evidence"]
    return found.status, found.says.en


def faults(site: Site) -> list[tuple[str, str]]:
    with site.work.reading() as session:
        return [(one.subject, one.code) for one in audit.verify(session, site.work.evidence).faults]


class TestDamaged:
    @pytest.mark.parametrize("harm", ["altered", "cut", "missing", "swapped"])
    def test_a_damaged_file_is_refused_and_the_others_are_fine(self, site: Site, harm: str) -> None:
        clue, data = site.clue(), bad_files.pdf()
        add(site, clue, data, name="a.pdf")
        add(site, clue, b"other", name="b.txt")
        assert (faults(site), checks(site)[0]) == ([], "ok")
        path = place(site, data)
        if harm == "missing":
            path.unlink()
        else:
            path.write_bytes({"altered": data[:-1] + b"x", "cut": data[:-1], "swapped": b"other"}[harm])
        for _ in range(2):
            assert answer(lambda: content(site, clue, 1, who="head")) == "attachment_damaged"
        assert content(site, clue, 2, who="head") == b"other"
        trouble = "missing" if harm == "missing" else "damaged"
        assert events(site, clue, of="attachment.damaged") == [
            ("attachment.damaged", "head", {"number": 1, "trouble": trouble})
        ]
        assert faults(site) == [(clue, f"attachment_{trouble}")]
        assert checks(site)[0] == "wrong"
        assert clue in checks(site)[1]
        assert add(site, clue, data, name="a.pdf").same_as == (1,)
        assert content(site, clue, 1, who="head") == data, "the same file again repairs it"
        assert faults(site) == []

    def test_a_row_that_was_changed_or_deleted_behind_the_history_s_back(self, either: Site) -> None:
        clue = either.clue()
        for name in ("a.jpg", "b.jpg", "c.jpg"):
            add(either, clue, name=name)
        with either.work.unit() as session:
            first, second, _ = session.exec(select(Attachment).order_by(col(Attachment.id))).all()
            first.name = "innocent.jpg"
            session.delete(second)
        assert sorted(faults(either)) == [(clue, "attachment_changed"), (clue, "attachment_gone")]

    def test_what_a_broken_off_addition_left_is_told_of(self, site: Site) -> None:
        add(site, site.clue())
        (site.work.evidence.folder / "drafts" / "0123").write_bytes(b"half")
        assert checks(site) == ("note", f"1 files in {site.work.evidence.folder} belong to no attachment.")
        assert faults(site) == []


class TestTrouble:
    def test_a_full_disk_refuses_the_file_and_keeps_the_rest(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clue = site.clue()
        add(site, clue, b"before", name="a.txt")
        before = site.everything()

        def full(_handle: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space left"):
                add(site, clue, b"too much", name="b.txt")
        assert (site.everything(), rows(site), blobs(site)) == (before, 1, 1)
        add(site, clue, b"too much", name="b.txt")
        assert faults(site) == []

    def test_a_full_database_keeps_no_row_and_the_next_addition_works(self, site: Site) -> None:
        clue = site.clue()
        with site.work.unit() as session:
            pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
            session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")

        def fill() -> None:
            for turn in range(500):
                add(site, clue, f"text {turn}".encode(), name="x" * 90 + ".txt", caption="x" * 200)

        with pytest.raises(OperationalError, match="full"):
            fill()
        with site.work.unit() as session:
            session.connection().exec_driver_sql("PRAGMA max_page_count=1073741823")
        done = rows(site)
        assert faults(site) == []
        add(site, clue, b"later", name="x.txt")
        assert rows(site) == done + 1
        assert faults(site) == []

    def test_kill_9_loses_nothing_that_was_acknowledged_and_leaves_nothing_half(self, site: Site) -> None:
        clue, home = site.clue(), site.work.settings.home
        site.close()
        said: list[int] = []
        for turn in range(4):
            process = subprocess.Popen([sys.executable, "-m", "tests.plumbline.adder", str(home), clue, str(turn)], cwd=ROOT,
                                       text=True, stdout=subprocess.PIPE)  # fmt: skip
            try:
                assert process.stdout is not None
                said += [int(process.stdout.readline()) for _ in range(1 + 3 * turn)]
            finally:
                process.kill()
                process.communicate(timeout=30)
        after = Site.at(home)
        numbers = [one["attachment"] for one in listed(after, clue, who="head")]
        assert set(said) <= set(numbers)
        assert numbers == list(range(1, len(numbers) + 1))
        assert faults(after) == []
        for number in numbers:
            assert content(after, clue, number, who="head").startswith(b"evidence ")
        after.close()


def test_the_right_is_asked_before_the_file_is_read(site: Site) -> None:
    class Unread(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError(f"{size} bytes were read")

    clue = site.clue()
    act = Attaching(site.work).add
    assert answer(lambda: act(clue, Unread(b"x"), name="x.txt", actor="auditor", at=NOON)) == "not_your_role"


def test_a_clue_s_machine_names_who_acts(site: Site) -> None:
    machine = site.work.office.rulebook().machines["clue"]
    assert {"supervisor", "registrar", "officer", "leader", "head"} <= set(attachments.acting_roles(machine))
    assert not {"auditor", "operator", "member"} & set(attachments.acting_roles(machine))
    assert site.ask(select(Matter)) == []
