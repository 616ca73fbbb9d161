"""Problems: every refusal, wrong input and outage as one kind of document (RFC 9457)."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic_core import to_jsonable_python
from sqlalchemy.exc import TimeoutError as PoolExhausted

from api.pages import is_page, refusal_page
from domain.errors import Refusal, Refusals
from domain.labels import Labels
from runtime.interceptors import AWAY

_SECONDS_TO_RETRY: Final = 2
_UNFIT_IN_A_NAME: Final = re.compile(r"[^\w.\-]")
_LONGEST_NAME: Final = 60


class InputInvalid(Refusal):
    """Some fields of the request are not valid."""


class BodyMalformed(Refusal):
    """The body is not a JSON document in UTF-8."""


class BodyTooLarge(Refusal):
    """The body of the request is too large."""


class NothingHere(Refusal):
    """There is nothing at this address."""


class MethodNotAllowed(Refusal):
    """This address does not take that method."""


class StoreAway(Refusal):
    """The database does not answer for now; the request can be repeated with the same key."""


class InternalFault(Refusal):
    """Something went wrong in the system; it was noted."""


_STATUS: Final[Mapping[int, frozenset[str]]] = {
    400: frozenset(
        {"BodyMalformed", "CursorMalformed", "IdempotencyKeyMissing", "PayloadsMalformed"}
    ),
    401: frozenset({"KeyMissing", "KeyUnknown", "KeyRevoked", "KeyExpired", "LinkExpired"}),
    403: frozenset(
        {
            "ActorNotActive", "ActorNotProven", "AttachmentMasked", "ExcludedFromTask",
            "FilingNotAllowed", "ForOperatorsOnly", "InstructionNotYours", "LinksNotYours",
            "NotCandidate", "PostNotYours",
            "NotYourBatch", "NotYourCase", "NotYourTask", "OrderNotYours", "RegistrationNotAllowed",
            "RosterNotYours",
        }
    ),
    404: frozenset(
        {
            "AbsenceUnknown", "AttachmentUnknown", "BatchUnknown", "CaseUnknown", "CodeUnknown",
            "DraftUnknown", "InstructionUnknown", "LetterUnknown", "LinkUnknown", "NothingHere",
            "PartyUnknown", "PersonUnknown", "SubstitutionUnknown", "TaskUnknown", "TextUnknown",
        }
    ),
    405: frozenset({"MethodNotAllowed"}),
    409: frozenset(
        {
            "AbsenceKnown", "AlreadyClaimed", "CaseClosed", "CaseOnHold",
            "CompetenceAlreadyDecided",
            "FeedbackNotWaiting", "HeldAlready", "JoinedElsewhere", "KeyUsedForAnotherRequest",
            "NotAMotion", "NotLeftAside", "NotOnHold",
            "NotParked", "NothingToJustify", "OrderNotOpen", "PersonDiffers", "PriorityUnchanged",
            "ReferralNotOpen", "ReferralNotReturned", "StageForbids", "StepNotTakenBack",
            "SubstitutionKnown",
            "TaskChanged", "TaskNotAsked",
            "TaskNotOpen", "TextDiffers", "TooManyUploads",
        }
    ),
    410: frozenset({"PersonErased"}),
    413: frozenset({"BodyTooLarge"}),
    415: frozenset({"AttachmentTypeDiffers", "AttachmentTypeNotAllowed"}),
    500: frozenset({"InternalFault"}),
    503: frozenset({"ProcessAway", "ReadSideBehind", "StoreAway"}),
}  # fmt: skip
"""Any other refusal is about what was sent: 422."""

_BY_STATUS: Final[Mapping[int, type[Refusal]]] = {
    400: BodyMalformed,
    404: NothingHere,
    405: MethodNotAllowed,
}
"""What the framework itself refuses."""

Handler = Callable[[Request, Exception], Awaitable[Response]]

_STATUS_BY_NAME: Final = {name: code for code, names in _STATUS.items() for name in names}

Named = Mapping[str, Any]
"""A refusal as data: its name, sentence and facts."""


class Refused(Exception):
    """Refusals that come as data, from the workflow of a case."""

    def __init__(self, refusals: Sequence[Named]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(", ".join(named["refusal"] for named in refusals))


def status_of(name: str) -> int:
    return _STATUS_BY_NAME.get(name, 422)


def named_by(error: Exception) -> tuple[Named, ...] | None:
    """The refusals that an exception carries as data; None when it is none of ours."""
    match error:
        case Refusals():
            return tuple(error.as_data())
        case Refused():
            return error.refusals
        case Refusal():
            return (error.as_data(),)
    return (StoreAway().as_data(),) if isinstance(error, (PoolExhausted, *AWAY)) else None


def problem(
    refusals: Sequence[Named],
    labels: Labels,
    language: str = "",
    errors: Iterable[Mapping[str, str]] = (),
) -> JSONResponse:
    """The answer to a request that was refused; the first refusal names the whole."""
    shown = [_shown(named, labels) for named in refusals]
    first = shown[0]
    status = status_of(first["refusal"])
    document = {
        "type": f"/problems/{first['refusal']}",
        "title": first["sentence"],
        "status": status,
        "detail": first["sentence_pl"] if speaks_polish(language) else first["sentence"],
        "sentence_pl": first["sentence_pl"],
        "refusal": first["refusal"],
        "facts": first["facts"],
        "errors": [*errors, *_errors_of(shown)],
        "refusals": shown,
    }
    return JSONResponse(
        document, status, headers=_headers(status), media_type="application/problem+json"
    )


def speaks_polish(accept_language: str) -> bool:
    """Whether the first language that the client names is Polish."""
    return accept_language.strip().lower().startswith("pl")


def install(app: FastAPI, labels: Labels) -> None:
    """Answer everything that endpoints raise with a problem."""

    def answer(
        request: Request, refusals: Sequence[Named], errors: Iterable[Mapping[str, str]] = ()
    ) -> Response:
        if is_page(request.url.path):
            names = [named["refusal"] for named in refusals]
            return refusal_page(names, status_of(names[0]), labels)
        return problem(refusals, labels, request.headers.get("accept-language", ""), errors)

    async def refused(request: Request, error: Exception) -> Response:
        return answer(request, named_by(error) or [StoreAway().as_data()])

    def refused_as(refusal: type[Refusal]) -> Handler:
        async def http(request: Request, _: Exception) -> Response:
            return answer(request, [refusal().as_data()])

        return http

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = error.errors()
        if any(each["type"] == "json_invalid" for each in found):
            return answer(request, [BodyMalformed().as_data()])
        return answer(request, [InputInvalid().as_data()], input_errors(found))

    for kind in (Refusal, Refusals, Refused, PoolExhausted, *AWAY):
        app.add_exception_handler(kind, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    for status, refusal in _BY_STATUS.items():
        app.add_exception_handler(status, refused_as(refusal))


def input_errors(found: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """What pydantic found, by field; the value that was sent is never repeated."""
    for error in found:
        where, *path = error["loc"]
        yield {"field": ".".join(map(field_name, path)) or str(where), "problem": error["msg"]}


def field_name(part: object) -> str:
    """A field as the client called it, without what does not belong in a name."""
    return _UNFIT_IN_A_NAME.sub("?", str(part).encode(errors="replace").decode())[:_LONGEST_NAME]


def _shown(named: Named, labels: Labels) -> dict[str, Any]:
    name = named["refusal"]
    return {
        "refusal": name,
        "sentence": named["sentence"],
        "sentence_pl": labels.of(name, "refusals"),
        "facts": to_jsonable_python(named["facts"], fallback=str),
    }


def _errors_of(shown: Iterable[Named]) -> Iterator[dict[str, str]]:
    """The fields that refusals are about."""
    for named in shown:
        facts = named["facts"]
        if "field" in facts:
            yield {"field": facts["field"], "problem": named["sentence"]}
        for each in facts.get("fields", ()):
            # Of a form: the field and what is wrong with it; of texts: their places.
            if isinstance(each, Mapping):
                yield {"field": each["field"], "problem": each["problem"]}
            else:
                yield {"field": each.removeprefix("."), "problem": named["sentence"]}


def _headers(status: int) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(_SECONDS_TO_RETRY)} if status == 503 else {}
