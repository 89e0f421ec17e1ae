"""Drop tweets made by programs: by the client that sent them, or because no human writes so fast."""

from chinwag.errors import UsageError
from chinwag.filters import Drop, Value
from chinwag.filters._limits import check_least, check_share

LEVEL = "tweet"

# Programs that post by rule or by chance what nobody wrote at that moment: makers of bots, feeds, gateways of other
# sites, counters of followers. All but the last two are clients of real tweets of 2013 to 2022, of which 1 in 40
# answers another; those are in other people's lists. Left out are schedulers and the programs of newsrooms and
# support desks, for people write with them: Buffer, Hootsuite, SocialFlow, Echobox, Sprinklr.
CLIENTS = [
    "autotweeti", "Ayat | آيات", "bot_manager", "Botbird tweets", "Botize", "Cheap Bots, Done Quick!", "dlvr.it",
    "EasyBotter", "fllwrs", "foursquare", "Google", "IFTTT", "makebot.sh", "metabirds Botbird",
    "Microsoft Power Platform", "Paper.li", "Revive Social App", "SocialOomph", "Tumblr", "Tweet Old Post",
    "TweetAdder v4", "twiroboJP", "twittbot.net", "twitterfeed", "Unfollowers.me", "WordPress.com", "Zapier.com",
    "Twibble.io", "تويت قرآن", "ツイート数カウントくん",
    "autotweety.net", "RoundTeam",
]  # fmt: skip
NEVER = 2**62  # tweets an hour


def drop(*, clients: list[str] = CLIENTS, rate: int = 60, share: float = 0.5) -> Drop:
    """Judge tweets by their client, and authors by all their tweets, in trees or not.

    Dropped are tweets sent with one of `clients`, in capitals or not; all tweets of authors of whose tweets a larger
    share than `share` was; and all of authors who have more than `rate` tweets in an hour of the clock. The rate is
    that of what was seen: in a 1 % sample, 1 % of what they wrote. Twitter lets an account write 2,400 a day, 100 an
    hour; of the real authors this was tried on the fastest person wrote 23, a whole support desk 48. `rate` 0 is no
    limit. Unknown clients, authors and times drop nothing. Raises UsageError where an option is out of range.
    """
    check_least(0, rate=rate)
    check_share(share=share)
    if any("\n" in name or not name.strip() for name in clients):
        raise UsageError("clients: a name has to be one line and not empty")
    sent = "coalesce(array_contains(split(?, '\n'), lower(trim(client))), false)"
    select = f"""
        select t.id
        from (select id, author_id, {sent} as sent from tweets semi join nodes on id = tweet_id) as t
        left join (
          select author_id
          from (
            select author_id, date_trunc('hour', created_at) as began, count(*) as tweets,
              sum(case when {sent} then 1 else 0 end) as sent
            from tweets
            group by author_id, date_trunc('hour', created_at)
          ) as hours
          group by author_id
          having sum(sent) > ? * sum(tweets)
            or max(case when began is not null then tweets end) > ?
        ) as a on t.author_id = a.author_id
        where t.sent or a.author_id is not null
    """  # noqa: S608 - both parts stand above
    names = "\n".join(name.strip().lower() for name in clients)
    values: list[Value] = [names, names, float(share), rate or NEVER]
    return select, values
