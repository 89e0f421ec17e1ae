"""Drop giveaways, and tweets that beg for follows, retweets, likes or tags."""

from typing import TYPE_CHECKING, Any

from chinwag.filters import Drop
from chinwag.filters._reading import TEXTS, choosing, matches

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "tweet"

# A giveaway names a deed and a prize: one pattern of each list is in it. In other texts either is harmless. The \b of
# RE2 knows ASCII only, so it stands only beside such letters.
DEEDS = (
    # English
    r"\b(?:rt|retweet|repost)(?:s|ing)?\b\s*(?:&|\+|/|,|and\b|to\b|this\b|for\b)",
    r"\b(?:&|\+|/|,|and)\s*(?:rt|retweet|repost)\b",
    r"\b(?:like|fav|share|comment)\b\s*(?:&|\+|/|,|and)\s*(?:rt|retweet|repost|share|follow|comment|tag|subscribe)\b",
    r"\bfollow(?:ing)?\s+(?:us|me|@\w+|our|my)\b|\bmust (?:be )?follow(?:ing)?\b",
    r"\btag (?:a|your|some|\d|two|three)\b",
    # Spanish, Portuguese, Italian, French, German
    r"\b(?:s[ií]gue(?:me|nos|n)?|siga(?:-nos|m)?|seguir|sigan(?:nos)?) .{0,30}\b(?:rt|retu?it|retweet|like|fav|@\w)",
    r"\b(?:dale|dar|dando|haz|den) .{0,30}\b(?:rt|retu?it|retweet|like|fav|@\w)",
    r"\b(?:rt|retweet|curt[aie]r?|compartilh\w+|comparte)\b.{0,30}(?:\b(?:y|e|et|und|para|pour)\b|\+)",
    r"\b(?:etiqueta|menciona|marque|marca|mencione) (?:a )?(?:un|una|um|uma|seus?|tus?|\d)\b",
    r"\b(?:suivez|suivre|follow|abonne[rz]|seguici|segui|folge[nt]?|folgt)\b.{0,30}(?:\b(?:rt|et|e|und)\b|retweet|\+)",
    # Indonesian, Turkish
    r"\b(?:follow|rt|retweet|like)\b.{0,20}\b(?:dan|kamu|kalian|ve|edin|et|yap|yapan|eden)\b",
    r"\btakip (?:et|edip|edin|eden)",
    # Japanese, Korean, Thai, Chinese
    r"フォロー|リツイート|リポスト|RT(?:して|で|する|した|&|\+)|팔로우|리트윗|알티|รีทวีต|รีทวิต|รีโพสต์|ฟอล|关注",
    r"關注|转发|轉發|轉推",
    # Russian, Arabic
    r"подпи(?:шись|сывай|шит|сат|ска)|ретвит|рэтвит|репост|ريتويت|رتويت|تابع(?:نا|و)|متابعة|فولو",
)  # fmt: skip
PRIZES = (
    r"\bgive ?-?aways?\b|\bsweepstakes?\b|\b(?:to|could|chance (?:of|to|at)) win(?:ning)?\b|\bto enter\b",
    r"\bprizes?\b",
    r"\bwin (?:an?|one|your|this|these|\d)\b",
    r"\bwinners?\b.{0,30}\b(?:announced|picked|chosen|drawn|selected|random|dm|get)",
    r"\bsorte(?:o|io|amos|ando|aremos|arei|ar)\b|\bconcurso\b|\bpremios?\b|\bprêmios?\b|\bganar(?:te|se)?\b",
    r"\bganhar\b",
    r"\bgewinn(?:e|en|t|spiel)\b|\bverlos\w+|\bconcours\b|\bgagner\b|\btirage au sort\b|\bin palio\b",
    r"\bvinc(?:ere|i)\b",
    r"\bhadiah\b|\bkuis\b|\bpemenang\b|çekiliş|\bhediye\b|\bkazan\w*",
    r"プレゼント|抽選|当たる|当選|懸賞|추첨|당첨|나눔|แจก|ลุ้น|สุ่ม|抽奖|抽獎|抽出|送出",
    r"розыгрыш|разыгр|победител|جائز|جوائز|سحب",
)
# Each of these begs by itself.
BEGGING = (
    # A click as an answer: "rt if you …", "like for yes, rt for no"; `like` only where a sentence begins with it.
    r"\b(?:rt|retweet|repost)(?: this)? (?:if|when|for|4)\b|\bfav(?:ou?rite)?(?: this)? if (?:you|u|ya|your)\b",
    r"(?:^|[.!?\n]\s*)(?:like|share)(?: this)? if (?:you|u|ya|your)\b",
    r"\b(?:rt|retweet|fav)(?: se| si| sí| wenn| kalau| jika| yg| yang| kalo) ",
    r"\b(?:rt|retweet|rtした|いいね)(?:した|してくれた)(?:人|方|ら)|拡散希望|拡散お願い",
    # Friends to be called.
    r"\b(?:tag|mention) (?:an?|your|some|someone|one|two|three|\d)\b.{0,20}\b(?:friend|bestie|buddy|mate|person|who)",
    r"\b(?:etiqueta|menciona) a (?:un|una|tu|tus|alguien|dos|tres|\d)\b",
    r"\bmarqu?[ea] (?:um|uma|seus?|suas?|o|a|aquel[ea]|\d) ?amig",
    r"\b(?:tagga|tague|identifie|markiere|verlinke) (?:un|una|une|tes|ton|einen?|deinen?|\d)\b",
    # Follows for follows.
    r"\bfollow(?:s|ing|ed)?[ -]?(?:back|4|for)[ -]?(?:follow|back)?s?\b.{0,40}\b(?:follow|rt|retweet|gain|instant)",
    r"\b(?:i|we)(?:'ll|ll| will)? (?:always )?follow (?:you )?back\b",
    r"#?\b(?:team ?follow ?back|follow4follow|f4f|l4l|fb4fb|sdv|mgwv|tfb|autofollow|followtrick|followtrain)\b",
    r"\bgain (?:\w+ )?(?:\w+ )?(?:active )?(?:followers|mutuals|moots)\b",
    r"\bfollow (?:everyone|all|anyone|those|people) (?:who|that)\b",
    r"\bfollow(?:ed)? (?:me )?(?:and|&|n) (?:i(?:'ll|ll| will)?|we(?:'ll| will)?|get|gain)\b",
    r"\b(?:s[ií]gueme (?:y|pls|please|por)|segueme|me segue|te sigo de|sigo de volta)\b",
    r"\b(?:geri takip|takibe takip|gt yap\w*|folbek|folback|follback|jfb)\b",
    r"相互(?:フォロー|希望|限定)|フォロバ(?:し(?:て|ます)|す[るん]|お願い|希望|必|率|100)|맞팔|선팔|ฟอลแบ[็ค]*",
    r"ฟอลกลับ|互关|互粉|взаимн\S* (?:подпис|фолл)|فولو ?باك",
)


def drop() -> Drop:
    """Choose them by what such texts say in a dozen languages: a deed to be done with a prize, or plain begging.

    To answer them is no conversation, and they are the most copied texts there are.
    """
    return TEXTS, [], choosing(_mask)


def _mask(batch: "pa.RecordBatch") -> Any:
    import pyarrow.compute as pc

    texts = batch["text"]
    return pc.or_(matches(texts, BEGGING), pc.and_(matches(texts, DEEDS), matches(texts, PRIZES)))
