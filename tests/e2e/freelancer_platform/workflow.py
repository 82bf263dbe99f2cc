"""The life of a project: the applied state machine, run by moto's interpreter, with the service as the one who answers.

The ways that take days are run on a copy of the applied definition in which times are shorter and nothing else differs.
"""

from __future__ import annotations

import uuid
from typing import Any

from .. import executions, rows
from ..executions import Execution
from ..rows import want, want_equal, wait_for
from . import people
from .system import System

WORKFLOW = rows.theme("workflow")

SEED_STATES = [
    "ProjectCreated",
    "BiddingOpen",
    "FreelancerSelected",
    "MilestonesDefined",
    "WorkInProgress",
    "MilestoneApproval",
    "PaymentProcessed",
    "ProjectCompleted",
]
"""The states that the requirements name, in their order."""

BIDS = {"count": 1, "bid_id": "b", "freelancer": {"user_id": "u", "email": "chosen@example.com", "name": "Chosen"}}
END_SECONDS = 120
SHORT_SECONDS = 2


def machine(system: System) -> str:
    """The applied state machine."""
    return str(system.values("aws_sfn_state_machine", "workflow__project_lifecycle")["arn"])


def begin(system: System, arn: str | None = None) -> Execution:
    """An execution for a project that the database does not know; the service leaves it alone."""
    data = {
        "title": "A shed",
        "project": {"id": str(uuid.uuid4()), "title": "A shed"},
        "client": {"email": "client@example.com", "name": "A client"},
    }
    return executions.start(system.stack, arn or machine(system), data)


def through_bidding(execution: Execution) -> None:
    """Answers up to the work on the first milestone."""
    execution.succeed(execution.waits("BiddingOpen"), BIDS)
    execution.succeed(execution.waits("MilestonesDefined"), {"count": 1})


def project(system: System, amounts: list[int]) -> tuple[str, Execution]:
    """A project that two people bring to its milestones by the service alone, and its execution."""
    client, freelancer = people.known(system, "client"), people.known(system, "freelancer")
    about = {"title": "A site", "description": "Words", "budget_cents": 100_000, "currency": "USD"}
    made = system.done(client.access, "POST", "/projects", about)["id"]
    offer = {"amount_cents": sum(amounts), "message": "Me"}
    bid = system.done(freelancer.access, "POST", f"/projects/{made}/bids", offer)["id"]
    execution = Execution(system.stack.client("stepfunctions"), execution_of(system, made))
    execution.waits("BiddingOpen")
    system.done(client.access, "POST", f"/projects/{made}/award", {"bid_id": bid})
    execution.waits("MilestonesDefined")
    parts = [{"name": f"Part {number}", "amount_cents": amount} for number, amount in enumerate(amounts, 1)]
    system.done(client.access, "POST", f"/projects/{made}/milestones", {"milestones": parts})
    return made, execution


def execution_of(system: System, made: str) -> str:
    """The execution that the service has started for a project."""
    [row] = system.local.query("SELECT execution_arn FROM projects WHERE id = ?", made)
    return str(row["execution_arn"])


def decide(system: System, made: str, number: int, status: str) -> None:
    """The client's decision about a milestone."""
    client = people.known(system, "client")
    path = f"/projects/{made}/milestones/{number}/decision"

    def taken() -> bool:
        # The answer before this one may still be on its way, as the service says itself.
        return system.call(client.access, "POST", path, {"status": status}).status == 200

    wait_for(taken, f"the decision on milestone {number} is taken")


@WORKFLOW.row("the happy path visits all eight states in order, answered through the service, and pays")
def goes_well(system: System) -> None:
    made, execution = project(system, [30_000])
    execution.waits("WorkInProgress")
    decide(system, made, 1, "approved")
    want_equal(execution.ended(END_SECONDS)["status"], "SUCCEEDED", "the end")
    seen = [state for state in execution.visited() if state in SEED_STATES]
    want_equal(seen, SEED_STATES, "the states")
    paid = system.local.query("SELECT status, amount_cents FROM transactions WHERE project_id = ?", made)
    want_equal([(row["status"], int(row["amount_cents"])) for row in paid], [("pending", 30_000)], "the payment")
    found = system.done(people.known(system, "client").access, "GET", f"/projects/{made}")
    want_equal(found["status"], "completed", "the project")
    system.people["finished"] = made


