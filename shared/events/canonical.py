"""Whether two events say the same: a SHA-256 over the canonical JSON (RFC 8785) of `{type, data}`.

Only known members count, and null is as absent. Numbers are brought to their shortest form here; orjson with sorted keys then
gives the same bytes as RFC 8785, as the names of all members are ASCII and known texts hold no control characters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, get_args

import orjson
from pydantic import BaseModel

from shared.events import values


@dataclass(frozen=True, slots=True)
class Shape:
    """The members that a model knows, and how many of them must be there.

    `inner` is the shape of those that are objects, or lists of them; in those `guarded` a personal number may not stand.
    """

    members: frozenset[str]
    required: int
    inner: dict[str, "Shape"]
    guarded: frozenset[str]
    has_numbers: bool


def shape_of(model: type[BaseModel]) -> Shape:
    """The shape of a model, with those of the models within it."""
    fields = model.model_fields
    inner = {name: shape_of(within) for name, field in fields.items() if (within := _model_in(field.annotation))}
    forms = {name: {id(form) for form in _forms_in(field)} for name, field in fields.items()}
    return Shape(
        members=frozenset(fields),
        required=sum(field.is_required() for field in fields.values()),
        inner=inner,
        guarded=frozenset(name for name, found in forms.items() if found & _GUARDED),
        has_numbers=any(_PERCENTAGE in found for found in forms.values()),
    )


def digest(type_name: str, data: dict[str, Any]) -> bytes:
    """The 32 bytes that stand for a content; `data` is plain, or what `known` gives."""
    return sha256(orjson.dumps({"data": data, "type": type_name}, option=orjson.OPT_SORT_KEYS)).digest()


def is_plain(data: dict[str, Any], shape: Shape) -> bool:
    """Whether valid data holds its required members and nothing else, so that it is canonical as it is.

    Valid data has all required members, none of them null: so counting is enough.
    """
    if len(data) != shape.required or shape.has_numbers:
        return False
    for name, inner in shape.inner.items():
        value = data.get(name)
        if type(value) is dict:
            if not is_plain(value, inner):
                return False
        elif value and not all(is_plain(item, inner) for item in value):
            return False
    return True


def is_known(data: dict[str, Any], shape: Shape) -> bool:
    """Whether valid data holds known members only, its inner objects too."""
    if not data.keys() <= shape.members:
        return False
    for name, inner in shape.inner.items():
        value = data.get(name)
        if value is not None and not all(is_known(item, inner) for item in (value if type(value) is list else (value,))):
            return False
    return True


def known(data: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """A copy with known members only, no nulls, numbers in their shortest form."""
    kept = {name: value for name, value in data.items() if value is not None and name in shape.members}
    for name, inner in shape.inner.items():
        value = kept.get(name)
        if type(value) is dict:
            kept[name] = known(value, inner)
        elif value is not None:
            kept[name] = [known(item, inner) for item in value]
    if shape.has_numbers:
        kept = {name: int(value) if type(value) is float and value.is_integer() else value for name, value in kept.items()}
    return kept


def suspects(data: dict[str, Any], shape: Shape, path: str) -> Iterator[tuple[str, str]]:
    """Everything, as text with its path, in which a personal number is refused: guarded members, and unknown ones with their names."""
    for name, value in data.items():
        where = f"{path}.{name}"
        if name not in shape.members:
            yield where, name
        if name in shape.guarded or name not in shape.members:
            yield from _texts(value, where)
        elif name in shape.inner:
            yield from _suspects_within(value, shape.inner[name], where)


def _suspects_within(value: Any, shape: Shape, path: str) -> Iterator[tuple[str, str]]:
    if type(value) is dict:
        yield from suspects(value, shape, path)
    elif type(value) is list:
        for index, item in enumerate(value):
            yield from _suspects_within(item, shape, f"{path}[{index}]")


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if type(value) is dict:
        for name, inner in value.items():
            yield f"{path}.{name}", name
            yield from _texts(inner, f"{path}.{name}")
    elif type(value) is list:
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")
    elif value is not None:
        yield path, str(value)


def _forms_in(field: Any) -> Iterator[values.Form]:
    yield from (form for form in field.metadata if isinstance(form, values.Form))
    yield from _forms_of(field.annotation)


def _forms_of(annotation: Any) -> Iterator[values.Form]:
    for form in getattr(annotation, "__metadata__", ()):
        if isinstance(form, values.Form):
            yield form
    for argument in get_args(annotation):
        yield from _forms_of(argument)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _model_in(argument))), None)


_GUARDED = {id(form) for form in (*_forms_of(values.MsmeId), *_forms_of(values.PublicText))}
_PERCENTAGE = next(id(form) for form in _forms_of(values.Percentage))
