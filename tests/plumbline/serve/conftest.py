"""Homes for what is started here; every process that a test starts, it stops."""

from tests.plumbline.conftest import home, real_home, real_template, rehearsal_template  # noqa: F401
