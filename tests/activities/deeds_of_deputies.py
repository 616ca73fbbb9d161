"""What is told to whoever passed a matter on, asked twice."""

from tests.activities.deeds import DECIDED, Ask, Deed
from tests.activities.desk import Desk
from tests.builders import sealed
from tests.given import moment


def telling_the_state(desk: Desk) -> Ask:
    reference = desk.forwarded(brought_by="mp")
    desk.at = moment("2026-10-15 10:00")
    desk.view(reference)
    told = {"text": sealed("Czekamy na odpowiedź jednostki")}
    step = desk.decision("clerk-a", desk.task(reference, "state_notice"), "sent", told)
    return lambda: desk.commands.decide_intervention_task(step).answer


DEEDS_OF_DEPUTIES = (
    Deed("tell the state", telling_the_state, ("intervention.StateTold", *DECIDED)),
)
