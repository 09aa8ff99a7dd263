"""Two sites exchange an escalation by file: told once, answered once, and nobody on the way can change a letter."""

from __future__ import annotations

import gzip
import threading
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from cases import canonical, disclosures, sites
from cases.matters import Matter
from cases.organisations import Organisation
from cases.people import Posting
from plumbline.exchange import Exchanger
from plumbline.site_keys import SiteKeys
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site, Two, refusal

REPLIES = ["sign_for", "refuse", "accept", "return_packet", "instruct", "take_over", "redirect"]


def resealed(data: bytes, keys: SiteKeys, **changes: Any) -> bytes:
    """The same file with another content, signed by whoever holds these keys."""
    envelope = canonical.read(data)
    return keys.seal(envelope["plumbline"], envelope["content"] | changes)


class TestAStory:
    def test_a_request_goes_up_is_signed_for_and_its_answer_moves_the_clue(self, two: Two) -> None:
        clue = two.port.clue()
        ours = two.port.escalated(clue=clue)
        theirs = two.received(ours)
        assert (two.district.state(theirs), two.port.state(ours)) == ("delivered", "dispatched")

        two.district.move("district", theirs, "sign_for")
        assert two.taken(two.reply(theirs)) == ("signed_for", True)
        two.district.move("district", theirs, "instruct")
        assert two.taken(two.reply(theirs)) == ("answered", True)

        assert two.port.state(clue) == "assigned"
        assert two.district.state(theirs) == "settled"
        assert two.port.moves_of(ours)[-3:] == ["confirm_delivery", "sign_for", "instruct"]
        assert two.port.sound()
        assert two.district.sound()

    def test_history_says_which_site_made_a_move(self, two: Two) -> None:
        ours = two.port.escalated()
        theirs = two.received(ours)
        two.district.move("district", theirs, "sign_for")
        two.taken(two.reply(theirs))
        arrived = two.district.ask(select(Matter).where(Matter.number == theirs))[0]
        signed = two.port.ask(select(Matter).where(Matter.number == ours))[0]
        assert (arrived.moved_by, arrived.acts["arrive"][0]) == ("district", "site:MGJ")
        assert (arrived.opener, arrived.organisation, arrived.addressee) == (None, "BHJ", "BHJ")
        assert signed.moved_by == signed.acts["sign_for"][0] == "site:BHJ"

    def test_a_report_waits_for_no_answer_and_is_filed_on_both_sides(self, two: Two) -> None:
        ours = two.port.escalated(move="report_up")
        theirs = two.received(ours)
        two.district.move("district", theirs, "sign_for")
        assert two.taken(two.reply(theirs)) == ("signed_for", True)
        two.district.move("district", theirs, "file_incoming")
        two.port.move("registrar", ours, "file_report")
        assert (two.port.state(ours), two.district.state(theirs)) == ("filed", "filed")

    def test_an_instruction_on_a_report_filed_meanwhile_arrives_and_is_a_task(self, two: Two) -> None:
        """Neither side's filing cuts off what the commission above has to say."""
        ours = two.port.escalated(move="report_up")
        theirs = two.received(ours)
        two.district.move("district", theirs, "sign_for")
        two.taken(two.reply(theirs))
        two.port.move("registrar", ours, "file_report")
        two.district.move("district", theirs, "file_incoming")

        two.district.move("district", theirs, "instruct", measure="复测三处覆盖层", due_on="2026-10-15")
        assert two.taken(two.reply(theirs)) == ("answered", True)
        tasks = select(Matter.title, Matter.state).where(Matter.machine == "task")
        assert [tuple(task) for task in two.port.ask(tasks)] == [("复测三处覆盖层", "issued")]
        assert two.district.state(theirs) == "settled"
        assert two.port.sound()
        assert two.district.sound()

    def test_what_was_refused_is_sent_again_and_is_the_same_matter_there(self, two: Two) -> None:
        ours = two.port.escalated()
        first = two.packet(ours)
        theirs = two.received(ours)
        two.district.move("district", theirs, "refuse")
        refused = two.reply(theirs)
        assert two.taken(refused) == ("refused", True)
        two.port.move("registrar", ours, "readdress")
        two.port.move("registrar", ours, "dispatch")
        second = two.packet(ours)
        assert second != first
        again = two.district.end.receive(second, actor="district", at=NOON)
        assert (again.number, again.new, again.state) == (theirs, False, "delivered")
        assert two.taken(refused) == ("dispatched", False), (
            "the old refusal has nothing to say of the new packet"
        )
        assert not two.district.end.receive(first, actor="district", at=NOON).new
        two.district.move("district", theirs, "sign_for")
        assert two.taken(two.reply(theirs)) == ("signed_for", True)
        assert two.district.sound()

    def test_a_sealed_report_travels_with_its_envelope_alone(self, two: Two) -> None:
        clue = two.port.clue_discovered(managed_by="higher", kind="unread", title="密封件", problem="密封件")
        moved = two.port.move("registrar", clue, "seal_up")
        ours = moved.consequences[0].number
        two.port.move("leader", ours, "approve")
        two.port.move("registrar", ours, "dispatch")
        content = canonical.read(two.packet(ours))["content"]
        assert content["kind"] == "sealed"
        assert {fact["name"] for fact in content["facts"]} <= {
            "title", "received_on", "purpose", "managed_by", "envelope", "paper_no"}  # fmt: skip
        theirs = two.received(ours)
        two.district.move("district", theirs, "sign_for")
        two.taken(two.reply(theirs))
        assert two.port.state(clue) == "archived"


