"""safetensors in thirty lines: 8 bytes of length, a JSON table, the numbers."""
import json
import struct

import numpy as np
import torch


def save(path, tensors):
    table, at, blobs = {"__metadata__": {"format": "pt"}}, 0, []
    for name, x in sorted(tensors.items()):
        b = np.ascontiguousarray(x.detach().cpu().float().numpy()).tobytes()
        table[name] = {"dtype": "F32", "shape": list(x.shape), "data_offsets": [at, at + len(b)]}
        at += len(b)
        blobs.append(b)
    head = json.dumps(table, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)                             # the numbers start at a multiple of 8
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(head)) + head + b"".join(blobs))


def load(path):
    raw = open(path, "rb").read()
    n = struct.unpack("<Q", raw[:8])[0]
    table = json.loads(raw[8:8 + n])
    table.pop("__metadata__", None)
    out = {}
    for name, t in table.items():
        a, b = t["data_offsets"]
        out[name] = torch.from_numpy(np.frombuffer(raw[8 + n + a:8 + n + b], np.float32).copy()).reshape(t["shape"])
    return out
