"""Why the stack cannot be started or kept up, each with a code and what to do about it."""

from __future__ import annotations

from plumbline.settings import Settings
from states.rulebook import Label


class CannotServe(Exception):
    """Something that serving needs is not there. `code` is for scripts, `message` and `cure` for people."""

    def __init__(self, code: str, message: str, cure: str) -> None:
        super().__init__(f"{message} {cure}")
        self.code, self.message, self.cure = code, message, cure


class Stopped(Exception):
    """Somebody asked to stop while something was still starting."""


def already_serving(settings: Settings, process: int | str, page: str) -> CannotServe:
    """Another `plumbline serve` works on the same PLUMBLINE_HOME."""
    says = Label(zh=f"已有一个 plumbline serve 在使用 {settings.home}（进程 {process}，{page}）。",
                 en=f"A plumbline serve is already using {settings.home} (process {process}, {page}).")  # fmt: skip
    do = Label(
        zh="请先停止它，或另设 PLUMBLINE_HOME。", en="Stop that one first, or set another PLUMBLINE_HOME."
    )
    return _fault("already_serving", says, do, settings)


def port_taken(settings: Settings, host: str, port: int, why: str) -> CannotServe:
    """The status page cannot listen where it was told to."""
    says = Label(zh=f"无法监听 {host}:{port}（{why}）。", en=f"{host}:{port} cannot be used ({why}).")
    do = Label(
        zh="请用 --port 另选端口，或用 --host 另选地址。", en="Choose another with --port, or another --host."
    )
    return _fault("port_taken", says, do, settings)


def did_not_start(settings: Settings, what: str, log: str, last_words: str) -> CannotServe:
    """A part of Prefect did not come up."""
    says = Label(zh=f"{what} 未能启动。其日志 {log} 末尾为：\n{last_words}\n",
                 en=f"{what} did not start. Its log, {log}, ends with:\n{last_words}\n")  # fmt: skip
    do = Label(
        zh="可删去该 prefect 文件夹后重试（其中没有案件数据）；或加 --no-prefect，并定时运行 plumbline tick。",
        en="Remove that prefect folder and try again (it holds nothing of the office's); "
        "or use --no-prefect, and `plumbline tick` from cron.",
    )
    return _fault("prefect_unreachable", says, do, settings)


def _fault(code: str, says: Label, do: Label, settings: Settings) -> CannotServe:
    return CannotServe(code, says.in_(settings.lang), do.in_(settings.lang))
