"""Croissant by the rules of its specification; `mlcroissant` itself reads it in tests/trainers."""

import json
from typing import Any

import pyarrow as pa
import pytest

from chinwag.croissant import CONTEXT, describe

FILES = [
    {"name": "test-00000.parquet", "split": "test", "kind": "parquet", "bytes": 5, "sha256": "aa", "records": 1},
    {"name": "train-00000.parquet", "split": "train", "kind": "parquet", "bytes": 7, "sha256": "bb", "records": 1},
    {"name": "train-00001.parquet", "split": "train", "kind": "parquet", "bytes": 6, "sha256": "cc", "records": 1},
    {"name": "train-00000.jsonl", "split": "train", "kind": "jsonl", "bytes": 9, "sha256": "dd", "records": 2},
]
MANIFEST: dict[str, Any] = {
    "chinwag": "0.1.0",
    "format": "hf",
    "files": FILES,
    "examples": {"language": {"en": {"train": 2}, "<b>": {"train": 1}, "zh-cn": {"test": 1}}},
}
MESSAGE = pa.struct([("role", pa.string()), ("content", pa.string())])
SCHEMA = pa.schema(
    [
        ("messages", pa.list_(MESSAGE)),
        ("lang", pa.string()),
        ("likes", pa.list_(pa.int64())),
        ("good", pa.bool_()),
        ("ratio", pa.float64()),
        ("at", pa.timestamp("ms", tz="UTC")),
    ]
)


def test_it_has_what_the_specification_demands() -> None:
    described = describe(MANIFEST, SCHEMA, date="2021-02-03", creator="somebody", url="https://example.org")
    required = {
        "@context", "@type", "conformsTo", "name", "description", "license", "url", "creator", "datePublished",
        "distribution",
    }  # fmt: skip
    assert required <= set(described)
    assert described["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert CONTEXT["conformsTo"] == "dct:conformsTo"
    assert described["inLanguage"] == ["en"]
    assert describe(MANIFEST, SCHEMA, name="a name")["name"] == "a name"
    assert {"url", "creator", "datePublished"} & set(describe(MANIFEST, SCHEMA)) == set()


def test_each_file_is_there_with_its_hash_and_in_the_set_of_its_kind() -> None:
    distribution = describe(MANIFEST, SCHEMA)["distribution"]
    assert distribution[:4] == [
        {
            "@type": "cr:FileObject",
            "@id": entry["name"],
            "name": entry["name"],
            "contentUrl": entry["name"],
            "contentSize": f"{entry['bytes']} B",
            "encodingFormat": "application/jsonlines" if entry["kind"] == "jsonl" else "application/x-parquet",
            "sha256": entry["sha256"],
        }
        for entry in FILES
    ]
    sets = {one["@id"]: one["includes"] for one in distribution[4:]}
    assert sets == {"parquet-files": ["test-*.parquet", "train-*.parquet"], "jsonl-files": ["train-*.jsonl"]}


def test_columns_are_fields_and_structs_have_parts() -> None:
    splits, parquet, jsonl = describe(MANIFEST, SCHEMA)["recordSet"]
    assert splits["data"] == [{"splits/name": "train"}, {"splits/name": "test"}]
    assert (parquet["@id"], jsonl["@id"]) == ("parquet", "jsonl")
    split, messages, lang, likes, *others = parquet["field"]
    assert split["references"] == {"field": {"@id": "splits/name"}}
    assert messages == {
        "@type": "cr:Field",
        "@id": "parquet/messages",
        "name": "messages",
        "repeated": True,
        "subField": [
            {
                "@type": "cr:Field",
                "@id": f"parquet/messages/{part}",
                "name": part,
                "dataType": "sc:Text",
                "source": {
                    "fileSet": {"@id": "parquet-files"},
                    "extract": {"column": "messages"},
                    "transform": {"jsonPath": part},
                },
            }
            for part in ("role", "content")
        ],
    }
    assert lang["source"] == {"fileSet": {"@id": "parquet-files"}, "extract": {"column": "lang"}}
    assert (likes["repeated"], likes["dataType"]) == (True, "sc:Integer")
    assert [one["dataType"] for one in others] == ["sc:Boolean", "sc:Float", "sc:DateTime"]


@pytest.mark.parametrize("manifest", [MANIFEST, MANIFEST | {"files": []}])
@pytest.mark.parametrize("schema", [SCHEMA, None])
def test_whatever_is_named_is_there_once(manifest: dict[str, Any], schema: pa.Schema | None) -> None:
    described = describe(manifest, schema)
    ids: list[str] = []
    named: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if "@id" in node:
                (ids if "@type" in node else named).append(node["@id"])
            for key, one in node.items():
                if key != "@context":
                    walk(one)

    walk(described)
    assert len(ids) == len(set(ids))
    assert set(named) <= set(ids)
    assert bool(described["recordSet"]) == bool(schema is not None and manifest["files"])
    assert json.loads(json.dumps(described)) == described
