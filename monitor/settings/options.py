"""Builds the `Options` of a route or a service from its table, whatever fields that dataclass has."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, get_type_hints

from pydantic import ConfigDict, ValidationError, create_model

from monitor.settings.explain import dotted, nearest
from monitor.settings.files import Document, Location
from monitor.settings.inputs import Inputs


class OptionsClass(Protocol):
    """A frozen dataclass; a field with `field(repr=False)` is a secret and is named by `<field>_env` in TOML."""

    __dataclass_fields__: dict[str, dataclasses.Field[Any]]

    def __call__(self, **fields: object) -> object: ...


def build(
    inputs: Inputs, options: OptionsClass, table: Mapping[str, Any], document: Document, place: Location
) -> object | None:
    """Return the options, or None and what is wrong with the table at this place of the document."""
    before = len(inputs.faults)
    fields = {field.name: field for field in options.__dataclass_fields__.values() if field.init}
    secret = {name for name, field in fields.items() if not field.repr}
    known = (fields.keys() - secret) | {f"{name}_env" for name in secret}

    def fault(key: str | int, wrong: str, right: str) -> None:
        inputs.fault(document, (*place, key), wrong, right)

    for key in sorted(table.keys() - known):
        if key in secret:
            right = f'Write {key}_env = "{key.upper()}" and put the value into .env'
            fault(key, "a secret does not belong in this file", right)
        else:
            fault(key, "unknown key", nearest(key, known))
    plain = {key: value for key, value in table.items() if key in fields and key not in secret}
    values = _check_plain(options, [fields[name] for name in fields if name not in secret], plain, fault)
    for name in sorted(secret):
        value = _secret(inputs, fields[name], table.get(f"{name}_env"), document, (*place, f"{name}_env"))
        if value is not None:
            values[name] = value
    if len(inputs.faults) > before:
        return None
    try:
        return options(**values)
    except ValueError as error:
        inputs.fault(document, place, inputs.environment.hide(str(error)), "Correct this table")
        return None


def _check_plain(
    options: OptionsClass,
    fields: Iterable[dataclasses.Field[Any]],
    plain: dict[str, Any],
    fault: Any,  # noqa: ANN401
) -> dict[str, Any]:
    hints = get_type_hints(options)
    shapes: Any = {field.name: (hints[field.name], ... if _required(field) else None) for field in fields}
    model = create_model("Options", __config__=ConfigDict(arbitrary_types_allowed=True), **shapes)
    try:
        checked = model.model_validate(plain)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            key, wanted = str(details["loc"][0]), _words_for(hints[str(details["loc"][0])])
            if details["type"] == "missing":
                fault(key, "is missing", f"Add {key} = … ({wanted})")
            else:
                fault(key, f"{details['input']!r} does not fit", f"Write {wanted}")
        return {}
    return {name: getattr(checked, name) for name in checked.model_fields_set}


def _secret(
    inputs: Inputs, field: dataclasses.Field[Any], variable: object, document: Document, place: Location
) -> str | None:
    if variable is None:
        if _required(field):
            inputs.fault(document, place, "is missing", f'Add {place[-1]} = "{field.name.upper()}" or the like')
        return None
    if not isinstance(variable, str):
        inputs.fault(document, place, "should be a text", "Write the name of an environment variable")
        return None
    before = len(inputs.faults)
    value = inputs.environment.secret(variable, document.file(place), dotted(place), inputs.faults)
    if value is None and len(inputs.faults) == before:
        right = f"Set it in the environment or in .env, or point {variable}_FILE to a file that holds it"
        inputs.fault(document, place, f"{variable} is not set", right)
    return value


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _words_for(hint: Any) -> str:  # noqa: ANN401
    names = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
    return names.get(hint) or f"a value of the kind {str(hint).replace('typing.', '')}"
