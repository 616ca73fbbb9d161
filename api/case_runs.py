"""The runs of cases of every process, for the parts that start, tell and mend them."""

from functools import partial

from activities.assignments import headline_of_order
from activities.interventions import headline_of
from runtime.reference_data import load_reference_data
from runtime.settings import Settings
from runtime.store import Store
from workflows.case_runs import CaseRuns


def runs_of_cases(settings: Settings, store: Store) -> CaseRuns:
    """Temporal for starter and repair, with the headlines read from the events of the cases."""
    places = load_reference_data(settings.tables).routing
    headlines = {
        "intervention": partial(headline_of, store, places),
        "assignment": partial(headline_of_order, store),
    }
    return CaseRuns(settings, lambda reference, process: headlines[process](reference))
