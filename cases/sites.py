"""The sites this one exchanges files with: whose key is trusted, for which bodies, and whether a file is really theirs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from cases import packets
from cases.packets import Signed, SignedKey, refused


class TrustedSite(SQLModel, table=True):
    """Another site, known by its key. `organisations` are the codes of the bodies it may speak for; `url`, where it takes
    files in by HTTPS, and `mail`, where by mail, if it does."""

    __tablename__ = "trusted_site"

    id: str = Field(primary_key=True, max_length=32)
    key: str = Field(max_length=64)
    organisations: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    url: str | None = Field(default=None, max_length=500)
    mail: str | None = Field(default=None, max_length=254)
    trusted_at: datetime
    trusted_by: str = Field(max_length=64)
    revoked_at: datetime | None = None
    revoked_by: str | None = Field(default=None, max_length=64)


def site_id(key: str) -> str:
    """A site's name: the beginning of the SHA-256 of its public key (both hex). A new key is a new site."""
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()[:32]


def check_signature(key: str, envelope: dict[str, Any]) -> None:
    """Raises Refused("bad_signature") unless the file was signed with the private half of this key."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(envelope["signature"]), packets.signed_bytes(envelope))
    except (InvalidSignature, ValueError):
        raise refused("bad_signature", "签名不符：文件被改动，或不是该站点所签。",
                      "The signature does not fit: the file was changed, or another key signed it.") from None  # fmt: skip


def trust(
    session: Session, signed: SignedKey, envelope: dict[str, Any], *, only: Collection[str] = (), own: str, by: str,
    at: datetime, url: str | None = None, mail: str | None = None,
) -> TrustedSite:  # fmt: skip
    """Accept another site's key, for the bodies it names or those in `only`. Again, it changes what it may speak for.
    An address that is None stays as it was, an empty one is taken back.

    Raises Refused: own_key, bad_signature, unknown_organisation.
    """
    key = signed.content.key
    check_signature(key, envelope)
    if signed.site != site_id(key):
        raise refused("malformed", "站点编号与公钥不符。", "The site's name is not that of its key.")
    if signed.site == own:
        raise refused("own_key", "这是本站点自己的公钥。", "This is this site's own key.",
                      zh="请导入对方站点的公钥文件。", en="Take the file that the other site wrote.")  # fmt: skip
    named = [body.code for body in signed.content.organisations]
    if strangers := sorted(set(only) - set(named)):
        raise refused("unknown_organisation", f"该站点未声明代表 {'、'.join(strangers)}。",
                      f"The site does not say that it speaks for {', '.join(strangers)}.",
                      zh=f"文件所列：{'、'.join(named)}。", en=f"It names: {', '.join(named)}.")  # fmt: skip
    held = session.get(TrustedSite, signed.site) or TrustedSite(
        id=signed.site, key=key, trusted_at=at, trusted_by=by
    )
    held.organisations = sorted(only or named)
    held.url = held.url if url is None else url or None
    held.mail = held.mail if mail is None else mail or None
    held.trusted_at, held.trusted_by, held.revoked_at, held.revoked_by = at, by, None, None
    session.add(held)
    session.flush()
    return held


def revoke(session: Session, site: str, *, by: str, at: datetime) -> TrustedSite:
    """Take nothing more from this site; what it sent before stays. Raises Refused("unknown_site")."""
    held = session.get(TrustedSite, site)
    if held is None or held.revoked_at is not None:
        raise _unknown(site)
    held.revoked_at, held.revoked_by = at, by
    session.add(held)
    session.flush()
    return held


def trusted(session: Session) -> Sequence[TrustedSite]:
    """Every site that is or was trusted."""
    return session.exec(select(TrustedSite).order_by(col(TrustedSite.trusted_at), col(TrustedSite.id))).all()


def check(session: Session, signed: Signed, envelope: dict[str, Any], *, own: str) -> TrustedSite:
    """The trusted site that wrote this file. Raises Refused: own_packet, unknown_site, revoked_site, bad_signature."""
    if signed.site == own:
        raise refused("own_packet", "这是本站点自己写出的文件。", "This site wrote this file itself.",
                      zh="请在收件站点导入。", en="Take it in on the site it is for.")  # fmt: skip
    site = session.get(TrustedSite, signed.site)
    if site is None:
        raise _unknown(signed.site)
    if site.revoked_at is not None:
        raise refused("revoked_site", "对该站点的信任已撤销。", "This site is no longer trusted.",
                      zh="请系统管理员核实后重新导入其公钥。", en="The operator may trust its key anew.")  # fmt: skip
    check_signature(site.key, envelope)
    return site


def check_speaks_for(site: TrustedSite, code: str) -> None:
    """Raises Refused("not_theirs") where this site may not speak for the body `code`."""
    if code not in site.organisations:
        raise refused("not_theirs", f"该站点无权代表 {code}。", f"This site may not speak for {code}.",
                      zh="请系统管理员核对 site trust 的范围。", en="See for whom it was trusted: `site list`.")  # fmt: skip


def _unknown(site: str) -> Exception:
    return refused("unknown_site", f"不认识站点 {site}。", f"The site {site} is not known here.",
                   zh="请系统管理员先用 site trust 导入其公钥。",
                   en="The operator takes in its key first: `site trust`.")  # fmt: skip
