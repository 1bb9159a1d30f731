"""WordNet's text files as plain Python: which senses a word has, how often each is meant."""
import os
import re
from collections import defaultdict
from dataclasses import dataclass, field

HOME = os.environ.get("WORDNET", "/usr/share/wordnet")          # Debian: wordnet-base
FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
STOP = set("""a an the and or of in on at to for from by with as is are be been being was were that which who whom
whose this these those it its he she his her they them their one ones some any no not other another into out up off
over such so than then when where what how if but can may do does did done have has had having used use very more most
usually often especially something someone somebody especially etc e.g i.e you your we our i me my us about through
between against without within during under who's too also only just both each all same own there here while because
make makes made making person people thing act state quality way relating""".split())


@dataclass
class Sense:
    gloss: str                                                  # clean and short
    full: str                                                   # all of it, parentheses and all
    examples: list
    synonyms: list
    hypernyms: list                                             # words
    topic: int                                                  # lexicographer file: 5 animal, 6 artifact, ...
    count: int                                                  # times met in the sense-tagged texts
    number: int                                                 # 1 is the first sense of its part of speech


def content(text):
    """The words that carry meaning, with plain plurals folded."""
    words = re.findall(r"[a-z]+", text.lower())
    return {w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w
            for w in words if w not in STOP and len(w) > 2}


def clean(gloss, longest=14):
    """A definition without parentheses and examples, cut at a semicolon when it is long."""
    gloss = re.sub(r"\([^()]*\)", " ", re.sub(r"\([^()]*\)", " ", gloss))
    gloss = re.sub(r'"[^"]*"?', " ", gloss).replace("`", "").replace("--", ", ")
    parts = [re.sub(r"\s+([,;])", r"\1", re.sub(r"\s+", " ", p)).strip(" ,.:") for p in gloss.split(";")]
    parts = [p for p in parts if p and not p.startswith(("- ", "e.g", "i.e"))]
    out = ""
    for p in parts:                                             # as many parts as fit
        longer = f"{out}; {p}" if out else p
        if out and len(longer.split()) > longest - 3:
            break
        out = longer
    words = out.split()
    if len(words) > longest + 4:                                # one endless part: cut it at a comma, or just cut it
        head = " ".join(words[:longest])
        out = head[:head.rindex(",")] if "," in head[len(head) // 2:] else head
        out = re.sub(r"( (a|an|the|of|or|and|in|to|by|with|for|that|as|is|from|on|at|its|which))+$", "", out)
    return out.strip(" ,;")


def load():
    """word -> its senses, the most frequent first"""
    synsets = {}
    for pos, name in FILES.items():
        for line in open(f"{HOME}/data.{name}", encoding="latin-1"):
            if line.startswith(" "):
                continue
            head, gloss = line.rstrip().split(" | ", 1)
            f = head.split()
            n = int(f[3], 16)
            words = [re.sub(r"\(.*\)", "", w).replace("_", " ") for w in f[4:4 + 2 * n:2]]
            p = 4 + 2 * n
            ups = [f[p + 1 + 4 * i + 1] for i in range(int(f[p])) if f[p + 1 + 4 * i] == "@"]
            synsets[pos, f[0]] = (words, ups, gloss, int(f[1]))
    senses = defaultdict(list)
    for line in open(f"{HOME}/index.sense"):
        key, offset, number, count = line.split()
        word, rest = key.split("%")
        pos = "nvara"[int(rest[0]) - 1]                         # 5 is an adjective satellite
        words, ups, gloss, topic = synsets[pos, offset]
        if word not in words:                                   # capitalised: a name
            continue
        senses[word].append(Sense(
            clean(gloss), gloss, re.findall(r'"([^"]{8,90})"', gloss),
            [w for w in words if w != word],
            [w for u in ups for w in synsets[pos, u][0][:2]], topic, int(count), int(number)))
    for s in senses.values():
        s.sort(key=lambda x: (-x.count, x.number))
    return senses
