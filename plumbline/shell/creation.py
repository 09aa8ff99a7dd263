"""Joint creation besides its nouns: what is missing of it."""

from __future__ import annotations

from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(
    said("联创共建。", "Joint creation: what is missing of agreements, supervisors, commitments, sessions.")
)


@verb(
    app,
    "gaps",
    said(
        "缺项及理由：监督员不足三人、未签协议、未签承诺、教育未达标。",
        "What is missing, each with its reason: supervisors, agreements, signatures, commitments, education.",
    ),
)
def gaps(asked: Asked) -> Answer:
    from cases import creation_gaps

    with asked.work.reading() as session:
        found = creation_gaps.document(
            session, asked.work.office, actor=asked.actor, at=asked.at, lang=asked.lang
        )
    words = {
        "supervisors": said("监督员", "supervisors"),
        "agreement": said("协议", "agreement"),
        "signature": said("签署", "signature"),
        "commitment": said("承诺", "commitment"),
        "education": said("教育", "education"),
    }
    headings = [said("类别", "kind"), said("项目", "project"), said("单位", "body"), said("人员", "person"),
                said("理由", "reason"), said("依据", "rows")]  # fmt: skip
    rows = [
        [words[one["kind"]], one["project"], one["body"], one["person"], one["reason"],
         "; ".join(f"{row['number']} {row['note']}" for row in one["rows"])]
        for one in found["gaps"]
    ]  # fmt: skip
    counts = "  ".join(f"{words[kind]} {count}" for kind, count in found["counts"].items())
    return Answer(found, [Table(headings, rows), counts])
