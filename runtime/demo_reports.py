"""What residents of the demo report, and what is asked, answered and written back (in Polish)."""

from typing import Final, NamedTuple


class Report(NamedTuple):
    """A matter with the words of everybody who has to do with it."""

    category: str
    district: str
    street: str
    number: str
    text: str
    units: tuple[str, ...]
    """Whom it is forwarded to; the first one leads."""
    question: str
    answer: str
    reply: str
    emergency: bool = False
    """The category is one: the duty officer telephones first."""


REPORTS: Final = (
    Report(
        "roads.pothole", "I", "Długa", "12",
        "Głęboka dziura w jezdni, około 40 cm, tuż za przejściem dla pieszych. Rowerzyści "
        "zjeżdżają na tory, żeby ją ominąć.",
        ("ZDMK",),
        "Proszę o usunięcie ubytku i wskazanie terminu naprawy.",
        "Ubytek zabezpieczono i uzupełniono masą na gorąco. Stan nawierzchni sprawdzimy po zimie.",
        "Zarząd Dróg Miasta Krakowa usunął ubytek w jezdni. Dziękujemy za zgłoszenie.",
    ),
    Report(
        "lighting.street", "VIII", "Tyniecka", "118",
        "Od tygodnia nie świeci pięć latarni między przystankiem a szkołą. Dzieci wracają "
        "po ciemku.",
        ("ZDMK",),
        "Proszę o sprawdzenie obwodu i przywrócenie oświetlenia.",
        "Wymieniono uszkodzony kabel i trzy oprawy, wszystkie latarnie świecą.",
        "Oświetlenie ulicy zostało naprawione, przyczyną był uszkodzony kabel.",
    ),
    Report(
        "greenery.tree_danger", "VII", "Królowej Jadwigi", "45",
        "Złamany konar wisi nad chodnikiem i przy każdym podmuchu się kołysze. Boję się "
        "tamtędy iść.",
        ("ZZM",),
        "Proszę o pilne usunięcie zagrożenia i oględziny drzewa.",
        "Konar usunięto tego samego dnia, drzewo objęto przeglądem dendrologicznym.",
        "Zagrożenie zostało usunięte, drzewo będzie dalej obserwowane.",
        emergency=True,
    ),
    Report(
        "cleanliness.bins", "XIII", "Kalwaryjska", "60",
        "Kosz przy przystanku jest przepełniony od piątku, śmieci leżą na całym chodniku.",
        ("MPO", "ZTP"),
        "Proszę o opróżnienie kosza i ocenę częstotliwości odbioru.",
        "Kosz opróżniono, odbiór zwiększono do trzech razy w tygodniu.",
        "Kosz został opróżniony, a odpady będą odbierane częściej.",
    ),
    Report(
        "transport.stop", "XVIII", "Ujastek", "7",
        "Wiata przystankowa ma rozbitą szybę, a ławka jest wyrwana. Starsi ludzie nie mają gdzie "
        "usiąść.",
        ("ZTP",),
        "Proszę o naprawę wiaty i ławki.",
        "Szybę i ławkę ujęto w harmonogramie, wymiana nastąpi w ciągu trzech tygodni.",
        "Wiata przystankowa zostanie naprawiona w ciągu trzech tygodni.",
    ),
    Report(
        "roads.pavement", "V", "Królewska", "33",
        "Zapadnięte płyty chodnika przed apteką; wczoraj przewróciła się tam moja sąsiadka.",
        ("ZDMK", "ZZM"),
        "Proszę o wyrównanie nawierzchni i ustalenie, czy przyczyną są korzenie drzew.",
        "Płyty przełożono na odcinku sześciu metrów.",
        "Chodnik został naprawiony. W sprawie odszkodowania prosimy o osobne pismo.",
    ),
    Report(
        "environment.noise", "XI", "Wielicka", "28",
        "Budowa hałasuje po dwudziestej drugiej, nie da się spać. Proszę o kontrolę.",
        ("SM", "UMK-WS"),
        "Proszę o kontrolę prac w porze nocnej i pomiar hałasu.",
        "Przeprowadzono dwie kontrole, wykonawcę pouczono; prace nocne wstrzymano.",
        "Straż Miejska skontrolowała budowę, a wykonawca wstrzymał prace w nocy.",
    ),
    Report(
        "water.inlet", "XII", "Mieczysławy Ćwiklińskiej", "9",
        "Po każdym deszczu stoi woda, kratka jest zapchana liśćmi i błotem.",
        ("KEGW",),
        "Proszę o oczyszczenie wpustu i sprawdzenie drożności przykanalika.",
        "Wpust oczyszczono, przykanalik jest drożny.",
        "Wpust uliczny został oczyszczony, woda spływa prawidłowo.",
    ),
    Report(
        "traffic.sign", "XIV", "Żwirki i Wigury", "3",
        "Znak STOP jest obrócony i niewidoczny dla jadących od strony Czyżyn.",
        ("ZDMK",),
        "Proszę o poprawienie ustawienia znaku.",
        "Znak ustawiono prawidłowo i wzmocniono mocowanie słupka.",
        "Oznakowanie skrzyżowania zostało poprawione.",
    ),
    Report(
        "greenery.park", "XVI", "Bieńczycka", "15",
        "Na placu zabaw zjeżdżalnia ma ostrą, odgiętą krawędź. Córka rozcięła rękę.",
        ("ZZM",),
        "Proszę o wyłączenie urządzenia i naprawę.",
        "Zjeżdżalnię wyłączono z użytku, naprawa jest zaplanowana.",
        "Urządzenie wyłączono; zostanie naprawione w zaplanowanym terminie.",
    ),
    Report(
        "housing.repair", "XVII", "Grębałowska", "2",
        "W budynku komunalnym przecieka dach, na klatce schodowej są zacieki i grzyb na ścianie.",
        ("ZBK",),
        "Proszę o oględziny dachu i plan naprawy.",
        "Naprawa dachu wymaga dokumentacji; w tym roku nie ma na nią środków.",
        "Naprawa dachu nie jest możliwa w tym roku, doraźnie zabezpieczono pokrycie.",
    ),
    Report(
        "transport.vehicle", "XV", "Piasta Kołodzieja", "20",
        "W tramwaju linii 52 od dwóch dni nie działa ogrzewanie, w środku jest "
        "zimniej niż na dworze.",
        ("MPK",),
        "Proszę o sprawdzenie ogrzewania w składach tej linii.",
        "W dwóch składach wymieniono sterowniki ogrzewania.",
        "Ogrzewanie w tramwajach zostało naprawione.",
    ),
    Report(
        "environment.smoke", "IX", "Zakopiańska", "101",
        "Z komina sąsiedniego domu leci gęsty, gryzący dym, chyba palą płytą meblową.",
        ("SM",),
        "Proszę o kontrolę paleniska i pobranie próbki popiołu.",
        "Kontrola odbyła się w dniu zgłoszenia; nałożono mandat, próbkę przekazano do badania.",
        "Straż Miejska skontrolowała palenisko i podjęła czynności wobec właściciela.",
    ),
    Report(
        "traffic.illegal_parking", "II", "Grzegórzecka", "77",
        "Wrak bez tablic stoi na chodniku od miesiąca, wózkiem nie da się przejechać.",
        ("SM", "ZDMK"),
        "Proszę o usunięcie pojazdu z drogi publicznej.",
        "Pojazd usunięto na parking depozytowy.",
        "Wrak został usunięty z chodnika.",
    ),
    Report(
        "services.sport", "IV", "Opolska", "5",
        "Orlik jest zamknięty w sobotę, choć na tablicy napisano, że jest czynny do dwudziestej.",
        ("ZIS",),
        "Proszę o wyjaśnienie godzin otwarcia i poprawienie tablicy.",
        "Animator był chory; zastępstwo ustalono, tablicę poprawiono.",
        "Godziny otwarcia boiska zostały wyjaśnione i poprawione na tablicy.",
    ),
)  # fmt: skip

SENDERS: Final = (
    ("Żaneta Wójcik", "zaneta.wojcik@poczta.invalid"),
    ("Łukasz Śliwa", "lukasz.sliwa@poczta.invalid"),
    ("Małgorzata Król", "malgorzata.krol@poczta.invalid"),
    ("Świętosław Źrebiec", "s.zrebiec@poczta.invalid"),
    ("Grażyna Błażej", "grazyna.blazej@poczta.invalid"),
    ("Józef Ćwikła", "jozef.cwikla@poczta.invalid"),
    ("Bożena Pająk", "bozena.pajak@poczta.invalid"),
    ("Michał Żółtowski", "michal.zoltowski@poczta.invalid"),
)

UNREACHABLE: Final = ("Wacław Gżegżółka", "bounce@poczta.invalid")
"""The embedded mail server refuses letters to this address."""

MISSING: Final = "Proszę podać datę wykonania prac i dołączyć zdjęcie miejsca po naprawie."
WHY_NOT: Final = (
    "Zakres prac wymaga dokumentacji technicznej, a zadanie nie jest ujęte w budżecie na ten rok."
)
