"""Rehearsals for flows to act on."""

from tests.plumbline.conftest import home, real_home, real_template, rehearsal_template, shell  # noqa: F401
