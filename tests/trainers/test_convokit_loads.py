"""Let ConvoKit load its export: a corpus a split."""

import json
from pathlib import Path

import pytest

from tests.trainers.readers import reader

convokit = reader("convokit")


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_every_conversation_is_whole(split: str, dataset: Path, home: Path) -> None:
    folder = dataset / "convokit" / split
    corpus = convokit.Corpus(filename=str(folder))
    said = [json.loads(line) for line in (folder / "utterances.jsonl").read_text().splitlines()]
    assert {one["id"]: one["text"] for one in said} == {one.id: one.text for one in corpus.iter_utterances()}
    assert {one["speaker"] for one in said} == {one.id for one in corpus.iter_speakers()}
    conversations = list(corpus.iter_conversations())
    assert {one["conversation_id"] for one in said} == {one.id for one in conversations}
    for conversation in conversations:
        assert conversation.check_integrity(verbose=False)
        conversation.initialize_tree_structure()
        assert sum(len(way) for way in conversation.get_root_to_leaf_paths()) >= 8
