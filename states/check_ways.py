"""Rules of the model checker about states and moves: can everything be reached, left, made, and by whom?"""

from __future__ import annotations

from collections.abc import Iterator

from states import machine, paths
from states.check_rules import Found, Subject, rule, sees
from states.rulebook import StateKind


@rule("error")
def unreachable(subject: Subject) -> Iterator[Found]:
    """A state no matter can ever be in."""
    reached = paths.reached(subject.machine, paths.entrances(subject.rulebook, subject.name))
    for name in subject.machine.states:
        if name not in reached:
            yield (
                ("states", name),
                f"从初始状态走不到“{name}”。",
                f"No way leads to {name!r} from the initial state.",
            )


@rule("error")
def dead_end(subject: Subject) -> Iterator[Found]:
    """A state that is not final, from which nothing leads on."""
    for name, state in subject.machine.states.items():
        moves = subject.machine.moves_from[name]
        leaves = any(subject.machine.moves[move].to not in (None, name) for move in moves)
        if state.kind is not StateKind.FINAL and not leaves:
            yield (
                ("states", name),
                f"“{name}”不是终结状态，却没有出路。",
                f"{name!r} is not final, yet no move leaves it.",
            )


@rule("error")
def no_way_to_an_end(subject: Subject) -> Iterator[Found]:
    """A state that can be left, but never towards a final state."""
    can_end = paths.can_end(subject.machine)
    for name, state in subject.machine.states.items():
        if name not in can_end and subject.machine.moves_from[name] and state.kind is not StateKind.FINAL:
            yield (
                ("states", name),
                f"从“{name}”永远无法办结。",
                f"From {name!r} no final state can be reached.",
            )


@rule("error")
def forgotten(subject: Subject) -> Iterator[Found]:
    """A state in which nobody has to act, no clock runs, nothing goes up and no other matter leads on."""
    clocked = {state for name in subject.machine.deadlines for state in paths.running(subject.machine, name)}
    triggered = machine.triggers(subject.rulebook, subject.name)
    for name, state in subject.machine.states.items():
        moves = subject.machine.moves_from[name]
        leads_on = any(subject.machine.moves[move].opens or move in triggered for move in moves)
        if state.kind is not StateKind.FINAL and not state.owner and name not in clocked and not leads_on:
            zh = f"“{name}”既无责任角色，也无时限，也无上报出路。"
            yield ("states", name), zh, f"{name!r} has no owner, no clock and no way up."


@rule("warning")
def no_owner(subject: Subject) -> Iterator[Found]:
    """An open state that names nobody who must act."""
    for name, state in subject.machine.states.items():
        if state.kind is StateKind.OPEN and not state.owner:
            yield (
                ("states", name),
                f"“{name}”没有责任角色。",
                f"{name!r} is open, but names nobody who must act.",
            )


@rule("warning")
def waits_for_nothing(subject: Subject) -> Iterator[Found]:
    """A waiting state that does not say for what."""
    for name, state in subject.machine.states.items():
        if state.kind is StateKind.WAITING and state.waits_for is None:
            yield (
                ("states", name),
                f"“{name}”未写明等待什么。",
                f"{name!r} waits, but does not say for what (`waits_for`).",
            )


@rule("warning")
def powerless_owner(subject: Subject) -> Iterator[Found]:
    """A role that must act in a state but has no move there."""
    for name, state in subject.machine.states.items():
        able = {
            role for move in subject.machine.moves_from[name] for role in subject.machine.moves[move].roles
        }
        for role in state.owner:
            if state.kind is not StateKind.FINAL and role not in able:
                zh = f"“{role}”是“{name}”的责任角色，却没有可办的步骤。"
                yield ("states", name, "owner"), zh, f"{role!r} must act in {name!r} but has no move there."


@rule("error")
def nobody_may(subject: Subject) -> Iterator[Found]:
    """A move with no role that the engine does not make either."""
    for name, move in subject.machine.moves.items():
        if not move.roles and not move.engine:
            yield (
                ("moves", name),
                f"“{name}”没有任何角色可以办理。",
                f"Nobody may make {name!r}: give it `roles` or `engine: true`.",
            )


