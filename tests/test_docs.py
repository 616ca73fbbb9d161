"""What the documentation promises: one meaning for a word, links and commands that exist."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import yaml

from tests.process_page import PAGE, written

ROOT = Path(__file__).parents[1]
BUILT = {"intervention", "office", "system"}
"""Parts of the vocabulary that the code holds so far."""


def glossary_codes() -> list[str]:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    return re.findall(r"^\|[^|]+\|[^|]+\| `([^`]+)` \|", text, re.MULTILINE)


def test_a_code_word_stands_in_the_glossary_once() -> None:
    assert [word for word, times in Counter(glossary_codes()).items() if times > 1] == []


def test_the_glossary_explains_every_code_word_of_the_built_domains() -> None:
    data = yaml.safe_load((ROOT / "domain/data/glossary.yaml").read_text(encoding="utf-8"))
    words = {term["code"] for term in data if term["domain"] in BUILT and "code" in term}
    assert sorted(words - set(glossary_codes())) == []


def test_the_page_of_the_process_is_what_the_code_runs_by() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page) == page, "run `make process`"


def test_every_link_between_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8"))
        if not target.startswith("http") and not (document.parent / target).exists()
    ]
    assert broken == []


def documented_commands() -> set[str]:
    """What the operations page and the composition let an operator run."""
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    composition = yaml.safe_load((ROOT / "docker/compose.yaml").read_text(encoding="utf-8"))
    services = [s for s in composition["services"].values() if s.get("image") == "ks"]
    return {*re.findall(r"`ks (\w+)", page), *(service["command"][0] for service in services)}


def test_every_documented_command_exists() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", "from cli import main; main()", "--help"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    offered = set(re.findall(r"\w+", shown.stdout))
    assert documented_commands() >= {"worker", "follow", "api", "mail"}
    assert sorted(documented_commands() - offered) == []
