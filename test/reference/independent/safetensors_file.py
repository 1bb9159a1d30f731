"""Reading and writing the safetensors format with torch alone.

Format (Hugging Face, "safetensors"): 8 bytes little-endian header length, a JSON header
{name: {dtype, shape, data_offsets: [begin, end]}}, then the tensors' bytes, offsets counted from
the end of the header. The header is padded with spaces to a multiple of 8.
"""

import json
import struct

import torch

DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def read_safetensors(path):
    """All tensors of a file, {name: tensor}, in the dtype they are stored in."""
    with open(path, "rb") as file:
        (header_length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(header_length))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        dtype = DTYPES[entry["dtype"]]
        if begin == end:
            tensors[name] = torch.empty(entry["shape"], dtype=dtype)
        else:
            # The copy frees a small tensor from the life of the whole file's buffer.
            tensors[name] = torch.frombuffer(data[begin:end], dtype=dtype).reshape(entry["shape"]).clone()
    return tensors


def write_safetensors(path, tensors):
    """Write {name: tensor}; wide dtypes first, then by name, so that every tensor lies aligned."""
    order = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    header, chunks, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name in order:
        tensor = tensors[name].contiguous()
        # numpy has no bfloat16; the bytes are the same whatever the dtype is called.
        data = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
        header[name] = {
            "dtype": NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        chunks.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for data in chunks:
            file.write(data)
