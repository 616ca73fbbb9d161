"""The rules of the house that import-linter cannot express, checked on the files as they stand."""

import ast
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
LAYERS = ("domain", "runtime", "activities", "projections", "workflows", "api")
LONGEST_FILE = 400
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "constants"}
CLOCKS_AND_CHANCE = {"now", "utcnow", "today", "uuid1", "uuid4"}


def python_files(*parts: str) -> list[Path]:
    return sorted(path for part in parts for path in (ROOT / part).rglob("*.py"))


def all_python_files() -> list[Path]:
    return [*ROOT.glob("*.py"), *python_files(*LAYERS, "benchmarks", "tests")]


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def subclasses(root: type) -> Iterator[type]:
    children: list[type] = root.__subclasses__()
    for child in children:
        if child.__module__.startswith("domain."):
            yield child
        yield from subclasses(child)


def load_domain() -> None:
    import domain

    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        import_module(module.name)


def event_classes() -> dict[str, type]:
    """Every event class that the catalogue knows, by its own topic."""
    from domain.aggregates import Aggregate

    import_module("domain.catalogue")
    return {vars(e)["TOPIC"]: e for e in subclasses(Aggregate.Event) if "TOPIC" in vars(e)}


def refusal_classes() -> dict[str, type]:
    from domain.errors import Refusal

    load_domain()
    return {refusal.__name__: refusal for refusal in subclasses(Refusal)}


def imported(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    names: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return {name.partition(".")[0] for name in names}


def canonical(distribution: str) -> str:
    return distribution.lower().replace("_", "-")


def is_decorated(node: ast.AST, decorator: str) -> bool:
    decorators = getattr(node, "decorator_list", [])
    calls = [d.func if isinstance(d, ast.Call) else d for d in decorators]
    return any(ast.unparse(call) == decorator for call in calls)


def classes_of(package: str, decorator: str) -> set[str]:
    """Classes that carry the decorator themselves or on one of their methods."""
    return {
        node.name
        for path in python_files(package)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
        and any(is_decorated(part, decorator) for part in (node, *node.body))
    }


def test_every_init_file_is_empty() -> None:
    inits = [path for path in all_python_files() if path.name == "__init__.py"]
    assert named([path for path in inits if path.stat().st_size]) == []


def test_no_file_is_longer_than_the_house_allows() -> None:
    def lines(path: Path) -> int:
        return len(path.read_text(encoding="utf-8").splitlines())

    assert named([path for path in all_python_files() if lines(path) > LONGEST_FILE]) == []


def test_no_module_hides_behind_a_vague_name() -> None:
    assert named([path for path in all_python_files() if path.stem in VAGUE_NAMES]) == []


def test_every_module_says_what_it_is_for() -> None:
    modules = [path for path in all_python_files() if path.name != "__init__.py"]
    assert named([path for path in modules if not ast.get_docstring(tree(path))]) == []


def test_workflows_import_nothing_inside_a_function() -> None:
    # Such an import passes the start of the worker and wedges the case later.
    found = [
        path
        for path in python_files("workflows")
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    ]
    assert named(found) == []


def test_the_domain_asks_neither_the_clock_nor_chance() -> None:
    def asks(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS_AND_CHANCE)
            or (isinstance(node.func, ast.Name) and node.func.id in CLOCKS_AND_CHANCE)
        )

    found = [p for p in python_files("domain") if any(asks(n) for n in ast.walk(tree(p)))]
    assert named(found) == []


def test_every_refusal_is_a_sentence() -> None:
    unclear = [
        name
        for name, refusal in refusal_classes().items()
        if not (refusal.__doc__ or "").split("\n\n")[0].strip().endswith(".")
    ]
    assert unclear == []


def test_every_refusal_has_a_polish_sentence() -> None:
    labels = yaml.safe_load((ROOT / "domain/data/labels.pl.yaml").read_text(encoding="utf-8"))
    sentences = labels["refusals"]
    assert sorted(set(refusal_classes()) - set(sentences)) == []
    assert [name for name, text in sentences.items() if not text.strip().endswith(".")] == []


def test_no_refusal_is_named_as_an_event() -> None:
    load_domain()
    events = {event.__name__ for event in event_classes().values()}
    assert sorted(events & set(refusal_classes())) == []


def test_every_event_belongs_to_an_aggregate() -> None:
    load_domain()
    bound = {vars(event)["TOPIC"] for event in import_module("domain.catalogue").event_classes()}
    assert sorted(set(event_classes()) - bound) == []


def test_the_topics_of_all_events_are_frozen() -> None:
    frozen = set((ROOT / "tests/topics.txt").read_text(encoding="utf-8").split())
    new = sorted(set(event_classes()) - frozen)
    assert not new, "add to tests/topics.txt:\n" + "\n".join(new)


def test_a_frozen_topic_still_has_its_event() -> None:
    frozen = (ROOT / "tests/topics.txt").read_text(encoding="utf-8").split()
    gone = [topic for topic in frozen if topic not in event_classes()]
    assert not gone, "stored events of these topics can no longer be read:\n" + "\n".join(gone)
    assert frozen == sorted(set(frozen)), "tests/topics.txt is sorted, each topic once"


@pytest.mark.parametrize(
    ("packages", "decorator", "register"),
    [
        (("workflows",), "workflow.defn", "WORKFLOWS"),
        (("activities", "projections"), "activity.defn", "ACTIVITIES"),
    ],
)
def test_the_worker_registers_all_that_is_defined(
    packages: tuple[str, ...], decorator: str, register: str
) -> None:
    registered = {entry.__name__ for entry in getattr(import_module("worker"), register)}
    defined = {name for package in packages for name in classes_of(package, decorator)}
    assert defined == registered


def test_no_activity_is_interrupted_in_the_middle() -> None:
    """A cancelled activity would get its exception between two statements, and a connection that
    it had just begun a transaction on would go back to the pool with it."""
    interrupted = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files("activities", "projections")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) == "activity.defn"
        and "no_thread_cancel_exception=True"
        not in path.read_text(encoding="utf-8").splitlines()[node.lineno - 1]
    ]
    assert interrupted == []


def test_a_slice_with_a_workflow_has_its_file_in_every_layer() -> None:
    slices = {path.parent.name for path in (ROOT / "domain").glob("*/model.py")}
    with_workflow = sorted(name for name in slices if (ROOT / f"workflows/{name}.py").exists())
    files = [ROOT / layer / f"{name}.py" for name in with_workflow for layer in LAYERS[2:]]
    assert named([path for path in files if not path.exists()]) == []


def test_the_product_imports_only_what_it_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {canonical(re.split(r"[^\w.-]", line)[0]) for line in project["dependencies"]}
    own = {*LAYERS, "worker", "cli", *sys.stdlib_module_names}
    distributions = packages_distributions()
    undeclared = {
        module
        for path in [*ROOT.glob("*.py"), *python_files(*LAYERS)]
        for module in imported(path) - own
        if not declared & {canonical(name) for name in distributions.get(module, [])}
    }
    assert sorted(undeclared) == []


@pytest.mark.parametrize("module", ["cli", "worker", "domain", "runtime"])
def test_the_installation_follows_the_source(module: str, tmp_path: Path) -> None:
    """A copy made at installation would go on running after the source has changed."""
    ask = f"import {module}; print({module}.__file__)"
    # From elsewhere, as the directory one stands in comes first.
    told = subprocess.run(
        [sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(told.stdout.strip()).is_relative_to(ROOT)
    assert "site-packages" not in told.stdout
