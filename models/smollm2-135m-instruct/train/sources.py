"""Where the corpus comes from: one Source each, with its licence, and the code that takes its texts out of a package.

    python sources.py        lists them, with the number of texts and their length

The packages are fetched by the package managers' own clients: Debian's into work/debian, the wheel into work/wheels.
"""
import bz2
import gzip
import json
import lzma
import random
import re
import subprocess
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import mwparserfromhell
from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from lxml import etree

import wordnet
from paths import CORPUS, WORK

warnings.filterwarnings("ignore", category=XMLParsedAsHTMLWarning)     # XHTML pages
DEBIAN, WHEELS = WORK / "debian", WORK / "wheels"
GENSIM = "gensim==4.4.0"
TEST_DATA = "gensim/test/test_data/"


@dataclass
class Source:
    name: str
    licence: str
    texts: Callable[[], Iterator[tuple[str, str]]]              # (title, text)
    tokens: int                                                 # at most so many are taken
    examples: bool = False                                      # its texts may be shown as a feature's examples
    committed: bool = True                                      # its texts may stand in the committed corpus
    attribution: str = ""
    each: int = 3_000                                           # at most so many tokens of one document


def debian(package: str) -> Path:
    """The unpacked folder of a Debian package"""
    folder = DEBIAN / package
    if not folder.exists():
        DEBIAN.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", package], cwd=DEBIAN, check=True)
        [deb] = DEBIAN.glob(f"{package}_*.deb")
        subprocess.run(["dpkg-deb", "-x", deb, folder], check=True)
        deb.unlink()
    return folder


def test_data(name: str) -> bytes:
    """A file of the test data inside the gensim wheel"""
    if not list(WHEELS.glob("gensim-*.whl")):
        subprocess.run(["pip", "download", "-q", "--no-deps", "-d", WHEELS, GENSIM], check=True)
    [wheel] = WHEELS.glob("gensim-*.whl")
    return zipfile.ZipFile(wheel).read(TEST_DATA + name)


def shuffled(items, seed="ghosttree"):
    """A list of the items in an order that is the same every time"""
    items = list(items)
    random.Random(seed).shuffle(items)
    return items


def squeeze(text: str) -> str:
    """Without runs of blanks and of empty lines; a line's indentation stays"""
    text = re.sub(r"(?<=\S)[ \t]+", " ", text.replace("\xa0", " ").replace("\r", ""))
    return re.sub(r"\n\s*\n+", "\n\n", text).strip()


def written():
    """What the model wrote, by itself or when asked: in write.py's files, and what the corpus holds besides"""
    titles = set()
    for path in sorted(WORK.glob("written.*.jsonl")):
        for line in path.open():
            if line.endswith("\n"):                             # a last line may be cut
                x = json.loads(line)
                titles.add(title := f"{x['kind']} {x['prompt']}")
                yield title, squeeze(x["text"])
    yield from ((title, text) for title, text in committed() if title not in titles)


def committed():
    """(title, passage) of what the model wrote that is in the corpus; a title ends in the number of its prompt"""
    if CORPUS.exists():
        with lzma.open(CORPUS, "rt", encoding="utf-8") as lines:
            yield from ((x["title"], x["text"]) for x in map(json.loads, lines) if x["source"] == "written")


def wikipedia():
    """Articles of the English Wikipedia as plain text"""
    xml = bz2.decompress(test_data("enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"))
    for page in re.findall(rb"<page>.*?</page>", xml, re.S):
        tree = etree.fromstring(page)
        if tree.findtext("ns") != "0" or tree.find("redirect") is not None:
            continue
        code = mwparserfromhell.parse(tree.findtext("revision/text") or "")
        for node in code.filter_tags(matches=lambda t: t.tag in ("ref", "table", "gallery", "math", "code")):
            try:
                code.remove(node)
            except ValueError:                                  # it stood inside another that is gone
                pass
        for link in code.filter_wikilinks(matches=lambda w: re.match(r"(file|image|category):", str(w.title), re.I)):
            try:
                code.remove(link)
            except ValueError:
                pass
        text = re.sub(r"(?m)^\s*[|!{}*:;#=].*$", "", code.strip_code())
        text = re.sub(r"\(\s*[;,]?\s*\)|\[\[[^\]]*\]\]", "", text)
        yield tree.findtext("title"), squeeze(re.split(r"\n(?:See also|References|External links)\n", text)[0])