class TestWhatGoes:
    def test_only_what_the_rulebook_names_and_never_who_reported_or_the_clue_itself(self, two: Two) -> None:
        clue = two.port.clue(real_name="true", reporter_name="赵检举", reporter_contact="13900001234",
                             problem="沉箱基床未经验收")  # fmt: skip
        text = two.packet(two.port.escalated(clue=clue)).decode()
        for secret in ("赵检举", "13900001234", "沉箱基床未经验收", "reporter"):
            assert secret not in text

    def test_a_draft_that_names_the_reporter_does_not_leave(self, two: Two) -> None:
        clue = two.port.clue(real_name="true", reporter_name="赵检举", reporter_contact="13900001234")
        ours = two.port.escalated(clue=clue, summary="据赵检举反映，夜间施工。")
        assert refusal(lambda: two.packet(ours)) == "names_the_reporter"
        assert "赵检举" not in two.packet(ours, redact=["summary"]).decode()

    def test_a_fact_is_left_out_and_the_file_says_so(self, two: Two) -> None:
        ours = two.port.escalated()
        content = canonical.read(two.packet(ours, redact=["proposal", "project"]))["content"]
        assert content["redactions"] == ["project", "proposal"]
        assert not {"project", "proposal"} & {fact["name"] for fact in content["facts"]}
        assert refusal(lambda: two.packet(ours, redact=["summary"])) == "already_written"

    @pytest.mark.parametrize("name", ["title", "purpose", "problem", "nonsense"])
    def test_what_cannot_be_left_out(self, two: Two, name: str) -> None:
        ours = two.port.escalated()
        assert refusal(lambda: two.packet(ours, redact=[name])) == "cannot_be_left_out"

    def test_choices_are_told_in_words(self, two: Two) -> None:
        content = canonical.read(two.packet(two.port.escalated()))["content"]
        assert content["ground"] == {"zh": "项目现场发现的问题", "en": "problem found on site"}

    def test_a_packet_is_written_once_for_a_dispatch(self, two: Two) -> None:
        ours = two.port.escalated()
        first = two.packet(ours)
        later = two.port.end.packet(ours, actor="registrar", at=NOON + timedelta(days=1)).text
        assert later == first

    def test_nothing_leaves_before_it_is_approved_and_dispatched(self, two: Two) -> None:
        number = two.port.move("registrar", two.port.clue(), "escalate").consequences[0].number
        assert refusal(lambda: two.packet(number)) == "not_dispatched"
        two.port.move("leader", number, "approve")
        assert refusal(lambda: two.packet(number)) == "not_dispatched"

    def test_every_packet_carries_the_sender_s_checkpoint(self, two: Two) -> None:
        content = canonical.read(two.packet(two.port.escalated()))["content"]
        assert content["checkpoint"]["hash"].startswith(content["checkpoint"]["code"])
        assert len(content["checkpoint"]["code"]) == 20

    def test_the_ledger_says_what_the_district_knows_of_a_clue(self, two: Two) -> None:
        clue = two.port.clue()
        ours = two.port.escalated(clue=clue)
        two.packet(ours, redact=["proposal"])
        with two.port.work.reading() as session:
            known = disclosures.known(session, two.port.work.office, clue, actor="registrar", told="BHJ")
            nobody = disclosures.known(session, two.port.work.office, clue, actor="registrar", told="GKJ")
        assert [(line["number"], line["kind"], line["redactions"], line["by"]) for line in known] == [
            (ours, "packet", ["proposal"], "registrar")
        ]
        assert "summary" in known[0]["fields"]
        assert nobody == []


