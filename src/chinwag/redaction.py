"""Redact what tells who somebody is or how to reach them: put `[email]`, `[phone]`, ... in the place of each.

Rules find candidates, and libraries judge them: phonenumbers, python-stdnum for check digits, ipaddress. Where a
number alone does not tell, the words beside it decide. Mentions are not touched, nor are ids in links.
"""

import re
from collections.abc import Callable, Collection, Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

KINDS = ("email", "phone", "card", "account", "ip")

# Letters and digits of alphabets that are written with spaces. Other scripts may stand beside a number without one: in
# `電話090-1234-5678に` it begins after the word.
WORD = r"A-Za-z0-9\u00c0-\u024f\u0370-\u052f"
# What candidates have, from what is quick to tell to what is sure; clean texts are told by the first.
AT = re.compile(rf"[@\uff20%](?<=[{WORD}_+-].)(?:40)?[{WORD}]")
SPELT = re.compile(
    r"[ \[({<] ?(?:at|@|ät|arroba) ?[ \])}>] ?[\w-]+(?:\.\w| ?[ \[({<] ?(?:dot|punkt|punto|ponto)\b)", re.IGNORECASE
)
DIGIT = re.compile(r"\d")
NUMBER = re.compile(r"\d(?:[^\w\n]{0,3}\d){5}|\d\.\d{1,3}\.\d{1,3}\.\d|:[0-9A-Fa-f]{0,4}:")
# Digits in these are ids.
LINK = re.compile(r"(?:https?://|www\.)[!-~]+|(?<![\w.@-])(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}/[!-~]*")

LABEL = rf"[{WORD}](?:[{WORD}-]{{0,61}}[{WORD}])?+"
EMAIL = re.compile(
    rf"(?<![{WORD}._+@\uff20-])([{WORD}_](?:[{WORD}._+'\u2019-]{{0,62}}[{WORD}_+-])?)"
    rf"(?:[@\uff20]|%40)((?:{LABEL}\.){{1,8}}{LABEL})(?![{WORD}_@])"
)
_DOT = r"(?: ?[\[({<] ?(?:dot|punkt|punto|ponto) ?[\])}>] ?| (?:dot|punkt|punto|ponto) |\.)"
SPELT_EMAIL = re.compile(
    rf"(?<![{WORD}._+@-])([{WORD}_](?:[{WORD}._+-]{{0,62}}[{WORD}_+-])?)"
    r"(?:( ?[\[({<] ?(?:at|@|ät|arroba) ?[\])}>] ?)|( (?:at|@|arroba) ))"
    rf"([{WORD}-]{{1,63}}(?:{_DOT}[{WORD}-]{{1,63}}){{1,4}})",
    re.IGNORECASE,
)
DOT = re.compile(_DOT, re.IGNORECASE)
PROVIDERS = frozenset(
    ["aol", "gmail", "gmx", "googlemail", "hotmail", "icloud", "outlook", "protonmail", "yahoo", "yandex", "ymail"]
)
# Before ` at gmail.com` these are no names.
NO_NAME = re.compile(r"account|address|and|are|back|e?mail|in|is|look|looking|me|on|or|up|us", re.IGNORECASE)
TOP = re.compile(r"biz|com|edu|gov|info|net|org|xn--.+", re.IGNORECASE)  # in any case: `Jane@Example.Com`
FILE = re.compile(r"css|exe|gif|html?|jpe?g|js|pdf|php|png|py|svg|txt|webp|zip", re.IGNORECASE)  # `icon@2x.png`

