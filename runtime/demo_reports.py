"""What residents of the demo report, and what is asked, answered and written back (in Polish)."""

from collections.abc import Mapping
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


REPORTS: Final[Mapping[str, Report]] = {
    "pothole": Report(
        "roads.pothole", "I", "Długa", "12",
        "Głęboka dziura w jezdni, około 40 cm, tuż za przejściem dla pieszych. Rowerzyści "
        "zjeżdżają na tory, żeby ją ominąć.",
        ("ZDMK",),
        "Proszę o usunięcie ubytku i wskazanie terminu naprawy.",
        "Ubytek zabezpieczono i uzupełniono masą na gorąco. Stan nawierzchni sprawdzimy po zimie.",
        "Zarząd Dróg Miasta Krakowa usunął ubytek w jezdni. Dziękujemy za zgłoszenie.",
    ),
    "lamp": Report(
        "lighting.street", "VIII", "Tyniecka", "118",
        "Od tygodnia nie świeci pięć latarni między przystankiem a szkołą. Dzieci wracają "
        "po ciemku.",
        ("ZDMK",),
        "Proszę o sprawdzenie obwodu i przywrócenie oświetlenia.",
        "Wymieniono uszkodzony kabel i trzy oprawy, wszystkie latarnie świecą.",
        "Oświetlenie ulicy zostało naprawione, przyczyną był uszkodzony kabel.",
    ),
    "tree_danger": Report(
        "greenery.tree_danger", "VII", "Królowej Jadwigi", "45",
        "Złamany konar wisi nad chodnikiem i przy każdym podmuchu się kołysze. Boję się "
        "tamtędy iść.",
        ("ZZM",),
        "Proszę o pilne usunięcie zagrożenia i oględziny drzewa.",
        "Konar usunięto tego samego dnia, drzewo objęto przeglądem dendrologicznym.",
        "Zagrożenie zostało usunięte, drzewo będzie dalej obserwowane.",
        emergency=True,
    ),
    "bins": Report(
        "cleanliness.bins", "XIII", "Kalwaryjska", "60",
        "Kosz przy przystanku jest przepełniony od piątku, śmieci leżą na całym chodniku.",
        ("MPO", "ZTP"),
        "Proszę o opróżnienie kosza i ocenę częstotliwości odbioru.",
        "Kosz opróżniono, odbiór zwiększono do trzech razy w tygodniu.",
        "Kosz został opróżniony, a odpady będą odbierane częściej.",
    ),
    "stop": Report(
        "transport.stop", "XVIII", "Ujastek", "7",
        "Wiata przystankowa ma rozbitą szybę, a ławka jest wyrwana. Starsi ludzie nie mają gdzie "
        "usiąść.",
        ("ZTP",),
        "Proszę o naprawę wiaty i ławki.",
        "Szybę i ławkę ujęto w harmonogramie, wymiana nastąpi w ciągu trzech tygodni.",
        "Wiata przystankowa zostanie naprawiona w ciągu trzech tygodni.",
    ),
    "pavement": Report(
        "roads.pavement", "V", "Królewska", "33",
        "Zapadnięte płyty chodnika przed apteką; wczoraj przewróciła się tam moja sąsiadka.",
        ("ZDMK", "ZZM"),
        "Proszę o wyrównanie nawierzchni i ustalenie, czy przyczyną są korzenie drzew.",
        "Płyty przełożono na odcinku sześciu metrów.",
        "Chodnik został naprawiony. W sprawie odszkodowania prosimy o osobne pismo.",
    ),
    "noise": Report(
        "environment.noise", "XI", "Wielicka", "28",
        "Budowa hałasuje po dwudziestej drugiej, nie da się spać. Proszę o kontrolę.",
        ("SM", "UMK-WS"),
        "Proszę o kontrolę prac w porze nocnej i pomiar hałasu.",
        "Przeprowadzono dwie kontrole, wykonawcę pouczono; prace nocne wstrzymano.",
        "Straż Miejska skontrolowała budowę, a wykonawca wstrzymał prace w nocy.",
    ),
    "inlet": Report(
        "water.inlet", "XII", "Mieczysławy Ćwiklińskiej", "9",
        "Po każdym deszczu stoi woda, kratka jest zapchana liśćmi i błotem.",
        ("KEGW",),
        "Proszę o oczyszczenie wpustu i sprawdzenie drożności przykanalika.",
        "Wpust oczyszczono, przykanalik jest drożny.",
        "Wpust uliczny został oczyszczony, woda spływa prawidłowo.",
    ),
    "sign": Report(
        "traffic.sign", "XIV", "Żwirki i Wigury", "3",
        "Znak STOP jest obrócony i niewidoczny dla jadących od strony Czyżyn.",
        ("ZDMK",),
        "Proszę o poprawienie ustawienia znaku.",
        "Znak ustawiono prawidłowo i wzmocniono mocowanie słupka.",
        "Oznakowanie skrzyżowania zostało poprawione.",
    ),
    "park": Report(
        "greenery.park", "XVI", "Bieńczycka", "15",
        "Na placu zabaw zjeżdżalnia ma ostrą, odgiętą krawędź. Córka rozcięła rękę.",
        ("ZZM",),
        "Proszę o wyłączenie urządzenia i naprawę.",
        "Zjeżdżalnię wyłączono z użytku, naprawa jest zaplanowana.",
        "Urządzenie wyłączono; zostanie naprawione w zaplanowanym terminie.",
    ),
    "repair": Report(
        "housing.repair", "XVII", "Grębałowska", "2",
        "W budynku komunalnym przecieka dach, na klatce schodowej są zacieki i grzyb na ścianie.",
        ("ZBK",),
        "Proszę o oględziny dachu i plan naprawy.",
        "Naprawa dachu wymaga dokumentacji; w tym roku nie ma na nią środków.",
        "Naprawa dachu nie jest możliwa w tym roku, doraźnie zabezpieczono pokrycie.",
    ),
    "vehicle": Report(
        "transport.vehicle", "XV", "Piasta Kołodzieja", "20",
        "W tramwaju linii 52 od dwóch dni nie działa ogrzewanie, w środku jest "
        "zimniej niż na dworze.",
        ("MPK",),
        "Proszę o sprawdzenie ogrzewania w składach tej linii.",
        "W dwóch składach wymieniono sterowniki ogrzewania.",
        "Ogrzewanie w tramwajach zostało naprawione.",
    ),
    "smoke": Report(
        "environment.smoke", "IX", "Zakopiańska", "101",
        "Z komina sąsiedniego domu leci gęsty, gryzący dym, chyba palą płytą meblową.",
        ("SM",),
        "Proszę o kontrolę paleniska i pobranie próbki popiołu.",
        "Kontrola odbyła się w dniu zgłoszenia; nałożono mandat, próbkę przekazano do badania.",
        "Straż Miejska skontrolowała palenisko i podjęła czynności wobec właściciela.",
    ),
    "sport": Report(
        "services.sport", "IV", "Opolska", "5",
        "Orlik jest zamknięty w sobotę, choć na tablicy napisano, że jest czynny do dwudziestej.",
        ("ZIS",),
        "Proszę o wyjaśnienie godzin otwarcia i poprawienie tablicy.",
        "Animator był chory; zastępstwo ustalono, tablicę poprawiono.",
        "Godziny otwarcia boiska zostały wyjaśnione i poprawione na tablicy.",
    ),
    "lamp_again": Report(
        "lighting.street", "VIII", "Tyniecka", "120",
        "Koło szkoły na Tynieckiej jest zupełnie ciemno, nie świeci kilka latarni z rzędu.",
        ("ZDMK",), "", "", "",
    ),
    "mowing": Report(
        "greenery.mowing", "XIV", "al. Pokoju", "16",
        "Pas zieleni przy jezdni nie był koszony od maja, zasłania wyjazd z parkingu.",
        ("ZZM", "ZDMK"),
        "Proszę o skoszenie pasa przy jezdni.",
        "Pas skoszono na całej długości.",
        "Pas zieleni przy alei Pokoju został skoszony.",
    ),
    "signal": Report(
        "traffic.signal", "XIV", "Nowohucka", "22",
        "Zielone dla pieszych trwa cztery sekundy, starsze osoby nie zdążą przejść.",
        ("ZDMK",),
        "Proszę o sprawdzenie programu sygnalizacji.",
        "Program zmieniono, zielone dla pieszych trwa dwanaście sekund.",
        "Czas zielonego światła dla pieszych został wydłużony.",
    ),
    "dumping": Report(
        "cleanliness.dumping", "X", "Myślenicka", "150",
        "Ktoś wysypał gruz i stare opony przy drodze do lasu.",
        ("MPO", "SM"),
        "Proszę o uprzątnięcie i ustalenie sprawcy.",
        "Gruz i opony wywieziono.",
        "Dzikie wysypisko zostało uprzątnięte.",
    ),
    "graffiti": Report(
        "cleanliness.graffiti", "I", "Krupnicza", "8",
        "Znowu ktoś popisał ścianę, proszę coś z tym zrobić.",
        ("SM",), "", "", "",
    ),
    "rudeness": Report(
        "services.office", "III", "Wielopole", "17",
        "Urzędnik przy okienku numer 4 krzyczał na moją mamę i odmówił przyjęcia wniosku. Proszę "
        "wyciągnąć wobec niego konsekwencje.",
        ("UMK-SA",), "", "", "",
    ),
    "petition": Report(
        "traffic.organisation", "VI", "Balicka", "56",
        "W imieniu stu dwudziestu mieszkańców osiedla wnosimy petycję o progi zwalniające.",
        ("ZDMK",), "", "", "",
    ),
    "trial": Report(
        "services.other", "II", "Mogilska", "41",
        "Próba formularza przed szkoleniem, proszę zignorować.",
        ("UMK-KS",), "", "", "",
    ),
    "advert": Report(
        "housing.advert", "IV", "Wrocławska", "53",
        "Baner na elewacji zasłania mi okno kuchni.",
        ("UMK-AU",),
        "Proszę o sprawdzenie, czy baner jest legalny.",
        "", "",
    ),
    "snow": Report(
        "cleanliness.winter", "XI", "Wielicka", "100",
        "Chodnik i przystanek są oblodzone, nikt ich nie posypał od dwóch dni.",
        ("MPO", "ZTP"),
        "Proszę o odśnieżenie i posypanie chodnika oraz przystanku.",
        "Chodnik odśnieżono i posypano.",
        "MPO odśnieżyło chodnik. O przystanku zawiadomimy osobno, gdy odpowie ZTP.",
    ),
    "trees": Report(
        "greenery.park", "VI", "Na Błonie", "9",
        "Na skwerze po wycince nie ma ani jednego drzewa, prosimy o nowe nasadzenia.",
        ("ZZM",),
        "Proszę o informację o planowanych nasadzeniach.",
        "Posadzimy dwanaście lip.",
        "Zarząd Zieleni Miejskiej posadzi na skwerze dwanaście lip.",
    ),
    "bridge": Report(
        "roads.bridge", "XIII", "Nadwiślańska", "1",
        "Na kładce odpadają deski, przez szczeliny widać wodę.",
        ("ZDMK",),
        "Proszę o przegląd kładki i wymianę desek.",
        "", "",
    ),
    "timetable": Report(
        "transport.timetable", "XII", "Teligi", "26",
        "Autobus 133 odjeżdża minutę przed przyjazdem tramwaju i trzeba czekać pół godziny.",
        ("ZTP",),
        "Proszę o sprawdzenie, czy rozkłady można skomunikować.",
        "", "",
    ),
    "stairs": Report(
        "roads.accessibility", "X", "Kobierzyńska", "93",
        "Mieszkanka na wózku nie może dostać się do przychodni: przy schodach nie ma podjazdu.",
        ("ZDMK",),
        "Proszę o ocenę możliwości wykonania podjazdu.",
        "", "",
    ),
    "heritage": Report(
        "housing.heritage", "I", "Grodzka", "27",
        "Z gzymsu kamienicy odpadł kawałek sztukaterii.",
        ("UMK-KZ",),
        "Proszę o oględziny elewacji.",
        "", "",
    ),
    "estate": Report(
        "cleanliness.street", "XV", "os. Kalinowe", "12",
        "Na parkingu spółdzielni od miesiąca nikt nie sprząta potłuczonego szkła.",
        ("EXT-ZARZADCA",),
        "Przekazujemy do rozpatrzenia według właściwości.",
        "", "",
    ),
}  # fmt: skip

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

AT_HOME: Final = ("Eugenia Szczęsna", "ul. Szewska 3/7, 31-009 Kraków")
"""Has no e-mail: what she is written goes by post."""

COUNCILLOR: Final = "radna.mazur@rada.invalid"

UNREACHABLE: Final = ("Wacław Gżegżółka", "bounce@poczta.invalid")
"""The embedded mail server refuses letters to this address."""

MISSING: Final = "Proszę podać datę wykonania prac i dołączyć zdjęcie miejsca po naprawie."
WHY_NOT: Final = (
    "Zakres prac wymaga dokumentacji technicznej, a zadanie nie jest ujęte w budżecie na ten rok."
)
