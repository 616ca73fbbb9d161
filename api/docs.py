"""The page of the API for people: from its own description, and from no other server."""

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.services import Here
from domain.labels import Labels

router = APIRouter(tags=["system"])

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@router.get("/docs", include_in_schema=False, response_class=HTMLResponse)
def docs(request: Request) -> str:
    described = request.app.openapi()
    return _templates.get_template("docs.html.j2").render(
        info=described["info"],
        operations=list(_operations(described)),
        schemas={
            name: json.dumps(schema, indent=2, ensure_ascii=False)
            for name, schema in described["components"]["schemas"].items()
        },
    )


@router.get("/labels")
def labels(here: Here) -> Labels:
    """Polish labels of all codes, by group."""
    return here.data.labels


def _operations(described: dict[str, Any]) -> Any:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield {
                "method": method.upper(),
                "path": path,
                "summary": operation.get("description") or operation["summary"],
                "parameters": operation.get("parameters", ()),
                "body": _schema_name(operation.get("requestBody")),
                "answer": _schema_name(operation["responses"].get("200"))
                or _schema_name(operation["responses"].get("201")),
            }


def _schema_name(part: dict[str, Any] | None) -> str:
    """The name of the schema that a body or an answer has, if it has one of its own."""
    content = (part or {}).get("content", {}).get("application/json", {})
    found = json.dumps(content.get("schema", {}))
    _, _, name = found.partition("#/components/schemas/")
    return name.partition('"')[0]
