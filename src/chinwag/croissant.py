"""Describe the files of an export in Croissant 1.0, the metadata that catalogues and `mlcroissant` read (JSON-LD).

The names are those of the specification (mlcommons/croissant, docs/croissant-spec-1.0.md), the context is the one that
mlcroissant 1.1 calls standard. All of it follows from what is given: the same export gives the same description.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

FILE = "croissant.json"
SPLITS = ("train", "validation", "test")
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
ENCODINGS = {"jsonl": "application/jsonlines", "parquet": "application/x-parquet"}


def describe(
    manifest: Mapping[str, Any],
    schema: "pa.Schema | None",
    *,
    date: str | None = None,
    name: str = "",
    license: str = "other",
    creator: str = "",
    url: str = "",
) -> dict[str, Any]:
    """Describe the shards that a manifest names, and the fields of their rows where there is a schema.

    `date` stands for that of publication, which nobody knows before (YYYY-MM-DD): an export gives that of its newest
    turn. The specification wants a creator and an address too: they are left out unless they are given.
    """
    title = name or f"chinwag-{manifest['format']}"
    about = {
        "name": title,
        "description": "Trees of tweets and their replies, made into conversations for training language models by "
        f"chinwag {manifest['chinwag']}; README.md says what was left out, and under whose terms the texts are.",
        "license": license,
        "url": url,
        "creator": {"@type": "Organization", "name": creator} if creator else "",
        "datePublished": date,
        "citeAs": f"{title}, made with chinwag {manifest['chinwag']}",
        "version": manifest["chinwag"],
        "keywords": ["conversations", "dialogue", "twitter"],
        "inLanguage": [code for code in manifest["examples"]["language"] if re.fullmatch("[a-z]{2,3}", code)],
        "isLiveDataset": False,
    }
    kinds = list(dict.fromkeys(entry["kind"] for entry in manifest["files"]))
    distribution = [_file(entry) for entry in manifest["files"]] + [_files(manifest, kind) for kind in kinds]
    records = [_splits(manifest), *(_records(kind, schema) for kind in kinds)] if kinds and schema is not None else []
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        **{key: value for key, value in about.items() if value not in ("", None, [])},
        "distribution": distribution,
        "recordSet": records,
    }


def _file(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": entry["name"],
        "name": entry["name"],
        "contentUrl": entry["name"],
        "contentSize": f"{entry['bytes']} B",
        "encodingFormat": ENCODINGS[entry["kind"]],
        "sha256": entry["sha256"],
    }


def _files(manifest: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Describe all shards of a kind as one set, found by patterns in the folder."""
    patterns = (re.sub(r"\d{5}", "*", entry["name"]) for entry in manifest["files"] if entry["kind"] == kind)
    return {
        "@type": "cr:FileSet",
        "@id": f"{kind}-files",
        "name": f"{kind}-files",
        "encodingFormat": ENCODINGS[kind],
        "includes": sorted(set(patterns)),
    }


def _splits(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Name the splits, as docs/howto/specify-splits.md of the specification has it."""
    there = {entry["split"] for entry in manifest["files"]}
    field = {"@type": "cr:Field", "@id": "splits/name", "name": "name", "dataType": "sc:Text"}
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "description": "The splits; no conversation is in two of them.",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [field],
        "data": [{"splits/name": split} for split in SPLITS if split in there],
    }


def _records(kind: str, schema: "pa.Schema") -> dict[str, Any]:
    """Describe the rows of a kind of file."""
    source = {
        "fileSet": {"@id": f"{kind}-files"},
        "extract": {"fileProperty": "fullpath"},
        "transform": {"regex": f"^({'|'.join(SPLITS)})"},
    }
    split = {
        "@type": "cr:Field",
        "@id": f"{kind}/split",
        "name": "split",
        "description": "The split, which the file's name begins with.",
        "dataType": "sc:Text",
        "source": source,
        "references": {"field": {"@id": "splits/name"}},
    }
    fields = [_field(f"{kind}/{one.name}", one, kind, one.name, []) for one in schema]
    return {"@type": "cr:RecordSet", "@id": kind, "name": kind, "field": [split, *fields]}


def _field(uid: str, field: "pa.Field", kind: str, column: str, path: list[str]) -> dict[str, Any]:
    """Describe a column, or what is at a path within it; a list is told by `repeated`, a struct by its parts."""
    import pyarrow as pa

    repeated = pa.types.is_list(field.type)
    inner = field.type.value_type if repeated else field.type
    described: dict[str, Any] = {"@type": "cr:Field", "@id": uid, "name": field.name}
    if repeated:
        described["repeated"] = True
    if pa.types.is_struct(inner):
        parts = [inner.field(number) for number in range(inner.num_fields)]
        described["subField"] = [_field(f"{uid}/{one.name}", one, kind, column, [*path, one.name]) for one in parts]
        return described
    described["dataType"] = _type(inner)
    described["source"] = {"fileSet": {"@id": f"{kind}-files"}, "extract": {"column": column}}
    if path:
        described["source"]["transform"] = {"jsonPath": ".".join(path)}
    return described


def _type(kind: "pa.DataType") -> str:
    import pyarrow as pa

    tests = {
        "sc:Boolean": pa.types.is_boolean,
        "sc:Integer": pa.types.is_integer,
        "sc:Float": pa.types.is_floating,
        "sc:DateTime": pa.types.is_timestamp,
    }
    return next((name for name, test in tests.items() if test(kind)), "sc:Text")
