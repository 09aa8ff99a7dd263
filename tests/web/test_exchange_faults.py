"""Two sites and a network that loses, doubles, delays, changes and replays: nothing is lost, nothing happens twice."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col, select

from cases import carriages, listing
from cases.carriages import Carriage
from cases.disclosures import Disclosure
from cases.exchange import ExchangeLog
from cases.history import Event
from cases.matters import Matter
from notifications.notices import Notice
from plumbline import carrying, doctor
from plumbline.carrying import wire
from plumbline.carrying.told import Carried
from tests.databases import on_postgresql
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site, Two, refusal
from tests.web.networks import FAULTS, Network, network, serving

REPLIES = ["sign_for", "refuse", "accept", "return_packet", "instruct", "take_over", "redirect"]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def way(two: Two) -> Iterator[Network]:
    """The network to the district, whose application answers at its end."""
    with serving(two.district) as to, network() as made:
        made.to = to
        joined(two, made.url)
        yield made


def joined(two: Two, url: str) -> None:
    two.port.end.trust(two.district.end.key_file(at=NOON), by="operator", at=NOON, only=["BHJ"], url=url)


def carried(two: Two, at: datetime = NOON) -> Carried:
    return carrying.carry(two.port.work, at=at)


def told(site: Site, number: str) -> list[dict[str, Any]]:
    with site.work.reading() as session:
        return carriages.of_matter(session, number)


def standing(two: Two) -> carriages.Line:
    [found] = two.port.ask(select(carriages.Line))
    assert isinstance(found, carriages.Line)
    return found


def wait(two: Two) -> timedelta | None:
    """How long the packet rests after its last try."""
    row = two.port.ask(select(Carriage))[0]
    return row.next_at - row.tried_at if row.next_at else None


class TestWhatTheNetworkDoes:
    @pytest.mark.parametrize("fault", FAULTS)
    def test_to_a_packet_is_made_good_by_the_next_round(self, two: Two, way: Network, fault: str) -> None:
        ours = two.port.escalated()
        way.faults = [fault]
        carried(two)
        assert carried(two, NOON + HOUR).failed == 0
        assert two.port.state(ours) == "delivered"
        assert len(two.district.escalations()) == 1
        two.district.move("district", two.district.escalations()[0], "sign_for")
        way.faults = [fault]
        carried(two, NOON + 2 * HOUR)
        assert carried(two, NOON + 3 * HOUR).failed == 0
        assert two.port.state(ours) == "signed_for"
        assert two.port.moves_of(ours).count("sign_for") == 1
        assert two.port.sound()
        assert two.district.sound()
        assert way.followed == 0, "no redirect is followed"

    def test_a_drip_without_end_is_cut(self, two: Two, way: Network, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wire, "WAITS_FOR", timedelta(seconds=1))
        two.port.escalated()
        way.faults = ["drip"]
        assert carried(two) == Carried(0, 0, 1)
        assert "did not answer within 1 seconds" in standing(two).why

    @pytest.mark.usefixtures("way")
    def test_an_answer_as_long_as_a_file_may_be_is_read(self, two: Two) -> None:
        ours = two.port.escalated()
        carried(two)
        theirs = two.district.escalations()[0]
        two.district.move("district", theirs, "sign_for")
        two.district.move("district", theirs, "instruct", instruction="𠮷" * 19_000)
        assert carried(two, NOON + HOUR) == Carried(1, 1, 0)
        assert two.port.state(ours) == "answered"


class TestASiteThatIsDown:
    def test_is_tried_less_and_less_often_and_never_given_up(self, two: Two) -> None:
        two.port.escalated()
        joined(two, NOWHERE)
        tried, at = [], NOON
        for minute in range(200):
            at = NOON + minute * MINUTE
            if carried(two, at).failed:
                tried.append(minute)
        assert tried == [0, 1, 3, 7, 15, 31, 63, 123, 183]
        line = standing(two)
        assert (line.down_since, line.tries) == (NOON, 9)
        assert carried(two, NOON + timedelta(days=60)).failed == 1, "weeks later it is still tried"

    def test_is_visible_to_people_and_comes_back_by_itself(self, two: Two) -> None:
        ours = two.port.escalated()
        joined(two, NOWHERE)
        carried(two)
        home = two.port.work.settings

        def exchange(at: datetime) -> doctor.Check:
            checks = doctor.examine(home, at=at, prefect=False)
            return next(check for check in checks if check.name == "exchange")

        assert exchange(NOON + 30 * MINUTE).status == "ok", "half an hour is a restart"
        found = exchange(NOON + 31 * MINUTE)
        assert found.status == "note", "it is a rehearsal"
        assert "does not answer since 2026-09-01 04:00" in found.says.en
        with serving(two.district) as url:
            joined(two, url)
            assert carried(two, NOON + HOUR) == Carried(1, 1, 0)
        assert exchange(NOON + 5 * HOUR).status == "ok"
        assert two.port.state(ours) == "delivered"

    @pytest.mark.usefixtures("way")
    def test_holds_up_no_other(self, two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
        """A third site that never answers is asked for as long as it takes; the district has its packet meanwhile."""
        monkeypatch.setattr(wire, "WAITS_FOR", timedelta(seconds=1))
        ours = two.port.escalated()
        with network() as hanging:
            hanging.faults = ["drip"]
            third = Site.copied(_home_of(two), two.port.work.settings.home.parent / "third")
            two.port.end.trust(
                third.end.key_file(at=NOON), by="operator", at=NOON, only=["MGJ"], url=hanging.url
            )
            self._sent_to(two, "MGJ")
            assert carried(two) == Carried(1, 1, 1)
            third.close()
        assert two.port.state(ours) == "delivered"

    @staticmethod
    def _sent_to(two: Two, code: str) -> None:
        """Another escalation, to a body of that site; who sends it is another body of ours."""

        number = two.port.escalated()
        with two.port.work.unit() as session:
            session.execute(
                update(Matter).where(col(Matter.number) == number).values(addressee=code, organisation="BHJ")
            )


def _home_of(two: Two) -> Path:
    """A home without a key: its site will have one of its own."""
    folder = two.port.work.settings.home.parent / "template"
    shutil.copytree(two.district.work.settings.home, folder, ignore=shutil.ignore_patterns("keys"))
    return folder


class TestARefusal:
    @pytest.mark.usefixtures("way")
    def test_by_the_other_site_is_on_record_with_its_reasons(self, two: Two) -> None:
        ours = two.port.escalated()
        two.district.end.trust(two.port.end.key_file(at=NOON), by="operator", at=NOON, only=["BHJ"])
        assert carried(two) == Carried(0, 0, 1)
        [line] = told(two.port, ours)
        assert (line["way"], line["outcome"]) == ("wire", "refused_there")
        assert line["reasons"] == [{"code": "not_theirs", "zh": "该站点无权代表 MGJ。",
                                    "en": "This site may not speak for MGJ."}]  # fmt: skip
        [logged] = two.port.ask(select(ExchangeLog).where(ExchangeLog.outcome == "refused_there"))
        assert (logged.number, logged.reasons, logged.site) == (
            ours,
            ["not_theirs"],
            two.district.end.keys.site,
        )
        assert standing(two).down_since is None, "who refuses answers"
        assert two.port.moves_of(ours)[-1] == "turned_away"
        notices = select(Notice.recipient, Notice.document).join(Event, col(Event.id) == col(Notice.event))
        heard = two.port.ask(notices.where(Event.move == "turned_away"))
        assert {tuple(each) for each in heard} == {("registrar", "progress_note")}

        assert carried(two, NOON + 30 * timedelta(seconds=1)) == Carried(), "it is not hammered"
        two.district.end.trust(two.port.end.key_file(at=NOON), by="operator", at=NOON)
        assert carried(two, NOON + MINUTE) == Carried(1, 1, 0)
        assert told(two.port, ours)[0]["reasons"] == []
        with two.port.work.reading() as session:
            assert (
                listing.shown(session, two.port.work.office, ours, actor="registrar")["state"] == "delivered"
            )

    @pytest.mark.usefixtures("way")
    def test_waits_longer_each_time(self, two: Two) -> None:
        two.port.escalated()
        two.district.end.trust(two.port.end.key_file(at=NOON), by="operator", at=NOON, only=["BHJ"])
        waits, at = [], NOON
        for _ in range(11):
            carried(two, at)
            waits.append(wait(two))
            at += waits[-1] or MINUTE
        assert waits[:3] == [MINUTE, 2 * MINUTE, 4 * MINUTE]
        assert waits[-2:] == [6 * HOUR, 6 * HOUR]
        assert [two.port.moves_of(one).count("turned_away") for one in two.port.escalations()] == [1], (
            "told once"
        )
        lines = two.port.ask(select(ExchangeLog).where(ExchangeLog.outcome == "refused_there"))
        assert [line.times for line in lines] == [11], "a day of the same is one line"

    def test_of_a_reply_here_is_on_record_as_well(self, two: Two, way: Network) -> None:
        ours = two.port.escalated()
        way.faults = ["answer_changed"]
        assert carried(two) == Carried(0, 0, 1)
        [line] = told(two.port, ours)
        assert line["outcome"] == "refused_here"
        [logged] = two.port.ask(select(ExchangeLog).where(ExchangeLog.outcome == "refused"))
        assert (logged.what, logged.number, logged.reasons) == ("reply", ours, [line["reasons"][0]["code"]])

    @pytest.mark.usefixtures("way")
    def test_before_it_left_is_on_record_and_the_other_packets_go(self, two: Two) -> None:
        """A draft that names who reported does not leave by itself either."""
        clue = two.port.clue(real_name="true", reporter_name="赵检举", reporter_contact="13900001234")
        kept = two.port.escalated(clue=clue, summary="据赵检举反映，夜间施工。")
        gone = two.port.escalated()
        assert carried(two) == Carried(1, 1, 1)
        assert told(two.port, kept)[0]["reasons"][0]["code"] == "names_the_reporter"
        assert (two.port.state(kept), two.port.state(gone)) == ("dispatched", "delivered")

    @pytest.mark.usefixtures("way")
    def test_what_is_dispatched_anew_does_not_wait_for_the_old_one_s_turn(self, two: Two) -> None:
        ours = two.port.escalated()
        carried(two)
        two.district.move("district", two.district.escalations()[0], "refuse")
        assert carried(two, NOON + HOUR) == Carried(1, 1, 0)
        later = NOON + HOUR + MINUTE
        two.port.move("registrar", ours, "readdress", at=later)
        two.port.move("registrar", ours, "dispatch", at=later)
        assert carried(two, later + MINUTE) == Carried(1, 1, 0)
        assert two.port.state(ours) == "delivered"


class TestHttps:
    def test_a_certificate_the_office_vouches_for(self, two: Two, certificate: Path) -> None:
        ours = two.port.escalated()
        with serving(two.district) as to, self._shown(certificate) as secured:
            secured.to = to
            joined(two, secured.url)
            known = two.port.work.settings.model_copy(update={"exchange_ca": certificate})
            assert carrying.carry(replace(two.port.work, settings=known), at=NOON) == Carried(1, 1, 0)
        assert two.port.state(ours) == "delivered"

    def test_a_certificate_nobody_vouches_for(self, two: Two, certificate: Path) -> None:
        two.port.escalated()
        with self._shown(certificate) as secured:
            joined(two, secured.url)
            assert carried(two) == Carried(0, 0, 1)
        assert "cannot be trusted" in standing(two).why
        assert secured.files == [], "nothing was said before"

    def test_a_file_of_certificates_that_is_none(self, two: Two, tmp_path: Path) -> None:
        two.port.escalated()
        joined(two, NOWHERE)
        wrong = tmp_path / "wrong.pem"
        wrong.write_text("no certificate")
        for path in (wrong, tmp_path / "missing.pem"):
            lost = two.port.work.settings.model_copy(update={"exchange_ca": path})
            at = NOON if path == wrong else NOON + HOUR
            assert carrying.carry(replace(two.port.work, settings=lost), at=at).failed == 1
            assert "holds no certificates" in standing(two).why

    @staticmethod
    def _shown(certificate: Path) -> AbstractContextManager[Network]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        return network(shows=context)


def test_nonsense_from_one_address_keeps_the_rest_for_the_next_round(two: Two, way: Network) -> None:
    for _ in range(5):
        two.port.escalated()
    way.faults = ["html"] * 5
    assert carried(two) == Carried(0, 0, 3)
    assert (standing(two).tries, standing(two).down_since) == (1, NOON)
    way.faults = []
    assert carried(two, NOON + MINUTE) == Carried(5, 5, 0)


@pytest.mark.usefixtures("way")
def test_who_waits_for_weeks_does_not_keep_new_ones_from_leaving(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "MOST", 2)
    old = [two.port.escalated() for _ in range(2)]
    carried(two)
    new = two.port.escalated()
    carried(two, NOON + timedelta(days=20))
    assert two.port.state(new) == "delivered"
    assert {two.port.state(one) for one in old} == {"delivered"}


@pytest.mark.parametrize(
    "url", ["http://district.example", "ftp://district.example", "https://user@district.example", "district.example",
            "https://district.example/?a=b", "https://district.example/#x"],
)  # fmt: skip
def test_addresses_nothing_is_brought_to(real_template: Path, two: Two, tmp_path: Path, url: str) -> None:
    real = Site.copied(real_template, tmp_path / "real")
    key = two.district.end.key_file(at=NOON)
    assert refusal(lambda: real.end.trust(key, by="operator", at=NOON, url=url)) == "bad_url"
    assert refusal(
        lambda: two.port.end.trust(key, by="operator", at=NOON, url="http://district.example")
    ) == ("(not refused)"), "a rehearsal may"
    real.close()


def test_an_address_is_taken_back_with_an_empty_one(two: Two) -> None:
    joined(two, "https://district.example")
    assert two.port.ask(select(carriages.Line)) == []
    key = two.district.end.key_file(at=NOON)
    kept = two.port.end.trust(key, by="operator", at=NOON)
    assert kept.url == "https://district.example"
    assert two.port.end.trust(key, by="operator", at=NOON, url="").url is None


DOINGS = st.lists(
    st.sampled_from(["round", *FAULTS, "sign_for", "refuse", "again", "accept", "return_packet", "instruct"]),
    min_size=1,
    max_size=9,
)


class Weeks:
    """Some weeks of two offices, in which the network does what it likes."""

    def __init__(self, two: Two, way: Network) -> None:
        self.two, self.way, self.at = two, way, NOON
        self.ours = two.port.escalated()

    def do(self, doing: str) -> None:
        self.at += 7 * HOUR
        if doing == "again":
            if self.two.port.state(self.ours) == "refused":
                self.two.port.move("registrar", self.ours, "readdress", at=self.at)
                self.two.port.move("registrar", self.ours, "dispatch", at=self.at)
        elif doing in REPLIES:
            for theirs in self.two.district.escalations():
                with suppress(StopIteration):  # it may not be open now
                    self.two.district.move("district", theirs, doing)
        else:
            self.way.faults = [doing] if doing in FAULTS else []
            carried(self.two, self.at)
            self.way.faults = []


ANSWERED = ["answer_lost", "sign_for", "late", "old_answer", "twice", "instruct", "changed", "old"]
REFUSED_FIRST = ["round", "refuse", "answer_lost", "old_answer", "again", "old", "sign_for", "old", "accept"]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings=DOINGS)
@example(doings=ANSWERED)
@example(doings=REFUSED_FIRST)
def test_whatever_the_network_does_nothing_is_lost_and_nothing_happens_twice(
    rehearsal_template: Path, tmp_path_factory: pytest.TempPathFactory, doings: list[str]
) -> None:
    two = Two.under(tmp_path_factory.mktemp("two"), rehearsal_template)
    _weeks_pass(two, doings)
    two.close()


@pytest.mark.parametrize("doings", [ANSWERED, REFUSED_FIRST], ids=["answered", "refused first"])
def test_the_same_between_two_sites_on_postgresql(
    postgresql_server: str, tmp_path: Path, doings: list[str]
) -> None:
    with (
        on_postgresql(postgresql_server, "plumbline_port") as port,
        on_postgresql(postgresql_server, "plumbline_district") as district,
    ):
        two = Two.on(tmp_path, port=port, district=district)
        _weeks_pass(two, doings)
        two.close()


def _weeks_pass(two: Two, doings: list[str]) -> None:
    """What people do at both ends and the network does between them; then both sites are held against each other."""
    with serving(two.district) as to, network() as way:
        way.to = to
        joined(two, way.url)
        weeks = Weeks(two, way)
        for doing in doings:
            weeks.do(doing)
        weeks.do("round")
        weeks.do("round")
    [theirs] = two.district.escalations()
    there = [move for move in two.district.moves_of(theirs) if move in REPLIES]
    here = [move for move in two.port.moves_of(weeks.ours) if move in REPLIES]
    assert here == there, "what the district did was done here, once and in its order"
    _check_records(two)


def _check_records(two: Two) -> None:
    """Each dispatch left once and was taken in once; each step came once; both histories are sound."""
    editions = two.port.moves_of(two.port.escalations()[0]).count("dispatch")
    left = two.port.ask(select(Disclosure).where(Disclosure.kind == "packet"))
    assert len({line.sha256 for line in left}) == len(left) == editions
    taken = [line for line in two.district.log() if line[:2] == ("packet", "taken")]
    assert len(taken) + len([one for one in two.district.log() if one[:2] == ("packet", "again")]) <= editions
    assert all(reasons for _, outcome, reasons in two.port.log() if outcome.startswith("refused"))
    assert two.port.sound()
    assert two.district.sound()