@WORKFLOW.row("a rejected milestone goes back to work, and every further milestone is worked on and paid by itself")
def goes_back(system: System) -> None:
    made, execution = project(system, [10_000, 20_000])
    for times, (number, status) in enumerate([(1, "rejected"), (1, "approved"), (2, "approved")], 1):
        execution.waits("WorkInProgress", times)
        decide(system, made, number, status)
    want_equal(execution.ended(END_SECONDS)["status"], "SUCCEEDED", "the end")
    seen = execution.visited()
    want_equal((seen.count("WorkInProgress"), seen.count("PaymentProcessed")), (3, 2), "rounds of work and payments")
    paid = system.local.query("SELECT milestone FROM transactions WHERE project_id = ? ORDER BY milestone", made)
    want_equal([row["milestone"] for row in paid], [1, 2], "the paid milestones")


@WORKFLOW.row("bidding that ends without bids cancels the project")
def ends_without_bids(system: System) -> None:
    execution = begin(system)
    execution.succeed(execution.waits("BiddingOpen"), {"count": 0})
    want_equal(execution.ended(END_SECONDS)["status"], "SUCCEEDED", "the end")
    want_equal(execution.visited()[-2:], ["AnyBids", "ProjectCancelled"], "the last states")


def in_short(state: dict[str, Any]) -> None:
    """Shortens the time that a state may take."""
    state["TimeoutSeconds"] = SHORT_SECONDS


@WORKFLOW.row("bidding that nobody ends in time cancels the project (in a copy with shorter times)")
def times_out_to_cancellation(system: System) -> None:
    execution = begin(system, executions.copy_with(system.stack, machine(system), {"BiddingOpen": in_short}))
    want_equal(execution.ended(END_SECONDS)["status"], "SUCCEEDED", "the end")
    want_equal(execution.visited(), ["ProjectCreated", "BiddingOpen", "ProjectCancelled"], "the states")


@WORKFLOW.row("work that nobody decides on in time ends the execution as failed (in a copy with shorter times)")
def times_out_to_failure(system: System) -> None:
    execution = begin(system, executions.copy_with(system.stack, machine(system), {"WorkInProgress": in_short}))
    through_bidding(execution)
    ended = execution.ended(END_SECONDS)
    want_equal((ended["status"], ended.get("error")), ("FAILED", "States.Timeout"), "the end")
    want_equal(execution.visited()[-1], "WorkInProgress", "the last state")


def at_once(state: dict[str, Any]) -> None:
    """Shortens the pauses between the attempts of a state."""
    for rule in state["Retry"]:
        rule["IntervalSeconds"] = 1
        rule["BackoffRate"] = 1.0


@WORKFLOW.row("a failed attempt is repeated three times, the fourth failure ends it (in a copy with shorter pauses)")
def tries_again(system: System) -> None:
    arn = executions.copy_with(system.stack, machine(system), {"BiddingOpen": at_once})
    recovered = begin(system, arn)
    recovered.fail(recovered.waits("BiddingOpen"), "Worker.Broken")
    recovered.succeed(recovered.waits("BiddingOpen", 2), {"count": 0})
    want_equal(recovered.ended(END_SECONDS)["status"], "SUCCEEDED", "the end after one failure")
    hopeless = begin(system, arn)
    for times in range(1, 5):
        hopeless.fail(hopeless.waits("BiddingOpen", times), "Worker.Broken")
    ended = hopeless.ended(END_SECONDS)
    want_equal((ended["status"], ended.get("error")), ("FAILED", "Worker.Broken"), "the end after four")
    want_equal(len(hopeless.tokens("BiddingOpen")), 4, "the attempts")


@WORKFLOW.row("a decision that is none, and a payment that fails, end in ProjectFailed")
def fails(system: System) -> None:
    undecided = begin(system)
    through_bidding(undecided)
    undecided.succeed(undecided.waits("WorkInProgress"), {"status": "perhaps"})
    unpaid = begin(system)
    through_bidding(unpaid)
    unpaid.succeed(unpaid.waits("WorkInProgress"), {"status": "approved", "milestone": 1})
    for execution, last in ((undecided, "MilestoneApproval"), (unpaid, "PaymentProcessed")):
        ended = execution.ended(END_SECONDS)
        want_equal((ended["status"], ended.get("error")), ("FAILED", "ProjectFailed"), f"the end after {last}")
        want_equal(execution.visited()[-2:], [last, "ProjectFailed"], "the last states")
    error = next(event for event in unpaid.events() if event["type"].startswith("LambdaFunctionFailed"))
    want("TenantError" in str(error), f"the function failed by something else: {error}")
