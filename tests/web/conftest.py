"""Rehearsals to look at."""

from tests.notifications.test_smtp import certificate  # noqa: F401
from tests.plumbline.conftest import home, real_home, real_template, rehearsal_template, shell  # noqa: F401