class TestWhoMay:
    def test_roles(self, two: Two) -> None:
        ours = two.port.escalated()
        data = two.packet(ours)
        for who in ("auditor", "officer", "operator"):
            assert refusal(lambda who=who: two.district.end.receive(data, actor=who, at=NOON)) in (  # type: ignore[misc]
                "not_your_role", "(not refused)")  # fmt: skip
        assert refusal(lambda: two.district.end.receive(data, actor="auditor", at=NOON)) == "not_your_role"
        assert refusal(lambda: two.port.end.packet(ours, actor="auditor", at=NOON)) == "not_your_role"
        theirs = two.district.escalations()[0]
        two.district.move("district", theirs, "sign_for")
        assert (
            refusal(lambda: two.port.end.take_reply(two.reply(theirs), actor="auditor", at=NOON))
            == "not_your_role"
        )

    def test_the_operator_carries_files_and_sees_nothing(self, two: Two) -> None:
        arrived = two.district.end.receive(two.packet(two.port.escalated()), actor="operator", at=NOON)
        assert arrived.new

    def test_the_sender_s_own_moves_are_not_offered_on_the_other_site(self, two: Two) -> None:
        theirs = two.received(two.port.escalated())
        two.district.move("district", theirs, "refuse")
        with two.district.work.unit() as session:
            session.add(Posting(person="registrar", role="registrar", organisation="BHJ"))
        with pytest.raises(StopIteration):
            two.district.move("registrar", theirs, "readdress")


