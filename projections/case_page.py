"""The file of a case as an operator reads it in a terminal: Polish labels, nobody's data."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from domain.errors import Refusal
from domain.interventions.entities import Letter
from domain.labels import Labels
from projections.case_file import CaseFile, ExplainedReferral
from projections.page_parts import PageParts, below_headings, moment_shown


def case_page(file: CaseFile, labels: Labels) -> Iterator[RenderableType]:
    """What to print, from top to bottom."""
    page = _Page(file, labels)
    yield from page.standing()
    yield from below_headings(
        (
            ("referrals", page.referrals()),
            *page.asked(),
            ("what time alone brings", page.moments()),
            ("letters", page.letters()),
            *page.happened(),
        )
    )


class _Page(PageParts[CaseFile]):
    def __init__(self, file: CaseFile, labels: Labels) -> None:
        super().__init__(file, labels)
        self._case = file.case

    def standing(self) -> Iterator[RenderableType]:
        case, stage = self._case, self.named(self._case.stage, "stages")
        yield Text.assemble(
            (case.reference, "bold"),
            f" {case.category}, {case.place.district or '-'}, round {case.round}",
        )
        yield Text(f"stands at: {stage}, since {moment_shown(self._file.since)}")
        if case.on_hold:
            since = moment_shown(case.standstills[-1].since)
            yield Text(f"on hold since {since}: nothing is decided and no letter leaves")
        if not case.is_motion:
            yield Text(f"handled as: {self.named(case.handling, 'handlings')}")
        yield Text(f"waits for: {self.named(self._file.waiting, 'waiting')}")
        if case.outcome:
            yield Text(f"ended with: {self.named(case.outcome, 'outcomes')}")

    def referrals(self) -> Iterator[RenderableType]:
        for each in self._file.referrals:
            yield Text(self._referral(each))
            yield Padding(Text(_why(each)), (0, 0, 0, 2))

    def unblocking(self) -> Iterator[RenderableType]:
        if self._case.on_hold:
            yield Text("an operator resumes the case")
        for task, outcomes in self._file.decisions:
            decisions = " / ".join(self._labels.of(each, "decisions") for each in outcomes)
            yield Text(f"a decision in {task.task_ref}: {decisions}")
        if self._file.waits_for_sender:
            yield Text("what the sender adds")
        for ref in self._file.unopened:
            yield Text(f"{ref} is needed and not open: see `ks verify --repair`", style="red")
        for ref in self._file.taken_back:
            yield Text(f"{ref} was taken back: an operator opens the step again", style="yellow")
        for order in self._file.letters_owed:
            yield Text(f"the letter {self._letter(order.key)} goes out")
        for refusal in self._file.before_closing:
            yield Text(f"before it closes: {self._refusal(refusal)}")
        if self._case.stage == "closed":
            yield Text("nothing: the case is closed")

    def moments(self) -> Iterator[RenderableType]:
        for at, why in self._file.moments:
            yield Text(f"{moment_shown(at)} {why}")

    def letters(self) -> Iterator[RenderableType]:
        for key, letter in self._case.letters.items():
            yield Text(self._sent(key, letter))
        for order in self._file.letters_owed:
            yield Text(f"{self._letter(order.key)}: owed", style="yellow")

    def _referral(self, each: ExplainedReferral) -> str:
        referral = each.referral
        state = self.named(referral.state, "referral_states")
        lead = ", leads" if referral.lead else ""
        instead = f" instead of {each.replaces}" if each.replaces else ""
        sent = f"sent {moment_shown(referral.sent_at)} by {each.by}{instead}"
        return f"{referral.ref} to {referral.unit}{lead}: {state}, {sent}"

    def _letter(self, key: str) -> str:
        """`zawiadomienie o przekazaniu (N2), round 1, ZDMK (R1)`."""
        kind, round_, recipient = key.split(".")
        referral = self._case.referrals.get(recipient)
        to = f"{referral.unit} ({recipient})" if referral else self._labels.of("sender", "waiting")
        return f"{self.named(kind, 'letters')}, round {round_}, to {to}"

    def _sent(self, key: str, letter: Letter) -> str:
        state = self._labels.of(letter.state, "letter_states")
        return f"{self._letter(key)}: {state}, {moment_shown(letter.sent_at)}, {letter.message_id}"

    def _refusal(self, refusal: Refusal) -> str:
        return self._labels.of(refusal.name(), "refusals")


def _why(each: ExplainedReferral) -> str:
    """By which row of which table the unit was proposed, or that a person chose another one."""
    proposed = each.proposed
    if proposed.unit is None:
        return "no unit was proposed; a person chose it"
    row = f"row {proposed.rule} of routing table {proposed.version}"
    why = f": {proposed.reason}" if proposed.reason else ""
    if each.settled:
        return f"the head settled that it is competent; {row} proposed {proposed.unit}"
    if each.as_proposed:
        return f"as proposed by {row}{why}"
    return f"a person chose it; {row} proposed {proposed.unit}{why}"