CARD = re.compile(
    rf"(?<![{WORD}_@#$€£.,-])"
    r"(?:\d{13,19}|\d{4}([ .-])(?:\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{6}\1\d{4,5}|\d{4}\1\d{4}\1\d{2}))"
    rf"(?![{WORD}_]|[.,-]\d)"
)
# First digits and lengths, ISO/IEC 7812 as the schemes publish them.
BRANDS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12}(?:\d{3})?|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|62\d{14,17}"
    r"|(?:50|5[6-9]|6\d)\d{10,17}"
)
MAESTRO = re.compile(r"50|5[6-9]|6(?!011|2|4[4-9]|5)")
CARD_WORD = re.compile(
    r"(?<![\w\[])(?:card|visa|mastercard|amex|maestro|karte|carte|tarjeta|cart[aã]o)\b", re.IGNORECASE
)

IBAN = re.compile(rf"(?<![{WORD}_])[A-Za-z]{{2}}\d\d(?:[ -]?[A-Za-z0-9]){{11,30}}+")
ACCOUNT = re.compile(rf"(?<![{WORD}_\d])(?<!\d[ .,:/-])\d(?:[ -]?\d){{5,21}}+(?![{WORD}_/]|[.,:]\d)")
# The words before the number of an account; a routing number has a check digit, and a sort code looks like a date.
ACCOUNT_WORD = re.compile(
    r"(?<![\w\[])(?:(routing|aba|rtn)|(sort ?code)|account|acct?|a/c|konto(?:nummer)?|n[uú]mero de cuenta|cuenta|conta|"
    r"(?:no )?rek(?:ening)?|norek|[a-z]{0,12}bank)(?: (?:number|no|nr|num|is))?[ .:#=-]{0,4}$",
    re.IGNORECASE,
)

V4 = re.compile(rf"(?<![{WORD}_.])(?:\d{{1,3}}\.){{3}}\d{{1,3}}(?![{WORD}_]|\.\d)")
V6 = re.compile(
    rf"(?<![{WORD}_:.])(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]{{2,39}}+(?:\.\d{{1,3}}){{0,3}}(?![{WORD}_:])"
)
IP_WORD = re.compile(
    r"(?://|@|(?<![\w\[])(?:ips?|server|host|ping|dns|ssh|addr|address|subnet|connect|router|proxy)\b[^\d]{0,12})$",
    re.IGNORECASE,
)
VERSION = re.compile(
    r"(?<![\w\[])(?:ver|version|release|build|firmware|update|ios|android|chrome|windows|section|part|patch)\b",
    re.IGNORECASE,
)

RUN = re.compile(
    rf"(?<![{WORD}_\d@#$€£₹¥])(?<!\d[.,:/-])(?<![{WORD}]-)"
    r"[+\uff0b(\uff08]{0,2}\d(?:[ \u00a0()\uff08\uff09./\-\u2010-\u2015\uff0d]{0,3}\d){6,40}+"
)
# What says that a number is one to call, and may stand a few words before it.
CALL = re.compile(
    r"(?:(?<![\w\[])(?:call|phone|t[eé]l|telephone|mobile|cell|whats ?app|wa|zap|text|sms|fax|ring|dial|contact|"
    r"hotline|infoline|number is|hit me up|ll[aá]ma\w*|n[uú]mero es|m[oó]vil|tlf|tfn|me liga|contato|whats|appelez|ruf|"
    r"nummer|handy|ara|hubungi|hp|nomor|संपर्क|फोन|फ़ोन)\b|[☎📞📱📲☏]|電話|โทร|تماس|اتصل)[^\d\n\]]{0,14}$",
    re.IGNORECASE,
)
CALL_LINK = re.compile(r"(?:tel:|wa\.me/|[?&](?:phone|tel)=)\+?$", re.IGNORECASE)
# What says that it is something else.
COUNT = re.compile(
    r"(?<![\w\[])(?:order|invoice|ticket|ref|reference|case|id|uid|isbn|issn|ean|upc|imei|serial|sku|tracking|parcel|code|"
    r"zip|box|unix|pid|score|won|room|lotto|powerball|winning|steps|km|channel|account)"
    r"(?:[ .]{1,2}(?:no|number|nr|num|is|ref)\b){0,2}[ .:#=-]{0,3}$",
    re.IGNORECASE,
)
DATE = re.compile(
    r"(?<!\d)(?<!\d[./-])(?:[0-3]?\d([./-])[0-3]?\d\1(?:19|20)?\d\d|(?:19|20)\d\d([./-])[01]?\d\2[0-3]?\d)(?![./-]?\d)"
    r"|(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
)
GROUP = re.compile(r"\d+")
YEARS = re.compile(r"(?:19|20)\d\d(?:\D+(?:19|20)\d\d)+")
DECIMAL = re.compile(r"\d+\.\d+")
THOUSANDS = re.compile(r"\d{1,3}(?:([ .])\d{3}){2,}+(?: ?- ?\d{1,3}(?:\1\d{3})+)?")