class TestRefused:
    """Refused with a reason, on record, and nothing changed."""

    def refused(self, site: Site, data: bytes, *, reply: bool = False, actor: str = "") -> str:
        before = site.everything()
        take = site.end.take_reply if reply else site.end.receive
        who = actor or ("registrar" if reply else "district")
        code = refusal(lambda: take(data, actor=who, at=NOON))
        assert site.everything() == before
        assert site.log()[-1] == ("reply" if reply else "packet", "refused", [code])
        return code

    def test_a_packet_of_a_site_nobody_knows(self, two: Two) -> None:
        strange = SiteKeys(two.port.work.settings.home / "other")
        assert (
            self.refused(two.district, resealed(two.packet(two.port.escalated()), strange)) == "unknown_site"
        )

    def test_a_packet_of_a_site_that_is_trusted_no_longer(self, two: Two) -> None:
        data = two.packet(two.port.escalated())
        with two.district.work.unit() as session:
            sites.revoke(session, two.port.end.keys.site, by="operator", at=NOON)
        assert self.refused(two.district, data) == "revoked_site"
        two.district.end.trust(two.port.end.key_file(at=NOON), by="operator", at=NOON)
        assert two.district.end.receive(data, actor="district", at=NOON).new

    def test_one_s_own_packet(self, two: Two) -> None:
        assert self.refused(two.port, two.packet(two.port.escalated())) == "own_packet"

    def test_a_packet_for_somebody_else(self, two: Two) -> None:
        data = two.packet(two.port.escalated())
        envelope = canonical.read(data)
        elsewhere = envelope["content"]["addressee"] | {"code": "NHJ"}
        assert (
            self.refused(two.district, resealed(data, two.port.end.keys, addressee=elsewhere))
            == "not_your_role"
        )
        moved = resealed(data, two.port.end.keys, addressee=elsewhere)
        assert self.refused(two.district, moved, actor="operator") == "wrong_addressee"

    def test_a_body_on_file_that_has_nobody_here_is_no_addressee(self, two: Two) -> None:
        with two.district.work.unit() as session:
            session.add(
                Organisation(code="SHI", kind="commission", name_zh="市纪委", name_en="City", parent=None)
            )
        data = two.packet(two.port.escalated())
        city = {"code": "SHI", "zh": "市纪委", "en": "City"}
        moved = resealed(data, two.port.end.keys, addressee=city)
        assert self.refused(two.district, moved, actor="operator") == "wrong_addressee"

    def test_a_sender_the_site_may_not_speak_for(self, two: Two) -> None:
        two.district.end.trust(two.port.end.key_file(at=NOON), by="operator", at=NOON, only=["BHJ"])
        assert self.refused(two.district, two.packet(two.port.escalated())) == "not_theirs"

    @pytest.mark.parametrize("version", [0, 2, True, "1", None])
    def test_another_version(self, two: Two, version: object) -> None:
        envelope = canonical.read(two.packet(two.port.escalated()))
        assert (
            self.refused(two.district, canonical.written(envelope | {"version": version}))
            == "unknown_version"
        )

    def test_a_reply_where_a_packet_is_wanted_and_the_other_way_round(self, two: Two) -> None:
        data = two.packet(two.port.escalated())
        theirs = two.district.end.receive(data, actor="district", at=NOON).number
        assert self.refused(two.district, two.reply(theirs)) == "wrong_kind"
        assert self.refused(two.port, data, reply=True) == "wrong_kind"

    @pytest.mark.parametrize(
        "data",
        [b"", b"{}", b"null", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5_000, gzip.compress(b"0" * 10**7),
         b'{"plumbline":"packet","plumbline":"packet","version":1}', b'{"plumbline":"packet","version":1.0}',
         b'{"plumbline":"packet", "version":1}', b'{"plumbline":"packet","version":NaN}',
         b'{"plumbline":"packet","version":' + b"9" * 5_000 + b"}"],
        ids=["empty", "object", "null", "list", "bytes", "nested", "nested objects", "gzip", "twice", "fraction",
             "spaces", "nan", "long number"],
    )  # fmt: skip
    def test_what_is_no_such_file(self, two: Two, data: bytes) -> None:
        assert self.refused(two.district, data) == "not_a_packet"

    def test_what_is_too_large(self, two: Two) -> None:
        assert self.refused(two.district, b" " * (canonical.MOST_BYTES + 1)) == "too_large"

    @pytest.mark.parametrize(
        "changes",
        [{"secret": "x"}, {"notice": ""}, {"notice": "a\x00b"}, {"notice": "a\u202eb"}, {"notice": "x" * 201},
         {"edition": 0}, {"edition": "1"}, {"kind": "order"}, {"created_at": "yesterday"},
         {"created_at": "2026-11-25T00:00:00"}, {"rehearsal": "yes"}, {"facts": [{"name": "title"}]},
         {"redactions": ["x"] * 101}],
    )  # fmt: skip
    def test_what_does_not_fit_the_schema_even_if_it_is_signed(
        self, two: Two, changes: dict[str, Any]
    ) -> None:
        data = resealed(two.packet(two.port.escalated()), two.port.end.keys, **changes)
        assert self.refused(two.district, data) == "malformed"

    def test_two_packets_under_one_notice(self, two: Two) -> None:
        data = two.packet(two.port.escalated())
        two.district.end.receive(data, actor="district", at=NOON)
        changed = resealed(data, two.port.end.keys, document="另一文号")
        assert self.refused(two.district, changed) == "changed_packet"

    def test_another_edition_of_what_was_not_refused(self, two: Two) -> None:
        data = two.packet(two.port.escalated())
        two.district.end.receive(data, actor="district", at=NOON)
        assert (
            self.refused(two.district, resealed(data, two.port.end.keys, edition=2)) == "unexpected_edition"
        )

    def test_rehearsals_and_real_sites_keep_apart(self, two: Two) -> None:
        data = resealed(two.packet(two.port.escalated()), two.port.end.keys, rehearsal=False)
        assert self.refused(two.district, data) == "rehearsal_only"

    def test_an_answer_to_what_was_never_sent(self, two: Two) -> None:
        data = two.packet(two.port.escalated())
        theirs = two.district.end.receive(data, actor="district", at=NOON).number
        answer = two.reply(theirs)
        forged = resealed(answer, two.district.end.keys, notice="MGJ-SB-2026-999")
        assert self.refused(two.port, forged, reply=True) == "never_sent"
        other = resealed(answer, two.district.end.keys, packet="0" * 64)
        assert self.refused(two.port, other, reply=True) == "other_packet"

    def test_an_answer_of_a_body_it_was_not_addressed_to(self, two: Two) -> None:
        theirs = two.received(two.port.escalated())
        itself = {"code": "MGJ", "zh": "港口集团纪委", "en": "Port Group"}
        forged = resealed(two.reply(theirs), two.district.end.keys, sender=itself)
        assert self.refused(two.port, forged, reply=True) == "not_the_addressee"

    def test_an_answer_that_contradicts_the_one_before(self, two: Two) -> None:
        theirs = two.received(two.port.escalated())
        two.district.move("district", theirs, "sign_for")
        first = two.reply(theirs)
        two.taken(first)
        steps = canonical.read(first)["content"]["steps"]
        other = [steps[0] | {"form": {"signed_by": "somebody else"}}]
        assert (
            self.refused(two.port, resealed(first, two.district.end.keys, steps=other), reply=True)
            == "contradicts"
        )

    @pytest.mark.parametrize(
        "step, code",
        [({"move": "approve", "form": {}}, "malformed"), ({"move": "withdraw", "form": {}}, "malformed"),
         ({"move": "accept", "form": {}}, "bad_form"), ({"move": "accept", "form": {"answer": "好"}}, "wrong_state"),
         ({"move": "sign_for", "form": {"signed_by": "x", "handler": "head"}}, "bad_form")],
    )  # fmt: skip
    def test_a_step_that_may_not_be_made(self, two: Two, step: dict[str, Any], code: str) -> None:
        theirs = two.received(two.port.escalated())
        made = step | {"at": NOON.isoformat()}
        forged = resealed(two.reply(theirs), two.district.end.keys, steps=[made])
        before = two.port.everything()
        assert refusal(lambda: two.port.end.take_reply(forged, actor="registrar", at=NOON)) == code
        assert two.port.everything() == before

    def test_a_reply_to_what_did_not_come_from_elsewhere(self, two: Two) -> None:
        ours = two.port.escalated()
        assert refusal(lambda: two.port.end.reply(ours, actor="district", at=NOON)) == "not_received"

    def test_one_s_own_key(self, two: Two) -> None:
        key = two.port.end.key_file(at=NOON)
        assert refusal(lambda: two.port.end.trust(key, by="operator", at=NOON)) == "own_key"

    def test_a_key_that_its_holder_did_not_sign(self, two: Two) -> None:
        stolen = canonical.read(two.port.end.key_file(at=NOON))["content"]
        forged = SiteKeys(two.port.work.settings.home / "thief").seal("site-key", stolen)
        assert refusal(lambda: two.district.end.trust(forged, by="operator", at=NOON)) == "bad_signature"


