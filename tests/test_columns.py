from collections.abc import Mapping
from typing import Any

import pytest

from chinwag import columns
from chinwag.errors import UsageError
from chinwag.tables import TABLES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id=tweet_id,text=body", {"id": "tweet_id", "text": "body"}),
        (" id = tweet id , text=user.name ", {"id": "tweet id", "text": "user.name"}),
        ("text=a=b,id=i", {"text": "a=b", "id": "i"}),
        ("id=i,text=t,conversation_id=i", {"id": "i", "text": "t", "conversation_id": "i"}),
        ("twcs", columns.TWCS),
        (" twcs ", columns.TWCS),
    ],
)
def test_a_map_is_read(text: str, expected: Mapping[str, str]) -> None:
    assert columns.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "map '': no ready map is called ''; there are: twcs"),
        ("twc", "map 'twc': no ready map is called 'twc'; do you mean twcs?"),
        ("id=i", "map 'id=i': text has to be given"),
        ("lang=l", "map 'lang=l': id and text have to be given"),
        ("id=i,text=", "map 'id=i,text=': text: the name of a column is missing"),
        ("id=i,text", "map 'id=i,text': text: the name of a column is missing"),
        ("id=i,text=t,", "map 'id=i,text=t,': no column of sightings is called ''; there are: "),
        ("id=i,text=t,id=j", "map 'id=i,text=t,id=j': id is given twice"),
        ("id=i,text=t,like=l", "map 'id=i,text=t,like=l': no column of sightings is called 'like'; "),
        ("id=i,txt=t", "map 'id=i,txt=t': no column of sightings is called 'txt'; do you mean text?"),
        ("id=i,text=t,seen_as=s", "map 'id=i,text=t,seen_as=s': no column of sightings is called 'seen_as'; "),
    ],
)
def test_what_is_no_map_is_told_in_one_line(text: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        columns.parse(text)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"id": "i"}, "r.toml: columns: text has to be given"),
        ({"id": 1, "text": "t"}, "r.toml: columns: id: the name of a column is missing"),
        ({"id": "i", "text": ["t"]}, "r.toml: columns: text: the name of a column is missing"),
        ({"id": "i", "text": "t", "reply_to": "r"}, "r.toml: columns: no column of sightings is called 'reply_to'; do"),
    ],
)
def test_a_recipes_map_is_held_against_what_there_is(mapping: Mapping[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        columns.check(mapping, "r.toml: columns")
    assert str(error.value).startswith(message)


def test_every_target_is_a_column_of_one_value() -> None:
    kinds = {target: TABLES["sightings"][target][0] for target in columns.TARGETS}
    assert set(kinds.values()) == {"id", "text", "time", "int64", "bool"}


@pytest.mark.parametrize("name", columns.READY)
def test_ready_maps_are_maps(name: str) -> None:
    assert columns.check(columns.READY[name], name) == columns.parse(name)


def test_the_map_in_use_is_the_one_set_last() -> None:
    columns.use({"id": "i", "text": "t"})
    assert columns.in_use() == {"id": "i", "text": "t"}
    columns.use(None)
    assert columns.in_use() is None
