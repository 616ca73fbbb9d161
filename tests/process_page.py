"""The generated parts of `docs/process-interventions.md`, from the tables that the code runs by.

`make process` writes them into the page; a test says when the page is behind.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from domain.interventions.forms import ASKS
from domain.interventions.handling import CLOCKS, CLOCKS_OF_SIGNALS
from domain.interventions.instructions import INSTRUCTIONS
from domain.interventions.transitions import OPEN_STAGES, STAGES, TRANSITIONS, Transition
from domain.terms import TermRule
from runtime.reference_data import load_reference_data

PAGE: Final = Path(__file__).parents[1] / "docs/process-interventions.md"
BOOK: Final = load_reference_data()
TODAY: Final = date(2026, 10, 5)
"""The day whose rows of terms are shown; the tables hold the earlier and later ones."""

WHO: Final = {
    "owners": "KS-06: clerk, head",
    "owners_and_sender": "KS-06: clerk, head; the sender with the code",
    "operators": "operator",
    "unit_of": "the unit asked",
}
_EVENTS: Final = {row.command: row.event for row in TRANSITIONS}


def diagram() -> Iterator[str]:
    """Every way from one stage to another; what keeps a case where it is stands in the table."""
    ways: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in TRANSITIONS:
        for stage, to in _steps(row):
            ways[stage, to].append(f"{row.row} {row.command}")
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> triage: A1 RegisterIntervention"
    for (stage, to), commands in sorted(ways.items(), key=lambda way: _place(*way[0])):
        yield f"    {stage} --> {to}: {', '.join(dict.fromkeys(commands))}"
    yield "    closed --> [*]"
    yield "```"


def _steps(row: Transition) -> Iterator[tuple[str, str]]:
    if set(row.stages) == set(row.to):
        return  # it leaves the case at whatever stage it is
    for stage in row.stages:
        yield from ((stage, to) for to in row.to if to != stage)


def _place(stage: str, to: str) -> tuple[int, int]:
    return STAGES.index(stage), STAGES.index(to)


def transitions() -> Iterator[str]:
    yield from _table(
        ("row", "command", "at", "goes to", "event"),
        (
            (row.row, row.command, _stages(row.stages), _goes_to(row), row.event)
            for row in TRANSITIONS
        ),
    )


def _goes_to(row: Transition) -> str:
    return "stays" if set(row.stages) == set(row.to) else _stages(row.to)


def _stages(stages: tuple[str, ...]) -> str:
    named = {STAGES: "any stage", OPEN_STAGES: "any open stage"}
    return named.get(stages, ", ".join(stages))


def tasks() -> Iterator[str]:
    def outcomes(name: str) -> str:
        found = ASKS[name].kind.outcomes.items()
        return ", ".join(_outcome(outcome, each.form.__name__) for outcome, each in found)

    yield from _table(
        ("task", "outcome → event", "taken within", "done within", "ladder"),
        (
            (
                f"`{name}`<br>{BOOK.labels.of(name, 'task_titles')}",
                outcomes(name),
                _amount(ask.kind.respond),
                _amount(ask.kind.complete),
                ask.kind.ladder,
            )
            for name, ask in ASKS.items()
        ),
    )


def _outcome(name: str, form: str) -> str:
    return f"{name} → {_EVENTS[form]}" if form in _EVENTS else name


def instructions() -> Iterator[str]:
    def who(name: str) -> str:
        kind = INSTRUCTIONS[name]
        posts: Callable[..., object] = kind.posts
        above = ", those above the task" if kind.by_superiors else ""
        who = WHO.get(posts.__name__, posts.__name__.replace("_", " ")) + above
        return (
            f"{who}; for a letter of the unit: {', '.join(kind.recorders)}"
            if kind.recorders
            else who
        )

    yield from _table(
        ("instruction", "who", "events", "also on hold"),
        (
            (f"`{name}`", who(name), ", ".join(kind.events), "yes" if kind.while_on_hold else "")
            for name, kind in INSTRUCTIONS.items()
        ),
    )


def clocks() -> Iterator[str]:
    rules = [
        *CLOCKS.items(),
        *(each for each in CLOCKS_OF_SIGNALS.items() if each not in CLOCKS.items()),
    ]
    rules += [("state_notice", "kpa.deputy_notice"), ("supplement", "rm2002.supplement")]
    rules += [("feedback", "int.feedback"), ("reopening", "int.reopen_window")]
    rows = ((name, BOOK.deadlines.rule(rule, TODAY)) for name, rule in rules)
    yield from _table(
        ("clock", "rule", "length", "from", "basis", "on hold"),
        (
            (
                f"{name}<br>{BOOK.labels.of(name, 'clocks')}",
                f"`{row.id}`",
                _length(row),
                row.starts_at,
                row.basis,
                "stands still" if row.may_stop else "runs on",
            )
            for name, row in rows
        ),
    )


def _amount(rule: str | None) -> str:
    if rule is None:
        return "-"
    return f"{_length(BOOK.deadlines.rule(rule, TODAY))} (`{rule}`)"


def _length(row: TermRule) -> str:
    if row.length is None:
        return row.unit.replace("_", " ")
    words = row.unit.replace("_", " ")
    return f"{row.length} {words.removesuffix('s') if row.length == 1 else words}"


def letters() -> Iterator[str]:
    yield from _table(("letter", "name"), sorted(BOOK.labels.letters.items()))


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heading)} |"
    yield f"|{'---|' * len(heading)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


PARTS: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "diagram": diagram,
    "transitions": transitions,
    "tasks": tasks,
    "instructions": instructions,
    "clocks": clocks,
    "letters": letters,
}


def written(page: str) -> str:
    """The page with every generated part as the code has it now."""
    for name, part in PARTS.items():
        body = "\n".join(part()) + "\n"
        begin, end = f"<!-- {name}: make process -->\n", f"<!-- end of {name} -->"
        before, found, rest = page.partition(begin)
        _, ended, after = rest.partition(end)
        assert found, f"the page has no place for {name}"
        assert ended, f"the place for {name} has no end"
        page = before + begin + body + end + after
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