# Where the speakers of a language are likely to phone; Twitter's codes (`in` is Indonesian).
REGIONS = {
    "ar": "SA EG AE", "bn": "BD IN", "cs": "CZ", "da": "DK", "de": "DE AT CH", "el": "GR",
    "en": "US GB AU IN IE NZ ZA NG KE PH", "es": "ES MX AR CO CL PE VE", "et": "EE", "fa": "IR", "fi": "FI",
    "fr": "FR BE CH CA", "hi": "IN", "hu": "HU", "id": "ID", "in": "ID", "it": "IT", "iw": "IL", "he": "IL", "ja": "JP",
    "ko": "KR", "nl": "NL BE", "no": "NO", "pl": "PL", "pt": "BR PT", "ro": "RO", "ru": "RU KZ", "sv": "SE",
    "ta": "IN LK", "th": "TH", "tl": "PH", "tr": "TR", "uk": "UA", "ur": "PK", "vi": "VN", "zh": "TW HK",
}  # fmt: skip
ANYWHERE = "US GB"


def redact(text: str, kinds: Collection[str] = KINDS, lang: str | None = None) -> str:
    """Put `[kind]` in the place of what is personal, for each of `kinds`; `lang` says whose phone numbers to expect.

    Guarantees: what was redacted once is not changed by doing it again; texts without candidates come back as they are.
    """
    if not _suspicious(text):
        return text
    while True:
        redacted = text
        for kind, finder in FINDERS.items():
            if kind in kinds:
                redacted = finder(redacted, lang)
        if redacted == text:
            return text
        text = redacted  # what stood beside it may be told by now: again, until nothing is found


def _suspicious(text: str) -> bool:
    """Say whether a text may hold anything of the sort; most do not, and to tell has to be quick."""
    if text.isascii():
        digits = len(text) - len(text.encode().translate(None, b"0123456789"))  # three times as fast as a search
    else:
        digits = len(DIGIT.findall(text))
    # IP addresses have two colons or four digits, all else has more.
    if digits and (digits > 3 or "::" in text) and NUMBER.search(text):
        return True
    if ("@" in text or "\uff20" in text or "%40" in text) and AT.search(text):
        return True
    bracketed = "(" in text or "[" in text or "{" in text or "<" in text
    spelt = bracketed or " at " in text or " AT " in text or "@ " in text or " arroba " in text
    return spelt and SPELT.search(text) is not None


def _emails(text: str, lang: str | None) -> str:
    if AT.search(text):
        text = EMAIL.sub(_email, text)
    return SPELT_EMAIL.sub(_spelt_email, text) if SPELT.search(text) else text


def _email(found: re.Match[str]) -> str:
    labels = found[2].split(".")
    while len(labels) > 1 and not _top(labels[-1]):  # `me@example.org.Thanks`
        labels.pop()
    if len(labels) < 2:
        return found[0]
    return "[email]" + found[2][len(".".join(labels)) :]


def _top(label: str) -> bool:
    """Say whether a word can be a top level domain."""
    if TOP.fullmatch(label):
        return True
    return len(label) > 1 and label.isalpha() and (label.islower() or label.isupper()) and not FILE.fullmatch(label)


