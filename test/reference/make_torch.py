"""Writes files of PyTorch, and what they hold: test/fixtures/torch.

    python3 test/reference/make_torch.py      # needs what requirements.txt beside it names

good.pt holds tensors of every dtype, views and scalars, in a dictionary with other data; state.pt is the state_dict of a
module, module versions and all; buffer.pt was saved into memory, as an archive without the file's name; expected.json has
{file: {name: {dtype, shape, values}}} with values in row-major order. refused/NAME.pt are files that must not be read.
"""

import collections
import io
import json
import os
import pickle
import shutil

import numpy
import torch

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "torch")
NAMES = {
    torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}


class Runs:
    """What runs a program when it is unpickled."""

    def __reduce__(self):
        return os.system, ("echo unpickled",)


def described(tensors):
    return {
        name: {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "values": tensor.double().flatten().tolist()}
        for name, tensor in tensors.items()
    }


def main():
    shutil.rmtree(FIXTURES, ignore_errors=True)
    os.makedirs(os.path.join(FIXTURES, "refused"))
    at = lambda *path: os.path.join(FIXTURES, *path)
    torch.manual_seed(1)
    base = torch.randn(6, 4)
    tensors = {
        **{str(dtype).split(".")[1]: torch.arange(-2, 4).reshape(2, 3).to(dtype) for dtype in NAMES if dtype != torch.bool},
        "boolean": torch.tensor([True, False, True]),
        "scalar": torch.tensor(7, dtype=torch.int32),
        "transposed": torch.randn(5, 3).T,
        "rows": base[2:5],
        "shared": base,
        "column": torch.randn(4, 1),
        "empty": torch.zeros(0, 3),
        "parameter": torch.nn.Parameter(torch.randn(3)),
        "cube": torch.randn(2, 3, 4),
    }
    config = {"k": 32, "lr": 1e-4, "name": "SAE", "steps": [1, 2, 300, 70000], "wandb": None, "on": True, "big": 2**40}
    torch.save({**tensors, "config": config, "nested": {"inner": torch.ones(2)}, 3: "not a name"}, at("good.pt"))
    module = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.LayerNorm(5))
    torch.save(module.state_dict(), at("state.pt"))
    buffer = io.BytesIO()
    torch.save(collections.OrderedDict(a=torch.arange(3.0)), buffer)
    with open(at("buffer.pt"), "wb") as file:
        file.write(buffer.getvalue())
    expected = {
        "good.pt": described({name: tensor.detach() for name, tensor in tensors.items()} | {"nested.inner": torch.ones(2)}),
        "state.pt": described(module.state_dict()),
        "buffer.pt": described({"a": torch.arange(3.0)}),
    }
    with open(at("expected.json"), "w", encoding="utf-8") as file:
        json.dump(expected, file)
        file.write("\n")

    refused = lambda name, value, **more: torch.save(value, at("refused", f"{name}.pt"), **more)
    refused("program", {"a": torch.ones(2), "b": Runs()})
    refused("module", module)
    refused("numpy", {"a": numpy.float64(3)})
    refused("float8", {"a": torch.ones(2).to(torch.float8_e4m3fn)})
    refused("protocol-4", {"a": torch.ones(2)}, pickle_protocol=4)
    refused("gaps", {"a": base[:, 1:3]})
    refused("legacy", {"a": torch.ones(2)}, _use_new_zipfile_serialization=False)
    with open(at("refused", "bare.pt"), "wb") as file:
        pickle.dump({"a": 1}, file, protocol=2)


if __name__ == "__main__":
    main()
