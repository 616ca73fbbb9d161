"""`ks roster`: an operator notes absences and substitutes, on the word of those who may."""

from datetime import timedelta

from domain.working_days import local_day
from runtime.settings import Settings
from runtime.store import Store
from tests.activities.desk import Desk
from tests.commands.conftest import Ks, shifted_to


def test_an_absence_is_noted_shown_and_taken_back(ks: Ks, store: Store, settings: Settings) -> None:
    desk = Desk(settings, store).staff()
    clock = shifted_to(desk.at)
    first = local_day(desk.at)
    days = ("--from", str(first), "--to", str(first + timedelta(days=9)))

    def run(*command: str) -> tuple[int, str]:
        done = ks("roster", *command, KS_CLOCK_SHIFT=clock)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout + done.stderr

    refused = run("absent", "head-a", *days, "--substitute", "clerk-a", "--by", "operator-a")
    assert refused[0] == 1
    assert "RosterNotYours" in refused[1]
    noted = run("absent", "head-a", *days, "--substitute", "clerk-a", "--by", "deputy-media")
    assert noted[0] == 0, noted[1]
    assert noted[1].startswith("noted, substitution 1 (position ")

    code, shown = run("show", "KS-06/head")
    assert code == 0, shown
    assert "away, replaced by clerk-a" in shown
    assert f"the roster on {first}" in shown
    assert "clerk-b" not in shown
    before = run("show", "head-a", "--on", str(first - timedelta(days=30)))[1]
    assert "there" in before
    assert str(first + timedelta(days=9)) in before  # it is still to come then
    assert "clerk-b" in run("show")[1]

    back = ("--from", str(first), "--reason", "pomyłka", "--by")
    assert "RosterNotYours" in run("withdraw", "1", *back, "clerk-b")[1]
    assert run("withdraw", "1", *back, "deputy-media")[0] == 0
    code, shown = run("show", "head-a")
    assert (code, shown.count("none")) == (0, 2)
    assert "AbsenceOver" in run("withdraw", "1", *back, "head-a")[1]


def test_a_substitution_is_granted_and_ended(ks: Ks, store: Store, settings: Settings) -> None:
    desk = Desk(settings, store).staff()
    clock, first = shifted_to(desk.at), local_day(desk.at)
    days = ("--from", str(first), "--to", str(first + timedelta(days=9)))
    given = ks(
        "roster", "substitute", "clerk-a", *days, "--post", "deputy_media",
        "--task-type", "decide_silence", "--by", "director-a", KS_CLOCK_SHIFT=clock,
    )  # fmt: skip
    assert given.returncode == 0, given.stderr
    shown = ks("roster", "show", "deputy_media", KS_CLOCK_SHIFT=clock).stdout
    assert "decide_silence" in shown
    assert "director-a" in shown
    ended = ks(
        "roster", "end", "1", "--from", str(first), "--by", "director-a", KS_CLOCK_SHIFT=clock
    )
    assert ended.stdout.startswith("ended, substitution 1"), ended.stderr


def test_what_is_ordered_again_is_known_and_changes_nothing(
    ks: Ks, store: Store, settings: Settings
) -> None:
    desk = Desk(settings, store).staff()
    first = local_day(desk.at)
    days = ("--from", str(first), "--to", str(first + timedelta(days=9)), "--by", "director-a")
    for order, refusal in (
        (("absent", "clerk-a"), "AbsenceKnown"),
        (("substitute", "clerk-a", "--post", "deputy_media"), "SubstitutionKnown"),
    ):
        once, again = (
            ks("roster", *order, *days, KS_CLOCK_SHIFT=shifted_to(desk.at)) for _ in range(2)
        )
        assert once.returncode == 0, once.stderr
        assert again.returncode == 1
        assert refusal in again.stderr


def test_what_was_typed_wrong_is_named(ks: Ks, store: Store, settings: Settings) -> None:
    Desk(settings, store).staff()
    for command, said in (
        (("show", "nikt"), "who: neither a post nor a person"),
        (("absent", "ŻŻ", "--from", "2026-10-05", "--to", "2026-10-06", "--by", "x1"), "person:"),
        (("absent", "clerk-a", "--from", "2026-10-06", "--to", "2026-10-05", "--by", "x1"),
         "valid_to lies before valid_from"),
        (("absent", "clerk-a", "--from", "jutro", "--to", "2026-10-05", "--by", "x1"), "--from"),
        (("substitute", "clerk-a", "--from", "2026-10-05", "--to", "2026-10-05", "--by", "x1"),
         "name either the person or the post"),
        (("end", "0", "--from", "2026-10-05", "--by", "x1"), "number:"),
        (("withdraw", "1", "--from", "2026-10-05", "--reason", "", "--by", "x1"), "reason:"),
    ):  # fmt: skip
        answer = ks("roster", *command)
        assert answer.returncode != 0
        assert said in answer.stderr
        assert "Traceback" not in answer.stderr