def test_whichever_byte_is_changed_the_file_is_refused(two: Two) -> None:
    data = two.packet(two.port.escalated(), redact=["summary", "proposal"])
    before = two.district.everything()
    for place in range(len(data)):
        for changed in (data[place] ^ 1, data[place] ^ 0x20, 0):
            if changed == data[place]:
                continue
            tampered = data[:place] + bytes([changed]) + data[place + 1 :]
            told = refusal(partial(two.district.end.look, tampered, actor="operator"))
            assert told != "(not refused)", f"byte {place} of {data!r}"
    for cut in range(len(data) - 1):
        if cut % 7 == 0:
            assert refusal(partial(two.district.end.look, data[:cut], actor="operator")) == "not_a_packet"
    assert two.district.everything() == before


def test_two_who_take_it_in_at_once_make_one_escalation(two: Two) -> None:
    data = two.packet(two.port.escalated())
    found: list[tuple[str, bool]] = []

    def take() -> None:
        arrived = two.district.end.receive(data, actor="district", at=NOON)
        found.append((arrived.number, arrived.new))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({number for number, _ in found}) == 1
    assert sorted(new for _, new in found) == [False, False, False, True]
    assert len(two.district.escalations()) == 1


ANSWERS = ["accept", "return_packet", "instruct", "take_over", "redirect"]
DOINGS = st.lists(
    st.one_of(
        st.sampled_from(["packet", "sign_for", "refuse", "again", "reply", *ANSWERS]),
        st.tuples(st.sampled_from(["carry", "tamper"]), st.integers(0, 30)),
    ),
    max_size=30,
)


