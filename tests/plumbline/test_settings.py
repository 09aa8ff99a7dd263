"""Settings: what does not fit is said at once, and what is set up is there."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from notifications.quiet import QuietHours, at_any_hour
from plumbline.provider import Provider
from plumbline.settings import Settings
from plumbline.work import channels_of, hours_of
from states.calendars import china
from tests.notifications.robots import WEBHOOK_SECRET
from tests.notifications.test_quiet import SHANGHAI

ROBOT = "https://robots.example.org/send?key=693a91f6"


def settings(tmp_path: Path, **given: Any) -> Settings:
    return Settings(home=tmp_path, **given)


def test_without_a_word_there_is_the_folder(tmp_path: Path) -> None:
    assert set(channels_of(settings(tmp_path))) == {"folder"}


def test_every_way_that_is_set_up_is_there_for_those_who_chose_it(tmp_path: Path) -> None:
    all_ = settings(tmp_path, channel="wecom", wecom_url=ROBOT, dingtalk_url=ROBOT, dingtalk_secret="SEC1",
                    feishu_url=ROBOT, feishu_secret="s", webhook_url="http://intranet.example.org/in",
                    webhook_secret=WEBHOOK_SECRET, smtp_host="mail.example.org")  # fmt: skip
    channels = channels_of(all_)
    assert set(channels) == {"folder", "smtp", "wecom", "dingtalk", "feishu", "webhook"}
    for shown in (repr(all_), repr(channels)):
        for secret in ("693a91f6", "SEC1", WEBHOOK_SECRET, "intranet"):
            assert secret not in shown


@pytest.mark.parametrize(
    "given, why",
    [
        ({"channel": "wecom"}, "PLUMBLINE_WECOM_URL is needed"),
        ({"channel": "feishu", "wecom_url": ROBOT}, "PLUMBLINE_FEISHU_URL is needed"),
        ({"webhook_url": ROBOT}, "PLUMBLINE_WEBHOOK_SECRET is needed"),
        ({"webhook_url": ROBOT, "webhook_secret": "secret"}, "whsec_"),
        ({"wecom_url": "robots.example.org"}, "https://"),
        ({"dingtalk_url": ROBOT.replace("https", "http")}, "clear text"),
        ({"quiet": "at night"}, "write them as 20:00-07:30"),
        ({"channel": "pigeon"}, "channel"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_sent(
    tmp_path: Path, given: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        settings(tmp_path, **given)


def test_quiet_hours_are_the_settings(tmp_path: Path) -> None:
    assert hours_of(settings(tmp_path), calendar=china(), zone=SHANGHAI) is at_any_hour
    quiet = hours_of(settings(tmp_path, quiet="20:00-07:30"), calendar=china(), zone=SHANGHAI)
    assert isinstance(quiet, QuietHours)
    assert (quiet.begins, quiet.ends) == (time(20), time(7, 30))
    assert "escalation_report" in quiet.urgent


@pytest.mark.parametrize(
    "given, why",
    [
        ({"oidc_issuer": "http://id.example.org", "oidc_client_id": "x"}, "begins with https://"),
        ({"oidc_issuer": "https://id.example.org"}, "go together"),
        ({"oidc_client_id": "x"}, "go together"),
        ({"session_idle": 0}, "greater than or equal to 1"),
        ({"session_hours": 25}, "less than or equal to 24"),
        ({"second_factor": "some"}, "'nobody', 'operators' or 'everybody'"),
    ],
)
def test_accounts_are_not_set_up_by_halves(tmp_path: Path, given: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        settings(tmp_path, **given)


def test_a_provider_shows_no_secret(tmp_path: Path) -> None:
    set_up = settings(
        tmp_path, oidc_issuer="https://id.example.org", oidc_client_id="x", oidc_client_secret="s3cret"
    )
    assert "s3cret" not in repr(set_up) + repr(Provider.of(set_up))
    assert Provider.of(settings(tmp_path)) is None
