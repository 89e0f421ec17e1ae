"""Read what Python wrote into a cell of a table: the repr of a dict, a list, or an object such as `User(id=1)`."""

import ast
import re
import warnings
from datetime import datetime

LONGEST = 1 << 20
NAMES = {"true": True, "false": False, "null": None, "nan": None, "NaN": None}  # of JSON, and of missing numbers
ENUM = re.compile(r"<[\w.]+: [^<>]*>")  # <ProfileImageShape.CIRCLE: 'circle'>, which is no expression


def opened(cell: str) -> object:
    """Give the value a cell holds, an object as a dict with its class under `_type`.

    Raises ValueError where it is none. Nothing is run: the text is parsed, and only values are taken from it.
    """
    if len(cell) > LONGEST:
        raise ValueError
    try:
        return _value(_parsed(cell))
    except (TypeError, RecursionError, MemoryError, OverflowError) as error:
        raise ValueError from error


def _parsed(cell: str) -> ast.expr:
    with warnings.catch_warnings():  # text that is no repr may hold what Python warns of
        warnings.simplefilter("ignore")
        try:
            return ast.parse(cell.strip(), mode="eval").body
        except SyntaxError:
            try:
                return ast.parse(ENUM.sub("None", cell.strip()), mode="eval").body
            except SyntaxError as error:
                raise ValueError from error


def _value(node: ast.expr) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Dict):
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        return dict(zip(keys, map(_value, node.values), strict=True))
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_value(item) for item in node.elts]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -node.operand.value  # type: ignore[operator] # a TypeError tells of what has no negative
    if isinstance(node, ast.Name) and node.id in NAMES:
        return NAMES[node.id]
    if isinstance(node, ast.Call):
        return _object(node)
    raise ValueError


def _object(node: ast.Call) -> object:
    """Give a time as text, and any other object as a dict of what it was made of."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "datetime":
        parts = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, int)]
        return datetime(*parts).isoformat()  # type: ignore[arg-type] # a TypeError tells of parts that are no time
    values = {word.arg: _value(word.value) for word in node.keywords if word.arg}
    return {"_type": name, **values}
