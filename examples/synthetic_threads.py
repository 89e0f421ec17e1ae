"""Grow conversations, so that a chosen share of the replies has its parent in the stream."""

from dataclasses import dataclass
from itertools import cycle
from typing import NamedTuple

from synthetic_eras import Json
from synthetic_records import Records
from synthetic_texts import ADDENDA, LANGUAGES, THANKS, TOPICS, WELCOME, Topic

SHAPES = ("tree", "chain", "trio", "tree", "chain", "star")  # In turn, so that a small stream has each.


class Node(NamedTuple):
    """Hold one status of a conversation that later statuses may answer."""

    id: int
    user: Json
    turn: int
    parent: "Node | None"
    rotation: int  # Which follow-up comes first below this answer.


@dataclass
class Thread:
    """Hold a conversation that is still open."""

    shape: str  # chain: two authors; trio: three; star: all answer the root; tree: anywhere; self: one author.
    lang: str
    topic: Topic
    item: str
    replies: int  # So many, and it is closed.
    nodes: list[Node]


class Threads:
    """Hold the open conversations of one stream."""

    def __init__(self, records: Records, statuses: int, joined: float) -> None:
        self.records, self.rng, self.joined = records, records.rng, joined
        self.replies = self.joined_replies = 0
        self.room = max(2, int(statuses * joined / 15))  # Conversations open at a time.
        self.shapes = cycle(SHAPES)
        self.open: dict[bool, list[Thread]] = {False: [], True: []}  # By whether one author answers himself.

    def root(self, sid: int, user: Json, lang: str, own: bool) -> Json:
        """Open a conversation and return its first status."""
        topic, shape = self.rng.choice(TOPICS), "self" if own else next(self.shapes)
        left = {"chain": 9, "trio": 9, "self": 4}.get(shape) or self.rng.randrange(5, 14)
        thread = Thread(shape, lang, topic, self.rng.choice(topic.items), left, [Node(sid, user, 0, None, 0)])
        self.open[own].append(thread)
        template = topic.steps[0] if own else self.rng.choice(topic.questions)
        body = self.records.fill(template, thread.item, topic) if lang == "en" else self.records.say(lang, "")
        return self.records.status(sid, user, lang, self.records.dress(body, lang, False), pictures=0.1)

    def _turn(self, thread: Thread, turn: int, rotation: int) -> str:
        """Return what is said at one turn: question, answer, follow-ups with their replies, thanks, welcome."""
        topic, pairs = thread.topic, thread.topic.follow_ups
        if thread.lang != "en":
            return self.records.say(thread.lang, "reply")
        template = self.rng.choice(topic.answers if turn == 1 else WELCOME if turn % 2 else THANKS)
        if thread.shape == "self":
            template = topic.steps[turn]
        elif 2 <= turn < 2 + 2 * len(pairs):
            template = pairs[(rotation + turn // 2) % len(pairs)][turn % 2]
        return self.records.fill(template, thread.item, topic)

    def _author(self, thread: Thread, parent: Node) -> Json:
        """Say who speaks next: who answered goes on answering, the asking side depends on the shape."""
        turn, root, before, third = parent.turn + 1, thread.nodes[0], parent.parent, thread.nodes[2:3]
        if thread.shape == "self":
            return root.user
        if before and (turn % 2 or thread.shape == "chain"):
            return before.user
        if before and thread.shape == "trio" and third:
            return third[0].user if turn % 4 == 2 else root.user
        if before and thread.shape == "tree" and root.user is not parent.user and self.rng.random() < 0.5:
            return root.user
        there = [node.user["id"] for node in thread.nodes]
        return next(user for user in self.rng.choices(self.records.users, k=99) if user["id"] not in there)

    def _joined_reply(self, sid: int, own: bool) -> Json | None:
        """Continue an open conversation, or return None if there is none."""
        if own and self.rng.random() < 0.2 and (record := self._addendum(sid)):
            return record
        if not self.open[own]:
            return None
        thread = self.rng.choice(self.open[own])
        wide = {"star": thread.nodes[:1], "tree": [node for node in thread.nodes if node.turn < 5]}
        parent = self.rng.choice(wide.get(thread.shape, thread.nodes[-1:]))
        user, turn = self._author(thread, parent), parent.turn + 1
        rotation = self.rng.randrange(3) if turn == 1 else parent.rotation
        body = self.records.dress(self._turn(thread, turn, rotation), thread.lang, False)
        also = parent.parent.user if parent.parent else parent.user
        handles = [parent.user] + ([also] if also is not user and also is not parent.user else [])
        thread.nodes.append(Node(sid, user, turn, parent, rotation))
        if len(thread.nodes) > thread.replies:
            self.open[own].remove(thread)
        return self.records.status(sid, user, thread.lang, body, to=(parent.id, handles), pictures=0.03)

    def _addendum(self, sid: int) -> Json | None:
        """Let the last speaker of a conversation add to what he said, or return None if there is none."""
        threads = [thread for thread in self.open[False] if len(thread.nodes) > 2]
        if not threads:
            return None
        thread = self.rng.choice(threads)
        last = thread.nodes[-1]
        text = self.rng.choice(ADDENDA) if thread.lang == "en" else self.records.say(thread.lang, "reply")
        thread.nodes[-1] = last._replace(id=sid)  # The next answers go to the addendum.
        return self.records.status(sid, last.user, thread.lang, text, to=(last.id, [last.user]), pictures=0)

    def reply(self, sid: int, ms: int, own: bool) -> Json:
        """Write the next reply: into an open conversation, or to a status that is not in the stream."""
        self.replies += 1
        if self.joined_replies < self.joined * self.replies and (record := self._joined_reply(sid, own)):
            self.joined_replies += 1
            return record
        records, lang = self.records, self.records.pick(LANGUAGES)
        user = self.rng.choice(records.users)
        to = (records.new_id(records.earlier(ms)), [user if own else self.rng.choice(records.users)])
        return records.status(sid, user, lang, records.dress(records.say(lang, "reply"), lang), to=to, pictures=0.06)