def _spelt_email(found: re.Match[str]) -> str:
    name, bracketed, plain, host = found.groups()
    labels = DOT.split(host)
    if not _top(labels[-1]):
        return found[0]
    if not bracketed:
        spelt = "." not in host
        sure = "arroba" in plain or (spelt and (bool(re.search(r"[._\d]", name)) or "AT" in plain))
        provider = labels[0].lower() in PROVIDERS and not NO_NAME.fullmatch(name)
        if not (sure or provider):
            return found[0]
    return "[email]"


def _digits(text: str) -> str:
    """Give the digits of a text, of any script, as ASCII."""
    return "".join(str(int(char)) for char in text if char.isdecimal())


def _links(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in LINK.finditer(text)] if "/" in text or "www." in text else []


def _linked(start: int, links: list[tuple[int, int]]) -> bool:
    return any(begin <= start < end for begin, end in links)


def _cards(text: str, lang: str | None) -> str:
    def judge(found: re.Match[str]) -> str:
        number = _digits(found[0])
        if not BRANDS.fullmatch(number) or _linked(found.start(), _links(text)):
            return found[0]
        from stdnum import luhn

        before = text[max(0, found.start() - 30) : found.start()]
        # Other numbers have check digits too; ids of tweets have 17 to 19 digits, and few cards have.
        usual = found[1] or (len(number) <= 16 and not MAESTRO.match(number) and not COUNT.search(before))
        return "[card]" if luhn.is_valid(number) and (usual or CARD_WORD.search(before)) else found[0]

    return CARD.sub(judge, text)


def _accounts(text: str, lang: str | None) -> str:
    links = _links(text)

    def account(found: re.Match[str]) -> str:
        told = ACCOUNT_WORD.search(text[max(0, found.start() - 36) : found.start()])
        return "[account]" if told and _holds(found[0], told) else found[0]

    text = IBAN.sub(lambda found: found[0] if _linked(found.start(), links) else _iban(found), text)
    return ACCOUNT.sub(account, text)


def _iban(found: re.Match[str]) -> str:
    """Redact an IBAN, whose end its country tells: the words behind it may look like a part of it."""
    from stdnum import iban

    places = [place for place, char in enumerate(found[0], 1) if char.isalnum()]
    for place in places[14:34]:
        if not found[0][place : place + 1].isalnum() and iban.is_valid(found[0][:place], check_country=False):
            return "[account]" + found[0][place:]
    return found[0]


def _holds(number: str, told: re.Match[str]) -> bool:
    """Say whether a number can be what the word before it says it is."""
    from stdnum.us import rtn

    if told[1]:
        return bool(rtn.is_valid(_digits(number)))
    return bool(told[2]) or not DATE.search(number)


def _ips(text: str, lang: str | None) -> str:
    def judge(found: re.Match[str]) -> str:
        try:
            groups = IPv4Address(found[0]).packed
        except AddressValueError:
            return found[0]
        before, after = text[max(0, found.start() - 24) : found.start()], text[found.end() : found.end() + 12]
        if not (IP_WORD.search(before) or re.match(r":\d{2,5}\b|/\d", after)):
            if VERSION.search(f"{before} {after}"):
                return found[0]
            if max(groups) < 100 and not found[0].startswith(("10.0.0.", "127.")):
                return found[0]
        return "[ip]"

    text = V6.sub(_v6, text) if text.count(":") > 1 else text
    return V4.sub(judge, text) if text.count(".") > 2 else text


def _v6(found: re.Match[str]) -> str:
    """Redact an IPv6 address, but neither `12::30` nor the eight pairs of a hardware address."""
    try:
        IPv6Address(found[0])
    except AddressValueError:
        return found[0]
    groups = [group for group in found[0].split(":") if group]
    long = [group for group in groups if len(group) > 2]
    return "[ip]" if long and len(groups) > 1 and any(char.isdigit() for char in found[0]) else found[0]


