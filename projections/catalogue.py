"""Every projection of the product."""

from domain.labels import Labels
from projections import assignments, interventions, roster, tasks, timeline
from projections.batch import Projection


def projections(labels: Labels) -> tuple[Projection, ...]:
    """What a follower keeps; a slice that reads another's rows of a case stands behind it."""
    return (
        assignments.PROJECTION,
        interventions.PROJECTION,
        tasks.projection(labels),
        roster.PROJECTION,
        timeline.PROJECTION,
    )