def news():
    """News articles (Australian Broadcasting Corporation, 2001), a line each; the same as the Lee corpus"""
    for name in ("lee_background.cor", "lee.cor"):
        for line in test_data(name).decode("latin-1").splitlines():
            yield "", line.strip()


def glosses():
    """WordNet: a word, its definition and examples"""
    for word, definition, examples in shuffled(wordnet.entries()):
        yield word, f"{word}: {definition}" + "".join(f'; "{e}"' for e in examples)


def sentences():
    """WordNet's examples alone"""
    for word, _, examples in shuffled(wordnet.entries()):
        for e in examples:
            if len(e.split()) >= 5:
                yield word, e[0].upper() + e[1:] + ("" if e[-1] in ".?!" else ".")


def fortunes():
    """Debian's fortunes: quotations, jokes, riddles"""
    quotations = []
    for package in ("fortunes", "fortunes-min"):
        for path in sorted((debian(package) / "usr/share/games/fortunes").glob("*")):
            if path.suffix == "" and path.stem not in ("ascii-art", "ethnic", "men-women", "translate-me"):
                quotations += [(path.stem, t) for t in re.split(r"\n%\n", path.read_text(errors="replace"))]
    for title, text in shuffled(quotations):
        yield title, text.replace("\t", " ").strip()


def bible():
    """The King James Bible by chapters, as Debian's program prints it"""
    program = debian("bible-kjv") / "usr/bin/bible"
    verses = subprocess.run([program, "-f", "gen1:1-rev22:21"], cwd=debian("bible-kjv-text") / "usr/lib",
                            capture_output=True, text=True, check=True).stdout
    chapters = {}
    for line in verses.splitlines():
        if m := re.match(r"(\w+):\d+ (.*)", line):
            chapters.setdefault(m[1], []).append(m[2])
    for name, lines in shuffled(chapters.items()):
        yield name, "\n".join(lines)


def campaigns():
    """Tales of the game Battle for Wesnoth: what is told and said in a scenario, in order"""
    for package in ("did", "dw", "ei", "l", "nr", "sof", "sota", "thot"):
        for path in sorted((debian(f"wesnoth-1.16-{package}") / "usr").glob("**/scenarios/*.cfg")):
            said = re.findall(r'(?:story|message)\s*=\s*_\s*"((?:[^"]|"")*)"', path.read_text())
            text = "\n\n".join(re.sub(r"<[^>]*>", "", " ".join(t.split())).replace('""', '"') for t in said)
            if len(text) > 500:
                yield f"{package} {path.stem}", text


def dictionary(package: str, name: str, article: str = r"\n(?=\S)"):
    """Articles of a dictionary in dictd's format; article is the pattern between two of them"""
    def texts():
        raw = gzip.open(debian(package) / f"usr/share/dictd/{name}.dict.dz").read().decode("utf-8", "replace")
        for text in shuffled(re.split(article, raw)[20:]):
            yield text.split("\n")[0], squeeze(re.sub(r"\n +", "\n", text).replace("{", "").replace("}", ""))
    return texts