class Carriage:
    """Files on their way: each may be lost, doubled, delayed, brought in any order, or changed."""

    def __init__(self, two: Two) -> None:
        self.two = two
        self.ours = two.port.escalated()
        self.files: list[tuple[str, bytes]] = []

    def do(self, doing: str | tuple[str, int]) -> None:
        if isinstance(doing, tuple):
            what, which = doing
            if self.files:
                self.bring(*self.files[which % len(self.files)], tamper=what == "tamper")
        elif doing == "packet":
            if refusal(lambda: self.two.packet(self.ours)) == "(not refused)":
                self.files.append(("packet", self.two.packet(self.ours)))
        elif doing == "again":
            if self.two.port.state(self.ours) == "refused":
                self.two.port.move("registrar", self.ours, "readdress")
                self.two.port.move("registrar", self.ours, "dispatch")
        elif theirs := [one for one in self.two.district.escalations() if one.startswith("BHJ")]:
            self.at_the_district(doing, theirs[0])

    def at_the_district(self, doing: str, theirs: str) -> None:
        if doing == "reply":
            self.files.append(("reply", self.two.reply(theirs)))
            return
        with suppress(StopIteration):  # it may not be open now
            self.two.district.move("district", theirs, doing)

    def bring(self, kind: str, data: bytes, *, tamper: bool = False) -> None:
        if tamper:
            data = data.replace(b'"edition":', b'"edition":1', 1)
        if kind == "packet":
            told = refusal(lambda: self.two.district.end.receive(data, actor="district", at=NOON))
        else:
            told = refusal(lambda: self.two.port.end.take_reply(data, actor="registrar", at=NOON))
        expected = {"damaged"} if tamper else {"(not refused)", "superseded"}
        assert told in expected


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings=DOINGS)
def test_however_files_travel_nothing_is_lost_and_nothing_happens_twice(
    rehearsal_template: Path, tmp_path_factory: pytest.TempPathFactory, doings: list[Any]
) -> None:
    two = Two.under(tmp_path_factory.mktemp("two"), rehearsal_template)
    way = Carriage(two)
    for doing in doings:
        way.do(doing)
    way.bring("packet", two.packet(way.ours)) if two.port.state(way.ours) != "refused" else None
    theirs = [one for one in two.district.escalations() if one.startswith("BHJ")]
    assert len(theirs) <= 1, "told once"
    if theirs:
        way.bring("reply", two.reply(theirs[0]))
        there = [move for move in two.district.moves_of(theirs[0]) if move in REPLIES]
        here = [move for move in two.port.moves_of(way.ours) if move in REPLIES]
        assert here == there, "everything the district did was done here, once and in its order"
    assert two.port.sound()
    assert two.district.sound()
    two.close()


def test_a_site_s_files_are_good_after_it_was_opened_anew(two: Two) -> None:
    ours = two.port.escalated()
    anew = Exchanger.of(two.port.work)
    assert anew.keys.site == two.port.end.keys.site
    data = anew.packet(ours, actor="registrar", at=NOON).text
    assert two.district.end.receive(data, actor="district", at=NOON).new
    assert [row.number for row in two.district.ask(select(Matter).order_by(col(Matter.id)))] == [
        "BHJ-SB-2026-001"
    ]
