"""Hold what the synthetic stream's people say: topics, phrases in other languages, clients, shares."""

from typing import NamedTuple


class Topic(NamedTuple):
    """Hold the lines of one topic, so that any answer fits any question and each follow-up has its own reply."""

    tag: str
    items: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    follow_ups: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]  # A self-thread, in order.


# fmt: off
TOPICS = (
    Topic("baking", ("rye loaf", "sourdough", "spelt bread", "olive bread"),
          ("Why is my {item} so dense in the middle?", "My {item} came out flat again. What am I doing wrong?",
           "Does anybody know why a {item} stays gummy inside, even after {n} minutes in the oven?"),
          ("Give it {n} more minutes in the oven and let it cool fully before you cut it.",
           "Sounds underproofed to me. Let the dough rest until it has nearly doubled.",
           "Is your starter lively? Mine needed two feeds before the {item} rose well. After that I baked one every "
           "week and it never failed me again, not even in winter when the kitchen is cold.",
           "Bake it in a closed pot for the first {n} minutes, the steam helps a lot."),
          (("How warm should the kitchen be for that?", "Around {t} degrees. Colder works too, it only takes longer."),
           ("Does the kind of flour matter?", "Yes, wholemeal drinks more water. Add a little and wait {n} minutes."),
           ("And how do I know when it is done?", "Tap it from below. If it sounds hollow, it is ready.")),
          ("Baking a {item} today, notes below.", "The starter was fed at breakfast and doubled in {h} hours.",
           "Mixed the dough, then folded it every {n} minutes.", "Shaped it and left it in the fridge overnight.",
           "Out of the oven now. Best {item} so far!")),
    Topic("cycling", ("old touring bike", "city bike", "cargo bike", "folding bike"),
          ("The chain of my {item} slips when I pedal hard. Where do I start?",
           "What makes a {item} click with every turn of the pedals?",
           "My {item} shifts badly since the rain last week. Can I fix that at home?"),
          ("Clean and oil the chain first. That cures most of it and takes {n} minutes.",
           "Measure the chain. If it is worn, change it together with the cassette.",
           "I had the same on my {item}. Turning the barrel adjuster half a turn was enough, no new parts and no trip "
           "to the workshop. Go slowly, a quarter turn at a time, and try every gear before the next one.",
           "Check whether the pedals and the crank bolts are tight, they often work loose."),
          (("Do I need special tools for that?", "An allen key and a rag will do. A chain gauge is cheap as well."),
           ("How often should one do it?", "Every {n} days in winter, less in summer."),
           ("And if that does not help?", "Then look at the hanger. A bent one confuses every gear.")),
          ("Rebuilding my {item} this weekend, a thread.", "Took off both wheels and cleaned {n} years of mud.",
           "New cables in. It took {h} hours, most of them spent looking for one small screw.",
           "Brakes adjusted, lights wired, bell polished.", "First ride done. The {item} runs like new.")),
    Topic("gardening", ("tomatoes", "courgettes", "runner beans", "strawberries"),
          ("The leaves of my {item} turn yellow. Too much water?", "My {item} flower but bear no fruit. Any advice?",
           "When do you put your {item} outside? It is {t} degrees here by day."),
          ("Water them less often but deeply, always in the morning.",
           "Wait until the nights stay mild. Mine sulked for {h} weeks after one cold night.",
           "It may be a lack of food. I give my {item} compost every {n} days and now they are strong, the "
           "leaves stay green until autumn and there is more than the whole house can eat.",
           "Tap the flowers gently at noon, bees are rare on balconies."),
          (("Does the size of the pot matter?", "A lot. Take {n} litres or more for each plant."),
           ("Would you feed them now?", "Not in this heat. Wait for a cooler day and feed lightly."),
           ("What about snails?", "Copper tape on the rim, and a walk with a lamp after rain.")),
          ("Balcony diary: {item} this year.", "Sowed {n} seeds on the window sill.",
           "Everything came up after {h} days, even the forgotten ones.", "Moved the {item} outside, still no bees.",
           "First harvest today! It all went straight into the pan.")),
)
THANKS = ("That helped, thank you!", "Thanks a lot, I will try it on Saturday.", "Great, now I know what to do!")
WELCOME = ("You are welcome, tell us how it went!", "Any time. Good luck!", "Happy to help, send a picture!")
COMMENTS = ("So true.", "This is what I keep telling everybody about {tag}.", "Good point, worth reading.",
            "Trying this at the weekend!", "I do it differently, but why not.")
