"""What stands about the names of firms and persons and is no part of them, in Chinese and English; the longest first."""

from __future__ import annotations


def _longest_first(words: str) -> tuple[str, ...]:
    return tuple(sorted(words.split(), key=lambda word: (-len(word), word)))


def _all_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


FIRM_ENDS = _longest_first(
    "股份有限责任公司 股份有限公司 有限责任公司 有限公司 股份公司 集团公司 总公司 分公司 子公司 公司 集团 "
    "有限责任 股份有限 有限 股份"
)
"""Legal forms. A branch keeps the place it is named after: it is near the firm, and not taken for it."""

SITE_OFFICES = _longest_first(
    "工程项目经理部 项目经理部 工程项目部 项目部 项目组 项目指挥部 工程指挥部 指挥部 项目监理部 项目监理机构 总监办 "
    "项目经理"
)
"""What a firm sets up on a site: the firm itself."""

ENGLISH_FORMS = _all_of(
    "co ltd limited inc incorporated corp corporation company llc llp lp plc gmbh mbh ag kg kgaa ohg sa sas sarl srl spa bv "
    "nv pte pty bhd sdn oy oyj ab aps asa group holding holdings"
)

GENERIC = _all_of(
    "监理 施工 建设 工程 建筑 建工 设计 咨询 检测 劳务 勘察 造价 招标 代理 业主 总包 分包 项目 港口 中心 科技 贸易 投资 "
    "实业 工程监理 建设监理 工程建设 建设工程 建筑工程 工程咨询 工程管理 工程技术 项目管理 建筑劳务 安装 装饰 市政 路桥 "
    "supervision construction engineering consulting design management building services project port"
) | frozenset(FIRM_ENDS + SITE_OFFICES)
"""What so many are called that it tells nobody apart."""

TITLES = _longest_first(
    "总监理工程师 总监理工程师代表 副总监理工程师 总监代表 副总监 总监 专业监理工程师 监理工程师 监理员 专监 监理 "
    "项目总监 项目负责人 技术负责人 现场负责人 负责人 项目总工 副总工程师 总工程师 副总工 总工 高级工程师 助理工程师 工程师 "
    "项目副经理 项目经理 副总经理 总经理 副经理 经理 总裁 董事长 副董事长 董事 监事 主席 党委书记 支部书记 副书记 书记 "
    "副主任 主任 副处长 处长 副科长 科长 副局长 局长 副部长 部长 副院长 院长 副所长 所长 副厂长 厂长 副队长 队长 班长 组长 "
    "站长 主管 安全员 质检员 质量员 施工员 资料员 材料员 技术员 测量员 试验员 会计 出纳 老板 同志 先生 女士 师傅 老师 教授 "
    "等人 等"
)
ENGLISH_TITLES = _all_of("mr mrs ms miss dr prof engr")
ABBREVIATED = frozenset("工总董监局处科段队师老小哥姐某")
"""One sign before or after a name that may be a title, or the third sign of another name."""
