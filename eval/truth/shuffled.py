"""The control: SmolLM2 with the entries of every weight matrix of its blocks in an order drawn by chance.

    python shuffled.py SCRIPT [ARGUMENT ...]    runs a training script (activations.py, train_sae.py, features.py) on it
    python shuffled.py --save FOLDER            writes the model as a folder that ghosttree opens

Embeddings and norms stay, so that a stream still tells one token from another, and each matrix keeps its distribution;
what training put into the blocks is gone. What an SAE of this model's streams is said to mean, and a judge finds true,
is in the texts and the tokens, not in what the model learnt. WORK names a folder of its own (see train/paths.py).
"""
import json
import runpy
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

TRAIN = Path(__file__).resolve().parents[2] / "models/smollm2-135m-instruct/train"
sys.path.insert(0, str(TRAIN))
import smollm2  # noqa: E402

SEED = 0
load_trained = smollm2.load_model


@torch.no_grad()
def load_shuffled():
    """-> the model in float32; the same every time"""
    model = load_trained()
    chance = torch.Generator().manual_seed(SEED)
    for layer in model.model.layers:
        for parameter in layer.parameters():
            if parameter.dim() == 2:
                flat = parameter.flatten()
                parameter.copy_(flat[torch.randperm(flat.numel(), generator=chance)].view_as(parameter))
    return model


def save(folder):
    folder, model = Path(folder), load_shuffled()
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {k: v.half().contiguous() for k, v in model.state_dict().items() if k != "lm_head.weight"}     # tied
    save_file(tensors, folder / "model.safetensors")
    config = {k: v for k, v in model.config.to_dict().items() if k != "quantization_config"}
    (folder / "config.json").write_text(json.dumps(config, indent=2, default=str))
    smollm2.load_tokenizer().save(str(folder / "tokenizer.json"))


if __name__ == "__main__":
    if sys.argv[1] == "--save":
        save(sys.argv[2])
    else:
        smollm2.load_model = load_shuffled
        sys.argv = sys.argv[1:]
        runpy.run_path(str(TRAIN / sys.argv[0]), run_name="__main__")
