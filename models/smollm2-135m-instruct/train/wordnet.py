"""WordNet's files as plain Python: definitions, examples, and the nouns that texts use."""
import re

from paths import WORK

HOME = WORK / "debian/wordnet-base/usr/share/wordnet"


def entries():
    """yields (word, definition, examples) of every sense; the word is the first of its synset"""
    for part in ("noun", "verb", "adj", "adv"):
        for line in (HOME / f"data.{part}").open(encoding="latin-1"):
            if line.startswith("  "):                           # the licence, which opens every file
                continue
            head, gloss = line.split(" | ", 1)
            word = re.sub(r"\(\w+\)$", "", head.split()[4]).replace("_", " ")
            examples = [e.strip(" ;") for e in re.findall(r'"([^"]+)"', gloss)]
            yield word, re.split(r';\s*"', gloss)[0].strip(" ;\n"), examples


def common_nouns(least=3):
    """Nouns that were met at least so often in WordNet's sense-tagged texts, in alphabetical order"""
    counts = {}
    for line in (HOME / "cntlist.rev").open():
        key, _, count = line.split()
        word, sense = key.split("%")
        if sense.startswith("1:"):
            counts[word] = counts.get(word, 0) + int(count)
    return sorted(w.replace("_", " ") for w, n in counts.items() if n >= least and w.isascii() and len(w) > 2)
