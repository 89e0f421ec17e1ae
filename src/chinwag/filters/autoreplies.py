"""Drop template replies of support accounts: send us a DM, we are sorry for the inconvenience, case numbers."""

from functools import reduce
from typing import TYPE_CHECKING, Any

from chinwag.filters import Drop
from chinwag.filters._reading import LINK, choosing, matches, without

if TYPE_CHECKING:
    import pyarrow as pa

LEVEL = "tweet"

DM = r"\b(?:dms?|pm|(?:direct|private) messages?)\b"  # a private channel, in English
# Each of these is said by support accounts only, or nearly: they ask to go on in private, or say that they did.
SURE = (
    # English. "I sent you a DM" is a customer's; a DM to "us" is not.
    r"\b(?:dm|pm|direct message|private message|e-?mail) us\b",
    rf"\b(?:send|shoot|drop|give) us (?:a|an|your)\b.{{0,40}}(?:{DM}|\b(?:message|note|e-?mail)\b)",
    rf"\bwe(?:'|\x{{2019}}| )[^.?!]{{0,80}}\b(?:via|in|by|through|over|to|a) (?:(?:a|the|our|your) )?{DM}",
    rf"\b(?:via|in|by|through|over|to) (?:(?:a|the|our|your) )?{DM}[^.?!]{{0,60}}\b(?:we|us)\b",
    rf"\b(?:please|kindly|could you|can you|so (?:we|i) can)\b[^.?!]{{0,40}}{DM}[^.?!]{{0,30}}"
    r"\b(?:your|details|number|info|name|address|e-?mail|account|regarding)\b",
    # Spanish, Portuguese, Italian, French
    r"\b(?:env[ií]a|escr[ií]be|m[aá]nda|cont[aá]cta|comp[aá]rte|ind[ií]ca|br[ií]nda)n?os\b.{0,60}"
    r"\b(?:dm|md|directo|privado|interno)\b",
    r"\b(?:nos (?:mand|envi|cham|cont)\w+|(?:mand|envi|cham)\w+[- ](?:nos|a gente))\b.{0,60}"
    r"\b(?:dm|mp|direct|privad[oa]|inbox)\b",
    r"\b(?:invia|scrivi|contatta|manda)ci\b.{0,60}\b(?:dm|privato|direct)\b",
    r"\b(?:envoyez|contactez|[ée]crivez|transmettez|rejoignez|communiquez)[- ]nous\b.{0,60}\b(?:dm|mp|priv[ée])",
    # German, Dutch, Indonesian, Turkish
    r"\b(?:schick|schreib|send)\w* (?:uns|mir)\b.{0,60}\b(?:dn|dm|pn|direktnachricht|privatnachricht)\b",
    r"\bstuur\w* .{0,40}\b(?:dm|pb|priv[ée]bericht)\b",
    r"\b(?:silakan|silahkan|mohon|harap)\b.{0,60}\b(?:dm|direct message)\b",
    r"\bdm(?:'den|'dan| üzerinden| yoluyla| arac\S+yla)",
    # Korean, Russian, Arabic
    r"DM(?:으로|을) (?:문의|보내 ?주|연락)|(?:напишите|пришлите|направьте) .{0,30}(?:лс|личн|директ|dm)",
    r"(?:عبر|على|في) (?:الخاص|الرسائل الخاصة|رسالة خاصة)",
)  # fmt: skip
# Others say these too: two of them, of different groups, make a template.
LIKELY = (
    # The agent's initials or name at the end: ^AB, ^Anna; -Becky, *JoanO, /CH. Not ^_^ and T^T.
    (
        r"(?:^|[\s.!?)])(?-i:\^\s?[A-Z][A-Za-z]{1,11}"
        r"|[-\x{2013}\x{2014}*/~]\s?[A-Z][A-Za-z]{1,11})\.?(?:\s*\d/\d)?\s*$",
    ),
    (
        r"\b(?:sorry|apologi[sz]e|apologies|regret|sadden\w+)\b.{0,60}"
        r"\b(?:hear|inconvenience|trouble|delay|frustrat\w+|confusion|issue|experience|wait)",
    ),
    (
        r"\bwe(?:'d|'ll|'re|\x{2019}d|\x{2019}ll|\x{2019}re| would| will| are| can)? (?:be |do )?"
        r"(?:like|love|happy|glad|sorry|here to|want to|hate|apologi[sz]e|appreciate|understand|recommend)\b",
    ),
    (
        r"\b(?:happy|glad|love|here|able) to (?:help|assist|look|check|take)\b",
        r"\b(?:further|better) (?:assist|help|investigat)\w*|\b(?:glad|like|love) to help\b",
    ),
    (
        r"\b(?:look|looked|looking) (?:further )?into (?:this|that|it|your)\b|\breach(?:ing)? (?:out to )?us\b",
        r"\bget back to you\b|\bcontact (?:us|our)\b|\bcall us\b",
    ),
    (
        r"\b(?:let us know|keep us (?:posted|updated)"
        r"|thank(?:s| you) for (?:your|the|reaching|contacting|getting in touch|letting us|bringing)"
        r" ?(?:feedback|patience|info\w*|out|us|this|know)?)\b",
    ),
    (
        r"\b(?:case|ticket|reference|ref|incident|tracking|booking|order|account|confirmation|claim|phone|contact|serial)"
        r"\b\s*(?:no\b|nr\b|num(?:ber)?|#|id\b|ref\b)",
    ),
    (
        r"\b(?:please|kindly)\b.{0,40}"
        r"\b(?:provide|share|confirm|visit|call|contact|reach|send|update|restart|let us|allow|be assured|dm)\b",
        r"\bour (?:\w+ ){0,2}(?:team|specialists?|experts?|agents?)\b",
    ),
    (
        r"\b(?:lamentamos|sentimos|disculpa[sr]?|desculp\w+|pedimos)\b",
        r"\bd[ée]sol[ée]e?s? .{0,30}(?:g[êe]ne|d[ée]sagr[ée]ment)|\btut uns\b|\bentschuldig\w+",
        r"\bci (?:dispiace|scusiamo)|\bmohon maaf\b|\bketidaknyamanan\b|\bvervelend\b",
    ),
    (
        r"\b(?:env[ií]an?os|escr[ií]ben?os|cont[aá]cten?os|contactanos|contactez[- ]nous|kontaktier\w* uns"
        r"|hubungi kami|neem contact|contattaci|entre em contato)\b",
    ),
    (
        r"\bn[uú]mero de (?:caso|protocolo|ticket|pedido|reporte|tel[ée]fono|contrato)|\bprotocolo\b",
        r"\bnum[ée]ro de (?:dossier|commande)|\b(?:ticket|kunden|auftrags|bestell|vorgangs)-?nummer\b",
        r"\bnomor (?:tiket|laporan|pelanggan)",
    ),
    (
        r"(?:DM|ダイレクトメッセージ).{0,20}(?:ください|下さい|いただ|頂)|DM(?:으로|을)",
    ),
    (
        r"ご不便|ご迷惑|불편을|ความไม่สะดวก|неудобств|الإزعاج",
    ),
    (
        r"申し訳(?:ございません|ありません)|죄송합니다|ขออภัย|извин|приносим|نعتذر|نأسف",
    ),
    (
        r"お問い?合わせ|お手数|サポート(?:窓口|センター)|고객센터|문의|ติดต่อ|обращени|служб\S* поддержки",
        r"خدمة العملاء|رقم (?:الطلب|البلاغ)",
    ),
)  # fmt: skip


def drop() -> Drop:
    """Choose replies with a phrase that only support accounts use, or with two that they use most, in many languages.

    They answer a person and say nothing: the talk goes on elsewhere. A condolence ("so sorry to hear that") stays, and
    so does an answer that is one, with an agent's initials below.
    """
    select = """
        select t.id, t.text
        from tweets as t
        join nodes as n on t.id = n.tweet_id
        where n.depth > 0 or t.reply_to_id is not null
    """
    return select, [], choosing(_mask)


def _mask(batch: "pa.RecordBatch") -> Any:
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(without(LINK, batch["text"]))
    likely = [pc.cast(matches(texts, group), "int8") for group in LIKELY]
    return pc.or_(matches(texts, SURE), pc.greater_equal(reduce(pc.add, likely), 2))
