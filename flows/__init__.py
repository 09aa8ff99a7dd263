"""What runs when: Prefect's view of the duties. A flow is a translation, not a place for rules.

Loading Prefect reads its settings from the environment and makes its home folder. So, before any module here can load
it, the environment says that nothing is to be told to the outside and that its home lies under ours. What is set
already stays.
"""

from __future__ import annotations

import os
from pathlib import Path

from plumbline.settings import Settings

PRIVACY = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",  # it calls an outside host
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_LOGGING_LOG_PRINTS": "false",
}

_HOME = os.environ.get("PLUMBLINE_HOME") or Settings.model_fields["home"].default
for _name, _value in {
    **PRIVACY,
    "PREFECT_HOME": str(Path(_HOME).expanduser().absolute() / "prefect"),
}.items():
    os.environ.setdefault(_name, _value)