@rule("error")
def made_blindly(subject: Subject) -> Iterator[Found]:
    """A move whose every role never sees such a matter, so that nobody can come to make it."""
    for name, move in subject.machine.moves.items():
        if move.roles and not move.engine and not any(sees(subject, role) for role in move.roles):
            zh = f"可办理“{name}”的角色都看不到该事项。"
            yield (
                ("moves", name, "roles"),
                zh,
                f"No role that may make {name!r} sees {subject.name} at all (`sees`).",
            )


@rule("error")
def opened_blindly(subject: Subject) -> Iterator[Found]:
    """A role that may open a matter and then never sees it."""
    for role in subject.machine.registered_by:
        if not sees(subject, role):
            zh = f"“{role}”可以登记，却看不到自己登记的事项。"
            yield ("registered_by",), zh, f"{role!r} may open a {subject.name} but never sees it (`sees`)."


@rule("warning")
def blind_role(subject: Subject) -> Iterator[Found]:
    """A role named beside others for a move, or as an owner, that never sees such a matter."""
    for name, move in subject.machine.moves.items():
        blind = [role for role in move.roles if not sees(subject, role)]
        if blind and len(blind) < len(move.roles):
            en = f"{', '.join(blind)} may make {name!r} but never sees {subject.name}."
            yield ("moves", name, "roles"), f"“{'、'.join(blind)}”可办“{name}”却看不到该事项。", en
    for name, state in subject.machine.states.items():
        for role in state.owner:
            if not sees(subject, role):
                en = f"{role!r} must act in {name!r} but never sees {subject.name}."
                yield ("states", name, "owner"), f"“{role}”应办“{name}”却看不到该事项。", en


@rule("warning")
def engine_with_roles(subject: Subject) -> Iterator[Found]:
    """A move the engine makes that names roles as well: they can never make it."""
    for name, move in subject.machine.moves.items():
        if move.engine and move.roles:
            zh = f"“{name}”由系统办理，所列角色无效。"
            yield ("moves", name, "roles"), zh, f"{name!r} is made by the engine; its roles never can."


@rule("warning")
def never_triggered(subject: Subject) -> Iterator[Found]:
    """A move of the engine that no rung makes and no other matter drives."""
    triggered = machine.triggers(subject.rulebook, subject.name)
    for name, move in subject.machine.moves.items():
        if move.engine and name not in triggered:
            zh = f"没有任何时限阶梯或其他事项会触发“{name}”。"
            yield ("moves", name), zh, f"Nothing in the rulebook triggers the engine's move {name!r}."


@rule("error")
def loop_without_a_person(subject: Subject) -> Iterator[Found]:
    """A ring of moves that the engine makes by itself: it could turn for ever."""
    for ring in paths.cycles(subject.machine, lambda _, move: move.engine):
        way = " → ".join((*ring, ring[0]))
        yield ("states", ring[0]), f"无人参与的循环：{way}。", f"A loop with no person in it: {way}."


@rule("error")
def drives_itself(subject: Subject) -> Iterator[Found]:
    """A move that, through the moves it drives elsewhere, drives itself."""
    edges = paths.driven(subject.rulebook)
    for ring in paths.rings(edges):
        owner, _, move = ring[0].partition(".")
        if owner == subject.name:
            way = " → ".join((*ring, ring[0]))
            yield (
                ("moves", move, "drives"),
                f"步骤互相触发成环：{way}。",
                f"Moves that drive each other in a ring: {way}.",
            )


@rule("warning")
def final_but_open(subject: Subject) -> Iterator[Found]:
    """A final state that people may leave with no condition at all."""
    for name in paths.ends(subject.machine):
        for move in subject.machine.moves_from[name]:
            each = subject.machine.moves[move]
            if each.to not in (None, name) and not each.engine and not each.guards:
                zh = f"“{name}”是终结状态，却可无条件办“{move}”。"
                yield (
                    ("moves", move, "from"),
                    zh,
                    f"{name!r} is final, yet {move!r} leaves it under no guard.",
                )
