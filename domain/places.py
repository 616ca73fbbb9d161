"""Places as people write them: the same street and number, and how far two points lie apart."""

import re
from math import asin, cos, radians, sin, sqrt
from typing import Final

_EARTH_RADIUS_M: Final = 6_371_000
_STREET_WORD: Final = re.compile(r"^(ulica|ul\.)\s*")


def street_key(street: str) -> str:
    """`ul.  Długa` and `długa` are one street; `al. Pokoju` and `os. Pokoju` are two."""
    return _STREET_WORD.sub("", " ".join(street.casefold().split()))


def number_key(number: str) -> str:
    """`12 A` and `12a` are one number."""
    return "".join(number.casefold().split())


def metres_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Along the surface of the earth, from degrees; the haversine is exact for short ways too."""
    north, east = radians(other_lat - lat), radians(other_lon - lon)
    chord = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east / 2) ** 2
    return 2 * _EARTH_RADIUS_M * asin(sqrt(chord))
