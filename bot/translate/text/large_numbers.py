"""Words for large numbers where languages do not count in ten thousands, as far as a number may stand before them.

By the first part of the language code: power of ten → the forms (a regular expression), longer words before those that
begin them. Languages that are not here write numbers as English does. German, French and others call 10⁹ a milliard and
10¹² a billion; Hindi and Bengali count in lakh (10⁵) and crore (10⁷).
"""

from __future__ import annotations

LARGE: dict[str, dict[int, str]] = {
    "ar": {12: "تريليون", 9: "مليار|بليون", 6: "مليون|ملايين", 3: "ألف|آلاف"},
    "bn": {12: "ট্রিলিয়ন", 9: "বিলিয়ন", 6: "মিলিয়ন", 7: "কোটি", 5: "লক্ষ|লাখ", 3: "হাজার"},
    "cs": {12: "bili[oó]n", 9: r"miliard|mld\b", 6: r"mili[oó]n|mil\.|mio\b", 3: r"tisíc|tis\."},
    "da": {12: "billion", 9: r"milliard|mia\b", 6: r"million|mio\b", 3: "tusind"},
    "de": {12: r"billion|bio\b", 9: r"milliard|mrd\b", 6: r"million|mio\b", 3: r"tausend|tsd\b"},
    "el": {12: "τρισεκατομμύρ", 9: "δισεκατομμύρ|δισ\\b", 6: "εκατομμύρ|εκατ\\b", 3: "χιλιάδ|χίλι"},
    "es": {12: "bill[oó]n", 9: "mil millones|millardo", 6: "mill[oó]n", 3: r"mil\b"},
    "fa": {12: "تریلیون|هزار میلیارد", 9: "میلیارد", 6: "میلیون", 3: "هزار"},
    "fi": {12: "biljoon", 9: r"miljard|mrd\b", 6: r"miljoon|milj\b", 3: "tuhat|tuhan"},
    "fr": {12: "billion|mille milliards", 9: r"milliard|mds?\b", 6: "million", 3: r"mille\b|milliers?"},
    "he": {12: "טריליון", 9: "מיליארד", 6: "מיליון|מיליוני", 3: "אלף|אלפי"},
    "hi": {
        12: "ट्रिलियन",
        9: "बिलियन|अरब",
        7: "करो(?:\u095c|\u0921\u093c)",
        6: "मिलियन",
        5: "लाख",
        3: "ह(?:\u095b|ज\u093c|ज)ार",
    },
    "hu": {12: "billió", 9: "milliárd", 6: "millió", 3: "ezer"},
    "id": {12: "triliun", 9: r"miliar|milyar", 6: r"juta", 3: r"ribu"},
    "it": {12: "bilion|mila miliardi", 9: r"miliard|mld\b", 6: r"milion|mln\b", 3: r"mila\b|migliaia"},
    "nl": {12: "biljoen", 9: r"miljard|mld\b", 6: r"miljoen|mln\b", 3: "duizend"},
    "pl": {12: r"bilion|bln\b", 9: r"miliard|mld\b", 6: r"milion|mln\b", 3: r"tysi[ąe]|tys\b"},
    "pt": {12: "trilh|biliã|biliõ", 9: "bilh|mil milhões", 6: "milh", 3: r"mil\b"},
    "ro": {12: "trilio", 9: r"miliard|mld\b", 6: r"milio|mil\.", 3: r"mii\b|mie\b"},
    "ru": {12: "триллион|трлн", 9: "миллиард|млрд", 6: "миллион|млн", 3: r"тысяч|тыс\b"},
    "sv": {12: "biljon", 9: r"miljard|mdr\b", 6: r"miljon|mn\b", 3: "tusen"},
    "th": {12: "ล้านล้าน", 11: "แสนล้าน", 10: "หมื่นล้าน", 9: "พันล้าน", 6: "ล้าน", 5: "แสน", 4: "หมื่น", 3: "พัน"},
    "tr": {12: "trilyon", 9: "milyar", 6: "milyon", 3: r"bin\b"},
    "uk": {12: "трильйон|трлн", 9: "мільярд|млрд", 6: "мільйон|млн", 3: r"тисяч|тис\b"},
    "vi": {12: "nghìn tỷ|nghìn tỉ|ngàn tỷ", 9: r"tỷ\b|tỉ\b", 6: "triệu", 3: r"nghìn\b|ngàn\b"},
}
