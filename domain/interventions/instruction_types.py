"""What an instruction is: its form, who may give it, and what it does to the case."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.interventions.others import Others
from domain.messages import Act, Message
from domain.rulebook import Rulebook

if TYPE_CHECKING:
    from domain.interventions.model import Intervention

OWNERS = ("KS-06/clerk", "KS-06/head")
OPERATORS = ("operator",)

_SENDER = "sender:"


def sender_of(reference: str) -> str:
    """Whoever shows the code of the case: the author of what is said, and its own only post."""
    return f"{_SENDER}{reference}"


def is_sender(actor: str) -> bool:
    return actor.startswith(_SENDER)


@dataclass(frozen=True)
class InstructionType:
    """One instruction: its form, the posts that may give it, and what it does to the case."""

    name: str
    form: type[Message]
    posts: Callable[["Intervention", Any], tuple[str, ...]]
    """Asked without the form as well: who could give it at all."""
    events: tuple[str, ...]
    """The names of the events that it may record first; a repetition is known by them."""
    carry_out: Callable[["Intervention", Any, Act, Rulebook], None] | None = None
    said_by_unit: Callable[["Intervention", Any, Act, Rulebook, str | None], None] | None = None
    """Instead of `carry_out`, for what a unit says; given who wrote it down from its letter."""
    recorders: tuple[str, ...] = ()
    """Who may write it down for those posts, when it came by letter."""
    of_the_sender: bool = True
    """Its texts are about the sender, and go when the sender is erased."""
    while_on_hold: bool = False
    of_closed: bool = False
    """It may be given to a closed case as well, and opens it again."""
    by_superiors: bool = False
    """It is about one task, and those above whom it is offered to may give it as well."""
    with_others: Callable[["Intervention", Any, Act, Rulebook, Others], None] | None = None
    """Instead of `carry_out`, for what moves another case too."""

    def give(
        self,
        case: "Intervention",
        form: Any,
        act: Act,
        book: Rulebook,
        others: Others,
        recorded_by: str | None = None,
    ) -> None:
        if self.said_by_unit is not None:
            self.said_by_unit(case, form, act, book, recorded_by)
        elif self.with_others is not None:
            self.with_others(case, form, act, book, others)
        elif self.carry_out is not None:
            self.carry_out(case, form, act, book)


def owners(case: "Intervention", form: Message | None) -> tuple[str, ...]:
    return OWNERS


def owners_and_sender(case: "Intervention", form: Message | None) -> tuple[str, ...]:
    """The sender says it to somebody of KS-06, or alone with the code of the case."""
    return (*OWNERS, sender_of(case.reference))


def operators(case: "Intervention", form: Message | None) -> tuple[str, ...]:
    return OPERATORS


def unit_of(case: "Intervention", form: Any) -> tuple[str, ...]:
    asked = [r for r in case.referrals.values() if form is None or r.ref == form.referral]
    return tuple(dict.fromkeys(f"{referral.unit}/coordinator" for referral in asked))
