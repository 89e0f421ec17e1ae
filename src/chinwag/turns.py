"""Make the turns of a conversation from the tweets of its tree.

Tweets of one author that answer each other directly are one turn, so that in a tree of turns every step changes the
author and roles alternate with depth. Nothing here depends on other conversations, and no step recurses.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from chinwag.pseudonyms import pseudonym

# In `me@example.org` the @ makes no mention; in `RT@someone` it does, though Twitter itself does not see it.
MENTION = re.compile(r"(?:(?<![A-Za-z0-9_])[@\uff20]|[@\uff20](?![A-Za-z0-9_-]+\.[a-z]))([A-Za-z0-9_]+)")
# Links within Twitter name a handle and a tweet: photos of the tweet itself, what it quotes, profiles. A host begins
# after a scheme or at a boundary (netflix.com is not x.com), and a link ends before punctuation and other alphabets.
INNER_LINK = re.compile(
    r"(?:https?://|(?<![A-Za-z0-9_.-]))(?:(?:www|mobile|m|pic)\.)?(?:twitter\.com|x\.com|t\.co)"
    r"/(?:[!-~]*[A-Za-z0-9_/=#-])?",
    re.IGNORECASE,
)
LINK = "[link]"
ROLES = ("prompter", "assistant")  # at even depth, at odd
KINDS = {"animated_gif": "[gif]", "photo": "[photo]", "video": "[video]"}


class Tweet(NamedTuple):
    """Hold what a conversation needs of a tweet; times are ms since 1970."""

    id: int
    parent_id: int | None
    author_id: int | None
    lang: str | None
    text: str
    reply_prefix: str | None
    media: list[str]
    like_count: int | None
    created_at: int | None
    dropped: bool


@dataclass(slots=True)
class Turn:
    """Hold one turn; `id` and `parent_id` are ids of tweets, the first of each turn."""

    id: int
    parent_id: int | None
    depth: int
    author: str
    lang: str | None
    text: str
    like_count: int | None
    created_at: int | None
    tweet_ids: list[int]

    @property
    def role(self) -> str:
        """Give the role, which follows from the depth."""
        return ROLES[self.depth % 2]


@dataclass(slots=True)
class _Run:
    """Hold successive tweets of one author while they are collected."""

    parent: "_Run | None"
    tweets: list[Tweet] = field(default_factory=list)
    text: str = ""
    depth: int = 0
    cut: bool = False


def turns_of(
    tweets: Iterable[Tweet], key: bytes, *, mentions: str = "placeholder"
) -> tuple[list[Turn], dict[int, str]]:
    """Make the turns of one conversation, and say of each tweet that is not in them why.

    `tweets` come parents first, the root at the head; `key` makes the pseudonyms; `mentions` are made placeholders or
    kept. A dropped tweet takes all that answers it with it. Fewer than two turns are no conversation: none is given.
    The texts follow from the tweets of the turns that are given: no others take numbers of placeholders.
    """
    runs: dict[int, _Run] = {}
    dropped: dict[int, str] = {}
    for tweet in tweets:
        parent = runs.get(tweet.parent_id) if tweet.parent_id is not None else None
        if tweet.dropped:
            continue
        if parent is None and tweet.parent_id is not None:
            dropped[tweet.id] = "below_dropped"
            continue
        same = parent is not None and tweet.author_id is not None and parent.tweets[0].author_id == tweet.author_id
        run = parent if parent is not None and same else _Run(parent)
        run.tweets.append(tweet)
        runs[tweet.id] = run
    ordered = list({id(run): run for run in runs.values()}.values())
    handles: dict[str, str] = {}
    turns = []
    for run in ordered:
        run.tweets.sort(key=lambda tweet: (tweet.created_at or 0, tweet.id))  # the order of time, as in assemble
        below = run.parent is not None and run.parent.cut
        run.text = text_of(run.tweets, {} if below else handles, mentions)
        run.depth = run.parent.depth + 1 if run.parent else 0
        run.cut = below or not run.text
        if run.cut:
            dropped.update((tweet.id, "below_dropped" if run.text else "empty") for tweet in run.tweets)
        else:
            parent_id = run.parent.tweets[0].id if run.parent else None
            turns.append(turn_of(run.tweets, parent_id, run.depth, run.text, key))
    if len(turns) < 2:
        dropped.update((tweet_id, "single_turn") for tweet_id in runs if tweet_id not in dropped)
        turns = []
    return turns, dropped


def turn_of(tweets: list[Tweet], parent_id: int | None, depth: int, text: str, key: bytes) -> Turn:
    """Make a turn of its tweets, the first at the head; `parent_id` is the turn it answers."""
    first = tweets[0]
    likes = [tweet.like_count for tweet in tweets if tweet.like_count is not None]
    return Turn(
        id=first.id,
        parent_id=parent_id,
        depth=depth,
        author=pseudonym("u", first.author_id if first.author_id is not None else -first.id, key),
        lang=first.lang,
        text=text,
        like_count=max(likes, default=None),
        created_at=first.created_at,
        tweet_ids=[tweet.id for tweet in tweets],
    )


def text_of(tweets: Iterable[Tweet], handles: dict[str, str], mentions: str) -> str:
    """Give the text of a turn: those of its tweets, a line or more each; see `readable`."""
    texts = (readable(tweet, handles, mentions) for tweet in tweets)
    return "\n".join(text for text in texts if text)


def readable(tweet: Tweet, handles: dict[str, str], mentions: str) -> str:
    """Give a tweet's text as a reader sees it, without mentions and without links within Twitter.

    `handles` holds the conversation's placeholders, and is added to. A tweet that is only a picture or a link says so,
    and one that only names people, who then stand in its reply prefix, names them.
    """
    text = INNER_LINK.sub(LINK, _without_trailing_links(tweet.text))
    if not text and (tweet.media or tweet.text.strip()):
        text = " ".join(KINDS.get(kind, LINK) for kind in tweet.media) or LINK
    text = text or tweet.reply_prefix or ""
    if mentions == "placeholder":
        text = MENTION.sub(lambda found: handles.setdefault(found[1].lower(), f"@user{len(handles) + 1}"), text)
    return text


def mentioned(text: str) -> list[str]:
    """Name whom a text mentions, each once, in small letters, in the order of the text."""
    return list(dict.fromkeys(name.lower() for name in MENTION.findall(text)))


def _without_trailing_links(text: str) -> str:
    """Cut the links within Twitter at the end of a text: they lead to its pictures and to what it quotes."""
    text = text.strip()
    for link in reversed(list(INNER_LINK.finditer(text))):
        if link.end() != len(text):
            break
        text = text[: link.start()].rstrip()
    return text


def path(turn: Turn, by_id: dict[int, Turn]) -> list[Turn]:
    """Give the turns from the root to this one."""
    steps = [turn]
    while (parent := steps[-1].parent_id) is not None:
        steps.append(by_id[parent])
    return steps[::-1]


def replies_of(turns: Iterable[Turn]) -> dict[int | None, list[Turn]]:
    """Give the turns that answer each turn, in order; the first turn answers None."""
    replies: defaultdict[int | None, list[Turn]] = defaultdict(list)
    for turn in turns:
        replies[turn.parent_id].append(turn)
    return replies


def split_of(root_id: int, validation: float, test: float) -> str:
    """Put a conversation in a split by the hash of its root alone, so that adding data moves nothing."""
    place = int.from_bytes(hashlib.blake2b(root_id.to_bytes(8, "big"), digest_size=8).digest(), "big") / 2**64
    if place < test:
        return "test"
    return "validation" if place < test + validation else "train"
