"""The corpus: corpus.jsonl.xz (what may be passed on) and work/local.jsonl.xz (what may only be trained on).

    python corpus.py

A line is one passage of at most CONTEXT tokens: {source, licence, examples, title, test, text}. `examples` says that it
may be shown as a feature's example, `test` that it is held out. Passages come in the order of their hashes, so that the
first n are a fair sample of all, and one text more or less moves no other. The counts go into CORPUS.md.
"""
import hashlib
import json
import lzma
import re
import zlib

from datasketch import MinHash, MinHashLSH

from paths import CORPUS, TRAIN, WORK
from sources import SOURCES, debian
from smollm2 import CONTEXT, load_tokenizer

LOCAL = WORK / "local.jsonl.xz"
LEAST = {"wordnet-glosses": 8, "wordnet-examples": 7}           # tokens of a passage; 16 elsewhere
HELD_OUT = 0.04                                                 # of the documents


def digest(text):
    return hashlib.sha1(text.encode()).hexdigest()


def read(*paths):
    """The lines of corpus files; one that is not there has none"""
    for path in paths:
        if path.exists():
            with lzma.open(path, "rt", encoding="utf-8") as lines:
                yield from map(json.loads, lines)


def passages(text, count, longest=CONTEXT - 1):
    """Cuts a text between paragraphs, or else sentences, or else words, into passages of at most `longest` tokens.

    count: text -> its number of tokens
    """
    part, size = "", 0
    for piece in split(text, count, longest):
        n = count(piece)
        if part and size + n > longest:
            yield part.strip()
            part, size = "", 0
        part, size = part + piece, size + n
    if part.strip():
        yield part.strip()


def split(text, count, longest, marks=(r"(?<=\n\n)", r"(?<=\n)", r"(?<=[.!?;] )", r"(?<= )")):
    if count(text) <= longest:
        yield text
    elif marks:
        for piece in re.split(marks[0], text):
            yield from split(piece, count, longest, marks[1:])


def degenerate(text):
    """Does it repeat itself, or hold hardly any words? A third of the length of English prose is what deflate needs."""
    raw = text.encode()
    words = re.findall(r"\w+", text.lower())
    if len(raw) > 200 and len(zlib.compress(raw, 9)) / len(raw) < 0.33:
        return True
    grams = list(zip(words, words[1:], words[2:]))
    if len(grams) > 20 and len(set(grams)) / len(grams) < 0.75:
        return True
    letters = sum(c.isalpha() or c.isspace() for c in text)
    return letters < 0.5 * len(text) or sum(ord(c) > 0x24f and c.isalpha() for c in text) > 0.2 * len(text)


class NearDuplicates:
    """Remembers texts by the MinHash of their runs of three words"""

    def __init__(self, threshold=0.6):
        self.lsh = MinHashLSH(threshold=threshold, num_perm=64)
        self.seen = set()

    def add(self, text):
        """-> False when the text, or one of which it shares more than the threshold, was there before"""
        words = re.findall(r"\w+", text.lower())
        key = " ".join(words)
        if key in self.seen:
            return False
        self.seen.add(key)
        if len(words) < 12:
            return True
        m = MinHash(num_perm=64, seed=1)
        m.update_batch([" ".join(words[i:i + 3]).encode() for i in range(len(words) - 2)])
        if self.lsh.query(m):
            return False
        self.lsh.insert(key, m)
        return True


def main():
    debian("wordnet-base")
    tokenizer = load_tokenizer()
    count = lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)
    near, rows, sheet = NearDuplicates(), [], []
    for s in sorted(SOURCES, key=lambda s: s.name == "written"):            # the written ones last: they become more
        tokens, kept, dropped = 0, 0, 0
        for title, text in s.texts():
            if tokens >= s.tokens:
                break
            begin = tokens
            # By the title: what is cut out of one document stays together.
            test = int(digest(title or text)[:8], 16) < HELD_OUT * 2 ** 32
            for passage in passages(text, count):
                if tokens - begin > s.each:
                    break
                n = count(passage)
                if n < LEAST.get(s.name, 16) or "<|" in passage or degenerate(passage) or not near.add(passage):
                    dropped += 1
                    continue
                rows.append((digest(passage), s, {
                    "source": s.name, "licence": s.licence, "examples": s.examples, "title": title, "test": test,
                    "text": passage}))
                tokens, kept = tokens + n, kept + 1
        sheet.append((s, kept, tokens, dropped))
        print(f"{s.name:20} {kept:7} passages {tokens:9} tokens, {dropped} dropped", flush=True)
    rows.sort(key=lambda r: r[0])
    for path, committed in ((CORPUS, True), (LOCAL, False)):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for _, s, row in rows if s.committed == committed]
        part = path.with_suffix(".part")
        with lzma.open(part, "wt", preset=6, encoding="utf-8") as out:
            out.writelines(lines)
        part.rename(path)
        print(path.name, f"{path.stat().st_size / 1e6:.2f} MB")
    write_datasheet(sheet)


def write_datasheet(sheet):
    yes = lambda b: "yes" if b else "no"
    table = "\n".join(
        f"| {s.name} | {kept} | {tokens} | {dropped} | {s.licence} | {yes(s.committed)} | {yes(s.examples)} | {s.attribution} |"
        for s, kept, tokens, dropped in sheet)
    total = sum(t for _, _, t, _ in sheet)
    (TRAIN / "CORPUS.md").write_text(f"""# Datasheet of the corpus

`corpus.py` writes this file. {total} tokens of SmolLM2's tokenizer in {sum(k for _, k, _, _ in sheet)} passages of at
most {CONTEXT - 1} tokens; each is a context of its own, and no two texts ever share one. About {HELD_OUT:.0%} of the documents
are held out (`test`).

| source | passages | tokens | dropped | licence | in `corpus.jsonl.xz` | may be shown as an example | attribution |
|---|---|---|---|---|---|---|---|
{table}

Dropped: too short, repeating themselves, or near-duplicates (three-word runs shared by more than 0.6, by MinHash).
What is not in the committed file is taken from its package again whenever `corpus.py` runs, and is only trained on.
""")


if __name__ == "__main__":
    main()
