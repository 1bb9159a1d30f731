"""Writes parts-of-speech.txt.gz: English words with the part of speech that each mostly is, from WordNet 3.0.

    python3 src/core/words/build.py                 # reads /usr/share/wordnet, from Debian's wordnet-base

One line for each of `noun`, `verb`, `adjective` and `adverb`: the name, then its words, all parted by spaces. Taken
are words of two or more letters that occur in the texts whose words WordNet's makers tagged with senses; names are
nouns, in lower case as all words. A word belongs to the part of speech of more than half of its occurrences there, to none where no part has so
many. Words that English hardly uses but as prepositions, pronouns and the like, which WordNet leaves out or knows in
some rare sense only, are left out.
"""

import gzip
import os
import re
from collections import defaultdict

WORDNET = os.environ.get("WORDNET", "/usr/share/wordnet")
HERE = os.path.dirname(os.path.abspath(__file__))
# ss_type of a sense key; 5 is an adjective satellite.
PARTS = {"1": "noun", "2": "verb", "3": "adjective", "5": "adjective", "4": "adverb"}
CLOSED = set(
    """about above across after against along amid among an and another any around as at before behind below beneath
    beside besides between beyond both but by despite down during each either except few for from he her hers him his
    how if in inside into it its less like many may me might mine more most much must my near neither no none nor of off
    on one onto or other our out outside over past per round she should since so some such than that the their them then
    there these they this those though through till to toward under until up upon us we what when where whether which
    while who whom whose why will with within without would yet you your can could shall""".split()
)


def occurrences():
    """word -> part of speech -> times it was tagged so."""
    counts = defaultdict(lambda: defaultdict(int))
    with open(os.path.join(WORDNET, "index.sense"), encoding="latin-1") as file:
        for line in file:
            key, _, _, count = line.split()
            word, sense = key.split("%")
            if re.fullmatch("[a-z]{2,}", word) and word not in CLOSED:
                counts[word][PARTS[sense[0]]] += int(count)
    return counts


def main():
    words = defaultdict(list)
    for word, parts in sorted(occurrences().items()):
        part = max(parts, key=parts.get)
        if 2 * parts[part] > sum(parts.values()):
            words[part].append(word)
    lines = [" ".join([part, *words[part]]) for part in ("noun", "verb", "adjective", "adverb")]
    # Without a time, so that the same words make the same file.
    with open(os.path.join(HERE, "parts-of-speech.txt.gz"), "wb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=9, mtime=0, filename="") as zipped:
            zipped.write(("\n".join(lines) + "\n").encode())
    print({part: len(found) for part, found in words.items()})


if __name__ == "__main__":
    main()
