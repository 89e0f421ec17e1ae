"""Write a database as twint 2.1.20 does, the last release whose databases are whole."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from shapes import Tweet, twint_old

SOURCE = twint_old.SOURCE
KEPT = twint_old.KEPT - {"reply_to_author_id"}  # which is in a table of its own

TABLES = """
    CREATE TABLE users(
        id integer not null, id_str text not null, name text, username text not null, bio text, location text, url text,
        join_date text not null, join_time text not null, tweets integer, following integer, followers integer,
        likes integer, media integer, private integer not null, verified integer not null,
        profile_image_url text not null, background_image text, hex_dig text not null, time_update integer not null,
        CONSTRAINT users_pk PRIMARY KEY (id, hex_dig));
    CREATE TABLE tweets(
        id integer not null, id_str text not null, tweet text default '', conversation_id text not null,
        created_at integer not null, date text not null, time text not null, timezone text not null,
        place text default '', replies_count integer, likes_count integer, retweets_count integer,
        user_id integer not null, user_id_str text not null, screen_name text not null, name text default '', link text,
        mentions text, hashtags text, cashtags text, urls text, photos text, quote_url text, video integer, geo text,
        near text, source text, time_update integer not null, `translate` text default '', trans_src text default '',
        trans_dest text default '', PRIMARY KEY (id));
    CREATE TABLE retweets(
        user_id integer not null, username text not null, tweet_id integer not null, retweet_id integer not null,
        retweet_date integer not null, CONSTRAINT retweets_pk PRIMARY KEY (user_id, tweet_id));
    CREATE TABLE replies(
        tweet_id integer not null, user_id integer not null, username text not null,
        CONSTRAINT replies_pk PRIMARY KEY (user_id, tweet_id));
    CREATE TABLE favorites(
        user_id integer not null, tweet_id integer not null,
        CONSTRAINT favorites_pk PRIMARY KEY (user_id, tweet_id));
    CREATE TABLE followers(
        id integer not null, follower_id integer not null,
        CONSTRAINT followers_pk PRIMARY KEY (id, follower_id));
    CREATE TABLE followers_names(
        user text not null, time_update integer not null, follower text not null, PRIMARY KEY (user, follower));
"""


def cells(tweet: Tweet) -> list[object]:
    row = twint_old.row(tweet)
    return [
        tweet.id, str(tweet.id), row["tweet"], row["conversation_id"], row["created_at"], row["date"], row["time"],
        row["timezone"], "", row["replies_count"], row["likes_count"], row["retweets_count"], tweet.author_id,
        str(tweet.author_id), tweet.author_handle, row["name"], tweet.link, ",".join(row["mentions"]),
        ",".join(row["hashtags"]), "", ",".join(row["urls"]), ",".join(row["photos"]), row["quote_url"], row["video"],
        "", "", "", 1_672_531_200_000, "", "", "",
    ]  # fmt: skip


def write(tweets: Sequence[Tweet]) -> dict[str, bytes]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(TABLES)
        for tweet in tweets:
            values = cells(tweet)
            database.execute(f"INSERT INTO tweets VALUES ({','.join('?' * len(values))})", values)
            for name in twint_old.addressed(tweet):
                database.execute(
                    "INSERT INTO replies VALUES (?, ?, ?)", [tweet.id, int(name["user_id"]), name["username"]]
                )
        database.commit()
        return {"tweets.db": database.serialize()}
