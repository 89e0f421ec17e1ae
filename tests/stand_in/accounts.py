"""Keep the accounts of the stand-in: windows of requests, and what is billed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.stand_in import problems

WINDOW = 900.0
# Requests a window of an app, by the kind of request.
LIMITS = {"lookup": 3500, "single": 450, "recent": 450, "all": 300, "quotes": 75}


@dataclass
class Bill:
    """Count what was given. `posts_unique_per_day` is what is paid: the same post again within a UTC day is free."""

    requests: int = 0
    posts: int = 0
    users: int = 0
    posts_unique_per_day: int = 0
    users_unique_per_day: int = 0
    paid: set[tuple[str, str, int]] = field(default_factory=set, repr=False)

    def add(self, posts: set[int], users: set[int], now: float) -> int:
        """Count an answer; gives the posts to pay for."""
        day = datetime.fromtimestamp(now, UTC).date().isoformat()
        new_posts = {(day, "post", one) for one in posts} - self.paid
        new_users = {(day, "user", one) for one in users} - self.paid
        self.paid |= new_posts | new_users
        self.requests += 1
        self.posts += len(posts)
        self.users += len(users)
        self.posts_unique_per_day += len(new_posts)
        self.users_unique_per_day += len(new_users)
        return len(new_posts)


@dataclass
class Windows:
    """Count requests in windows of 15 minutes, each of which begins with the first request in it."""

    used: dict[str, int] = field(default_factory=dict)
    ends: dict[str, float] = field(default_factory=dict)
    last_all: float | None = None

    def count(self, kind: str, limit: int, now: float, *, one_a_second: bool) -> dict[str, str]:
        """Count a request and give the headers that tell of it. Raises Refused above the limit."""
        if now >= self.ends.get(kind, 0.0):
            self.ends[kind], self.used[kind] = float(int(now) + WINDOW), 0
        if self.used[kind] >= limit:
            raise problems.Refused(429, problems.too_many(), self.headers(kind, limit))
        if kind == "all" and one_a_second:
            if self.last_all is not None and now - self.last_all < 1.0:
                raise problems.Refused(429, problems.refusal(429), self.headers(kind, limit))
            self.last_all = now
        self.used[kind] += 1
        return self.headers(kind, limit)

    def headers(self, kind: str, limit: int) -> dict[str, str]:
        return {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(limit - self.used[kind]),
            "x-rate-limit-reset": str(int(self.ends[kind])),
        }
