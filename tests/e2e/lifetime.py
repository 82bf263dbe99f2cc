"""The whole life of one environment: apply, plan again, use, unprotect, destroy, and look at what is left."""

from __future__ import annotations

import sys

from . import behaviour, drift, leftovers, protections
from .addresses import require_equal
from .faults import ProductFault
from .stack import Stack


def live(stack: Stack) -> str:
    """Takes a stack through its life and returns the summary; raises `ProductFault` at the first step that fails."""
    stack.prepare()
    before = leftovers.listed(stack)
    count = stack.apply()
    require_listed(stack, before)
    steps = [
        f"applied {count} of {count}",
        require_no_drift(stack),
        require_behaviour(stack),
        unprotect(stack),
        destroy(stack),
        require_nothing_left(stack, before),
    ]
    return ", ".join(step for step in steps if step)


def require_listed(stack: Stack, before: set[str]) -> None:
    """Makes sure that the account lists what was applied, or that nothing is left would mean nothing."""
    if not leftovers.listed(stack) - before:
        raise ProductFault("the account lists nothing of what was applied", "no resource is tagged")


def require_no_drift(stack: Stack) -> str:
    """Plans again; every difference must be an expected one."""
    changes = drift.judge(stack.session.plan(), drift.load_expected())
    unexpected = [change for change in changes if not change.expected]
    if unexpected:
        raise ProductFault(f"drift of {len(unexpected)} resources", "\n".join(map(str, unexpected)))
    return f"drift none, {len(changes)} expected" if changes else "drift none"


def require_behaviour(stack: Stack) -> str:
    """Uses every resource that there is a check for."""
    results = behaviour.run(stack)
    failed = [f"{result.address}: {result.problem}" for result in results if result.problem]
    if failed:
        raise ProductFault(f"behaviour {len(results) - len(failed)} of {len(results)}", "\n".join(failed))
    return f"behaviour {len(results)} of {len(results)}"


def unprotect(stack: Stack) -> str:
    """Switches off what forbids the destruction; nothing else may change by that."""
    found = protections.find(stack.root)
    if not found:
        return ""
    protections.switch_off(found, stack.session.work)
    stack.session.init()
    plan = stack.session.plan()
    changed = {
        item["address"]: item["change"]["actions"]
        for item in plan["resource_changes"]
        if item["change"]["actions"] not in drift.AT_REST
    }
    require_updates(changed)
    missing = sorted(changed.keys() - stack.session.apply())
    if missing:
        raise ProductFault("protection is not switched off", "\n".join(missing))
    return f"protection switched off ({protections.describe(found)})"


def require_updates(changed: dict[str, list[str]]) -> None:
    """Makes sure that a protection can be switched off in place."""
    replaced = {address: actions for address, actions in changed.items() if actions != ["update"]}
    if replaced:
        lines = [f"{' and '.join(actions)} {address}" for address, actions in sorted(replaced.items())]
        raise ProductFault("switching off protection does more than update", "\n".join(lines))


def destroy(stack: Stack) -> str:
    """Destroys everything; the state must be empty then."""
    applied = {item["address"] for item in stack.resources}
    destroyed = stack.session.destroy()
    require_equal(applied, destroyed, "the state", "the destruction")
    remaining = [item["address"] for item in stack.resources]
    if remaining:
        raise ProductFault(f"{len(remaining)} resources stay in the state", "\n".join(remaining))
    return f"destroyed {len(destroyed)} of {len(applied)}"


def require_nothing_left(stack: Stack, before: set[str]) -> str:
    """Asks the account itself; what AWS keeps on purpose is named on stderr."""
    kept, orphans = leftovers.left(stack, before)
    if orphans:
        raise ProductFault(f"{len(orphans)} resources are left in the account", "\n".join(orphans))
    for arn in kept:
        print(f"kept on purpose: {arn}", file=sys.stderr)
    return f"nothing left but {len(kept)} kept on purpose" if kept else "nothing left"
