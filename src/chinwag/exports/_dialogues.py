"""Hold lists of messages to the rules that readers of chats share."""

from typing import Any

ROLES = ("user", "assistant")
KEYS = {"role", "content", "name", "function_call", "weight"}
KNOWN = {"system", *ROLES, "function"}


def wrong_message(messages: Any) -> str | None:
    """Say which of OpenAI's rules for single messages a list of them breaks.

    They are those of the notebook Chat_finetuning_data_prep in OpenAI's cookbook; `weight` is said in the reference of
    fine-tuning: 0 or 1, on messages of the assistant.
    """
    if not isinstance(messages, list) or not messages:
        return "no list of messages"
    return next((problem for message in messages if (problem := _problem(message))), None)


def _problem(message: Any) -> str | None:
    if not isinstance(message, dict) or not {"role", "content"} <= set(message):
        return "a message lacks role or content"
    if set(message) - KEYS:
        return "a message has other keys than role, content, name, function_call and weight"
    role, content = message["role"], message["content"]
    if not isinstance(role, str) or role not in KNOWN:
        return "a role is none of system, user, assistant and function"
    if not isinstance(content, str) or not (content or message.get("function_call")):
        return "a message has no content"
    weight = message.get("weight", 1)
    if isinstance(weight, bool) or weight not in (0, 1) or ("weight" in message and role != "assistant"):
        return "a weight is not 0 or 1, or not the assistant's"
    return None


def without_system(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the messages without a system's that leads them."""
    return messages[1:] if messages[0]["role"] == "system" else messages


def alternate(messages: list[dict[str, Any]], first: int = 0) -> bool:
    """Tell whether the user and the assistant take turns; `first` is 0 for the user, 1 for the assistant.

    LLaMA-Factory (data/converter.py) drops what does not alternate, and the chat templates of Llama 2, Mistral and
    Gemma raise on it.
    """
    return all(message["role"] == ROLES[place % 2] for place, message in enumerate(messages, first))
