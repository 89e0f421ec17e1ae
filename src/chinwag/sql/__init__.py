"""Hold the relational steps, one SELECT a file, in the dialect that DuckDB and Spark both run word for word."""

from importlib.resources import files


def statement(name: str) -> str:
    """Give the SELECT in a file of this folder; most make a table of that name."""
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
