"""Let TRL take two steps of training on each form that it reads, with a tiny model made here, on the CPU."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.trainers.readers import Export, reader

torch = reader("torch")
trl = reader("trl")
datasets = reader("datasets")
tokenizers = reader("tokenizers")
transformers = reader("transformers")
data_utils = reader("trl.data_utils")

# ChatML, with the marks by which TRL finds what the assistant says (docs/source/sft_trainer.md, assistant_only_loss).
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['role'] == 'assistant' %}{% generation %}{{ message['content'] }}<|im_end|>{% endgeneration %}"
    "{% else %}{{ message['content'] }}<|im_end|>{% endif %}\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# TRL asks transformers by names that transformers is about to give up.
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated and will be removed in v6:FutureWarning")

CONFIG = {
    "max_steps": 2,
    "per_device_train_batch_size": 4,
    "max_length": 4096,
    "logging_steps": 1,
    "save_strategy": "no",
    "report_to": "none",
    "seed": 7,
    "use_cpu": True,
    "bf16": False,
    "activation_checkpointing": False,
    "disable_tqdm": True,
}


@pytest.fixture(scope="module")
def tokenizer(dataset: Path) -> Any:
    """Give a tokenizer of bytes that learned from the texts themselves."""
    bpe = tokenizers.Tokenizer(tokenizers.models.BPE())
    bpe.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    special = ["<pad>", "<|im_start|>", "<|im_end|>"]
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=600, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    lines = (dataset / "text" / "train-00000.jsonl").read_text().splitlines()
    bpe.train_from_iterator((json.loads(line)["text"] for line in lines), trainer)
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=bpe, pad_token="<pad>", eos_token="<|im_end|>")
    made.chat_template = TEMPLATE
    return made


def model(tokenizer: Any, kind: str = "LlamaForCausalLM", **more: Any) -> Any:
    """Make a tiny model of random weights, the same each time."""
    transformers.set_seed(7)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    ends = {"pad_token_id": tokenizer.pad_token_id, "eos_token_id": tokenizer.eos_token_id, "bos_token_id": None}
    return getattr(transformers, kind)(
        transformers.LlamaConfig(vocab_size=len(tokenizer), max_position_embeddings=4096, **sizes, **ends, **more)
    )


def rows(folder: Path, cache: Path) -> Any:
    return datasets.load_dataset(str(folder), split="train", cache_dir=str(cache))


def train(trainer: Any) -> None:
    """Take the two steps; each has a loss, and the weights move."""
    before = {name: weight.clone() for name, weight in trainer.model.named_parameters()}
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    assert len(losses) == 2
    assert all(math.isfinite(loss) and loss > 0 for loss in losses)
    assert any(not torch.equal(weight, before[name]) for name, weight in trainer.model.named_parameters())


def trained_texts(trainer: Any, tokenizer: Any) -> list[str]:
    """Give of each row the text that carries loss."""
    found = []
    for row in trainer.train_dataset:
        labels = trainer.data_collator([row])["labels"][0]
        found.append(tokenizer.decode(labels[labels != -100]))
    return found


def sft(tokenizer: Any, train_dataset: Any, folder: Path, **more: Any) -> Any:
    return trl.SFTTrainer(
        model=model(tokenizer),
        args=trl.SFTConfig(output_dir=str(folder / "out"), **CONFIG, **more),
        train_dataset=train_dataset,
        processing_class=tokenizer,
    )


@pytest.mark.parametrize("format", ["messages", "hf"])
def test_supervised_training_on_messages(format: str, dataset: Path, tokenizer: Any, tmp_path: Path) -> None:
    chats = rows(dataset / format, tmp_path)
    assert data_utils.is_conversational(chats[0])
    trainer = sft(tokenizer, chats, tmp_path, assistant_only_loss=True)
    train(trainer)
    assert trained_texts(trainer, tokenizer) == [
        "".join(f"{one['content']}<|im_end|>" for one in chat["messages"] if one["role"] == "assistant")
        for chat in chats
    ]


def test_supervised_training_on_prompts_and_completions(dataset: Path, tokenizer: Any, tmp_path: Path) -> None:
    pairs = rows(dataset / "prompt_completion", tmp_path)
    assert data_utils.is_conversational(pairs[0])
    trainer = sft(tokenizer, pairs, tmp_path)
    train(trainer)
    assert trained_texts(trainer, tokenizer) == [f"{pair['completion'][0]['content']}<|im_end|>" for pair in pairs]


def test_supervised_training_on_texts(dataset: Path, tokenizer: Any, tmp_path: Path) -> None:
    texts = rows(dataset / "text", tmp_path)
    assert not data_utils.is_conversational(texts[0])
    trainer = sft(tokenizer, texts, tmp_path)
    train(trainer)
    assert trained_texts(trainer, tokenizer) == [f"{row['text']}<|im_end|>" for row in texts]


def test_supervised_training_on_sharegpt(dataset: Path, tokenizer: Any, tmp_path: Path) -> None:
    chats = rows(dataset / "sharegpt", tmp_path)
    assert data_utils.is_conversational_from_value(chats[0])
    # TRL renames the keys and not the roles.
    roles = {"human": "user", "gpt": "assistant"}
    converted = [data_utils.maybe_convert_to_chatml(chat)["messages"] for chat in chats]
    named = [[{**message, "role": roles[message["role"]]} for message in chat] for chat in converted]
    assert named == rows(dataset / "messages", tmp_path)["messages"][:]
    train(sft(tokenizer, chats, tmp_path))


def test_preferences_with_a_prompt_train_dpo(dataset: Path, tokenizer: Any, tmp_path: Path) -> None:
    pairs = rows(dataset / "preference", tmp_path)
    assert data_utils.is_conversational(pairs[0])
    assert data_utils.maybe_extract_prompt(pairs[0]) == pairs[0]
    trainer = trl.DPOTrainer(
        model=model(tokenizer),
        ref_model=model(tokenizer),
        args=trl.DPOConfig(output_dir=str(tmp_path / "out"), **CONFIG),
        train_dataset=pairs,
        processing_class=tokenizer,
    )
    assert len(trainer.train_dataset) == len(pairs)
    train(trainer)


def test_preferences_without_a_prompt_train_a_reward_model(export: Export, tokenizer: Any, tmp_path: Path) -> None:
    pairs = rows(export("preference", "-O", "form=implicit"), tmp_path)
    for pair in pairs:
        prompt = data_utils.extract_prompt(pair)
        assert (len(prompt["chosen"]), len(prompt["rejected"])) == (1, 1)
        assert prompt["prompt"] == pair["chosen"][:-1] == pair["rejected"][:-1]
    trainer = trl.RewardTrainer(
        model=model(tokenizer, "LlamaForSequenceClassification", num_labels=1),
        args=trl.RewardConfig(output_dir=str(tmp_path / "out"), **CONFIG),
        train_dataset=pairs,
        processing_class=tokenizer,
    )
    assert len(trainer.train_dataset) == len(pairs)
    train(trainer)


def test_labelled_replies_train_kto(export: Export, tokenizer: Any, tmp_path: Path) -> None:
    labelled = rows(export("preference", "-O", "form=kto"), tmp_path)
    assert data_utils.is_conversational(labelled[0])
    assert set(labelled["label"]) == {True, False}
    trainer = trl.KTOTrainer(
        model=model(tokenizer),
        ref_model=model(tokenizer),
        args=trl.KTOConfig(output_dir=str(tmp_path / "out"), **CONFIG),
        train_dataset=labelled,
        processing_class=tokenizer,
    )
    train(trainer)
