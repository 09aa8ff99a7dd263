"""Starting the stack: Prefect's server, its deployments, a worker and the status page; and asking whether it lives.

`running.serve` is the whole of it, `session.prefect_session` a private server for as long as a rehearsal lasts,
`scheduler.scheduler_is_creating_runs` the question that `plumbline doctor` puts to a running one.
"""
