"""The model writes: work/written.*.jsonl, a line a text, many at a time by llama.cpp. Goes on where it stopped.

    python write.py --tokens 1300000 [--sequences 64] [--threads 1] [--share 0/2]

On a machine that others use too, two processes of one thread (--share 0/2 and 1/2, each with half of the tokens) are
far faster than one of two threads, which wait for each other at every operation.

The weights are requantised to 8-bit blocks for this, which llama.cpp runs faster than Q4_1 and which are nearer to
float32 than it needs: a text is a text, whatever arithmetic wrote it; the SAEs see it through float32.
"""
import argparse
import itertools
import json
import os
import queue
import threading
import time

import gguf
import numpy as np
import xllamacpp

from paths import GGUF, WORK
from prompts import as_chat, make_prompt, read_subjects
from sources import committed
from wordnet import common_nouns

FAST = WORK / "q8_0.gguf"
LONGEST = 320                                                   # tokens of a text
PROMPT = 128                                                    # tokens of a prompt, at most


def requantise():
    """GGUF -> FAST: every matrix as Q8_0, everything else as it is"""
    reader = gguf.GGUFReader(GGUF)
    writer = gguf.GGUFWriter(FAST.with_suffix(".part"), "llama")
    for name, f in reader.fields.items():
        if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type"):
            continue
        kind, sub = f.types[0], f.types[-1] if len(f.types) > 1 else None
        writer.add_key_value(name, f.contents(), kind, sub)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    q8 = gguf.GGMLQuantizationType.Q8_0
    for t in reader.tensors:
        if t.tensor_type == gguf.GGMLQuantizationType.F32:
            writer.add_tensor(t.name, np.array(t.data))
        else:
            full = gguf.quants.dequantize(t.data, t.tensor_type)
            writer.add_tensor(t.name, gguf.quants.quantize(full, q8), raw_dtype=q8)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    FAST.with_suffix(".part").rename(FAST)


def serve(sequences, threads):
    """llama.cpp's server in this process, with one place for each sequence"""
    p = xllamacpp.CommonParams()
    p.model.path = str(FAST)
    p.n_parallel, p.n_ctx = sequences, sequences * (LONGEST + PROMPT)
    p.n_batch = p.n_ubatch = 512
    p.cpuparams.n_threads = p.cpuparams_batch.n_threads = threads
    p.cpuparams.poll = p.cpuparams_batch.poll = 0               # a waiting thread yields: others use this machine
    p.cache_ram_mib, p.n_ctx_checkpoints, p.warmup, p.fit_params, p.verbosity = 0, 0, False, False, 0
    return xllamacpp.Server(p)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--tokens", type=int, default=1_300_000)
    a.add_argument("--sequences", type=int, default=64)
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--share", default="0/1", help="I/N: every Nth prompt, from the Ith")
    a = a.parse_args()
    if not FAST.exists():
        requantise()
    share, shares = map(int, a.share.split("/"))
    path = WORK / f"written.{share}.jsonl"
    done, tokens = set(), 0
    for title, text in committed():                             # by another machine, perhaps
        number = int(title.split()[1])
        if number % shares == share:
            done.add(number)
            tokens += len(text) // 4                            # about
    if path.exists():
        for line in path.open():
            if line.endswith("\n"):                             # a last line may be cut
                x = json.loads(line)
                if x["prompt"] not in done:
                    done.add(x["prompt"])
                    tokens += x["tokens"]
    server, subjects, nouns = serve(a.sequences, a.threads), read_subjects(), common_nouns()
    todo, results = queue.Queue(maxsize=a.sequences), queue.Queue()

    def write_one():
        while (number := todo.get()) is not None:
            kind, text = make_prompt(number, subjects, nouns)
            r = server.handle_completions({
                "prompt": as_chat(text) if kind == "chat" else "<|im_start|>" + text, "n_predict": LONGEST,
                "temperature": (0.8, 0.9, 1.0)[number % 3], "top_k": 100, "top_p": 0.95, "min_p": 0, "seed": number,
                "cache_prompt": False, "repeat_penalty": 1.05, "repeat_last_n": 64})
            if isinstance(r, str):
                r = json.loads(r)
            results.put((number, kind, text, r))

    def ask():
        for number in itertools.count(share, shares):
            if number not in done:
                todo.put(number)

    for target in [write_one] * a.sequences + [ask]:
        threading.Thread(target=target, daemon=True).start()
    start, new = time.time(), 0
    with path.open("a") as out:
        while tokens < a.tokens:
            number, kind, text, r = results.get()
            n = r["usage"]["completion_tokens"] if "usage" in r else r["tokens_predicted"]
            content = r["choices"][0]["text"] if "choices" in r else r["content"]
            whole = content if kind == "chat" else text + content
            out.write(json.dumps({"prompt": number, "kind": kind, "ask": text, "tokens": n, "text": whole}) + "\n")
            out.flush()
            before, tokens, new = tokens, tokens + n, new + n
            if tokens // 5000 != before // 5000:
                print(f"{tokens} tokens, {new / (time.time() - start):.0f} a second", flush=True)


if __name__ == "__main__":
    main()
    os._exit(0)                                                 # the server's threads still write
