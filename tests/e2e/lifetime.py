"""The whole life of one environment: apply, plan again, use, unprotect, destroy, and look at what is left.

MiniStack gives back other rules, alarms and endpoints than it was sent, so there it is: apply, and use.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from . import behaviour, drift, leftovers, protections
from .addresses import require_equal, require_only, without_instance_keys
from .faults import ProductFault
from .stack import Stack

Result = TypeVar("Result")
Look = Callable[[Stack], str]
"""Looks at what is applied and at the plan made last, and returns a summary; raises `ProductFault`."""


def live(stack: Stack, looks: Mapping[str, Look]) -> str:
    """Takes a stack through its life and returns the summary; raises `ProductFault` at the first step that fails.

    `looks`, by the name of the step, come when everything is known and nothing was used yet.
    """
    timed("preparation", stack.prepare)
    before = leftovers.listed(stack)
    applied = timed("apply", stack.apply)
    require_listed(stack, before)
    summaries = [
        f"applied {applied} of {applied}",
        timed("second plan", lambda: require_no_drift(stack)),
        *(timed(name, partial(look, stack)) for name, look in looks.items()),
        timed("behaviour", lambda: require_behaviour(stack)),
        timed("unprotection", lambda: unprotect(stack)),
        timed("destruction", lambda: destroy(stack)),
        require_nothing_left(stack, before),
    ]
    return ", ".join(summary for summary in summaries if summary)


def use(stack: Stack) -> str:
    """Applies a stack and uses it, on an emulator that does not keep all that a second plan would look at."""
    timed("preparation", stack.prepare)
    applied = timed("apply", stack.apply)
    summary = f"applied {applied} of {applied}, {timed('behaviour', lambda: require_behaviour(stack))}"
    return f"{summary}, left out: {', '.join(stack.left_out)}" if stack.left_out else summary


def timed(step: str, take: Callable[[], Result]) -> Result:
    """Takes a step and says on stderr how long that was."""
    begin = time.monotonic()
    try:
        return take()
    finally:
        print(f"{step}: {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)


def require_listed(stack: Stack, before: set[str]) -> None:
    """Makes sure that the account lists what was applied, or that nothing is left would mean nothing."""
    if not leftovers.listed(stack) - before:
        raise ProductFault("the account lists nothing of what was applied", "no resource is tagged")


def require_no_drift(stack: Stack) -> str:
    """Plans again; every difference must be an expected one."""
    changes = drift.judge(stack.session.shown_plan(), drift.load_expected())
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
    """Switches off what forbids the destruction; only what was protected may change by that, and in place."""
    found = protections.find(stack.root)
    if not found:
        return ""
    protections.switch_off(found, stack.session.work)
    stack.session.init()
    require_only("update", stack.session.plan())
    changed = {without_instance_keys(address) for address in stack.session.apply()}
    protected = {protection.block.address for protection in found if protection.is_at_aws}
    require_equal(protected, changed, "what is protected", "the second apply")
    return f"protection switched off ({protections.describe(found)})"


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
