"""A site's key: made once, its owner's alone, and never replaced by accident."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cases import canonical, sites
from plumbline.site_keys import FILE, SiteKeys, UnusableKey

posix_only = pytest.mark.skipif(os.name != "posix", reason="rights of a file are a matter of POSIX")


def test_a_key_is_made_at_first_use_and_then_stays(tmp_path: Path) -> None:
    first = SiteKeys(tmp_path / "keys")
    assert not (tmp_path / "keys").exists()
    assert SiteKeys(tmp_path / "keys").public == first.public == SiteKeys(tmp_path / "keys").public
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [FILE]


@posix_only
def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    _ = SiteKeys(tmp_path / "keys").public
    assert (tmp_path / "keys" / FILE).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0


@posix_only
def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    _ = SiteKeys(tmp_path).public
    (tmp_path / FILE).chmod(0o640)
    with pytest.raises(UnusableKey, match="can be read by others"):
        _ = SiteKeys(tmp_path).public


def test_a_file_that_holds_no_key_or_another_kind_of_key(tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for text, why in ((b"", "no private key"), (b"nonsense", "no private key"), (other, "another kind")):
        (tmp_path / FILE).write_bytes(text)
        (tmp_path / FILE).chmod(0o600)
        with pytest.raises(UnusableKey, match=why):
            _ = SiteKeys(tmp_path).public
        assert (tmp_path / FILE).read_bytes() == text, "what is there is never overwritten"


def test_what_is_sealed_can_be_checked_with_the_public_key_alone(tmp_path: Path) -> None:
    keys, others = SiteKeys(tmp_path / "a"), SiteKeys(tmp_path / "b")
    envelope = canonical.read(keys.seal("packet", {"some": "content"}))
    sites.check_signature(keys.public, envelope)
    assert envelope["site"] == keys.site == sites.site_id(keys.public) != others.site
    for public, changed in ((others.public, envelope), (keys.public, envelope | {"version": 2})):
        with pytest.raises(Exception, match="signature does not fit"):
            sites.check_signature(public, changed)
