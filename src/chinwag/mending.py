"""Read the records that a strict decoder refuses, value by value, and say what could not be read.

Seen in real dumps: cut lines, two records on one line, bad UTF-8, halves of surrogate pairs, raw control characters,
ids as strings, numbers beyond 64 bits, wrong types. What is certain is kept; the rest is left out and reported.
"""

import json
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T", bound=msgspec.Struct)
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


def mend(value: object, kind: type[T], report: Callable[[str], None], name: str = "") -> T | None:
    """Make a Struct of a decoded object, leaving out and reporting by name each value that does not fit its field."""
    if not isinstance(value, dict):
        report(f"{name}: wrong type")
        return None
    fields: dict[str, Any] = {}
    for key, wanted in _fields(kind).items():
        if value.get(key) is not None:
            fields[key] = _mended(value[key], wanted, report, f"{name}.{key}".lstrip("."))
    return kind(**{key: fitting for key, fitting in fields.items() if fitting is not None})


@cache
def _fields(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)


def _mended(value: object, wanted: object, report: Callable[[str], None], name: str) -> object:
    kind, items = _struct(wanted)
    if kind is not None and not items:
        return mend(value, kind, report, name)
    if kind is not None and isinstance(value, list):
        mended = (mend(item, kind, report, name) for item in value)
        return [item for item in mended if item is not None]
    for attempt in (value, str(value)) if type(value) is int else (_whole(value),):  # an id may stand for its digits
        try:
            return msgspec.convert(attempt, cast("type[object]", wanted), strict=False)
        except (msgspec.ValidationError, OverflowError):
            continue
    report(f"{name}: wrong type or out of range")
    return None


@cache
def _struct(wanted: object) -> tuple[type[msgspec.Struct] | None, bool]:
    """Find the Struct in an annotation like `list[Url] | None`, and whether it stands in a list."""
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return wanted, False
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        return next((found for found in map(_struct, arguments) if found[0]), (None, False))
    if origin is list:
        return _struct(arguments[0])[0], True
    return None, False


def _whole(value: object) -> object:
    """Put a replacement character for each half of a surrogate pair, which no UTF-8 can hold."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(item) for item in cast(list[object], value)]
    return value
