"""Cases of a demo that began weeks before it: they are there once, with their terms over."""

from contextlib import closing
from pathlib import Path

from activities.registers.demo_begun import import_begun
from domain.imports.commands import BeginImport
from domain.imports.model import RegisterImport
from domain.interventions.model import Intervention
from domain.messages import Act
from runtime.clock import SystemClock
from runtime.demo_plots import PLOTS
from runtime.imports import imports_under_way
from runtime.register_file import RegisterFile
from runtime.settings import Settings
from runtime.store import Store
from tests.installation import settings_of

BEGUN = {place: plot.began for place, plot in enumerate(PLOTS) if plot.began}


def stages(store: Store, references: dict[int, str]) -> dict[str | None, str]:
    found = {place: store.find(Intervention, ref) for place, ref in references.items()}
    return {BEGUN[place]: case.stage for place, case in found.items() if case}


def test_each_demo_brings_its_own(settings: Settings, store: Store) -> None:
    first, second = import_begun(settings, PLOTS), import_begun(settings, PLOTS)
    asked = {"silent_unit": "with_units", "late_unit": "with_units", "promise": "replied"}
    assert stages(store, first) == stages(store, second) == asked
    assert len({*first.values(), *second.values()}) == 2 * len(BEGUN)
    assert import_begun(settings, PLOTS[:6]) == {}


def test_what_a_killed_demo_left_is_finished_by_the_next(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    import_begun(settings_of(tmp_path / "other"), PLOTS)
    left = settings.var / "demo-1.csv"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes((tmp_path / "other/demo-1.csv").read_bytes())
    begin = BeginImport(file=RegisterFile(left).sha256, name=left.name, rows=len(BEGUN))
    act = Act(command_id="import:demo", at=SystemClock().now(), by="import")
    store.save_all([RegisterImport.begin(begin, act)])
    import_begun(settings, PLOTS)
    assert not imports_under_way(store)
    with closing(Store(settings)) as opened:
        assert opened.find(Intervention, f"INT-{act.at.year}-{2 * len(BEGUN):06d}")
