"""tokenizer.json files for tiny checkpoints, trained on a few lines."""

import collections

import regex

from .bpe import PIECES, SPACE, byte_characters, byte_token

END = "<|endoftext|>"
MERGES = 96

# Enough for merges that shorten the default prompt, hold quotes, and cross bytes of one character.
TEXT = """
A typical definition of "tree" would be "a plant with a trunk."
A typical definition of "house" would be "a building for people to live in."
A typical definition of "run" would be "to move fast on foot."
A typical definition of "river" would be "water that flows to the sea."
A typical definition of "café" would be "a place that sells coffee," they said.
A typical definition of "naïve" would be "trusting, or without experience."
They said "yes." She said "no," and he said "perhaps."
It's 10 o'clock; we're here, they've left. 日本 日本 日本 → “so” → “so” 🙂 🙂
"""


def train_merges(text, count):
    """The `count` most frequent byte-level merges of a text."""
    characters = byte_characters()
    pieces = collections.Counter(PIECES.findall(text))
    return train([([characters[byte] for byte in piece.encode("utf-8")], n) for piece, n in pieces.items()], count)


def train(words, count):
    """The `count` most frequent merges of [(symbols, how often)], greedily, fewer where nothing is left to
    merge; ties go to the pair that sorts first."""
    merges = []
    while len(merges) < count:
        pairs = collections.Counter()
        for symbols, n in words:
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += n
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for symbols, _ in words:
            for i in range(len(symbols) - 2, -1, -1):
                if tuple(symbols[i : i + 2]) == best:
                    symbols[i : i + 2] = ["".join(best)]
    return merges


def added_token(number, content, special):
    """An entry of added_tokens: matched as it stands, before the normalizer."""
    return {
        "id": number,
        "content": content,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": special,
    }


def tokenizer_json(merges, end_first, merges_as_lists):
    """A byte-level BPE tokenizer.json. `<|endoftext|>` is the last id, as GPT-2 has it, or the first,
    as trained tokenizers often have it; merges are written as newer files do (lists) or older ones."""
    tokens = [*byte_characters().values(), *map("".join, merges)]
    tokens = [END, *tokens] if end_first else [*tokens, END]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    vocabulary = {token: number for number, token in enumerate(tokens)}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [added_token(vocabulary[END], END, special=True)],
        "normalizer": None,
        "pre_tokenizer": level,
        "post_processor": {**level, "trim_offsets": False},
        "decoder": level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": vocabulary,
            "merges": [list(pair) if merges_as_lists else " ".join(pair) for pair in merges],
        },
    }


# Gemma's ids begin with these; the runs, tags and bytes follow, then merged pieces, then single characters.
GEMMA_SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>"]
GEMMA_CONTROL = ["<mask>", "<2mass>", "[@BOS@]", "<unused0>", "<start_of_turn>", "<end_of_turn>"]
GEMMA_RUNS = ["\n" * count for count in range(1, 7)] + [SPACE * count for count in range(2, 7)]
GEMMA_TAGS = ["<table>", "</table>", "<b>", "</b>"]

# More words than GPT-2's text has, as there are no single bytes to begin with, and more signs beyond ASCII.
GEMMA_TEXT = TEXT + """
The opposite of "large" is "small," and the opposite of "never" is "always."
A word that means "something that people use every day" is "thing."
water house animal people country language question number between through another
日本語 日本語 中文 🙂🙂 🌲 🌲
"""


def gemma_tokenizer_json(runs_added, merges_as_lists):
    """A tokenizer.json in Gemma's style: SentencePiece's BPE over characters with bytes to fall back on.

    runs_added: also list the runs of newlines and spaces and the tags as added tokens, as Gemma 2 does."""
    text = GEMMA_TEXT.replace(" ", SPACE)
    # A piece begins a word or lies within one; runs have tokens of their own.
    words = collections.Counter(regex.findall(f"{SPACE}?[^{SPACE}\n]+", text))
    trained = train([(list(word), count) for word, count in words.items()], 300)
    pieces = dict.fromkeys(map("".join, trained))
    characters = sorted(set(text) - {"\n"})
    named = [*GEMMA_SPECIAL, *GEMMA_CONTROL, *GEMMA_RUNS, *GEMMA_TAGS]
    tokens = [*named, *map(byte_token, range(256)), *pieces, *characters]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    # SentencePiece joins any two pieces that make a piece; the piece's id is the rank.
    merges = [
        (piece[:at], piece[at:])
        for piece in [*GEMMA_RUNS, *pieces]
        for at in range(1, len(piece))
        if piece[:at] in vocabulary and piece[at:] in vocabulary
    ]
    added = named if runs_added else [*GEMMA_SPECIAL, *GEMMA_CONTROL[-2:]]
    special = [*GEMMA_SPECIAL, *GEMMA_CONTROL[-2:]]
    bos = {"id": "<bos>", "type_id": 0}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [added_token(vocabulary[token], token, token in special) for token in added],
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": SPACE},
        "pre_tokenizer": {
            "type": "Split",
            "pattern": {"String": " "},
            "behavior": "MergedWithPrevious",
            "invert": False,
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": bos}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [
                {"SpecialToken": bos},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "<bos>", "type_id": 1}},
                {"Sequence": {"id": "B", "type_id": 1}},
            ],
            "special_tokens": {"<bos>": {"id": "<bos>", "ids": [vocabulary["<bos>"]], "tokens": ["<bos>"]}},
        },
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": SPACE}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "vocab": vocabulary,
            "merges": [list(pair) if merges_as_lists else " ".join(pair) for pair in merges],
        },
    }
