"""Starting the stack: Prefect's server, its deployments, a worker and the status page; and asking whether it lives.

`running.serve` is the whole of it, `session.prefect_session` a private server for as long as a rehearsal lasts,
`self_test` the question that `plumbline doctor` puts to a running one.
"""

from plumbline.serve.scheduler import Verdict, self_test

__all__ = ["Verdict", "self_test"]
