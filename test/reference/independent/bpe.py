"""BPE tokenizers that read Hugging Face's tokenizer.json (Sennrich et al. 2016): GPT-2's, over bytes, and
Gemma's, over characters with bytes for those it does not know (Kudo and Richardson 2018, SentencePiece).

Added tokens are matched literally before anything else. No BOS or other token is ever added here.
"""

import json
import os

import regex

# The splitting rule of GPT-2's byte-level pre-tokenizer.
PIECES = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")

# What SentencePiece has in the place of a space.
SPACE = "\u2581"


def byte_characters():
    """GPT-2's printable stand-in for every byte, {byte: character}: printable bytes stand for
    themselves, the others for U+0100, U+0101, ... in order."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    characters = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        if byte not in characters:
            characters[byte] = chr(0x100 + len(characters) - len(printable))
    return characters


def byte_token(byte):
    """Gemma's token for a byte."""
    return f"<0x{byte:02X}>"


class Tokenizer:
    """Text to token ids and a token id to its text."""

    def __init__(self, spec):
        model = spec["model"]
        if model["type"] != "BPE" or model.get("ignore_merges"):
            raise ValueError("tokenizer.json is not a BPE that merges")
        self.vocabulary = model["vocab"]
        pairs = [tuple(pair.split(" ")) if isinstance(pair, str) else tuple(pair) for pair in model["merges"]]
        self.rank = {pair: rank for rank, pair in enumerate(pairs)}
        self.added = {token["content"]: token["id"] for token in spec.get("added_tokens", [])}
        self.token_of = {number: token for token, number in self.vocabulary.items()}

    @staticmethod
    def load(folder):
        """Open the tokenizer.json of a model folder."""
        with open(os.path.join(folder, "tokenizer.json"), encoding="utf-8") as file:
            spec = json.load(file)
        return (ByteFallback if spec["model"].get("byte_fallback") else ByteLevel)(spec)

    def merge(self, symbols):
        """Apply the merges to a list of symbols: the pair of lowest rank first, left to right."""
        while True:
            known = [pair for pair in zip(symbols, symbols[1:]) if pair in self.rank]
            if not known:
                return symbols
            best = min(known, key=self.rank.__getitem__)
            merged, i = [], 0
            while i < len(symbols):
                if tuple(symbols[i : i + 2]) == best:
                    merged.append(symbols[i] + symbols[i + 1])
                    i += 2
                else:
                    merged.append(symbols[i])
                    i += 1
            symbols = merged

    def encode(self, text):
        """The token ids of a text."""
        parts = [text]
        if self.added:
            longest_first = sorted(self.added, key=len, reverse=True)
            parts = regex.split("(" + "|".join(map(regex.escape, longest_first)) + ")", text)
        ids = []
        for part in parts:
            if part in self.added:
                ids.append(self.added[part])
            else:
                for symbols in self.pieces(part):
                    ids.extend(self.vocabulary[symbol] for symbol in self.merge(symbols))
        return ids


class ByteLevel(Tokenizer):
    """GPT-2's: the pre-tokenizer "ByteLevel" with its own splitting rule, no normalizer."""

    def __init__(self, spec):
        super().__init__(spec)
        pre = spec["pre_tokenizer"]
        if pre["type"] != "ByteLevel" or not pre.get("use_regex", True):
            raise ValueError("tokenizer.json is not a byte-level BPE with GPT-2's splitting")
        if spec.get("normalizer") is not None or pre.get("add_prefix_space"):
            raise ValueError("tokenizer.json has a normalizer or a prefix space")
        self.characters = byte_characters()
        self.bytes_of = {character: byte for byte, character in self.characters.items()}

    def pieces(self, text):
        """The lists of symbols that a text is merged in."""
        return [[self.characters[byte] for byte in piece.encode("utf-8")] for piece in PIECES.findall(text)]

    def decode_bytes(self, token_id):
        """The bytes one token stands for; they need not be whole characters. No bytes for a row of the
        embedding that the tokenizer has no token for (checkpoints pad their tables)."""
        for content, number in self.added.items():
            if number == token_id:
                return content.encode("utf-8")
        return bytes(self.bytes_of[character] for character in self.token_of.get(token_id, ""))

    def decode(self, token_id):
        """One token's text; bytes that are no UTF-8 become U+FFFD."""
        return self.decode_bytes(token_id).decode("utf-8", errors="replace")


class ByteFallback(Tokenizer):
    """Gemma's: spaces become U+2581 and nothing is split, so that merges run over the whole text."""

    def __init__(self, spec):
        super().__init__(spec)
        pre = spec.get("pre_tokenizer")
        # Splitting at spaces does nothing where the normalizer has left none.
        if pre is not None and (pre["type"], pre["pattern"]) != ("Split", {"String": " "}):
            raise ValueError("tokenizer.json splits at something else than spaces")
        if spec["normalizer"] != {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}:
            raise ValueError("tokenizer.json does not just replace spaces")
        if any(token["normalized"] for token in spec["added_tokens"]):
            raise ValueError("only added tokens matched before the normalizer are known here")
        self.bytes_of = {byte_token(byte): byte for byte in range(256)}

    def pieces(self, text):
        """The text's characters as one list, bytes for a character that is no token."""
        symbols = []
        for character in text.replace(" ", SPACE):
            known = character in self.vocabulary
            symbols += [character] if known else map(byte_token, character.encode("utf-8"))
        return [symbols]

    def decode(self, token_id):
        """One token's text. A byte that is no character by itself stays as it is written, <0xE2>."""
        token = self.token_of.get(token_id, "")
        byte = self.bytes_of.get(token, 128)
        return chr(byte) if byte < 128 else token.replace(SPACE, " ")
