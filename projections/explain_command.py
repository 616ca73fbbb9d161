"""`ks explain`: the command line of the story of a case."""

from contextlib import closing
from typing import Annotated

import typer

from runtime.terminal import console, read_settings


def explain(reference: Annotated[str, typer.Argument(metavar="REFERENCE")]) -> None:
    """Say where a case or an extra task stands and why: `INT-2026-000123`."""
    from projections.case_pages import page_of
    from runtime.clock import SystemClock
    from runtime.demo_state import with_demo_terms
    from runtime.reference_data import load_reference_data
    from runtime.store import Store

    settings = with_demo_terms(read_settings(quiet=True), begin=False)
    data = load_reference_data(settings.tables)
    with closing(Store(settings)) as store:
        now = SystemClock(settings.clock_shift).now()
        for part in page_of(store, data, data.labels, reference, now):
            console.print(part, highlight=False)
