"""I12: who joins a case gets exactly the notices sent afterwards, and its outcome in any case."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Case
from tests.domain.test_invariants_replay import next_step
from tests.given import moment

OF_THE_MATTER = ("N2", "N4", "N5")


def notices(case: Case, recipient: str) -> list[tuple[int, str]]:
    """Where in the story of the case each notice to somebody stands, and which it is."""
    return [
        (place, f"{event.kind}.{event.round}")
        for place, event in enumerate(case.events)
        if type(event).__name__ == "NoticeSent"
        and (event.reference, event.recipient) == (case.reference, recipient)
        and event.kind in OF_THE_MATTER
    ]


def place_of(case: Case, name: str) -> int | None:
    places = [place for place, e in enumerate(case.events) if type(e).__name__ == name]
    return places[0] if places else None


@settings(max_examples=60, deadline=None)
@given(
    chance=st.randoms(use_true_random=False),
    before=st.integers(0, 14),
    after=st.integers(0, 14),
    leaves=st.booleans(),
)
def test_who_joined_gets_what_was_sent_afterwards(
    chance: Random, before: int, after: int, leaves: bool
) -> None:
    first = Case(701, moment("2026-09-01 09:00"), category="lighting.street").open_needed()
    second = Case(702, moment("2026-09-01 09:00"), category="lighting.street").open_needed()
    for _ in range(before):
        next_step(first, chance)
    if first.case.ending or first.case.outcome or first.case.joining:
        return
    second.at = max(first.at, second.at)
    second.join(first)
    for _ in range(after):
        next_step(first, chance)
    if leaves:
        second.unlink()
        next_step(first, chance)
    first.send_letters()

    joined_at, left_at = place_of(first, "SenderJoined"), place_of(first, "SenderLeft")
    assert joined_at is not None
    own = [(place, key) for place, key in notices(first, "sender") if place > joined_at]
    got = notices(first, "S1")
    assert all(place > joined_at and (left_at is None or place < left_at) for place, _ in got)
    expected = {key for place, key in own if left_at is None or place < left_at}
    assert {key for _, key in got} >= expected - _on_their_way(first, left_at)
    assert {key for _, key in got} <= {key for _, key in own}

    had = {key for place, key in notices(first, "sender") if place < joined_at}
    copied = second.case.joining is not None and second.case.joining.outcome is not None
    if not leaves:
        assert copied == any(key.startswith("N5.") for key in had)


def _on_their_way(case: Case, left_at: int | None) -> set[str]:
    """Letters go out one after the other: who leaves between two of them gets no second one."""
    if left_at is None:
        return set()
    last = [key for place, key in notices(case, "sender") if place < left_at][-1:]
    return set(last)
