"""Writes a GGUF file's matrices in another type, for the peers of `npm run bench:smollm2`.

    python3 bench/peers/requantise.py model.gguf Q4_0 out.gguf      # needs gguf from PyPI
"""

import sys

import gguf


def main(source, name, target):
    reader = gguf.GGUFReader(source)
    wanted = gguf.GGMLQuantizationType[name]
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(target, architecture)
    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        kind = field.types[0]
        writer.add_key_value(field.name, field.contents(), kind, field.types[-1] if len(field.types) > 1 else None)
    for tensor in reader.tensors:
        data, kind = tensor.data, tensor.tensor_type
        if len(tensor.shape) > 1 and tensor.name != "token_embd.weight":
            data = gguf.quants.quantize(gguf.quants.dequantize(tensor.data, kind), wanted)
            kind = wanted
        writer.add_tensor(tensor.name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
