"""How workflows call activities: which are local, what is retried, and what a refusal becomes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    FailureError,
    is_cancelled_exception,
)

A = TypeVar("A")
T = TypeVar("T")

Command = Callable[[Any, A], T]
"""A method of an activities class: what it is asked, and what it answers."""

FEW = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    maximum_interval=timedelta(seconds=1),
    maximum_attempts=3,
)
"""A local activity that retries holds the whole workflow task, so it gives up soon."""

FOR_EVER = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
LETTERS = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=10))

ONE_LETTER = timedelta(seconds=25)
"""A little longer than the mail server is waited for; a killed worker is noticed after it."""

PAUSE_AFTER_A_FAULT = timedelta(minutes=10)

STORE_AWAY = "StoreAway"
FAULT = "InternalFault"
"""Type of the failure that every exception becomes which is neither a refusal nor an outage."""


async def at_the_store(command: Command[A, T], argument: A, summary: str | None = None) -> T:
    """A short command on the store: at once and local, or for as long as the store is away.

    Raises the `ApplicationError` of a refusal, or of a fault, as the activity gave it.
    """
    try:
        return await workflow.execute_local_activity_method(
            command,
            argument,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=FEW,
            summary=summary,
        )
    except FailureError as error:
        _raise_if_final(error)
    try:
        return await workflow.execute_activity_method(
            command,
            argument,
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=FOR_EVER,
            summary="the store was away",
        )
    except FailureError as error:
        _raise_if_final(error)
        raise


def _raise_if_final(error: FailureError) -> None:
    # A local activity gives the failure itself, a normal one wraps it.
    failure = error.cause if isinstance(error, ActivityError) else error
    if not isinstance(failure, ApplicationError):
        raise error  # cancelled, say
    if failure.type != STORE_AWAY:
        raise failure from None


async def step_of_run(command: Command[A, T], ask: Callable[[], A]) -> T:
    """A step of `run`; a fault of ours does not fail the workflow.

    It is tried again after a pause, so that the case goes on by itself once the worker is mended.
    """
    while True:
        try:
            return await at_the_store(command, ask())
        except ApplicationError as error:
            if error.type != FAULT:
                raise
            await _pause(error)


async def letter_out(command: Command[A, T], letter: A, summary: str) -> T:
    """Send a letter, however long its channel is away."""
    while True:
        try:
            return await workflow.execute_activity_method(
                command,
                letter,
                start_to_close_timeout=ONE_LETTER,
                retry_policy=LETTERS,
                summary=summary,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            await _pause(error)


async def _pause(error: Exception) -> None:
    workflow.logger.error("a step failed and is tried again later", extra={"fault": str(error)})
    await workflow.sleep(PAUSE_AFTER_A_FAULT, summary="a fault: the step is tried again")
