"""An office in the middle of its work: something stands on every page, some of it late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cases import listing
from tests.plumbline import exhibits
from tests.web.rooms.visiting import House

TITLES = (
    "隐蔽工程未经验收先行覆盖", "砂石材料进场复检报告缺失", "分包单位资质与合同不符", "变更签证金额重复计取",
    "监理旁站记录事后补签", "劳务人员工资专户未按月支付", "沉降观测数据前后矛盾", "临时设施费用重复列支",
)  # fmt: skip


@dataclass(frozen=True)
class Furnished:
    """The numbers of what stands there."""

    clue: str  # in consultation
    fresh: str  # discovered only
    room: str  # a round in session
    unsealed: str  # a round whose opinions are open
    escalation: str  # dispatched
    inspection: str  # under way
    checked: str  # another, with a checklist that is half answered
    clocks: str  # the page of a clock of `clue`
    risk: str  # under review, raised by a clue
    decision: str  # decided by one of seven
    file: str  # of a person, with a leaf
    reading: str  # of it, approved for the officer
    works: str  # the file of a project


def furnish(house: House) -> Furnished:
    """Give this rehearsal some weeks' worth of matters."""
    site = house.site
    clues = [site.clue(project="PC", title=title) for title in TITLES]
    for number in clues[:3]:
        site.move("registrar", number, "propose_assignment")
        site.move("head", number, "approve_assignment", handler="officer")
    fresh = site.clue_discovered(project="PC", title="围堰渗水处置记录缺页")
    clue, room = house.in_session()
    exhibits.add(site, clue, caption="基床表面", name="基床.jpg")
    _, unsealed = house.in_session()
    for who, said in (("owner", "agree"), ("contractor", "agree"), ("overseer", "disagree")):
        site.move(who, unsealed, "give_opinion", opinion=said, opinion_reasons="验收影像应先补齐。")
    site.move("leader", unsealed, "collect_opinions")
    site.move("leader", unsealed, "resolve")
    site.move("leader", unsealed, "issue_task")
    escalation = site.escalated(clue=clues[5])
    exhibits.add(site, clues[5], name="影像.jpg")
    inspection = house.inspection()
    checked = _half_answered(house)
    risk, decision = house.risk(), house.decision()
    house.appointment()
    file, reading, works = house.person_file("考核结果：称职。"), house.asks_to_read(), house.project_file()
    # An hour before everybody looks, or it would be closed by then.
    site.move("leader", reading, "approve", file=file, at=house.office.clock.at + timedelta(days=2, hours=23))
    with house.office.work.reading() as session:
        found = listing.shown(session, house.office.work.office, clue, actor="registrar")
    clocks = f"/matters/{clue}/clocks/{found['deadlines'][0]['id']}"
    return Furnished(clue, fresh, room, unsealed, escalation, inspection, checked, clocks, risk, decision, file, reading,
                     works)  # fmt: skip


def _half_answered(house: House) -> str:
    """A round with a checklist, one item of it in order and one found wrong, with its photograph."""
    number = house.inspection(checklist="LINKS", link="c08_contract", title="合同签订专项检查")
    exhibits.add(house.site, number, who="supervisor", name="补充协议.jpg", caption="c08_2")
    house.site.move("supervisor", number, "answer_item", item="c08_1", answer="in_order")
    house.site.move("supervisor", number, "answer_item", item="c08_2", answer="finding", photographs="1",
                    remark="另签补充协议，与招标文件第七章不一致。")  # fmt: skip
    return number