ADDENDA = ("One more thing: write down what you did, it helps next time.", "Forgot to say: take your time with it.",
           "And do tell us how it went!")
OTHERS = {lang: tuple(phrases.split("|")) for lang, phrases in {
    "ja": "今日はいい天気ですね。|パンがふっくら焼けました。|自転車で川まで行ってきた。|明日は雨かな?",
    "es": "Hoy hace un día precioso.|¿Alguien sabe cómo regar los tomates?|El pan salió muy rico.|Otra vez llueve.",
    "tr": "Bugün hava çok güzel.|Ekmek fırından yeni çıktı.|Bisikletle göle gittik.|Yarın yağmur yağacak mı?",
    "pt": "Que dia bonito para andar de bicicleta!|O pão ficou ótimo.|Alguém sabe podar roseiras?|Vai chover de novo.",
    "th": "วันนี้อากาศดีมาก|ขนมปังหอมมากเลย|ไปปั่นจักรยานกันไหม|ฝนตกอีกแล้ว",
    "ar": "الطقس جميل اليوم|الخبز ساخن ولذيذ|هل تعرفون متى نزرع الطماطم؟|ذهبت إلى الحديقة بالدراجة",
    "ko": "오늘 날씨가 정말 좋네요.|빵이 잘 구워졌어요!|자전거 타러 갈까요?|내일은 비가 온대요.",
    "in": "Cuaca hari ini cerah sekali.|Rotinya baru keluar dari oven.|Siapa mau ikut naik sepeda?|Besok hujan lagi?",
    "fr": "Il fait très beau aujourd'hui.|Le pain est enfin prêt !|Qui connaît un bon sentier près du lac ?",
    "hi": "आज मौसम बहुत अच्छा है।|रोटी ताज़ी बनी है।|क्या कल बारिश होगी?",
    "ru": "Сегодня отличная погода.|Хлеб получился вкусный.|Кто знает, когда сажать помидоры?",
    "iw": "מזג האוויר נהדר היום|הלחם יצא מהתנור|מי רוצה לרכוב על אופניים?",
    "und": "😀😀|#baking #bread|🌧️🌧️☔|Mmmm|🚲💨", "zxx": "",
}.items()}
LANGUAGES = {"en": 31.3, "ja": 17.6, "es": 7.9, "tr": 5.8, "pt": 4.9, "th": 4.8, "ar": 3.8, "und": 3.4, "ko": 3.3,
             "in": 3.0, "zxx": 2.6, "fr": 2.0, "hi": 1.5, "ru": 1.0, "iw": 0.3}  # Percent, one day of 2023.
CLIENTS = {f'<a href="http{url}" rel="nofollow">{name}</a>': share for url, name, share in (
    ("s://mobile.twitter.com", "Twitter Web App", 20), ("://twitter.com/download/iphone", "Twitter for iPhone", 35),
    ("://twitter.com/download/android", "Twitter for Android", 36), ("://twittbot.net/", "twittbot.net", 3))}
EMOJI = ("🍞", "🚲", "🌱", "🌦️", "😀", "👍🏽", "🍅", "☕")
ESCAPED = ("tea &amp; toast", "sun &gt; rain", "&lt;3", "bread &amp; butter &lt;3")
WORDS = ("baker", "cyclist", "gardener", "walker", "miller", "painter", "sailor", "reader")
# fmt: on
