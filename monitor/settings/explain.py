"""pydantic's errors → faults that name file, key, what is wrong and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from copy import deepcopy
from itertools import takewhile
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from monitor.errors import Fault
from monitor.settings.files import Document, Location

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def checked(model: type[BaseModel], document: Document, place: Location, faults: list[Fault]) -> dict[str, Any] | None:
    """Return the table at this place of the document as the model reads it, and add its faults.

    A table with faults is returned without what is wrong in it, so that the rest can be checked
    further and all is told at once; None if nothing is left to go on with.
    """
    table: Any = document.data
    for key in place:
        table = table[key]
    try:
        return model.model_validate(table).model_dump()
    except ValidationError as error:
        details = error.errors(include_url=False)
        faults.extend(_fault(model, one, document, place) for one in details)
    try:
        return model.model_validate(_without(table, details)).model_dump()
    except ValidationError:
        return None


def _without(table: object, details: Iterable[Any]) -> object:
    """Return a copy of the table less the places of these errors; of a list, nothing is kept."""
    left = deepcopy(table)
    for one in details:
        location = one["loc"][:-1] if one["type"] == "missing" else one["loc"]
        path = tuple(takewhile(lambda part: isinstance(part, str) and part != "[key]", location))
        holder: Any = left
        for part in path[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        if path and isinstance(holder, dict):
            holder.pop(path[-1], None)
    return left


def dotted(location: Location) -> str:
    """Return the key as it would be written in TOML: `channels."t.me/x".rank`."""
    parts: list[str] = []
    for part in location:
        if isinstance(part, int):
            parts.append(f"[{part}]")
        else:
            parts.append(("." if parts else "") + (part if part and set(part) <= _BARE else f'"{part}"'))
    return "".join(parts)


def nearest(name: str, known: Iterable[str], what: str = "key") -> str:
    """Return what would be right instead of an unknown name."""
    choices = sorted(known)
    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]!r}?"
    return f"Known: {', '.join(choices)}" if choices else f"No {what} is known here"


def _fault(model: type[BaseModel], details: Any, document: Document, place: Location) -> Fault:  # noqa: ANN401 - pydantic's TypedDict is not public
    location: Location = tuple(part for part in details["loc"] if part != "[key]")
    file, key = document.file((*place, *location)), dotted((*place, *location)) or "the file"
    if details["type"] == "extra_forbidden":
        fields = _fields(model, location[:-1])
        return Fault(file, key, "unknown key", nearest(str(location[-1]), fields))
    right = _description(model, location) or "See the shipped config/ for an example"
    if details["type"] == "missing":
        return Fault(file, key, "is missing", right)
    return Fault(file, key, _said(details), right)


def _said(details: Any) -> str:  # noqa: ANN401
    given = details["input"]
    if details["type"] == "value_error":
        said = str(details["ctx"]["error"])
    elif details["type"] == "string_pattern_mismatch":
        said = "this has letters that a name cannot have"
    else:
        said = str(details["msg"]).replace("Input should", "should")
    return said if isinstance(given, dict | list) else f"{given!r}: {said}"


def _fields(model: type[BaseModel], location: Location) -> dict[str, FieldInfo]:
    """Return the fields of the model that lies at this place below another."""
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            inner = _inner_model(model.model_fields[part].annotation)
            model = inner or model
    return model.model_fields


def _inner_model(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - an annotation is anything
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_inner_model(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)


def _description(model: type[BaseModel], location: Location) -> str:
    """Return the description of the innermost field on the way to this place that has one."""
    told = ""
    for depth, part in enumerate(location):
        field = _fields(model, location[:depth]).get(str(part))
        if field is None:
            continue
        told = field.description or next((d for d in _descriptions(field.annotation) if d), told)
    return told


def _descriptions(annotation: Any) -> Iterable[str]:  # noqa: ANN401
    for argument in get_args(annotation):
        if isinstance(argument, FieldInfo) and argument.description:
            yield argument.description
        yield from _descriptions(argument)
