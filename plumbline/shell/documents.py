"""Documents: the papers of the office, as PDF and docx; drafted, issued with a number, printed again, checked."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.failures import NotReady, WrongUsage
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifications.documents.issued import Desk
    from notifications.documents.shelf import Form
    from notifications.documents.wording import Wish

app = noun(said("公文：起草、签发、重印、核验。", "Documents: draft, issue, print again, check."))


class Lang(StrEnum):
    """The language of a paper."""

    ZH = "zh"
    EN = "en"


def _option(name: str, zh: str, en: str) -> Any:
    return typer.Option(name, metavar="TEXT", help=said(zh, en))


Number = Annotated[str, typer.Argument(metavar="NUMBER", help=said("事项编号。", "The matter's number."))]
Kind = Annotated[
    str, typer.Argument(metavar="KIND", help=said("文种，见 kinds。", "The kind of paper; see `kinds`."))
]
File = Annotated[
    Path, typer.Argument(metavar="FILE", help=said("写入 .pdf 或 .docx。", "A .pdf or .docx to write."))
]
Language = Annotated[Lang, typer.Option("--lang", help=said("文书语言。", "The language of the paper."))]
To = Annotated[
    str, _option("--to", "主送机关（默认按模板）。", "Whom it is for (else as the template says).")
]
Secrecy = Annotated[str, _option("--classification", "密级和保密期限。", "Its classification.")]
Urgency = Annotated[str, _option("--urgency", "紧急程度。", "Its urgency.")]
Signer = Annotated[str, _option("--signer", "签发人。", "Who signs it.")]
Contact = Annotated[str, _option("--contact", "附注，如联系人。", "A note at its end, such as whom to ask.")]
Copies = Annotated[str, _option("--copies-to", "抄送。", "Who gets copies.")]
CopyNo = Annotated[str, _option("--copy-no", "份号。", "The number of this copy.")]
Attach = Annotated[
    list[str] | None, _option("--attach", "附件名称，可多次。", "The name of an attachment; repeatable.")
]
Line = Annotated[
    list[str] | None,
    _option(
        "--line", "表格另加一行“名称=内容”，可多次。", "One more line of its table, LABEL=TEXT; repeatable."
    ),
]


@verb(app, "kinds", said("可用文种及签发角色。", "The kinds of paper, what about, and who may issue them."))
def kinds(asked: Asked) -> Answer:
    with _told():
        from notifications.documents.shelf import Shelf

        shelf = Shelf(asked.settings.templates)
        papers, texts = shelf.papers.papers, shelf.languages[asked.lang].papers
    found = [
        {"kind": kind, "title": texts[kind].title, "about": list(paper.about), "by": list(paper.by)}
        for kind, paper in papers.items() if kind in texts
    ]  # fmt: skip
    headings = [said("文种", "kind"), said("用于", "about"), said("签发角色", "issued by")]
    rows = [[one["kind"], ", ".join(one["about"]), ", ".join(one["by"])] for one in found]
    return Answer({"kinds": found}, [Table(headings, rows)])


@verb(app, "draft", said("起草：不编号、不留存。", "A paper to look at: no number, kept nowhere."))
def draft(
    asked: Asked, number: Number, kind: Kind, file: File, *, lang: Language = Lang.ZH, to: To = "",
    classification: Secrecy = "", urgency: Urgency = "", signer: Signer = "", contact: Contact = "",
    copies_to: Copies = "", copy_no: CopyNo = "", attach: Attach = None, line: Line = None,
) -> Answer:  # fmt: skip
    form = _form(file)
    given = (to, classification, urgency, signer, contact, copies_to, copy_no)
    with _told():
        from notifications.documents import issued

        with asked.work.reading() as session:
            content = issued.draft(session, _desk(asked), number, kind, form, lang=lang.value,
                                   wish=_wish(given, attach, line), actor=asked.actor, at=asked.at)  # fmt: skip
    file.write_bytes(content)
    return Answer(
        {"file": str(file), "bytes": len(content)}, [said(f"草稿已写入 {file}。", f"The draft is in {file}.")]
    )


@verb(app, "issue", said("签发：编号并记入历史。", "Issue a paper: it gets a number, and history its hash."))
def issue(
    asked: Asked, number: Number, kind: Kind, file: File, *, lang: Language = Lang.ZH, to: To = "",
    classification: Secrecy = "", urgency: Urgency = "", signer: Signer = "", contact: Contact = "",
    copies_to: Copies = "", copy_no: CopyNo = "", attach: Attach = None, line: Line = None,
) -> Answer:  # fmt: skip
    form = _form(file)
    given = (to, classification, urgency, signer, contact, copies_to, copy_no)
    with _told():
        from notifications.documents import issued

        with asked.work.unit() as session:
            made = issued.issue(session, _desk(asked), number, kind, form, lang=lang.value, wish=_wish(given, attach, line),
                                actor=asked.actor, at=asked.at)  # fmt: skip
            file.write_bytes(made.content)  # a paper that could not be kept was not issued
    document = {"id": made.id, "number": made.number, "sha256": made.sha256, "file": str(file)}
    text = said(f"已签发 {made.number}，写入 {file}。SHA-256：{made.sha256}",
                f"{made.number} is issued and in {file}. SHA-256: {made.sha256}")  # fmt: skip
    return Answer(document, [text])


Id = Annotated[
    int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help=said("见 list。", "Its id; see `list`."))
]


@verb(app, "print", said("重印已签发的公文。", "Print an issued paper again, to the byte."))
def print_(asked: Asked, document: Id, file: File) -> Answer:
    with _told():
        from notifications.documents import issued

        with asked.work.unit() as session:
            made = issued.reprint(session, _desk(asked), document, actor=asked.actor, at=asked.at)
            file.write_bytes(made.content)
    text = said(
        f"{made.number} 已写入 {file}，与签发时一致。", f"{made.number} is in {file}, as it was issued."
    )
    if made.is_extract:
        text = said(f"{made.number} 的摘录已写入 {file}：您须回避的议题从略。",
                    f"An extract of {made.number} is in {file}: what you are recused from is left out.")  # fmt: skip
    return Answer({"id": made.id, "number": made.number, "sha256": made.sha256, "extract": made.is_extract,
                   "file": str(file)}, [text])  # fmt: skip


About = Annotated[
    str | None,
    typer.Option("--about", metavar="NUMBER", help=said("只列此事项。", "About this matter only.")),
]


@verb(app, "list", said("已签发的公文。", "The papers that were issued."))
def list_(
    asked: Asked,
    matter: About = None,
) -> Answer:  # fmt: skip
    from notifications.documents import register

    with asked.work.reading() as session:
        found = register.documents(session, asked.work.office, actor=asked.actor, matter=matter)
    headings = ["id", said("文号", "number"), said("事项", "about"), said("文种", "kind"), said("格式", "form"),
                said("签发人", "by"), said("签发时间", "at")]  # fmt: skip
    rows = [[one.id, one.number, one.matter, one.document, f"{one.lang} {one.form}", one.issued_by,
             one.issued_at.astimezone(asked.work.office.zone).strftime("%Y-%m-%d %H:%M")] for one in found]  # fmt: skip
    text = [Table(headings, rows)] if rows else [said("尚无。", "None yet.")]
    return Answer({"documents": [one._asdict() for one in found]}, text)


@verb(app, "check", said("核验纸质公文上的二维码。", "Hold the code of a paper against the history on file."))
def check(
    asked: Asked,
    code: Annotated[str, typer.Argument(metavar="CODE", help=said("二维码内容。", "What its QR says."))],
) -> Answer:
    asked.check()
    with _told():
        from notifications.documents import codes
    try:
        mark = codes.read(code)
    except codes.NotACode as fault:
        says = ("这不是本系统公文的核验码。", str(fault))
        raise WrongUsage("not_a_code", says, ("请完整扫描二维码。", "Scan the whole code.")) from None
    with asked.work.reading() as session:
        found = codes.check(session, mark)
    document = {"ok": found.ok, "matter": mark.matter, "event_stands": found.event_stands,
                "checkpoint_stands": found.checkpoint_stands}  # fmt: skip
    matches = said("相符：历史与该纸质公文所载一致。", "It matches: history is what the paper says.")
    differs = said("不符：历史与该纸质公文所载不一致，请立即核查。",
                   "It does not match: history is not what the paper says. Look into it.")  # fmt: skip
    text = matches if found.ok else differs
    return Answer(document, [text], 0 if found.ok else 1)


@verb(app, "templates", said("复制模板以便修改。", "Copy our templates into a folder, to be edited there."))
def templates(
    asked: Asked,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=said("目标文件夹。", "Where to."))],
) -> Answer:
    asked.check()
    with _told():
        from notifications.documents import shelf

        fresh = shelf.copy_to(folder)
    text = said(f"已复制 {len(fresh)} 个模板到 {folder}；设 PLUMBLINE_TEMPLATES 指向该文件夹即可使用。",
                f"{len(fresh)} templates are in {folder}; set PLUMBLINE_TEMPLATES to it to use them.")  # fmt: skip
    return Answer({"folder": str(folder), "copied": [path.name for path in fresh]}, [text])


def _form(file: Path) -> Form:
    ending = file.suffix.lower()
    if ending == ".pdf":
        return "pdf"
    if ending == ".docx":
        return "docx"
    raise WrongUsage("unknown_form", (f"{file.name!r} 不是 .pdf 或 .docx。", f"{file.name!r} is neither .pdf nor .docx."),
                     ("请用其中之一作为扩展名。", "Give the file one of these endings."))  # fmt: skip


def _wish(
    given: tuple[str, str, str, str, str, str, str], attach: list[str] | None, line: list[str] | None
) -> Wish:  # fmt: skip
    """What was added; `given` is in the order of its fields."""
    from notifications.documents.wording import Wish

    return Wish(*given, attachments=tuple(attach or ()), lines=tuple(map(_line, line or ())))


def _line(text: str) -> tuple[str, str]:
    label, equals, value = text.partition("=")
    if not (equals and label.strip() and value.strip()):
        says = (f"--line {text[:60]!r} 不是“名称=内容”。", f"--line {text[:60]!r} is not LABEL=TEXT.")
        raise WrongUsage("not_a_line", says,
                         ("如 --line 谈话地点=三楼会议室。", "Such as --line Place=Room 3."))  # fmt: skip
    return label.strip(), value.strip()


def _desk(asked: Asked) -> Desk:
    from notifications.documents.issued import Desk
    from notifications.documents.shelf import Shelf

    settings = asked.settings
    return Desk(asked.work.office, Shelf(settings.templates), asked.work.rehearsal, settings.fonts)


@contextmanager
def _told() -> Iterator[None]:
    """Faults of papers, as the shell tells them."""
    try:
        from notifications.documents import faulty, fonts, issued, register, wording
    except ModuleNotFoundError as gap:
        says = (f"缺少组件 {gap.name}，不能制作公文。", f"Papers need {gap.name}, which is not installed.")
        raise NotReady(
            "not_installed", says, ("请重新安装 Plumbline。", "Install Plumbline again.")
        ) from None
    try:
        yield
    except faulty.FaultyTemplate as fault:
        says = (
            f"模板 {fault.name} 不能使用：{fault.why}。",
            f"The template {fault.name} cannot be used: {fault.why}.",
        )
        cure = (
            "请改正，或删去以使用自带模板。",
            "Correct it, or remove it to use the one that came with Plumbline.",
        )
        raise NotReady("faulty_template", says, cure) from None
    except fonts.NoChineseFont as fault:
        cure = (
            "请安装中文字体（如 fonts-noto-cjk），或将 PLUMBLINE_FONTS 指向字体文件夹。",
            str(fault).partition(": ")[2],
        )
        raise NotReady(
            "no_chinese_font", ("没有找到中文字体。", "No Chinese font was found."), cure
        ) from None
    except wording.NoSuchKind as fault:
        known = ", ".join(fault.known)
        raise WrongUsage("unknown_document", (f"没有文种 {fault.kind!r}。", str(fault)),
                         (f"可用文种：{known}。", f"There are: {known}.")) from None  # fmt: skip
    except register.NoSuchDocument as fault:
        cure = ("请用 list 查看。", "`documents list` gives the ids.")
        raise WrongUsage("no_such_document", ("没有您可查看的这一公文。", str(fault)), cure) from None
    except issued.PrintsDifferently as fault:
        says = ("模板或字体已变，不能按签发时原样重印。", str(fault).partition(". ")[0] + ".")
        raise NotReady(
            "prints_differently", says, ("请使用留存的文件。", "Use the file that was kept.")
        ) from None
