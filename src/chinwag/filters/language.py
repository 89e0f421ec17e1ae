"""Drop tweets that are not in one of the languages to keep."""

LEVEL = "tweet"


def drop(*, keep: list[str]) -> tuple[str, list[str]]:
    """Select tweets whose language, as Twitter gave it, is none of `keep`; an unknown language is none of them."""
    return "select id from tweets where lang is null or not array_contains(split(?, ','), lang)", [",".join(keep)]
