"""Describe exports to LLaMA-Factory, which finds data by a file `dataset_info.json` (data/README.md, data/loader.py).

Its entry names one file or one folder, all files of which are read, so that each split has a folder for its shards. A
folder named by `file_name` may hold plain JSON lines only. What is packed is named by `script_url`, which `datasets`
opens by itself (seen with datasets 5.2: gzip, and zstd where the package zstandard is there).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = "{split}/{number:05}.{kind}"
INFO = "dataset_info.json"
# What FILEEXT2TYPE of src/llamafactory/extras/constants.py takes the files of a folder for: all have to be the same.
TYPES = {".jsonl": "json", ".json": "json", ".parquet": "parquet", ".csv": "csv", ".arrow": "arrow", ".txt": "text"}
ELSEWHERE = {"hf_hub_url", "ms_hub_url", "om_hub_url", "cloud_file_name"}  # entries of what is not in the folder


def describe(folder: Path, manifest: dict[str, Any], form: str, stanza: dict[str, Any]) -> None:
    """Write dataset_info.json with an entry a split, named `chinwag_FORM_SPLIT`, each with the same stanza."""
    names = {entry["split"]: entry["name"] for entry in manifest["files"]}
    entries = {
        f"chinwag_{form}_{split}": {"file_name" if name.endswith(".jsonl") else "script_url": split, **stanza}
        for split, name in sorted(names.items())
    }
    (folder / INFO).write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


def wrong_entries(folder: Path) -> Iterator[str]:
    """Say which entries of a folder's dataset_info.json lead to nothing that LLaMA-Factory reads."""
    try:
        entries = json.loads((folder / INFO).read_bytes())
    except (OSError, ValueError, RecursionError):
        entries = None
    if not isinstance(entries, dict) or not entries:
        yield f"{INFO}: is not there, or describes nothing"
        return
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            yield f"{INFO}: {name}: is no entry"
        elif not ELSEWHERE & set(entry) and (problem := _problem(folder, entry)):
            yield f"{INFO}: {name}: {problem}"


def _problem(folder: Path, entry: dict[str, Any]) -> str | None:
    """Say what is wrong with the place that an entry names."""
    key = "script_url" if "script_url" in entry else "file_name"
    place = entry.get(key)
    if not isinstance(place, str) or not place:
        return "names no file or folder"
    path = folder / place
    try:
        files = list(path.iterdir()) if path.is_dir() else [path] * path.is_file()
    except (OSError, ValueError):
        files = []
    if not files:
        return f"there are no files at {place}"
    types = {TYPES.get(file.suffix) for file in files}
    if key == "file_name" and (None in types or len(types) > 1):
        return f"the files at {place} are not all of one type that is read"
    return None
