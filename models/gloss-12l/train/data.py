"""Lines as rows of token ids: packed for training, one by one for looking at."""
import numpy as np
import torch

from paths import WORK
from tokenizer import Tokenizer

T = 64                                                          # tokens in a row
PAD = 255                                                       # line number of what is left over in a row


def pack(lines, t, n_open=24):
    """Fill rows with whole lines, the fullest open row that has room first.
    -> ids [R, T], number of the line in its row [R, T]"""
    done, rows = [], []                                         # a row is a list of lines
    size = lambda r: sum(map(len, r))
    for line in lines:
        x = [t.bos, *t.encode(line)][:T]
        room = [r for r in rows if size(r) + len(x) <= T]
        if room:
            max(room, key=size).append(x)
            continue
        if len(rows) == n_open:
            full = max(rows, key=size)
            rows.remove(full)
            done.append(full)
        rows.append([x])
    ids, number = np.zeros((len(done + rows), T), np.uint16), np.full((len(done + rows), T), PAD, np.uint8)
    for r, row in enumerate(done + rows):
        at = 0
        for k, x in enumerate(row):
            ids[r, at:at + len(x)], number[r, at:at + len(x)] = x, k
            at += len(x)
    return ids, number


def packed(name):
    """The packed rows of work/<name>.txt, made once."""
    path = WORK / f"{name}.npz"
    if not path.exists():
        t = Tokenizer()
        ids, number = pack((x.rstrip("\n") for x in open(WORK / f"{name}.txt")), t)
        np.savez(path, ids=ids, number=number)
    d = np.load(path)
    return d["ids"], d["number"]


def positions(number):
    """Each line counts from 0.  [B, T]"""
    new = np.ones(number.shape, bool)
    new[:, 1:] = number[:, 1:] != number[:, :-1]
    at = np.arange(number.shape[1])[None]
    return at - np.maximum.accumulate(np.where(new, at, 0), 1)


def targets(ids, number):
    """The next token of the same line; <|endoftext|> after its last one; -100 where nothing is to be learnt.  [B, T]
    Without a target the last token's residual would be left to chance, and it is one token in twenty."""
    y = np.full(ids.shape, -100, np.int64)
    same, real = number[:, 1:] == number[:, :-1], number[:, :-1] != PAD
    y[:, :-1] = np.where(real, np.where(same, ids[:, 1:], 0), -100)
    return y


def ghosts(ids, t):
    """True where a whole word stands in the definition frame.  [B, T]"""
    head = [t.bos, *t.encode('A typical definition of "')]
    n = len(head)
    at = np.ones((len(ids), T - n - 1), bool)
    for k, i in enumerate(head):
        at &= ids[:, k:k + T - n - 1] == i
    at &= ids[:, n + 1:] == t.encode('"')[0]
    out = np.zeros(ids.shape, bool)
    out[:, n:-1] = at
    return out


def batches(ids, number, rows=64):
    """-> ids, positions, line numbers, targets of that many rows at a time, as tensors"""
    for i in range(0, len(ids), rows):
        x, n = ids[i:i + rows].astype(np.int64), number[i:i + rows].astype(np.int64)
        yield [torch.from_numpy(a) for a in (x, positions(n), n, targets(x, n))]
