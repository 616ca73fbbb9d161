"""Rebuilding: all read tables made anew from the log, while the old ones go on answering."""

from domain.labels import Labels
from projections.catalogue import projections
from projections.follower import Follower
from runtime.read_side import ReadSide
from runtime.store import Store


def rebuild(store: Store, read_side: ReadSide, labels: Labels) -> int:
    """Fill a second generation, bring it up to the live one and swap; the position reached."""
    read_side.drop_old()
    fresh = read_side.begin_rebuild()
    try:
        follower = Follower(store, lambda: fresh, projections(labels))
        follower.catch_up()
        read_side.swap(fresh, last_pages=follower.catch_up)
    except BaseException:
        read_side.drop(fresh)
        raise
    return follower.position