def _phones(text: str, lang: str | None) -> str:
    links: list[tuple[int, int]] | None = None
    parts, last = [], 0
    for run in RUN.finditer(text):
        links = _links(text) if links is None else links
        before = text[max(0, run.start() - 32) : run.start()]
        if CALL_LINK.search(before):
            spans = [run.span()]
        elif _linked(run.start(), links):
            continue
        else:
            after = text[run.end() : run.end() + 2]
            spans = [(run.start() + start, run.start() + end) for start, end in _numbers(run[0], before, after, lang)]
        for start, end in spans:
            parts += [text[last:start], "[phone]"]
            last = end
    return "".join([*parts, text[last:]])


def _numbers(run: str, before: str, after: str, lang: str | None) -> list[tuple[int, int]]:
    """Find the numbers to call in a run of digits; `555555` laughs, in Thai."""
    if re.match(rf"[{WORD}_%€$£]|[.,:]\d", after) or YEARS.fullmatch(run) or len(set(_digits(run))) == 1:
        return []
    if run.lstrip("(\uff08")[0] in "+\uff0b":
        return list(_international(run))
    if COUNT.search(before) or DATE.search(run):
        return []
    told = bool(CALL.search(before))
    if not told and (THOUSANDS.fullmatch(run) or DECIMAL.fullmatch(run)):
        return []
    for region in REGIONS.get(lang or "", ANYWHERE).split():
        if spans := list(_national(run, region, told)):
            return spans
    count = len(_digits(run))
    return [(0, len(run))] if told and (8 if run.isdecimal() else 7) <= count <= 15 else []


def _international(run: str) -> Iterator[tuple[int, int]]:
    """Find numbers with the code of a country; some that are in use are not known to be, so possible ones will do."""
    import phonenumbers

    for match in phonenumbers.PhoneNumberMatcher(run, None, phonenumbers.Leniency.POSSIBLE, max_tries=50):
        if len(_digits(match.raw_string)) >= 9 and not match.raw_string.endswith("000000"):
            yield _unbracketed(match.start, match.raw_string)


def _national(run: str, region: str, told: bool) -> Iterator[tuple[int, int]]:
    """Find numbers as they are written within a country."""
    import phonenumbers

    prefixed = _digits(run)[0] == phonenumbers.ndd_prefix_for_region(region, True) != "1"
    if not (told or prefixed) and run.isdecimal():
        return
    leniency = phonenumbers.Leniency.VALID if told or prefixed else phonenumbers.Leniency.EXACT_GROUPING
    matches = list(phonenumbers.PhoneNumberMatcher(run, region, leniency, max_tries=50))
    for match in matches:
        raw = match.raw_string
        if raw.isdecimal():
            fits = prefixed and phonenumbers.number_type(match.number) == phonenumbers.PhoneNumberType.MOBILE
        else:
            fits = (
                not prefixed or len(GROUP.findall(raw)) < 4 or _as_written(raw, region)
            )  # or else they are a lottery's
        if told or fits:
            yield _unbracketed(match.start, raw)
    if prefixed and not matches and not run.isdecimal() and _as_written(run, region):
        yield 0, len(run)


def _as_written(raw: str, region: str) -> bool:
    """Say whether a number that may exist is written as those of its region are: 07700 900123, which is for fiction."""
    import phonenumbers

    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return False
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    groups = [_digits(group) for group in GROUP.findall(raw)]
    return phonenumbers.is_possible_number(number) and GROUP.findall(written) == groups


def _unbracketed(start: int, raw: str) -> tuple[int, int]:
    """Give the place of a number without a bracket that is opened before it and not closed within it."""
    opened = raw[0] in "(\uff08" and not re.search(r"[)\uff09]", raw)
    return start + opened, start + len(raw)


FINDERS: dict[str, Callable[[str, str | None], str]] = {
    "email": _emails,
    "card": _cards,
    "account": _accounts,
    "ip": _ips,
    "phone": _phones,
}
