"""Make the turns of a conversation from the tweets of its tree.

Tweets of one author that answer each other directly are one turn, so that in a tree of turns every step changes the
author and roles alternate with depth. Nothing here depends on other conversations, and no step recurses.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from chinwag.pseudonyms import pseudonym
from chinwag.rendering import Rendering, Tweet, says_something, text_of

ROLES = ("prompter", "assistant")  # at even depth, at odd


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
    followers: int | None
    created_at: int | None
    tweet_ids: list[int]
    sources: list[str]
    terms: list[str]

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
    tweets: Iterable[Tweet], key: bytes, rendering: Rendering | None = None
) -> tuple[list[Turn], dict[int, str]]:
    """Make the turns of one conversation, and say of each tweet that is not in them why.

    `tweets` come parents first, the root at the head; `key` makes the pseudonyms. A dropped tweet takes all that
    answers it with it. Fewer than two turns are no conversation: none is given.
    The texts follow from the tweets of the turns that are given: no others take numbers of placeholders.
    """
    rendering = rendering or Rendering()
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
        run.text = text_of(run.tweets, {} if below else handles, rendering)
        run.depth = run.parent.depth + 1 if run.parent else 0
        run.cut = below or not says_something(run.text)
        if run.cut:
            dropped.update((tweet.id, "below_dropped" if says_something(run.text) else "empty") for tweet in run.tweets)
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
    followers = [tweet.followers for tweet in tweets if tweet.followers is not None]
    return Turn(
        id=first.id,
        parent_id=parent_id,
        depth=depth,
        author=pseudonym("u", first.author_id if first.author_id is not None else -first.id, key),
        lang=first.lang,
        text=text,
        like_count=max(likes, default=None),
        followers=followers[-1] if followers else None,
        created_at=first.created_at,
        tweet_ids=[tweet.id for tweet in tweets],
        sources=sorted({name for tweet in tweets for name in tweet.sources}),
        terms=sorted({name for tweet in tweets for name in tweet.terms}),
    )


def replies_of(turns: Iterable[Turn]) -> dict[int | None, list[Turn]]:
    """Give the turns that answer each turn, in order; the first turn answers None."""
    replies: defaultdict[int | None, list[Turn]] = defaultdict(list)
    for turn in turns:
        replies[turn.parent_id].append(turn)
    return replies