def pages(package: str, pattern: str):
    """Paragraphs of HTML, DocBook or Mallard pages, in order"""
    def texts():
        for path in shuffled(sorted(debian(package).glob(pattern))):
            soup = BeautifulSoup(path.read_bytes(), "xml" if path.suffix in (".xml", ".page") else "lxml")
            for away in soup(["script", "style", "nav", "header", "footer", "table", "info"]):
                away.decompose()
            title = soup.title.get_text(" ", strip=True) if soup.title else path.stem
            parts = [p.get_text() if p.name in ("pre", "screen", "programlisting") else " ".join(p.get_text().split())
                     for p in soup(["p", "para", "pre", "screen", "programlisting"]) if not p.find_parent(["p", "para"])]
            yield title, squeeze("\n\n".join(x for x in parts if len(x) > 20).replace("¶", ""))
    return texts


SOURCES = [
    Source("written", "Apache-2.0 (written by this model for this project)", written, 2_000_000, examples=True),
    Source("wikipedia", "CC-BY-SA-3.0", wikipedia, 1_100_000, examples=True, each=20_000,
           attribution="Text from English Wikipedia articles, by their authors"),
    Source("news", "all rights reserved (Lee et al. 2005); for training only", news, 120_000, committed=False),
    Source("wordnet-glosses", "WordNet-3.0", glosses, 250_000, examples=True, attribution="Princeton University"),
    Source("wordnet-examples", "WordNet-3.0", sentences, 120_000, examples=True, attribution="Princeton University"),
    Source("fortunes", "BSD-3-Clause (collection); quotations by many authors", fortunes, 300_000, each=200_000),
    Source("king-james-bible", "public domain", bible, 100_000, examples=True),
    Source("wesnoth", "GPL-2+", campaigns, 250_000),
    Source("jargon-file", "public domain", dictionary("dict-jargon", "jargon"), 120_000, examples=True),
    Source("devils-dictionary", "public domain", dictionary("dict-devil", "devil", r"\n(?=[A-Z][A-Z' -]+, )"), 90_000),
    Source("foldoc", "GFDL-1.1+", dictionary("dict-foldoc", "foldoc"), 40_000),
    Source("anarchist-faq", "GPL-2+ or GFDL", pages("anarchism", "usr/share/doc/anarchism/html/sec*.html"), 90_000),
    Source("gnome-help", "CC-BY-SA-3.0", pages("gnome-user-docs", "usr/share/help/C/*/*.page"), 40_000, examples=True,
           attribution="GNOME user documentation, by its authors"),
    Source("gnumeric-manual", "GFDL-1.1+", pages("gnumeric-doc", "usr/share/help/C/gnumeric/*.xml"), 25_000),
    Source("python-docs", "PSF-2.0", pages("python3.11-doc", "usr/share/doc/python3.11/html/**/*.html"), 40_000,
           examples=True, attribution="Python Software Foundation"),
    Source("postgresql-docs", "PostgreSQL", pages("postgresql-doc-15", "usr/share/doc/postgresql-doc-15/html/*.html"),
           30_000, examples=True, attribution="The PostgreSQL Global Development Group"),
    Source("debian-handbook", "GPL-2+ or CC-BY-SA-3.0",
           pages("debian-handbook", "usr/share/doc/debian-handbook/html/en-US/*.html"), 40_000, examples=True,
           attribution="Raphaël Hertzog and Roland Mas, The Debian Administrator's Handbook (CC BY-SA 3.0)"),
    Source("debian-policy", "GPL-2+", pages("debian-policy", "usr/share/doc/debian-policy/policy.html/ch-*.html"), 20_000),
    Source("debian-security", "GPL-2+", pages("harden-doc", "usr/share/doc/harden-doc/html/en-US/*.html"), 20_000),
    Source("debian-developers", "GPL-2+",
           pages("developers-reference", "usr/share/developers-reference/*.html"), 20_000),
]


if __name__ == "__main__":
    debian("wordnet-base")
    for s in SOURCES:
        texts = [t for _, t in s.texts()]
        print(f"{s.name:20} {len(texts):7} texts {sum(map(len, texts)):9} characters  {s.licence}")
