"""Short words for what people do about integrity files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from cases import file_raising, file_readings, listing
from cases.file_readings import Contents
from plumbline.file_keys import FileKeys
from tests.cases.port_office import Port, Unit, on_file

WHOSE = {"subject": "沈洁", "subject_unit": "恒泰监理公司", "subject_post": "专业监理工程师"}
YEARLY = ("basics", "family", "family_business", "income", "personal_matters", "self_review")


def with_key(unit: Unit, folder: Path) -> Port:
    """The office with its rulebook on file, and the key that seals leaves in this folder."""
    port = on_file(unit)
    port.office = replace(port.office, vault=FileKeys(folder))
    return port


def opened_file(port: Port, **given: Any) -> str:
    """A file of the supervision engineer, kept by the registrar."""
    return port.note("registrar", "person_file", **WHOSE | {"keeper": "registrar", "project": None} | given)


def own(port: Port, number: str, part: str = "basics", **given: Any) -> None:
    """A leaf the person filled in and signed."""
    said = {
        "leaf_part": part,
        "leaf_text": "本人无变化。",
        "leaf_signed_by": "沈洁",
        "leaf_signed_on": "2026-09-01",
    }
    port.do(number, "registrar", "put_in_own", **said | given)


def supplied(port: Port, number: str, part: str = "duty_assessment", **given: Any) -> None:
    """A leaf a unit supplied, dated and stamped."""
    said = {"leaf_part": part, "leaf_title": "年度履责考核表", "leaf_text": "考核结果：称职。",
            "leaf_stamped_by": "港口集团组织部", "leaf_dated_on": "2026-09-01"}  # fmt: skip
    port.do(number, "registrar", "put_in_supplied", **said | given)


def filled(port: Port, number: str, **given: Any) -> None:
    """Every part that each file has."""
    for part in YEARLY:
        own(port, number, part, **given)
    supplied(port, number, **({"leaf_dated_on": given["leaf_signed_on"]} if given else {}))


def in_force(port: Port, **given: Any) -> str:
    """A file that is complete and kept."""
    number = opened_file(port, **given)
    filled(port, number)
    port.do(number, "registrar", "take_effect")
    return number


def asked(port: Port, who: str = "officer", parts: str = "all_parts", **given: Any) -> str:
    """A request to read; its number."""
    said = {"subject": "沈洁", "subject_unit": "恒泰监理公司", "read_parts": parts}
    return port.note(who, "file_reading", **said | given)


def approved(port: Port, file: str, who: str = "officer", parts: str = "all_parts") -> str:
    """A reading that the leader in charge has approved."""
    number = asked(port, who, parts)
    port.do(number, "head" if who == "leader" else "leader", "approve", file=file)
    return number


def read(port: Port, reading: str, who: str = "officer", **later: float) -> Contents:
    """What a reading shows them, so much later."""
    with port.unit() as session:
        return file_readings.contents(
            session, port.office, reading, actor=who, door="page", at=port.at + timedelta(**later)
        )


def texts(found: Contents) -> set[str]:
    """What its leaves say, of those that somebody wrote."""
    return {str(leaf.holds["leaf_text"]) for leaf in found.leaves if "leaf_text" in leaf.holds}


def swept(port: Port) -> file_raising.Filed:
    """The next sweep of the signs."""
    port.at += timedelta(minutes=1)
    return file_raising.sweep(port.unit, port.office, at=port.at)


def state(port: Port, number: str, who: str = "registrar") -> str:
    """The state of a matter."""
    with port.unit() as session:
        return str(listing.shown(session, port.office, number, actor=who)["state"])


def closed_clue(port: Port, **given: Any) -> str:
    """A clue about the person that was verified, concluded and archived."""
    outcome = given.pop("outcome", "partly_founded")
    clue = port.clue_with(**{"subject": "沈洁", "subject_unit": "恒泰监理公司"} | given)
    port.do(clue, "officer", "propose_disposition", way="verification")
    port.do(clue, "head", "approve_verification")
    port.do(clue, "officer", "submit_report")
    port.do(clue, "head", "conclude_verified", outcome=outcome)
    port.do(clue, "registrar", "feed_back")
    port.do(clue, "registrar", "archive")
    return clue
