"""What serving says to whoever started it, in the language of the settings."""

from __future__ import annotations

from plumbline.settings import Settings


def said(settings: Settings, zh: str, en: str) -> str:
    """One of two texts."""
    return zh if settings.lang == "zh" else en
