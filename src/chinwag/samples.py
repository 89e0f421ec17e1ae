"""Choose a few conversations to look at, and say why each of their turns was kept.

They may be handed on: of what people wrote they hold only texts of turns, redacted and without handles, and neither
account nor tweet is named. No more of the trees is read than what is chosen.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chinwag import trees
from chinwag.engines import Engine
from chinwag.redaction import redact
from chinwag.rendering import MENTION
from chinwag.sql import statement
from chinwag.workspace import Workspace

READ = ("conversations", *trees.READ)  # the tables that `samples` asks
SHOWN = 5  # conversations
LARGEST = 5_000  # tweets in a tree that is read
TURNS = 8  # of a conversation
LONGEST = 600  # characters of a turn
CODE = 20  # characters of what data says is the code of a language


@dataclass(frozen=True, slots=True)
class Said:
    """Hold a turn as it is shown: `author` is a letter, `cut` counts the characters left out, `why` tells its fate."""

    author: str
    role: str
    lang: str
    text: str
    cut: int
    depth: int
    tweets: int
    likes: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold a conversation as it is shown: its first turns, how many more there are, and what fell of its tree.

    `tweets` are those of the tree, 0 where it is not known any more; `marked`: somebody marked it `keep`.
    """

    split: str
    turns: list[Said]
    more: int
    authors: int
    tweets: int
    fallen: dict[str, int]
    marked: bool


def samples(target: Workspace, engine: Engine) -> list[Sample]:
    """Give some conversations, small ones first; the engine has read the tables `READ`.

    They are spread over sizes, and chosen by hashes of their roots: what else there is and its order change little.
    """
    rows = [row for batch in engine.rows(statement("samples"), [LARGEST, SHOWN]) for row in batch.to_pylist()]
    chosen = sorted(rows, key=lambda row: (row["place"], row["size"]))[:SHOWN]
    ordered = sorted(chosen, key=lambda row: (row["size"], row["place"]))
    return [_sample(target, engine, row["root_id"]) for row in ordered]


def _sample(target: Workspace, engine: Engine, root_id: int) -> Sample:
    """Make a conversation ready to be shown; its tree is told of if it is the one that its turns were made of."""
    tree = trees.load(engine, root_id) if target.fresh("curate", after="assemble") else None
    if tree is None:
        select = "select * from turns where root_id = ?"
        turns = [row for batch in engine.rows(select, [root_id]) for row in batch.to_pylist()]
        tree = trees.tree(root_id, [], [], turns, None)
    options = target.state.options["curate"]
    ordered = list(trees.in_order(tree.turns.values(), "turn_id", "parent_turn_id"))
    authors = list(dict.fromkeys(row["author"] for row in ordered))
    return Sample(
        split=str(tree.split),
        turns=[_said(row, chr(65 + authors.index(row["author"])), tree, options) for row in ordered[:TURNS]],
        more=max(len(ordered) - TURNS, 0),
        authors=len(authors),
        tweets=len(tree.posts),
        fallen=_by_rule(tree.posts, options),
        marked=tree.mark is not None and tree.mark["mark"] == "keep",
    )


def _said(row: trees.Row, author: str, tree: trees.Tree, options: Mapping[str, Any]) -> Said:
    """Bound a turn, and take from it what is personal even where the recipe leaves it in."""
    text = redact(str(row["text"]), lang=row["lang"])
    if options["turns"].get("mentions") != "placeholder":
        text = MENTION.sub("@…", text)
    return Said(
        author=author,
        role=row["role"],
        lang=(row["lang"] or "und")[:CODE],
        text=text[:LONGEST],
        cut=max(len(text) - LONGEST, 0),
        depth=row["depth"],
        tweets=len(row["tweet_ids"]),
        likes=row["like_count"],
        why=_why(row, tree, options),
    )


def _why(row: trees.Row, tree: trees.Tree, options: Mapping[str, Any]) -> str:
    """Say why a turn was kept, and what of the answers to it was not."""
    own = set(row["tweet_ids"])
    tweets, rules = "its tweet" if len(own) == 1 else f"its {len(own)} tweets", len(options["filters"])
    if "rehydrated" in options:
        why = f"The set of ids that this was made of has {tweets}."
    elif tree.mark is not None and tree.mark["mark"] == "keep" and "marks" in options["filters"]:
        why = "Somebody marked the conversation keep, which goes before what filters say."
    elif rules > 1:
        why = f"None of the {rules} filters drops {tweets}."
    else:
        why = f"{'The filter does not drop' if rules else 'No filter was asked about'} {tweets}."
    fallen = [post for post in tree.posts if post.row["parent_id"] in own and post.turn is None]
    if fallen:
        counts = Counter(rule for post in fallen for rule in post.drops)
        by = ", ".join(
            f"{rule} {number:,}" for rule, number in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        )
        why += f" Of the answers to it {len(fallen):,} fell{f': {by}' if by else ''}."
    return why


def _by_rule(posts: Iterable[trees.Post], options: Mapping[str, Any]) -> dict[str, int]:
    """Count dropped tweets by the rule that takes each, as the account does: the first of the recipe that marks it."""
    order = {rule: place for place, rule in enumerate(options["filters"])}
    taken = [min(post.drops, key=lambda rule: order.get(rule, len(order))) for post in posts if post.drops]
    return dict(sorted(Counter(taken).items(), key=lambda one: (-one[1], one[0])))
