"""Letters on paper: in the window of their envelope, whole, and the same bytes every time."""

from datetime import date
from pathlib import Path

from activities.paper import on_paper
from tests.paper import A4, in_the_window, pages_of, said

SIGNATURE = Path("activities/templates/signature.txt.j2").read_text(encoding="utf-8")
HEAD = "Halina Dąbrowska, kierownik komórki (KS-06)"
ADDRESS = "Łucja Żółć-Wiśniewska\nul. Kalwaryjska 30/12\n30-504 Kraków"
BODY = f"""Szanowni Państwo,

w odpowiedzi na zgłoszenie INT-2026-000123 z dnia 05.10.2026
zawiadamiamy o sposobie jego załatwienia (art. 238 i 247 Kodeksu postępowania
administracyjnego).

Wynik: załatwiono
Miejsce: ul. Długa 12

#evil *x* $1$ Zażółć gęślą jaźń.

{HEAD}
{SIGNATURE}"""


def pdf(body: str = BODY, address: str = ADDRESS) -> bytes:
    return on_paper(
        reference="INT-2026-000123",
        day=date(2026, 10, 13),
        address=address,
        subject="Sposób załatwienia zgłoszenia INT-2026-000123",
        body=body,
        signature=SIGNATURE,
        signers=frozenset({HEAD}),
    ).as_pdf()


def test_a_letter_has_all_that_a_letter_of_the_office_has() -> None:
    pages = pages_of(pdf())
    text = said(pages)
    for part in (
        "Urząd Miasta Krakowa", "Referat ds. Kontaktów z Mieszkańcami (KS-06)",
        "Kraków, 13 października 2026 r.", "Znak sprawy: INT-2026-000123",
        "Sposób załatwienia zgłoszenia INT-2026-000123",
        "zgłoszenie INT-2026-000123 z dnia 05.10.2026 zawiadamiamy o sposobie",
        "#evil *x* $1$ Zażółć gęślą jaźń.", "Strona 1 z 1",
    ):  # fmt: skip
        assert part in text
    assert text.count("Wydział Komunikacji Społecznej") == 1
    assert "Halina Dąbrowska kierownik komórki (KS-06)" in text
    assert "wysłano automatycznie" not in text
    assert tuple(map(round, pages[0].get_size())) == A4


def test_a_letter_that_nobody_signs_says_so() -> None:
    text = said(pages_of(pdf(BODY.replace(f"{HEAD}\n", ""))))
    assert "Pismo wysłano automatycznie; nie wymaga podpisu." in text
    assert "Halina" not in text


def test_the_window_shows_the_address_and_nothing_else() -> None:
    assert in_the_window(pages_of(pdf())) == ADDRESS
    long = "\n".join(["Wspólnota Mieszkaniowa", "nieruchomości", *ADDRESS.splitlines(), "Polska"])
    assert in_the_window(pages_of(pdf(address=long))) == long


def test_an_address_that_is_too_long_is_set_smaller_and_loses_nothing() -> None:
    address = "\n".join(["Wspólnota Mieszkaniowa nieruchomości przy ulicy Długiej " * 4, ADDRESS])
    shown = " ".join(in_the_window(pages_of(pdf(address=address))).split())
    assert shown == " ".join(address.split())


def test_the_same_letter_is_the_same_bytes() -> None:
    assert pdf() == pdf()
    assert pdf() != pdf(BODY.replace("załatwiono", "zaplanowano"))


def test_a_long_letter_goes_on_over_numbered_pages_and_loses_nothing() -> None:
    report = "\n\n".join(f"Akapit {number}. " + "Zażółć gęślą jaźń. " * 12 for number in range(40))
    pages = pages_of(pdf(report + f"\n\n{HEAD}\n{SIGNATURE}"))
    assert len(pages) > 2
    text = said(pages)
    assert all(f"Akapit {number}." in text for number in range(40))
    assert f"Strona {len(pages)} z {len(pages)}" in text


def test_lines_that_a_template_wrapped_flow_and_short_ones_stay() -> None:
    letter = on_paper(
        reference="INT-2026-000123",
        day=date(2026, 10, 13),
        address=ADDRESS,
        subject="-",
        body="Data wpływu: 05.10.2026\nRodzaj sprawy: dziura\n\npierwszy wiersz\ni drugi",
        signature=SIGNATURE,
        signers=frozenset(),
    )
    assert letter.paragraphs == (
        ("Data wpływu: 05.10.2026", "Rodzaj sprawy: dziura"),
        ("pierwszy wiersz i drugi",),
    )
