"""Read the records that a strict decoder refuses, value by value, and say what could not be read.

Seen in real dumps: cut lines, two records on one line, bad UTF-8, halves of surrogate pairs, raw control characters,
ids as strings, numbers beyond 64 bits, wrong types. What is certain is kept; the rest is left out and reported.
"""

import json
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, TypeVar, cast

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
Number = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]

T = TypeVar("T", bound=msgspec.Struct)
# Half of a surrogate pair is no UTF-8, which msgspec wants where it reads a number from text.
NO_FIT = (msgspec.ValidationError, OverflowError, UnicodeEncodeError)
_JSON = json.JSONDecoder(strict=False)


def objects(line: bytes) -> Iterator[dict[str, Any] | str]:
    """Give the JSON objects on a line, and as text what is wrong with the rest of it."""
    text = line.decode("utf-8", "replace").strip().removeprefix("\ufeff")
    at = 0
    while at < len(text):
        try:
            value, at = _JSON.raw_decode(text, at)
        except RecursionError:
            yield "nested too deep"
            return
        except ValueError:  # json.JSONDecodeError, and integers of more than 4,300 digits
            yield "not JSON" if text[at] not in "{[" else "broken or cut JSON"
            return
        yield value if isinstance(value, dict) else "not a JSON object"
        while at < len(text) and text[at].isspace():
            at += 1


def fitted(value: object, kind: type[T], report: Callable[[str], None]) -> T:
    """Make a Struct of a decoded object, laxly; what does not fit is left out and reported."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except NO_FIT:
        return mend(value, kind, report) or kind()


def mend(value: object, kind: type[T], report: Callable[[str], None], name: str = "") -> T | None:
    """Make a Struct of a decoded object, leaving out and reporting by name each value that does not fit its field."""
    if not isinstance(value, dict):
        report(f"{name}: wrong type")
        return None
    fields: dict[str, Any] = {}
    for field, key, wanted in _fields(kind):
        if value.get(key) is not None:
            fields[field] = _mended(value[key], wanted, report, f"{name}.{key}".lstrip("."))
    return kind(**{field: fitting for field, fitting in fields.items() if fitting is not None})


@cache
def _fields(kind: type[msgspec.Struct]) -> list[tuple[str, str, Any]]:
    """List a Struct's fields: the name, the name in JSON, the type."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return [(field.name, field.encode_name, hints[field.name]) for field in msgspec.structs.fields(kind)]


def _mended(value: object, wanted: object, report: Callable[[str], None], name: str) -> object:
    one, each = _structs(wanted)
    if isinstance(value, str) and str in typing.get_args(wanted):  # a cell of CSV holds as text what JSON nests
        return value
    if each is not None and isinstance(value, list):
        mended = (mend(item, each, report, name) for item in value)
        return [item for item in mended if item is not None]
    if one is not None:
        return mend(value, one, report, name)
    for attempt in (value, str(value)) if type(value) is int else (value,):  # an id may stand for its digits
        try:
            return msgspec.convert(attempt, cast("type[object]", wanted), strict=False)
        except NO_FIT:
            continue
    report(f"{name}: wrong type or out of range")
    return None


Kind = type[msgspec.Struct] | None


@cache
def _structs(wanted: object) -> tuple[Kind, Kind]:
    """Find the Struct in an annotation like `list[Url] | Url | None`, and that of the items of a list."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return wanted, None
    if origin is list:
        return None, _structs(arguments[0])[0]
    if origin in (types.UnionType, typing.Union):
        found = [_structs(argument) for argument in arguments]
        return next((one for one, _ in found if one), None), next((each for _, each in found if each), None)
    return None, None
