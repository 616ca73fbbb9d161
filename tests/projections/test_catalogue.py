"""No event is forgotten by the projections."""

from domain.catalogue import event_classes
from domain.labels import Labels
from projections.catalogue import projections
from projections.timeline import FACTS

SAYS_NOTHING = {
    "batch.DeadlineMoveStarted",
    "batch.Finished",
    "batch.ItemDone",
    "batch.ReassignmentStarted",
    "import.RowTaken",
    "party.ContactChanged",
    "party.LinkIssued",
    "party.LinkRevoked",
    "party.LinkSent",
    "party.Registered",
    "party.ResendingOrdered",
    "register_import.Abandoned",
    "register_import.Begun",
    "register_import.Finished",
    "register_import.TakenUpAgain",
    "report.Filed",
    "roster.Opened",
    "vault.EraseRequested",
    "vault.SubjectErased",
}


def topics() -> set[str]:
    return {event.TOPIC for event in event_classes()}  # type: ignore[attr-defined]  # they have one


def test_every_event_of_a_case_stands_in_its_story() -> None:
    others = ("batch.", "import.", "party.", "register_import.", "report.", "roster.", "vault.")
    of_cases = {topic for topic in topics() if not topic.startswith(others)}
    assert set(FACTS) == of_cases


def test_every_event_is_projected_into_a_table_of_its_own(labels: Labels) -> None:
    *slices, _ = projections(labels)
    handled = {topic for projection in slices for topic in projection.handlers}
    assert handled == topics() - SAYS_NOTHING
