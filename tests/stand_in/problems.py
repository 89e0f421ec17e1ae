"""Write the problems that the X API answers with: those of single tweets, and those of whole requests."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]
HOSTS = ("api.twitter.com", "api.x.com")

# Of what is gone: the title, and how the detail begins. Any other name makes a problem of that type.
GONE = {
    "resource-not-found": ("Not Found Error", "Could not find {noun} with {parameter}: [{id}]."),
    "not-authorized-for-resource": (
        "Authorization Error",
        "Sorry, you are not authorized to see the {Noun} with {parameter}: [{id}].",
    ),
    "not-authorized-for-resource:suspended": ("Forbidden", "User has been suspended: [{id}]."),
    "resource-unavailable": ("Resource Unavailable", "The {Noun} with {parameter}: [{id}] is not available."),
    "disallowed-resource": ("Disallowed Resource", "The {Noun} with {parameter}: [{id}] is withheld or blocked."),
    "internal-error": ("Internal Error", "The {Noun} with {parameter}: [{id}] could not be loaded."),
}
SECTIONED = ("not-authorized-for-resource", "disallowed-resource")
TITLES = {
    400: "Invalid Request",
    401: "Unauthorized",
    402: "CreditsDepleted",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Refused(Exception):
    """Refuse a whole request."""

    def __init__(self, status: int, body: Json, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, dict(headers or {})


def type_of(name: str, host: str) -> str:
    return f"https://{host}/2/problems/{name}"


def gone(tweet_id: int, reason: str, *, parameter: str, noun: str, host: str) -> Json:
    """Write why a tweet asked for, or one that another refers to, is not given."""
    title, detail = GONE.get(reason, ("Something New", "The {Noun} with {parameter}: [{id}] is gone."))
    name = reason.partition(":")[0]
    asked = parameter in ("ids", "id")
    section = {"section": "data" if asked else "includes"} if name in SECTIONED else {}
    return {
        "value": str(tweet_id),
        "detail": detail.format(noun=noun, Noun=noun.capitalize(), parameter=parameter, id=tweet_id),
        "title": title,
        "resource_type": noun,
        "parameter": parameter,
        "resource_id": str(tweet_id),
        "type": type_of(name, host),
        **section,
    }


def lost_field(name: str, *, noun: str, host: str) -> Json:
    """Write that a field of the tweets in an answer could not be given."""
    return {
        "resource_type": noun,
        "field": name,
        "section": "data",
        "parameter": f"{noun}.fields",
        "title": "Field Hydration Failure",
        "detail": f"The field {name} could not be loaded.",
        "type": type_of("field-hydration-failure", host),
    }


def invalid(message: str, parameter: str, value: str) -> Refused:
    """Refuse what a parameter holds."""
    body = {
        "errors": [{"parameters": {parameter: [value]}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": type_of("invalid-request", HOSTS[0]),
    }
    return Refused(400, body)


def refusal(status: int, host: str = HOSTS[0], name: str | None = None) -> Json:
    """Write the body that goes with a status."""
    title = TITLES.get(status, "Error")
    if name is not None:
        return {"title": title, "detail": f"{title}: {name}.", "status": status, "type": type_of(name, host)}
    if status == 402:
        detail = "Your enrolled account [1] does not have any credits to fulfill this request."
        return {"account_id": 1, "title": title, "detail": detail, "type": type_of("credits", host)}
    if status == 403:
        detail = "This client is not enrolled."
        more = {"reason": "client-not-enrolled", "registration_url": f"https://{host}/portal"}
        return {"title": title, "detail": detail, "type": type_of("client-forbidden", host), **more}
    return {"title": title, "detail": title, "type": "about:blank", "status": status}


def said_by(host: str, body: Json) -> Json:
    """Put another host into the type of a problem."""
    return body | {"type": body["type"].replace(HOSTS[0], host)} if "type" in body else body


def too_many() -> Json:
    """Write that a window is used up."""
    return {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}


def alternate(hosts: Sequence[str], number: int) -> str:
    """Name the host of the problem of that number in an answer."""
    return hosts[number % len(hosts)]
