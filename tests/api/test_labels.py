"""Every code and refusal that a person may meet has its Polish label."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import get_args

import pytest

from domain.errors import Refusal
from domain.interventions import commands, forms
from domain.interventions.entities import LetterState, ReferralState
from domain.interventions.handling import CLOCKS
from domain.interventions.transitions import STAGES
from domain.tasks.rules import State
from domain.tasks.types import Priority
from runtime.reference_data import load_reference_data

PACKAGES = ("domain", "runtime", "activities", "projections", "workflows", "api")
LABELS = load_reference_data().labels
ROLES = {role.id for role in load_reference_data().organisation.table.roles}
POSITIONS = {post.id for post in load_reference_data().organisation.table.positions}

CODES = {
    "task_titles": set(forms.TASK_TYPES),
    "task_states": set(get_args(State)),
    "decisions": {name for kind in forms.TASK_TYPES.values() for name in kind.outcomes},
    "outcomes": set(get_args(commands.ReplyOutcome)),
    "results": set(get_args(commands.Result)),
    "stages": set(STAGES),
    "referral_states": set(get_args(ReferralState)),
    "letter_states": set(get_args(LetterState)),
    "channels": set(get_args(commands.Channel)),
    "clocks": {*CLOCKS, "state_notice", "supplement"},
    "letters": {"N1", "N2", "N3", "N5", "N5c", "N6", "N7", "N8", "N9", "N10", "N12", "N13"},
    "waiting": {"unit", "sender", "us", "nobody"},
    "priorities": set(get_args(Priority)),
    "posts": ROLES | POSITIONS,
}


def refusals(root: type[Refusal] = Refusal) -> Iterator[str]:
    for child in root.__subclasses__():
        if child.__module__.partition(".")[0] in PACKAGES:
            yield child.__name__
        yield from refusals(child)


def test_every_refusal_of_every_layer_has_a_polish_sentence() -> None:
    for package in map(import_module, PACKAGES):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    assert sorted(set(refusals()) - set(LABELS.refusals)) == []
    assert sorted(set(LABELS.refusals) - set(refusals())) == [], "nobody refuses with these"


@pytest.mark.parametrize("group", sorted(CODES))
def test_every_code_has_a_label(group: str) -> None:
    assert sorted(CODES[group] - set(getattr(LABELS, group))) == []


def test_a_post_is_called_by_its_role_and_unit() -> None:
    assert LABELS.post("KS-06/clerk") == "pracownik komórki (KS-06)"
    assert LABELS.post("director") == "Dyrektor Wydziału"


def test_a_code_without_a_label_stands_for_itself() -> None:
    assert LABELS.of("nowy_kod", "stages") == "nowy_kod"
