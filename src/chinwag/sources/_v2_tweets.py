"""Read tweets of API v2 as they stand in answers, in the stream, flattened by twarc 2, or put together from a table."""

import re

import msgspec

from chinwag.mending import Count
from chinwag.rows import NO_ID, NO_ORIGINAL, Rows
from chinwag.texts import cut_at, expanded, prefix_length, unescaped
from chinwag.values import id_time, iso_time, to_id

NO_TWEET = "a user, a list or a count: no tweet"
NOT_THE_TEXT = "a notice of Twitter's in place of the text"

EMBEDDED = {"replied_to": "parent", "quoted": "quoted", "retweeted": "retweeted"}
# Where links to a tweet's own media lead; of 832 links of the kind in the real files 4 are other links.
PICTURE = re.compile(r"https://(?:twitter|x)\.com/\w+/status/\d+/(?:photo|video)/\d+$")
# Such a text is nobody's, and longer than many: 100 tweets of a real file have it, all of them have their own text in
# another file, and 14 of those are shorter, so that the notice would be taken for the fullest.
NOTICE = re.compile(
    r"(?:@\w+'s account|This (?:Tweet|Post) from @\w+) (?:has been withheld|is temporarily unavailable) .*Learn more\.$"
)


# The fields of all records are in the order of the stream's JSON, which is that of the alphabet: the decoder looks for
# the next one first. What only other forms have comes last.
class Metrics(msgspec.Struct, gc=False):
    """Read the counts of a tweet."""

    retweet_count: Count | None = None
    reply_count: Count | None = None
    like_count: Count | None = None
    quote_count: Count | None = None
    repost_count: Count | None = None


class UserMetrics(msgspec.Struct, gc=False):
    """Read the counts of a user."""

    followers_count: Count | None = None


class User(msgspec.Struct, gc=False):
    """Read an author."""

    id: str | None = None
    public_metrics: UserMetrics | None = None
    username: str | None = None
    verified: bool | None = None


class Hashtag(msgspec.Struct, gc=False):
    """Read a hashtag."""

    tag: str | None = None


class Mention(msgspec.Struct, gc=False):
    """Read a mention."""

    username: str | None = None


class Url(msgspec.Struct, gc=False):
    """Read a link in a text."""

    url: str | None = None
    expanded_url: str | None = None


class Entities(msgspec.Struct, gc=False):
    """Read what a text refers to."""

    hashtags: list[Hashtag] | None = None
    mentions: list[Mention] | None = None
    urls: list[Url] | None = None


class Note(msgspec.Struct, gc=False):
    """Read the whole of a long text."""

    entities: Entities | None = None
    text: str | None = None


class Media(msgspec.Struct, gc=False):
    """Read a photo, a video or an animated GIF."""

    alt_text: str | None = None
    media_key: str | None = None
    preview_image_url: str | None = None
    type: str | None = None
    url: str | None = None


class Attachments(msgspec.Struct, gc=False):
    """Read what is attached to a tweet; twarc 2 puts `media` in."""

    media_keys: list[str] | None = None
    media: list[Media] | None = None


class Tweet(msgspec.Struct, gc=False):
    """Read a tweet or a post; flattened it holds its author and whom it answers."""

    attachments: Attachments | None = None
    author_id: str | None = None
    conversation_id: str | None = None
    created_at: str | None = None
    display_text_range: list[int] | None = None
    edit_history_tweet_ids: list[str] | None = None
    entities: Entities | None = None
    id: str | None = None
    in_reply_to_user_id: str | None = None
    lang: str | None = None
    note_tweet: Note | None = None
    possibly_sensitive: bool | None = None
    public_metrics: Metrics | None = None
    referenced_tweets: "list[Reference] | None" = None
    source: str | None = None
    text: str | None = None
    author: User | None = None
    in_reply_to_user: User | None = None
    edit_history_post_ids: list[str] | None = None
    note_post: Note | None = None
    referenced_posts: "list[Reference] | None" = None


