"""Why the roster cannot be changed so."""

from domain.errors import Refusal


class PostHeld(Refusal):
    """Somebody holds this post on some of these days."""


class RoleHeld(Refusal):
    """The person holds this role on some of these days already."""


class NotHeld(Refusal):
    """The person does not hold this post or role on that day."""


class PostOfOnePerson(Refusal):
    """This post has one holder: it is filled and vacated, not granted."""


class RoleOfSeveral(Refusal):
    """Several people may hold this role: it is granted and revoked, and replaced by person."""


class PostComesWithAnother(Refusal):
    """This post belongs to whoever holds another one."""


class SubstituteMissing(Refusal):
    """An absence on a single-person post needs a substitute."""


class SubstituteOfOneself(Refusal):
    """Nobody stands in for themselves."""


class SubstituteNotActive(Refusal):
    """The substitute holds no valid role on the first day."""


class NothingHeld(Refusal):
    """The person holds no post or role on any of these days."""


class PostVacant(Refusal):
    """Nobody holds this post on any of these days."""


class SubstitutionInThePast(Refusal):
    """A substitution cannot begin before today."""


class SubstitutionUnknown(Refusal):
    """There is no such substitution."""


class SubstitutionKnown(Refusal):
    """This substitution is granted already, for the same days and tasks."""


class SubstitutionOver(Refusal):
    """The substitution does not run on that day."""


class SubstitutionEndInThePast(Refusal):
    """A substitution cannot be ended before today."""


class AbsenceUnknown(Refusal):
    """There is no such absence."""


class AbsenceKnown(Refusal):
    """This absence, from the same day to the same day, is noted already."""


class AbsenceOver(Refusal):
    """Nothing of the absence is left from that day on."""


class AbsenceEndInThePast(Refusal):
    """An absence cannot be taken back for days before today."""


class RosterNotYours(Refusal):
    """Only the person concerned, the head of the unit and the posts above may note this."""


class TaskTypeUnknown(Refusal):
    """There is no such type of task."""