class Reference(Tweet, gc=False):
    """Read a reference to another tweet; flattened it is that tweet."""

    type: str | None = None


class Includes(msgspec.Struct, gc=False):
    """Read what the tweets of an answer refer to."""

    media: list[Media] | None = None
    tweets: list[Tweet] | None = None
    users: list[User] | None = None
    posts: list[Tweet] | None = None


NO_INCLUDES = Includes()
_NO_ENTITIES, _NO_METRICS, _NO_NOTE, _NO_USER, _NO_USER_METRICS = Entities(), Metrics(), Note(), User(), UserMetrics()


def reference(tweet: Tweet, kind: str) -> Reference | None:
    """Find what a tweet refers to: `replied_to`, `quoted` or `retweeted`."""
    for found in tweet.referenced_tweets or tweet.referenced_posts or ():
        if found.type == kind:
            return found
    return None


def uncounted(tweet: Tweet) -> bool:
    """Tell whether all counts are 0; a retweet has its original's count of retweets from the beginning."""
    counts = tweet.public_metrics
    if counts is None or counts.reply_count or counts.like_count or counts.quote_count:
        return False
    return not (counts.retweet_count or counts.repost_count) or reference(tweet, "retweeted") is not None


class Answer:
    """Add the sightings of one answer: a tweet that stands in it more than once is seen once."""

    def __init__(
        self,
        number: int,
        rows: Rows,
        seen_at: int | None,
        includes: Includes = NO_INCLUDES,
        terms: str | None = None,
    ) -> None:
        self._number, self._rows, self._seen_at, self._terms = number, rows, seen_at, terms
        self._users = {user.id: user for user in includes.users} if includes.users else {}
        self._media = {media.media_key: media for media in includes.media} if includes.media else {}
        self._seen: set[int] = set()
        self._originals: list[int | None] = []

    def item(self, tweet: Tweet, *, counted: bool = True) -> None:
        """Add what the answer is about."""
        problem = self._add(tweet, "own", counted=counted) if tweet.text is not None else NO_TWEET
        if problem:
            self._rows.reject(self._number, problem)
        else:
            self._rows.counts["tweets"] += 1

    def embed(self, tweet: Tweet, seen_as: str) -> None:
        """Add a tweet that another one refers to."""
        if problem := self._add(tweet, seen_as):
            self._rows.field(self._number, f"{seen_as} tweet: {problem}")

    def finish(self) -> None:
        """Count the retweets whose original the answer does not hold."""
        for original in self._originals:
            if original not in self._seen:
                self._rows.field(self._number, NO_ORIGINAL)

    def _add(self, tweet: Tweet, seen_as: str, *, counted: bool = True) -> str | None:
        """Add a tweet, and those that were put in place of its references; say why it cannot be used."""
        tweet_id = to_id(tweet.id)
        if tweet_id is None or tweet.text is None:
            return "no text" if tweet_id else NO_ID
        original = reference(tweet, "retweeted")
        if original is not None:
            self._originals.append(to_id(original.id))
        elif tweet_id not in self._seen:
            self._seen.add(tweet_id)
            self._sighting(tweet_id, tweet, seen_as, counted=counted)
        for found in tweet.referenced_tweets or tweet.referenced_posts or ():
            if found.text is not None:
                self.embed(found, EMBEDDED.get(found.type or "", "included"))
        return None

    def _sighting(self, tweet_id: int, tweet: Tweet, seen_as: str, *, counted: bool) -> None:
        link, number = self._rows.link, self._number
        user = tweet.author or self._users.get(tweet.author_id) or _NO_USER
        parent, quoted = reference(tweet, "replied_to"), reference(tweet, "quoted")
        reply_to_id, reply_to_rounded = link(number, "reply_to_id", parent.id) if parent else (None, None)
        note = tweet.note_tweet or tweet.note_post or _NO_NOTE
        entities = (note if note.text else tweet).entities or _NO_ENTITIES
        text = note.text or tweet.text or ""
        prefix, text = cut_at(text, self._text_begins(tweet, note))
        if NOTICE.match(text):
            self._rows.field(number, NOT_THE_TEXT)
            text = ""
        links = _links(tweet.entities, note.entities)
        metrics = tweet.public_metrics or _NO_METRICS
        retweets = metrics.retweet_count if metrics.retweet_count is not None else metrics.repost_count
        counts = (metrics.reply_count, retweets, metrics.like_count, metrics.quote_count)
        versions = tweet.edit_history_tweet_ids or tweet.edit_history_post_ids
        if versions and len(versions) > 1:
            self._edits(versions)
        self._rows.sighting(
            number,
            id=tweet_id,
            created_at=id_time(tweet_id) or iso_time(tweet.created_at),
            author_id=link(number, "author_id", tweet.author_id)[0],
            author_handle=user.username,
            author_followers=(user.public_metrics or _NO_USER_METRICS).followers_count,
            author_verified=user.verified,
            text=expanded(unescaped(text), links),
            reply_prefix=prefix,
            lang=tweet.lang,
            reply_to_id=reply_to_id,
            reply_to_rounded=reply_to_rounded,
            reply_to_author_id=link(number, "reply_to_author_id", tweet.in_reply_to_user_id)[0],
            quoted_id=link(number, "quoted_id", quoted.id)[0] if quoted else None,
            conversation_id=link(number, "conversation_id", tweet.conversation_id)[0],
            counts=counts if counted else (None, None, None, None),
            possibly_sensitive=tweet.possibly_sensitive,
            client=tweet.source or None,
            urls=_urls(entities.urls),
            hashtags=[tag.tag for tag in entities.hashtags if tag.tag] if entities.hashtags else None,
            media=self._media_of(tweet.attachments) if tweet.attachments else None,
            seen_as=seen_as,
            seen_at=self._seen_at,
            terms=self._terms,
        )

    def _text_begins(self, tweet: Tweet, note: Note) -> int:
        """Find where a text begins behind the mentions a client puts before a reply.

        Indices count code points of the escaped text: 43 of 43 mentions behind an entity, in the real files, fit so.
        """
        text, shown = tweet.text or "", tweet.display_text_range
        fits = shown is not None and len(shown) == 2 and 0 <= shown[0] <= shown[1] <= len(text)
        if shown and fits and (not note.text or note.text.startswith(text[: shown[0]])):
            return shown[0]
        user_id = tweet.in_reply_to_user_id
        if user_id is None and reference(tweet, "replied_to") is None:
            return 0
        replied = tweet.in_reply_to_user or self._users.get(user_id) or _NO_USER
        named = [*((tweet.entities or _NO_ENTITIES).mentions or ()), *((note.entities or _NO_ENTITIES).mentions or ())]
        handles = [mention.username for mention in named if mention.username]
        return prefix_length(note.text or text, [*handles, replied.username or ""])

    def _media_of(self, attachments: Attachments) -> list[tuple[str | None, str | None, str | None]] | None:
        media = attachments.media
        if media is None:
            media = [self._media[key] for key in attachments.media_keys or () if key in self._media]
        return [
            (item.type, item.url or item.preview_image_url, item.alt_text) for item in media if item.type or item.url
        ] or None

    def _edits(self, versions: list[str]) -> None:
        ids = [tweet_id for version in versions if (tweet_id := to_id(version)) is not None]
        for tweet_id in ids:
            self._rows.edit(tweet_id, min(ids))


def _links(*texts: Entities | None) -> dict[str, str]:
    """Map each t.co link to the address it leads to."""
    return {
        url.url: url.expanded_url
        for entities in texts
        if entities is not None and entities.urls
        for url in entities.urls
        if url.url and url.expanded_url
    }


def _urls(urls: list[Url] | None) -> list[str] | None:
    """Give the links of a text but those to its own media."""
    links = [link for url in urls or () if (link := url.expanded_url or url.url) and not PICTURE.match(link)]
    return links or None
